#include "warp.h"

#include <assert.h>

#include "error.h"
#include "hash.h"
#include "task.h"

struct args {
    struct tg_raster raster;
    struct tg_warp_amounts amounts;
    uint64_t seed;
    size_t copy;
    const size_t *rows;
};

/* Evenly in [-1, 1). */
static double even(uint64_t hash)
{
    return (double)(hash >> 11) * 0x1p-52 - 1;
}

struct tg_affine tg_warp_draw(const struct tg_warp_amounts *amounts,
                              uint64_t seed, size_t row, size_t copy)
{
    uint64_t key = tg_hash(tg_hash(tg_hash(seed) + row) + copy);

    return (struct tg_affine){
        .rotation = amounts->rotation * even(tg_hash(key)),
        .shift_x = amounts->shift * even(tg_hash(key + 1)),
        .shift_y = amounts->shift * even(tg_hash(key + 2)),
        .scale = amounts->scale * even(tg_hash(key + 3)),
        .shear = amounts->shear * even(tg_hash(key + 4)),
        .mirror = amounts->mirror && tg_hash(key + 5) >> 63,
    };
}

static int warp(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t n = TG_COLS(buffers[0]), from = TG_LD(buffers[0]);
    size_t to = TG_LD(buffers[1]);

    for (size_t s = 0; s < n; s++) {
        struct tg_affine map =
            tg_warp_draw(&args->amounts, args->seed, args->rows[s], args->copy);

        if (TG_ELEMENT(buffers[0]) == 1)
            tg_affine_u8(&args->raster, &map,
                         TG_PTR(uint8_t, buffers[0]) + s * from,
                         TG_PTR(uint8_t, buffers[1]) + s * to);
        else
            tg_affine_f32(&args->raster, &map,
                          TG_PTR(float, buffers[0]) + s * from,
                          TG_PTR(float, buffers[1]) + s * to);
    }
    return TG_OK;
}

TG_STAGE(warp, 0xc6dbef, "gram");
TG_CODELET(warp, .stage = &tg_stage_warp, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_W));

int tg_warp_insert(const struct tg_raster *raster,
                   const struct tg_warp_amounts *amounts, uint64_t seed,
                   size_t copy, const size_t *rows, struct tg_tile raw,
                   struct tg_tile copies)
{
    struct args args = {*raster, *amounts, seed, copy, rows};

    assert(tg_tile_rows(raw) ==
           raster->width * raster->height * raster->channels);
    assert(tg_tile_rows(copies) == tg_tile_rows(raw));
    assert(tg_tile_cols(copies) == tg_tile_cols(raw));
    assert(copies.of->element == raw.of->element);
    return TG_INSERT(&warp_codelet, tg_priority_part(TG_PRIORITY_FEATURES, 2),
                     &args, raw, copies);
}
