/* Feature blocks, as the Gram's kernels take them: packed panels of 8-bit
 * values (kernels/gram_u8.h), or b x n floats.  Nobody else knows the layout.
 */
#ifndef TG_CODELET_BLOCKS_H
#define TG_CODELET_BLOCKS_H

#include <stddef.h>

#include "tiles.h"

/* Features that a block is best a multiple of. */
size_t tg_block_panel(void);

/* Describe the blocks of a row tile: d features of n samples, `block` features
 * each, values of `element` bytes (1: u8, 4: f32). Errors: TG_EMEMORY. */
int tg_blocks_init(struct tg_tiles *x, size_t d, size_t n, size_t block,
                   size_t element, const struct tg_placement *placement,
                   tg_owner *owner, size_t index);
struct tg_tile tg_block(struct tg_tiles *x, size_t b);

#endif
