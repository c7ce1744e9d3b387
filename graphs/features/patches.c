#include "patch_map.h"

#include <math.h>
#include <stdlib.h>

#include "dense.h"
#include "error.h"
#include "patch_terms.h"
#include "task.h"

enum { FILTERS, SIZE, GRID, SCALE, DIMS, UNIT, SOFT, COMPAND };

const struct tg_feature_number tg_patches_numbers[] = {
    [FILTERS] = {"filters", "random patches as filters", 1, 65536, 256, true,
                 false},
    [SIZE] = {"size", "of a patch's side", 1, 64, NAN, true, false},
    [GRID] = {"grid", "cells a side, over which responses are averaged", 1, 16,
              NAN, true, false},
    [SCALE] = {"scale", "2: of the picture halved", 1, 2, 1, true, false},
    [DIMS] = {"dims", "of a whitened patch", 1, 1024, NAN, true, false},
    [UNIT] = {"unit", "whitened patches of unit length", 0, 1, 0, true, true},
    [SOFT] = {"soft", "contrast normalisation: times patches' mean variance",
              1e-3, 1e6, 2.5, false, false},
    [COMPAND] = {"compand", "8 bits of square roots", 0, 1, 0, true, true},
    {0},
};

enum { DIMS_MAX = 64, GRID_USUAL = 3, SIZE_MAX_USUAL = 16 }; /* unless given */

struct tg_patches_shape tg_patches_shape_of(const struct tg_feature *feature)
{
    const struct tg_sample_shape *samples = &feature->common->shape;

    return (struct tg_patches_shape){
        .width = samples->width,
        .height = samples->height,
        .channels = samples->channels,
        .size = tg_feature_size(feature, SIZE),
        .grid = tg_feature_size(feature, GRID),
        .dims = tg_feature_size(feature, DIMS),
        .filters = tg_feature_size(feature, FILTERS),
        .halve = feature->number[SCALE] == 2,
        .mirror = feature->common->mirror,
        .unit = feature->number[UNIT] != 0,
        .compand = feature->number[COMPAND] != 0,
    };
}

/* Strokes are found by larger patches than textures: a third of a small grey
 * picture, a fifth of its height in general, 6 in colour.  No more than half of
 * the smaller side, so that there are places, and than what is soon learnt. */
static double usual_size(const struct tg_sample_shape *samples, size_t side,
                         size_t smaller)
{
    double size = samples->channels > 1 ? 6 : fmax(round((double)side / 5), 6);
    double half = fmax(ceil((double)smaller / 2), 2);

    if (samples->channels == 1 && side <= 32)
        size = 10;
    return fmin(fmin(size, SIZE_MAX_USUAL), fmin(half, (double)smaller));
}

/* Find or check the size of patches, of pictures of w x h, halved maybe. */
static int settle_size(struct tg_feature *feature, size_t w, size_t h)
{
    const struct tg_sample_shape *samples = &feature->common->shape;
    size_t side = w < h ? w : h;

    if (!side)
        return tg_fail(TG_EUSAGE,
                       "--features: scale=2 halves pictures, and %zu x %zu has "
                       "no half; leave scale=2 out",
                       samples->width, samples->height);
    if (isnan(feature->number[SIZE]))
        feature->number[SIZE] = usual_size(samples, w > h ? w : h, side);
    if (feature->number[SIZE] > (double)side)
        return tg_fail(TG_EUSAGE,
                       "--features: patches of %.0f x %.0f are larger than "
                       "pictures of %zu x %zu%s; take size=%zu, or less",
                       feature->number[SIZE], feature->number[SIZE], w, h,
                       feature->number[SCALE] == 2 ? ", halved" : "", side);
    return TG_OK;
}

/* The grid that was not given, finer where sums over its cells could pass 32
 * bits. */
