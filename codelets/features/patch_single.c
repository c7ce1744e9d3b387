/* Features of patches in single precision. */
#include <assert.h>

#include "error.h"
#include "patch_map.h"
#include "patches_f32.h"
#include "task.h"

struct args {
    struct tg_patches_shape shape;
    size_t first;
};

/* A picture in single precision, before what the kernel takes. Units: floats */
static size_t picture(const struct tg_patches_shape *shape)
{
    return (shape->width * shape->height * shape->channels + 15) / 16 * 16;
}

size_t tg_patches_single_scratch(const struct tg_patches_shape *shape)
{
    return picture(shape) * sizeof(float) + tg_patches_f32_scratch(shape);
}

static int patches_single(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t values = TG_ROWS(buffers[0]), ldf = TG_LD(buffers[3]);
    float *x = TG_PTR(float, buffers[2]);
    float *features = TG_PTR(float, buffers[3]) + args->first;
    struct tg_patches_f32 map;

    tg_patches_f32_view(&args->shape, TG_PTR(void, buffers[1]), &map);
    for (size_t s = 0; s < TG_COLS(buffers[0]); s++) {
        const uint8_t *from =
            TG_PTR(uint8_t, buffers[0]) + s * TG_LD(buffers[0]);

        for (size_t i = 0; i < values; i++)
            x[i] = from[i];
        tg_patches_f32(&map, 1, x, values, features + s * ldf, ldf,
                       x + picture(&args->shape));
    }
    return TG_OK;
}

/* What the size of the block does not tell. */
static uint32_t cost(const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_patches_shape *shape = &args->shape;

    return 4u * shape->halve + 2u * shape->mirror + shape->unit;
}

TG_CODELET(patches_single, .stage = &tg_stage_features,
           .args = sizeof(struct args), .cost = cost,
           TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_W));
TG_CODELET_NAMED(more_patches_single, patches_single,
                 .stage = &tg_stage_features, .args = sizeof(struct args),
                 .cost = cost,
                 TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_patches_single_insert(const struct tg_patches_shape *shape, size_t first,
                             struct tg_tile raw, struct tg_tile block,
                             struct tg_tile scratch, struct tg_tile values)
{
    struct args args = {*shape, first};

    assert(raw.of->element == 1 && values.of->element == sizeof(float));
    assert(tg_tile_rows(raw) == shape->width * shape->height * shape->channels);
    assert(tg_tile_rows(block) == tg_patches_f32_bytes(shape));
    assert(first + tg_patches_width(shape) <= tg_tile_rows(values));
    return TG_INSERT(first ? &more_patches_single_codelet
                           : &patches_single_codelet,
                     tg_features_priority(first), &args, raw, block, scratch,
                     values);
}
