#include "pack.h"

#include <assert.h>
#include <string.h>

#include "error.h"
#include "gram_u8.h"
#include "task.h"

struct args {
    size_t first, b;
};

static void copy_block(size_t b, size_t n, const float *x, size_t ldx,
                       float *block)
{
    for (size_t s = 0; s < n; s++)
        memcpy(block + s * b, x + s * ldx, b * sizeof *block);
}

static int pack(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t n = TG_COLS(buffers[0]), ldx = TG_LD(buffers[0]);
    if (TG_ELEMENT(buffers[0]) == 1)
        tg_pack_u8(args->first, args->b, n, TG_PTR(uint8_t, buffers[0]), ldx,
                   TG_PTR(uint8_t, buffers[1]));
    else
        copy_block(args->b, n, TG_PTR(float, buffers[0]) + args->first, ldx,
                   TG_PTR(float, buffers[1]));
    return TG_OK;
}

TG_STAGE(pack, 0xa6cee3, "gram");
TG_CODELET(pack, .stage = &tg_stage_pack, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_W));

int tg_pack_insert(size_t first, size_t b, struct tg_tile values,
                   struct tg_tile block)
{
    struct args args = {first, b};

    assert(first + b <= tg_tile_rows(values));
    assert(values.of->element == block.of->element);
    return TG_INSERT(&pack_codelet, TG_PRIORITY_PACK, &args, values, block);
}