static void refine_grid(struct tg_feature *feature, size_t positions)
{
    double most = fmin(tg_patches_numbers[GRID].high, (double)positions);
    struct tg_patches_shape shape = tg_patches_shape_of(feature);

    while (!tg_patches_fit(&shape) && feature->number[GRID] < most) {
        feature->number[GRID]++;
        shape = tg_patches_shape_of(feature);
    }
}

int tg_patches_settle(struct tg_feature *feature)
{
    const struct tg_sample_shape *samples = &feature->common->shape;
    size_t halve = feature->number[SCALE] == 2 ? 2 : 1;
    size_t w = samples->width / halve, h = samples->height / halve;
    size_t side = w < h ? w : h;

    if (!samples->width || samples->element != 1)
        return tg_fail(TG_EUSAGE,
                       "--features patches is for pictures of 8 "
                       "bits, and samples are none; take pixels, or "
                       "say how pictures lie by --layout and --image");
    if (feature->common->single && feature->number[COMPAND] != 0)
        return tg_fail(TG_EUSAGE,
                       "--features: compand is a scale of 8 bits; leave it out "
                       "with --precision float");
    TG_TRY(settle_size(feature, w, h));
    size_t positions = side + 1 - tg_feature_size(feature, SIZE);

    const bool find_grid = isnan(feature->number[GRID]);

    if (find_grid)
        feature->number[GRID] = fmin(GRID_USUAL, (double)positions);
    if (feature->number[GRID] > (double)positions)
        return tg_fail(TG_EUSAGE,
                       "--features: a grid of %.0f x %.0f cells is finer than "
                       "the %zu places that a patch of %.0f has across; take "
                       "grid=%zu, or less",
                       feature->number[GRID], feature->number[GRID], positions,
                       feature->number[SIZE], positions);
    double values = feature->number[SIZE] * feature->number[SIZE] *
                    (double)samples->channels;

    if (isnan(feature->number[DIMS]))
        feature->number[DIMS] = fmin(DIMS_MAX, values);
    if (feature->number[DIMS] > values)
        return tg_fail(TG_EUSAGE,
                       "--features: dims=%.0f are more than the %.0f values of "
                       "a patch; take dims=%.0f, or less",
                       feature->number[DIMS], values, values);
    if (find_grid)
        refine_grid(feature, positions);
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);

    if (!tg_patches_fit(&shape))
        return tg_fail(TG_EUSAGE,
                       "--features: pictures of %zu x %zu are too large for "
                       "%zu x %zu cells; take a larger grid=, or --image",
                       samples->width, samples->height, shape.grid, shape.grid);
    feature->width = tg_patches_width(&shape);
    return TG_OK;
}

double tg_patches_work(const struct tg_feature *feature)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);
    double positions = (double)(tg_patches_columns(&shape) *
                                tg_patches_rows(&shape) * (shape.mirror + 1u));

    return positions * (double)shape.dims *
           (double)(shape.filters + tg_patches_values(&shape));
}

static size_t bytes(const struct tg_feature *feature)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);

    return tg_patches_bytes(&shape);
}

static size_t parts(const struct tg_feature *feature, void *block,
                    struct tg_tensor *part)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);
    size_t m = tg_patches_values(&shape), d = shape.dims, k = shape.filters;
    struct tg_patches p;

    tg_patches_view(&shape, block, &p);
    const struct tg_tensor all[] = {
        {"softness", TG_DTYPE_F32, 1, {1}, p.softness},
        {"length", TG_DTYPE_F32, 1, {1}, p.length},
        {"whitener", TG_DTYPE_I16, 2, {d, m}, p.whitener},
        {"gain", TG_DTYPE_F32, 1, {d}, p.gain},
        {"bias", TG_DTYPE_F32, 1, {d}, p.bias},
        {"filters", TG_DTYPE_I8, 2, {k, d}, p.filters},
        {"thresholds", TG_DTYPE_I32, 1, {k}, p.threshold},
        {"quanta", TG_DTYPE_F32, 1, {tg_patches_width(&shape)}, p.quantum},
    };
    size_t n = sizeof all / sizeof *all;

    for (size_t i = 0; i < n; i++)
        part[i] = all[i];
    return n;
}

