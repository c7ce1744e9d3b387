/* pixels: samples' values themselves, as features beside others. */
#ifndef TG_CODELET_PIXELS_H
#define TG_CODELET_PIXELS_H

#include <stddef.h>

#include "tiles.h"

struct tg_pixels {
    size_t values; /* of a sample */
    size_t line;   /* of pictures of this width, that are to count as their
                      mirror images do; 0: as they are */
};

/* Features: values; of mirrored pictures a half of each line, the middle with
 * it, since the other half would be the same again. */
size_t tg_pixels_width(const struct tg_pixels *map);

/* Insert rows [first, first + width) of a feature tile; the first rows first.
 * Shapes: raw values x n of u8 or f32; features d x n of u8, or f32 of either.
 * Units: those of values; mirrored, (x + Mx) / 2, of u8 rounded, halves up. */
int tg_pixels_insert(const struct tg_pixels *map, size_t first,
                     struct tg_tile raw, struct tg_tile features);

#endif
