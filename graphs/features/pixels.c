#include "pixels.h"

#include "error.h"
#include "feature_map.h"

/* None by its place, and none by a name. */
static const struct tg_feature_number numbers[] = {{0}, {0}};

static struct tg_pixels map_of(const struct tg_feature *feature)
{
    const struct tg_feature_common *common = feature->common;

    return (struct tg_pixels){.values = common->shape.values,
                              .line = common->mirror ? common->shape.width : 0};
}

static int settle(struct tg_feature *feature)
{
    const struct tg_feature_common *common = feature->common;
    const struct tg_pixels map = map_of(feature);

    if (common->shape.element != 1)
        return tg_fail(TG_EUSAGE,
                       "--features: pixels beside other terms are for samples "
                       "of 8 bits, and these are floating-point numbers; take "
                       "pixels alone");
    if (common->mirror && !common->shape.width)
        return tg_fail(TG_EUSAGE, TG_MIRROR_PICTURES);
    feature->width = tg_pixels_width(&map);
    return TG_OK;
}

static double work(const struct tg_feature *feature)
{
    (void)feature;
    return 0;
}

/* ---- Nothing is learnt ------------------------------------------------ */

static size_t none(const struct tg_feature *feature)
{
    (void)feature;
    return 0;
}

static size_t parts(const struct tg_feature *feature, void *block,
                    struct tg_tensor *part)
{
    (void)feature;
    (void)block;
    (void)part;
    return 0;
}

static bool ready(const struct tg_feature *feature, void *block)
{
    (void)feature;
    (void)block;
    return true;
}

static int insert(const struct tg_feature *feature, struct tg_tile raw,
                  struct tg_tile block, struct tg_tile room,
                  struct tg_tile values)
{
    const struct tg_pixels map = map_of(feature);

    (void)block;
    (void)room;
    return tg_pixels_insert(&map, feature->first, raw, values);
}

const struct tg_feature_map tg_map_pixels = {
    .name = "pixels",
    .numbers = numbers,
    .settle = settle,
    .work = work,
    .bytes = none,
    .parts = parts,
    .ready = ready,
    .scratch = none,
    .insert = insert,
};
