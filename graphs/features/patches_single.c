/* Patches in single precision: no scale, nothing is rounded to 8 bits. */
#include <math.h>

#include "patch_terms.h"
#include "patches_f32.h"

/* What is learnt is far below it; what is below it cannot overflow. */
#define LARGEST 1e6f

static size_t bytes(const struct tg_feature *feature)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);

    return tg_patches_f32_bytes(&shape);
}

static size_t parts(const struct tg_feature *feature, void *block,
                    struct tg_tensor *part)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);
    size_t m = tg_patches_values(&shape), d = shape.dims, k = shape.filters;
    struct tg_patches_f32 p;

    tg_patches_f32_view(&shape, block, &p);
    const struct tg_tensor all[] = {
        {"softness", TG_DTYPE_F32, 1, {1}, p.softness},
        {"threshold", TG_DTYPE_F32, 1, {1}, p.threshold},
        {"whitener", TG_DTYPE_F32, 2, {d, m}, p.whitener},
        {"bias", TG_DTYPE_F32, 1, {d}, p.bias},
        {"filters", TG_DTYPE_F32, 2, {k, d}, p.filters},
    };
    size_t n = sizeof all / sizeof *all;

    for (size_t i = 0; i < n; i++)
        part[i] = all[i];
    return n;
}

static bool all_small(size_t n, const float *values)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(values[i]) <= LARGEST))
            return false;
    return true;
}

static bool ready(const struct tg_feature *feature, void *block)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);
    size_t d = shape.dims;
    struct tg_patches_f32 p;

    tg_patches_f32_view(&shape, block, &p);
    if (!(*p.softness >= 1 && *p.softness <= LARGEST) ||
        !(*p.threshold >= 0 && *p.threshold <= LARGEST) ||
        !all_small(d * tg_patches_values(&shape), p.whitener) ||
        !all_small(d, p.bias) || !all_small(d * shape.filters, p.filters))
        return false;
    tg_patches_f32_pack(&p);
    return true;
}

static size_t scratch(const struct tg_feature *feature)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);

    return tg_patches_single_scratch(&shape);
}

static int insert(const struct tg_feature *feature, struct tg_tile raw,
                  struct tg_tile block, struct tg_tile room,
                  struct tg_tile values)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);

    return tg_patches_single_insert(&shape, feature->first, raw, block, room,
                                    values);
}

const struct tg_feature_map tg_map_patches_single = {
    .name = "patches",
    .numbers = tg_patches_numbers,
    .settle = tg_patches_settle,
    .work = tg_patches_work,
    .bytes = bytes,
    .parts = parts,
    .ready = ready,
    .learn = tg_patches_learn,
    .learning = tg_patches_learning,
    .scratch = scratch,
    .insert = insert,
};
