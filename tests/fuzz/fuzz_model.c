/* Models.  The input is the safetensors file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fuzz.h"
#include "model.h"
#include "section_info.h"

/* All that a prediction would use. */
static void check_model(const struct tg_model *model)
{
    const size_t k = (size_t)model->classes;

    fuzz_check(model->classes > 0 && model->features > 0);
    for (size_t i = 0; i < model->features * k; i++)
        fuzz_check(isfinite(model->weights[i]));
    for (size_t i = 0; i < k; i++)
        fuzz_check(isfinite(model->intercept[i]) && *model->class_names[i]);
    fuzz_check(isfinite(model->lambda) && isfinite(model->scale));
    if (model->width)
        fuzz_check((size_t)model->width * (size_t)model->height *
                       (size_t)model->channels ==
                   model->features);
}

static void check_same(const struct tg_model *a, const struct tg_model *b)
{
    const size_t k = (size_t)a->classes;

    fuzz_check(a->features == b->features && a->classes == b->classes);
    fuzz_check(
        memcmp(a->weights, b->weights, a->features * k * sizeof(double)) == 0);
    fuzz_check(memcmp(a->intercept, b->intercept, k * sizeof(double)) == 0);
    for (size_t i = 0; i < k; i++)
        fuzz_check(strcmp(a->class_names[i], b->class_names[i]) == 0);
    fuzz_check(a->lambda == b->lambda && a->scale == b->scale &&
               a->threshold == b->threshold && a->n_train == b->n_train);
    fuzz_check(a->type == b->type && a->gray == b->gray &&
               a->binary == b->binary && a->width == b->width &&
               a->height == b->height && a->channels == b->channels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tg_model model, again;
    int error;

    fuzz_write("model", data, size);
    error = tg_model_load("model", &model);
    if (error) {
        fuzz_refusal(error);
        return 0;
    }
    check_model(&model);
    fuzz_check(tg_report_text(fuzz_sink(), &tg_info_model_report,
                              &(struct tg_info_model){"model", &model},
                              0) == 0);
    fuzz_check(tg_model_save(&model, "again") == 0);
    fuzz_check(tg_model_load("again", &again) == 0);
    check_same(&model, &again);
    tg_model_free(&model);
    tg_model_free(&again);
    return 0;
}
