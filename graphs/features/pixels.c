#include "pixels.h"

#include "error.h"
#include "feature_map.h"

static size_t width(size_t values)
{
    return values;
}

static int declare(struct tg_tile raw, size_t d, size_t block,
                   struct tg_tiles *x)
{
    for (size_t first = 0; first < d; first += block) {
        size_t b = d - first < block ? d - first : block;

        TG_TRY(tg_pixels_insert(first, b, raw, tg_block(x, first / block)));
    }
    return TG_OK;
}

const struct tg_feature_map tg_map_pixels = {"pixels", width, declare};
