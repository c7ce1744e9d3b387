#ifndef TG_MODEL_PAIR_H
#define TG_MODEL_PAIR_H

#include "error.h"
#include "model_fixture.h"
#include "ridge_model.h"

/* A model and what it is to ridge. */
struct pair {
    struct tg_model model;
    struct tg_ridge_model ridge;
};

static inline int load(const char *path, struct pair *pair)
{
    tg_error_clear();
    int error = tg_model_load(path, &pair->model);

    if (error)
        return error;
    error = tg_ridge_model_view(&pair->model, &pair->ridge);
    if (error)
        tg_model_free(&pair->model);
    return error;
}

/* A load that must fail: with this code, the path and `says` in its message,
 * and nothing left to free. */
static inline void refuse(const char *path, int code, const char *says)
{
    struct tg_model zero = {0};
    struct pair pair;
    int result = load(path, &pair);
    const char *message = tg_error_message(result);

    if (result != code || !strstr(message, path) || !strstr(message, says))
        fail_msg("%d, not %d with '%s': %s", result, code, says, message);
    assert_memory_equal(&pair.model, &zero, sizeof zero);
}

#endif
