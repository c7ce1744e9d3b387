#include "blocks.h"

#include <assert.h>
#include <string.h>

#include "error.h"
#include "gram_u8.h"
#include "task.h"

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

struct features_args {
    size_t first, b;
};

static void copy_block(size_t b, size_t n, const float *x, size_t ldx,
                       float *block)
{
    for (size_t s = 0; s < n; s++)
        memcpy(block + s * b, x + s * ldx, b * sizeof *block);
}

static int features(void *buffers[], const void *arguments)
{
    const struct features_args *args = arguments;
    size_t n = TG_COLS(buffers[0]), ldx = TG_LD(buffers[0]);
    if (TG_ELEMENT(buffers[0]) == 1)
        tg_pack_u8(args->first, args->b, n, TG_PTR(uint8_t, buffers[0]), ldx,
                   TG_PTR(uint8_t, buffers[1]));
    else
        copy_block(args->b, n, TG_PTR(float, buffers[0]) + args->first, ldx,
                   TG_PTR(float, buffers[1]));
    return TG_OK;
}

TG_STAGE(features, 0xa6cee3, "gram");
TG_CODELET(features, .stage = &tg_stage_features,
           .args = sizeof(struct features_args), TG_MODES(STARPU_R, STARPU_W));

int tg_features_insert(size_t first, size_t b, struct tg_tile raw,
                       struct tg_tile block)
{
    struct features_args args = {first, b};

    assert(first + b <= tg_tile_rows(raw));
    assert(raw.of->element == block.of->element);
    return TG_INSERT(&features_codelet, TG_PRIORITY_FEATURES, &args, raw,
                     block);
}
