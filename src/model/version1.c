/* Files of version 1, as 0.1.0 wrote them: there was one method, ridge, of
 * samples times `scale`. Its models are still written so, for all who read
 * them. The only file of this room that names a method. */
#include <float.h>
#include <jansson.h>
#include <string.h>

#include "error.h"
#include "internal.h"

#define METHOD "ridge"
#define STEP "scale"
#define FACTOR "factor"

bool tg_model_is_version1(const struct tg_model *model)
{
    const struct tg_tensor *weights = tg_model_find(model, "weights");
    const json_t *step = json_array_get(model->pipeline, 0);
    double factor = json_number_value(json_object_get(step, FACTOR));

    return !strcmp(model->method, METHOD) &&
           json_array_size(model->pipeline) == 1 &&
           !strcmp(tg_model_step(model, 0), STEP) &&
           json_object_size(step) == 2 && factor >= DBL_MIN &&
           factor <= DBL_MAX && weights && weights->rank == 2 &&
           weights->type == TG_DTYPE_F64 &&
           weights->shape[1] == model->features;
}

int tg_model_read_version1(struct tg_model *model)
{
    struct tg_number factor = {.name = FACTOR};
    const struct tg_tensor *weights;

    TG_TRY(tg_model_need(model, "weights", TG_DTYPE_F64, 2, &weights));
    model->features = weights->shape[1];
    model->method = strdup(METHOD);
    if (!model->method)
        return tg_fail(TG_EMEMORY, "%s: out of memory", model->path);
    TG_TRY(tg_model_get_real(model, "scale", DBL_MIN, DBL_MAX, &factor.value));
    return tg_model_add_step(model, STEP, 1, &factor);
}

json_t *tg_model_describe_version1(const struct tg_model *model)
{
    const json_t *step = json_array_get(model->pipeline, 0);
    char text[32];

    snprintf(text, sizeof text, "%.17g",
             json_number_value(json_object_get(step, FACTOR)));
    return json_pack("{s:s}", "scale", text);
}
