/* pack: features of a row tile, as blocks for the Gram (blocks.h). */
#ifndef TG_CODELET_PACK_H
#define TG_CODELET_PACK_H

#include <stddef.h>

#include "tiles.h"

/* Insert X(b,t): features [first, first + b) of a row tile.
 * Shapes: values d x n; block b x n, of tg_block (blocks.h). */
int tg_pack_insert(size_t first, size_t b, struct tg_tile values,
                   struct tg_tile block);

#endif
