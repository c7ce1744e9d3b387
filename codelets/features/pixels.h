/* pixels: the values of a raw tile as they are, as blocks for the Gram. */
#ifndef TG_CODELET_PIXELS_H
#define TG_CODELET_PIXELS_H

#include <stddef.h>

#include "tiles.h"

/* Insert X(b,t): features [first, first + b) of a raw tile.
 * Shapes: raw d x n; block b x n, of tg_block (blocks.h). */
int tg_pixels_insert(size_t first, size_t b, struct tg_tile raw,
                     struct tg_tile block);

#endif
