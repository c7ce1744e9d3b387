#include "fourier.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "feature_map.h"
#include "fourier_u8.h"

enum { FEATURES, GAMMA };

static const struct tg_feature_number numbers[] = {
    [FEATURES] = {"features", "random features", 1, 65536, 4096, true, false},
    [GAMMA] = {"gamma", "of the kernel exp(-gamma |x - y|^2), pixels in [0, 1]",
               1e-12, 1e12, NAN, false, false},
    {0},
};

static struct tg_fourier map_of(const struct tg_feature *feature)
{
    const struct tg_feature_common *common = feature->common;

    return (struct tg_fourier){
        .values = common->shape.values,
        .features = tg_feature_size(feature, FEATURES),
        .line = common->mirror ? common->shape.width : 0,
        .orthogonal = feature->map == &tg_map_orf,
        .single = common->single,
        .seed = common->seed + feature->first,
        .unit = common->shape.element == 1 ? 1.0 / UINT8_MAX : 1,
    };
}

static int settle(struct tg_feature *feature)
{
    const struct tg_sample_shape *shape = &feature->common->shape;
    const char *name = feature->map->name;

    if (shape->element != 1 && !feature->common->single)
        return tg_fail(TG_EUSAGE,
                       "--features %s makes 8 bits of samples of 8 bits, and "
                       "these are floating-point numbers; leave --precision "
                       "int8 out",
                       name);
    if (feature->common->mirror && !shape->width)
        return tg_fail(TG_EUSAGE, TG_MIRROR_PICTURES);
    if (!feature->common->single && shape->values > TG_FOURIER_VALUES_MAX)
        return tg_fail(TG_EUSAGE,
                       "--features %s takes samples of at most %d values, and "
                       "these have %zu; take --image",
                       name, TG_FOURIER_VALUES_MAX, shape->values);
    feature->width = tg_feature_size(feature, FEATURES);
    return TG_OK;
}

static double work(const struct tg_feature *feature)
{
    return (double)feature->common->shape.values * feature->number[FEATURES] *
           (feature->common->mirror + 1);
}

static size_t bytes(const struct tg_feature *feature)
{
    const struct tg_fourier map = map_of(feature);

    return tg_fourier_bytes(&map);
}

static size_t parts(const struct tg_feature *feature, void *block,
                    struct tg_tensor *part)
{
    (void)feature;
    part[0] = (struct tg_tensor){"gamma", TG_DTYPE_F64, 1, {1}, block};
    return 1;
}

static bool ready(const struct tg_feature *feature, void *block)
{
    double gamma;

    (void)feature;
    memcpy(&gamma, block, sizeof gamma);
    return gamma > 0 && gamma < INFINITY;
}

/* ---- Learning --------------------------------------------------------- */

static int complete(const struct tg_feature *feature, struct tg_tiles *block)
{
    const struct tg_fourier map = map_of(feature);
    struct tg_tiles scratch;

    TG_TRY(tg_scratch_init(&scratch, tg_fourier_weights_scratch(&map), 1));
    TG_TRY(tg_fourier_weights_insert(&map, tg_tile(&scratch, 0, 0),
                                     tg_tile(block, 0, 0)));
    tg_tiles_release(&scratch);
    return TG_OK;
}

/* From all sample tiles together: one may be of a single class. */
static int learn_gamma(const struct tg_feature *feature, struct tg_rows *sample,
                       struct tg_tiles *block)
{
    const struct tg_sample_shape *shape = &feature->common->shape;
    const struct tg_split *split = sample->split;
    const struct tg_fourier map = map_of(feature);
    struct tg_tiles all, scratch;

    TG_TRY(tg_tiles_init_one(&all, shape->values, split->count, shape->element,
                             block->placement, tg_owner_first, 0));
    TG_TRY(tg_scratch_init(&scratch, tg_fourier_median_scratch(), 1));
    for (size_t t = 0; t < split->tiles; t++) {
        TG_TRY(tg_rows_load(sample, t, 0));
        TG_TRY(tg_fourier_sample_insert(split->offsets[t],
                                        tg_rows_values(sample, t),
                                        tg_tile(&all, 0, 0)));
        tg_rows_release(sample, t);
    }
    TG_TRY(tg_fourier_median_insert(&map, tg_tile(&all, 0, 0),
                                    tg_tile(&scratch, 0, 0),
                                    tg_tile(block, 0, 0)));
    tg_tiles_release(&all);
    tg_tiles_release(&scratch);
    return TG_OK;
}

static size_t learning(const struct tg_feature *feature, size_t samples,
                       size_t workers)
{
    const struct tg_sample_shape *shape = &feature->common->shape;
    const struct tg_fourier map = map_of(feature);

    (void)workers;
    return samples * shape->values * shape->element +
           tg_fourier_weights_scratch(&map);
}

static int learn(const struct tg_feature *feature, struct tg_rows *sample,
                 struct tg_tiles *block)
{
    if (isnan(feature->number[GAMMA]))
        TG_TRY(learn_gamma(feature, sample, block));
    else
        TG_TRY(tg_fourier_gamma_insert(feature->number[GAMMA],
                                       tg_tile(block, 0, 0)));
    return complete(feature, block);
}

/* ---- Features --------------------------------------------------------- */

static size_t scratch(const struct tg_feature *feature)
{
    const struct tg_fourier map = map_of(feature);

    return tg_fourier_scratch(&map);
}

static int insert(const struct tg_feature *feature, struct tg_tile raw,
                  struct tg_tile block, struct tg_tile room,
                  struct tg_tile values)
{
    const struct tg_fourier map = map_of(feature);

    return tg_fourier_insert(&map, feature->first, raw, block, room, values);
}

#define FOURIER                                                                \
    .numbers = numbers, .shown = "gamma", .settle = settle, .work = work,      \
    .bytes = bytes, .parts = parts, .ready = ready, .learn = learn,            \
    .learning = learning, .complete = complete, .scratch = scratch,            \
    .insert = insert

const struct tg_feature_map tg_map_rff = {.name = "rff", FOURIER};
const struct tg_feature_map tg_map_orf = {.name = "orf", FOURIER};
