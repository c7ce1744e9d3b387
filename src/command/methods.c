#include "methods.h"

#include <string.h>

#include "error.h"
#include "ridge_method.h"

static const struct tg_method *const methods[] = {
    &tg_ridge_method,
};

int tg_method_of(const struct tg_model *model, const struct tg_method **method)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        *method = methods[i];
        if (strcmp(methods[i]->name, model->method) == 0)
            return TG_OK;
    }
    return tg_fail(TG_EDATA,
                   "%s: a model of '%s', which this version does not know; "
                   "take a newer one",
                   model->path, model->method);
}
