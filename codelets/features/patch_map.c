#include "patch_map.h"

#include <assert.h>

#include "error.h"
#include "task.h"

struct args {
    struct tg_patches_shape shape;
    size_t first;
};

static struct tg_patches view(const struct args *args, void *block)
{
    struct tg_patches patches;

    tg_patches_view(&args->shape, TG_PTR(void, block), &patches);
    return patches;
}

static int patches(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_patches map = view(args, buffers[1]);
    size_t above = tg_patches_u8(&map, TG_COLS(buffers[0]),
                                 TG_PTR(uint8_t, buffers[0]), TG_LD(buffers[0]),
                                 TG_PTR(uint8_t, buffers[3]) + args->first,
                                 TG_LD(buffers[3]), TG_PTR(void, buffers[2]));

    tg_tally_note(&tg_stage_features, above);
    return TG_OK;
}

/* What the size of the block does not tell. */
static uint32_t cost(const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_patches_shape *shape = &args->shape;

    return 4u * shape->halve + 2u * shape->mirror + shape->unit;
}

TG_STAGE(features, 0xfdbf6f, "features");
TG_CODELET(patches, .stage = &tg_stage_features, .args = sizeof(struct args),
           .cost = cost,
           TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_W));
TG_CODELET_NAMED(more_patches, patches, .stage = &tg_stage_features,
                 .args = sizeof(struct args), .cost = cost,
                 TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_patches_insert(const struct tg_patches_shape *shape, size_t first,
                      struct tg_tile raw, struct tg_tile block,
                      struct tg_tile scratch, struct tg_tile values)
{
    struct args args = {*shape, first};

    assert(raw.of->element == 1 && values.of->element == 1);
    assert(tg_tile_rows(raw) == shape->width * shape->height * shape->channels);
    assert(first + tg_patches_width(shape) <= tg_tile_rows(values));
    return TG_INSERT(first ? &more_patches_codelet : &patches_codelet,
                     tg_features_priority(first), &args, raw, block, scratch,
                     values);
}

/* ---- The scale of 8 bits ---------------------------------------------- */

static int largest(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_patches map = view(args, buffers[1]);
    size_t d = tg_patches_width(&args->shape);
    uint32_t *sums = TG_PTR(uint32_t, buffers[2]);
    uint32_t *top = TG_PTR(uint32_t, buffers[3]);

    for (size_t f = 0; f < d; f++)
        top[f] = 0;
    for (size_t s = 0; s < TG_COLS(buffers[0]); s++) {
        tg_patches_sums(&map, 1,
                        TG_PTR(uint8_t, buffers[0]) + s * TG_LD(buffers[0]),
                        TG_LD(buffers[0]), sums, d, sums + (d + 15) / 16 * 16);
        for (size_t f = 0; f < d; f++)
            top[f] = sums[f] > top[f] ? sums[f] : top[f];
    }
    return TG_OK;
}

TG_STAGE(learn, 0xff7f00, "features");
TG_CODELET(largest, .stage = &tg_stage_learn, .args = sizeof(struct args),
           .cost = cost,
           TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_W));

int tg_patches_largest_insert(const struct tg_patches_shape *shape,
                              struct tg_tile raw, struct tg_tile block,
                              struct tg_tile scratch, struct tg_tile top)
{
    struct args args = {.shape = *shape};

    return TG_INSERT(&largest_codelet, TG_PRIORITY_LOAD, &args, raw, block,
                     scratch, top);
}

static int larger(void *buffers[], const void *arguments)
{
    const uint32_t *from = TG_PTR(uint32_t, buffers[0]);
    uint32_t *to = TG_PTR(uint32_t, buffers[1]);

    (void)arguments;
    for (size_t f = 0; f < TG_ROWS(buffers[0]); f++)
        to[f] = from[f] > to[f] ? from[f] : to[f];
    return TG_OK;
}

TG_CODELET(larger, .stage = &tg_stage_learn, TG_MODES(STARPU_R, STARPU_RW));

int tg_patches_larger_insert(struct tg_tile from, struct tg_tile top)
{
    return TG_INSERT(&larger_codelet, TG_PRIORITY_DECIDE, TG_NONE, from, top);
}

static int quanta(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_patches map = view(args, buffers[1]);
    const uint32_t *top = TG_PTR(uint32_t, buffers[0]);

    const float scale = args->shape.compand ? 255 : 1; /* of a square */

    for (size_t f = 0; f < tg_patches_width(&args->shape); f++)
        map.quantum[f] = top[f] ? 255 / (1.02f * (float)top[f]) * scale : 0;
    return TG_OK;
}

TG_CODELET(quanta, .stage = &tg_stage_learn, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_RW));

int tg_patches_quanta_insert(const struct tg_patches_shape *shape,
                             struct tg_tile top, struct tg_tile block)
{
    struct args args = {.shape = *shape};

    return TG_INSERT(&quanta_codelet, TG_PRIORITY_DECIDE, &args, top, block);
}