/* What could be made to overflow is not used. */
static bool ready(const struct tg_feature *feature, void *block)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);
    size_t m = tg_patches_values(&shape);
    struct tg_patches p;

    tg_patches_view(&shape, block, &p);
    if (!(*p.softness > 0))
        return false;
    for (size_t i = 0; i < shape.dims; i++) {
        int64_t sum = 0;

        for (size_t j = 0; j < m; j++)
            sum += abs(p.whitener[i * m + j]);
        if (sum * UINT8_MAX > INT32_MAX)
            return false;
    }
    for (size_t f = 0; f < shape.filters; f++)
        if (p.threshold[f] < 0 || p.threshold[f] > INT32_MAX / 2)
            return false;
    for (size_t f = 0; f < tg_patches_width(&shape); f++)
        if (!(p.quantum[f] >= 0))
            return false;
    tg_patches_pack(&p);
    return true;
}

/* ---- Learning --------------------------------------------------------- */

/* Patches that are learnt from. */
static size_t sampled(const struct tg_feature *feature)
{
    return feature->common->brief ? TG_PATCHES_SAMPLED / 5 : TG_PATCHES_SAMPLED;
}

/* Patches of all sample tiles, from each its share. */
static int sample_patches(const struct tg_feature *feature,
                          struct tg_rows *sample, struct tg_tile patches)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);
    const struct tg_split *split = sample->split;
    const size_t all = sampled(feature);

    for (size_t t = 0; t < split->tiles; t++) {
        size_t first = all * split->offsets[t] / split->count;
        size_t end = all * split->offsets[t + 1] / split->count;

        TG_TRY(tg_rows_load(sample, t, 0));
        TG_TRY(tg_patches_sample_insert(&shape,
                                        feature->common->seed + feature->first,
                                        first, end - first,
                                        tg_rows_values(sample, t), patches));
        tg_rows_release(sample, t);
    }
    return TG_OK;
}

int tg_patches_learn(const struct tg_feature *feature, struct tg_rows *sample,
                     struct tg_tiles *block)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);
    size_t m = tg_patches_values(&shape);
    const struct tg_placement *placement = block->placement;
    bool single = feature->common->single;
    struct tg_tiles patches, moments, scratch;

    TG_TRY(tg_tiles_init_one(&patches, m, sampled(feature), 1, placement,
                             tg_owner_first, 0));
    TG_TRY(tg_tiles_init_one(&moments, m, m + 2, sizeof(double), placement,
                             tg_owner_first, 0));
    TG_TRY(tg_scratch_init(&scratch, tg_patches_learn_scratch(&shape), 1));
    TG_TRY(sample_patches(feature, sample, tg_tile(&patches, 0, 0)));
    TG_TRY(tg_patches_moments_insert(feature->number[SOFT],
                                     tg_tile(&patches, 0, 0),
                                     tg_tile(&scratch, 0, 0),
                                     tg_tile(&moments, 0, 0)));
    TG_TRY(tg_patches_whitening_insert(&shape, single, tg_tile(&moments, 0, 0),
                                       tg_tile(&scratch, 0, 0),
                                       tg_tile(block, 0, 0)));
    TG_TRY(tg_patches_filters_insert(&shape, single, tg_tile(&patches, 0, 0),
                                     tg_tile(&scratch, 0, 0),
                                     tg_tile(block, 0, 0)));
    tg_tiles_release(&patches);
    tg_tiles_release(&moments);
    tg_tiles_release(&scratch);
    return TG_OK;
}

