/* Models.  The input is the safetensors file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fuzz.h"
#include "learnt.h"
#include "patch_terms.h"
#include "patches.h"
#include "patches_f32.h"
#include "ridge_model.h"
#include "section_info.h"

/* All that any method would use. */
static void check_model(const struct tg_model *model)
{
    double value;

    for (int i = 0; i < model->classes; i++)
        fuzz_check(*model->class_names[i]);
    for (size_t i = 0; tg_model_step(model, i); i++)
        if (tg_model_step_number(model, i, "factor", 1, 2, &value) == 0)
            fuzz_check(value >= 1 && value <= 2);
    for (size_t i = 0; i < model->ntensors; i++) {
        const struct tg_tensor *tensor = &model->tensors[i];
        const unsigned char *data = tensor->data;
        size_t bytes = tg_tensor_bytes(tensor);

        fuzz_check(bytes == 0 || data[0] + data[bytes - 1] >= 0);
    }
    if (model->width)
        fuzz_check((size_t)model->width * (size_t)model->height *
                       (size_t)model->channels ==
                   model->features);
}

/* All that a prediction would use. */
static void check_ridge(const struct tg_model *model,
                        const struct tg_ridge_model *ridge)
{
    const struct tg_info_model info = {"model", model, ridge, NULL};

    fuzz_check(ridge->classes > 0 && ridge->features > 0);
    fuzz_check(ridge->classes == (size_t)model->classes);
    for (size_t i = 0; i < ridge->features * ridge->classes; i++)
        fuzz_check(isfinite(ridge->weights[i]));
    for (size_t i = 0; i < ridge->classes; i++)
        fuzz_check(isfinite(ridge->intercept[i]));
    fuzz_check(isfinite(ridge->lambda) && isfinite(ridge->scale));
    fuzz_check(tg_report_text(fuzz_sink(), &tg_info_model_report, &info, 0) ==
               0);
}

enum { ROOM = 1 << 24 }; /* bytes, for what a picture takes */

/* A black, a white and a noisy picture. */
static void fill(size_t values, const uint8_t *data, size_t size, uint8_t *x)
{
    for (size_t i = 0; i < values; i++) {
        x[i] = 0;
        x[values + i] = UINT8_MAX;
        x[2 * values + i] = data[i * 7 % size];
    }
}

/* Their features: the same by every variant of the kernels. */
static void make_bytes(const struct tg_patches_shape *shape, void *block,
                       size_t values, const uint8_t *x, void *scratch)
{
    size_t d = tg_patches_width(shape);
    uint8_t *f = malloc(6 * d);
    struct tg_patches map;

    fuzz_check(f);
    tg_patches_view(shape, block, &map);
    tg_patches_u8(&map, 3, x, values, f, d, scratch);
    for (size_t v = 0; tg_patches_variant(v); v++) {
        tg_patches_u8_by(tg_patches_variant(v), &map, 3, x, values, f + 3 * d,
                         d, scratch);
        fuzz_check(memcmp(f, f + 3 * d, 3 * d) == 0);
    }
    free(f);
}

/* The same in single precision: numbers. */
static void make_floats(const struct tg_patches_shape *shape, void *block,
                        size_t values, const uint8_t *x, void *scratch)
{
    size_t d = tg_patches_width(shape);
    float *f = malloc(3 * (d + values) * sizeof *f), *from = f + 3 * d;
    struct tg_patches_f32 map;

    fuzz_check(f);
    for (size_t i = 0; i < 3 * values; i++)
        from[i] = x[i];
    tg_patches_f32_view(shape, block, &map);
    for (size_t v = 0; tg_patches_f32_variant(v); v++) {
        tg_patches_f32_by(tg_patches_f32_variant(v), &map, 3, from, values, f,
                          d, scratch);
        for (size_t i = 0; i < 3 * d; i++)
            fuzz_check(isfinite(f[i]));
    }
    free(f);
}

static void make_patches(const struct tg_feature *term, void *block,
                         const uint8_t *data, size_t size)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(term);
    size_t bytes = term->map->scratch(term),
           values = term->common->shape.values;

    if (bytes > ROOM || values > ROOM)
        return; /* of pictures that no small file holds */
    uint8_t *x = malloc(3 * values);
    void *scratch = aligned_alloc(64, (bytes + 63) / 64 * 64);
    fuzz_check(x && scratch);
    fill(values, data, size, x);
    if (term->common->single)
        make_floats(&shape, block, values, x, scratch);
    else
        make_bytes(&shape, block, values, x, scratch);
    free(x);
    free(scratch);
}

/* What a prediction makes of samples, where features are patches. */
static void check_learnt(const struct tg_model *model,
                         const struct tg_ridge_model *ridge,
                         const uint8_t *data, size_t size)
{
    struct tg_learnt learnt;
    int error = tg_learnt_load(model, ridge->features, &learnt);

    if (error) {
        fuzz_refusal(error);
        return;
    }
    fuzz_check(learnt.features.rows.width == ridge->features);
    for (size_t i = 0; i < learnt.features.terms; i++)
        if (learnt.features.term[i].map->numbers == tg_patches_numbers)
            make_patches(&learnt.features.term[i], learnt.block[i], data, size);
    tg_learnt_free(&learnt);
}

static void check_same_tensors(const struct tg_model *a,
                               const struct tg_model *b)
{
    fuzz_check(a->ntensors == b->ntensors);
    for (size_t i = 0; i < a->ntensors; i++) {
        const struct tg_tensor *x = &a->tensors[i];
        const struct tg_tensor *y = tg_model_find(b, x->name);

        fuzz_check(y && x->type == y->type && x->rank == y->rank);
        fuzz_check(memcmp(x->shape, y->shape, sizeof x->shape) == 0);
        fuzz_check(memcmp(x->data, y->data, tg_tensor_bytes(x)) == 0);
    }
}

static void check_same(const struct tg_model *a, const struct tg_model *b)
{
    size_t step = 0;

    fuzz_check(strcmp(a->method, b->method) == 0);
    fuzz_check(a->features == b->features && a->classes == b->classes);
    for (int i = 0; i < a->classes; i++)
        fuzz_check(strcmp(a->class_names[i], b->class_names[i]) == 0);
    fuzz_check(a->threshold == b->threshold && a->n_train == b->n_train);
    fuzz_check(a->type == b->type && a->gray == b->gray &&
               a->binary == b->binary && a->width == b->width &&
               a->height == b->height && a->channels == b->channels);
    for (; tg_model_step(a, step); step++)
        fuzz_check(tg_model_step(b, step) &&
                   strcmp(tg_model_step(a, step), tg_model_step(b, step)) == 0);
    fuzz_check(!tg_model_step(b, step));
    check_same_tensors(a, b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tg_ridge_model ridge;
    struct tg_model model, again;
    int error;

    fuzz_write("model", data, size);
    error = tg_model_load("model", &model);
    if (error) {
        fuzz_refusal(error);
        return 0;
    }
    check_model(&model);
    tg_error_clear();
    error = tg_ridge_model_view(&model, &ridge);
    if (error)
        fuzz_refusal(error);
    else
        check_ridge(&model, &ridge);
    if (!error && ridge.mapped)
        check_learnt(&model, &ridge, data, size);
    fuzz_check(tg_model_save(&model, "again") == 0);
    fuzz_check(tg_model_load("again", &again) == 0);
    check_same(&model, &again);
    tg_model_free(&model);
    tg_model_free(&again);
    return 0;
}
