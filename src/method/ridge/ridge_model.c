#include "ridge_model.h"

#include <float.h>
#include <string.h>

#include "error.h"
#include "learnt.h"

#define CLASS_LIMIT 65536 /* labels are 16 bits */

static int fill(struct tg_model *model, struct tg_ridge_model *ridge)
{
    const size_t shape[] = {ridge->classes, ridge->features};
    const struct tg_number factor = {"factor", ridge->scale};

    if (!ridge->mapped) {
        model->features = ridge->features;
        TG_TRY(tg_model_add_step(model, "scale", 1, &factor));
    }
    TG_TRY(tg_model_set_real(model, "lambda", ridge->lambda));
    TG_TRY(tg_model_add(model, "weights", TG_DTYPE_F64, 2, shape));
    TG_TRY(tg_model_add(model, "intercept", TG_DTYPE_F64, 1, shape));
    ridge->weights = tg_model_find(model, "weights")->data;
    ridge->intercept = tg_model_find(model, "intercept")->data;
    return TG_OK;
}

static int make(struct tg_model *model, char *const *class_names,
                struct tg_ridge_model *ridge)
{
    int error;

    TG_TRY(tg_model_init(model, "ridge", (int)ridge->classes, class_names));
    error = fill(model, ridge);
    if (error)
        tg_model_free(model);
    return error;
}

int tg_ridge_model_make(struct tg_model *model, size_t features, int classes,
                        char *const *class_names, double scale, double lambda,
                        struct tg_ridge_model *ridge)
{
    *ridge = (struct tg_ridge_model){
        .features = features,
        .classes = (size_t)classes,
        .scale = scale,
        .lambda = lambda,
    };
    return make(model, class_names, ridge);
}

int tg_ridge_model_make_mapped(struct tg_model *model, size_t features,
                               int classes, char *const *class_names,
                               double lambda, struct tg_ridge_model *ridge)
{
    *ridge = (struct tg_ridge_model){
        .features = features,
        .classes = (size_t)classes,
        .mapped = true,
        .scale = 1,
        .lambda = lambda,
    };
    return make(model, class_names, ridge);
}

static int check_classes(const struct tg_model *model,
                         const struct tg_tensor *weights,
                         const struct tg_tensor *intercept)
{
    size_t k = intercept->shape[0];

    if (k != weights->shape[0] || k > CLASS_LIMIT)
        return tg_fail(TG_EDATA,
                       "%s: weights are of %zu classes, intercept of %zu; at "
                       "most %d" TG_MODEL_AGAIN,
                       model->path, weights->shape[0], k, CLASS_LIMIT);
    if ((size_t)model->classes != k)
        return tg_fail(TG_EDATA,
                       "%s: metadata 'classes' is not a list of %zu "
                       "names" TG_MODEL_AGAIN,
                       model->path, k);
    return TG_OK;
}

/* Samples are scaled or mapped, and nothing else. */
static int check_pipeline(const struct tg_model *model,
                          struct tg_ridge_model *ridge)
{
    const char *step = tg_model_step(model, 0);
    bool scaled = step && !strcmp(step, "scale");

    ridge->scale = 1;
    ridge->mapped = tg_learnt_is_in(model);
    if (ridge->mapped)
        return TG_OK;
    if (scaled)
        step = tg_model_step(model, 1);
    if (!scaled || step)
        return tg_fail(TG_EDATA,
                       "%s: this version does not know its pipeline, which has "
                       "%s; take a later version",
                       model->path, step ? step : "no step");
    if (ridge->features != model->features)
        return tg_fail(TG_EDATA,
                       "%s: weights are of %zu features, samples have %zu "
                       "values" TG_MODEL_AGAIN,
                       model->path, ridge->features, model->features);
    return tg_model_step_number(model, 0, "factor", DBL_MIN, DBL_MAX,
                                &ridge->scale);
}

int tg_ridge_model_view(const struct tg_model *model,
                        struct tg_ridge_model *ridge)
{
    const struct tg_tensor *weights, *intercept;

    if (strcmp(model->method, "ridge"))
        return tg_fail(TG_EDATA,
                       "%s: its method is not ridge but '%s'; give a model of "
                       "ridge",
                       model->path, model->method);
    TG_TRY(tg_model_need(model, "weights", TG_DTYPE_F64, 2, &weights));
    TG_TRY(tg_model_need(model, "intercept", TG_DTYPE_F64, 1, &intercept));
    TG_TRY(check_classes(model, weights, intercept));
    *ridge = (struct tg_ridge_model){
        .features = weights->shape[1],
        .classes = weights->shape[0],
        .weights = weights->data,
        .intercept = intercept->data,
    };
    TG_TRY(check_pipeline(model, ridge));
    ridge->standardized = tg_model_has(model, TG_RIDGE_STANDARDIZED);
    return tg_model_get_real(model, "lambda", 0, DBL_MAX, &ridge->lambda);
}