size_t tg_patches_learning(const struct tg_feature *feature, size_t samples,
                           size_t workers)
{
    enum { TASKS = 3 }; /* one after another, maybe of as many workers */
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);
    size_t m = tg_patches_values(&shape);

    if (!samples)
        return 0;
    return m * TG_PATCHES_SAMPLED + m * (m + 2) * sizeof(double) +
           (workers < TASKS ? workers : TASKS) *
               tg_patches_learn_scratch(&shape);
}

/* The largest of each pooled sum of a raw tile, and of those before. */
static int add_largest(const struct tg_feature *feature, struct tg_tile raw,
                       struct tg_tile block, struct tg_tile scratch, bool first,
                       struct tg_tile top)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);
    struct tg_tiles some;

    if (first)
        return tg_patches_largest_insert(&shape, raw, block, scratch, top);
    TG_TRY(tg_tiles_init_one(&some, tg_tile_rows(top), 1, sizeof(uint32_t),
                             block.of->placement, tg_owner_first, 0));
    TG_TRY(tg_patches_largest_insert(&shape, raw, block, scratch,
                                     tg_tile(&some, 0, 0)));
    TG_TRY(tg_patches_larger_insert(tg_tile(&some, 0, 0), top));
    tg_tiles_release(&some);
    return TG_OK;
}

/* ... over all sample tiles and the copies that are trained on. */
static int learn_scale(const struct tg_feature *feature, struct tg_rows *sample,
                       struct tg_tiles *block)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);
    size_t d = tg_patches_width(&shape);
    struct tg_tiles top_of, copies, scratch_of;
    struct tg_tile top, scratch, learnt = tg_tile(block, 0, 0);

    TG_TRY(tg_tiles_init_one(&top_of, d, 1, sizeof(uint32_t), block->placement,
                             tg_owner_first, 0));
    TG_TRY(tg_scratch_init(&scratch_of,
                           tg_patches_scratch(&shape) +
                               (d + 15) / 16 * 16 * sizeof(uint32_t),
                           1));
    top = tg_tile(&top_of, 0, 0);
    scratch = tg_tile(&scratch_of, 0, 0);
    for (size_t t = 0; t < sample->split->tiles; t++) {
        TG_TRY(tg_rows_load(sample, t, 0));
        struct tg_tile raw = tg_rows_values(sample, t);

        TG_TRY(add_largest(feature, raw, learnt, scratch, t == 0, top));
        for (size_t c = 1; c <= feature->common->copies; c++) {
            TG_TRY(
                tg_feature_copy(feature->common, sample, t, c, raw, &copies));
            TG_TRY(add_largest(feature, tg_tile(&copies, 0, 0), learnt, scratch,
                               false, top));
            tg_tiles_release(&copies);
        }
        tg_rows_release(sample, t);
    }
    TG_TRY(tg_patches_quanta_insert(&shape, top, learnt));
    tg_tiles_release(&top_of);
    tg_tiles_release(&scratch_of);
    return TG_OK;
}

static int learn(const struct tg_feature *feature, struct tg_rows *sample,
                 struct tg_tiles *block)
{
    TG_TRY(tg_patches_learn(feature, sample, block));
    return learn_scale(feature, sample, block);
}

/* ---- Features --------------------------------------------------------- */

static size_t scratch(const struct tg_feature *feature)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);

    return tg_patches_scratch(&shape);
}

static int insert(const struct tg_feature *feature, struct tg_tile raw,
                  struct tg_tile block, struct tg_tile room,
                  struct tg_tile values)
{
    const struct tg_patches_shape shape = tg_patches_shape_of(feature);

    return tg_patches_insert(&shape, feature->first, raw, block, room, values);
}

const struct tg_feature_map tg_map_patches = {
    .name = "patches",
    .single = &tg_map_patches_single,
    .numbers = tg_patches_numbers,
    .settle = tg_patches_settle,
    .work = tg_patches_work,
    .bytes = bytes,
    .parts = parts,
    .ready = ready,
    .learn = learn,
    .learning = tg_patches_learning,
    .scratch = scratch,
    .insert = insert,
};
