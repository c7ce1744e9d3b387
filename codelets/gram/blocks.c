#include "blocks.h"

#include "gram_u8.h"

size_t tg_block_panel(void)
{
    return TG_PACK_U8_FEATURES;
}

/* Block b is tile (b, 0) of floats, or (0, b) of packed panels. */
int tg_blocks_init(struct tg_tiles *x, size_t d, size_t n, size_t block,
                   size_t element, const struct tg_placement *placement,
                   tg_owner *owner, size_t index)
{
    size_t groups, panels;

    if (element != 1)
        return tg_tiles_init(x, d, n, block, n, element, placement, owner,
                             index);
    groups = tg_packed_u8_size(1, n);
    panels = tg_packed_u8_size(d, n) / groups;
    return tg_tiles_init(x, groups, panels, groups,
                         tg_packed_u8_size(block, n) / groups, 1, placement,
                         owner, index);
}

struct tg_tile tg_block(struct tg_tiles *x, size_t b)
{
    return x->element == 1 ? tg_tile(x, 0, b) : tg_tile(x, b, 0);
}
