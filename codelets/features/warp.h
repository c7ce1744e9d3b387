/* warp: copies of training pictures, each turned, shifted, scaled and sheared a
 * little, as chance has it. */
#ifndef TG_CODELET_WARP_H
#define TG_CODELET_WARP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "affine.h"
#include "tiles.h"

/* How far copies may be from their originals: each evenly in [-amount, amount].
 * Units: as in struct tg_affine, of which the largest are TG_AFFINE_... */
struct tg_warp_amounts {
    double rotation, shift, scale, shear;
    bool mirror; /* every other copy, by chance */
};

/* The map of a copy, by itself: with key = hash(hash(hash(seed) + row) + copy)
 * the draws are hash(key + i), of which the first 53 bits are a number in
 * [-1, 1) and the amount's factor, for rotation, shift_x, shift_y, scale, shear;
 * the first bit of the sixth mirrors.
 * Shapes: row is the sample's number in its data set; copy = 1, 2, ... */
struct tg_affine tg_warp_draw(const struct tg_warp_amounts *amounts,
                              uint64_t seed, size_t row, size_t copy);

/* Insert warp(t): copies of a raw tile's pictures.
 * Shapes: rows[n], the samples' numbers in the data set, stays alive until the
 * task has run; raw and copies d x n of u8 or f32, d values of the raster. */
int tg_warp_insert(const struct tg_raster *raster,
                   const struct tg_warp_amounts *amounts, uint64_t seed,
                   size_t copy, const size_t *rows, struct tg_tile raw,
                   struct tg_tile copies);

#endif
