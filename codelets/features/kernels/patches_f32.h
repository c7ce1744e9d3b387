/*
 * Features of random whitened patches in single precision: as patches.h has
 * them in 8 bits, in the same order.  A feature is the mean of what the
 * rectifier lets pass over the positions of a cell; with mirror, the sum of
 * the means of the picture and of its mirror image.  Pure kernels: no
 * allocation, no state.  The same bytes for any division of the pictures, by
 * variants that multiply and add in one rounding (all but generic).
 */
#ifndef TG_PATCHES_F32_H
#define TG_PATCHES_F32_H

#include "patches.h"

/* What a map has learnt: a view of one block of bytes.
 * Shapes: m = tg_patches_values, D, K as in the shape. */
struct tg_patches_f32 {
    struct tg_patches_shape shape;
    float *softness;  /* [1] c, added to a patch's variance, in grey levels^2 */
    float *threshold; /* [1] of the rectifier */
    float *whitener;  /* [D x m], a dimension's values together; their sum 0 */
    float *bias;      /* [D] subtracted then */
    float *filters;   /* [K x D], a filter's values together */

    /* The same as kernels take it, made by tg_patches_f32_pack. D and K are
     * whole groups of 16: what was not there is 0. */
    float *weights; /* [groups of D][m: row, column, channel of a patch][16] */
    float *panels;  /* [groups of K][D][16] */
    float *biases;  /* [D] */
};

/* Bytes of the block, and its view; a block is aligned to 64 bytes. */
size_t tg_patches_f32_bytes(const struct tg_patches_shape *shape);
void tg_patches_f32_view(const struct tg_patches_shape *shape, void *block,
                         struct tg_patches_f32 *patches);

/* Make what kernels take of the rest. */
void tg_patches_f32_pack(struct tg_patches_f32 *patches);

/* Bytes of scratch, aligned to 64. */
size_t tg_patches_f32_scratch(const struct tg_patches_shape *shape);

/*
 * Features of n pictures.
 * Shapes: x ldx x n; features ldf x n, in groups of 16 filters (the last one
 * what is left), each [positive, negative][cell][filter]; scratch of
 * tg_patches_f32_scratch bytes.
 * Units: x grey levels; of a whitened patch z, max(w . z - threshold, 0), and
 * the same of -w.
 * Source: as tg_patches_u8's.
 */
void tg_patches_f32(const struct tg_patches_f32 *patches, size_t n,
                    const float *x, size_t ldx, float *features, size_t ldf,
                    void *scratch);

/* A processor's kernels. */
struct tg_patches_f32_variant {
    const char *name;
    bool fused; /* products and sums: one rounding */

    /* Whitened patches of a row of positions.
     * Shapes: x [size][columns + size - 1][channels] of a picture, its next row
     * `line` values further; contrast [columns]; the patch of column c becomes
     * number place[c] of whitened [positions][D]. */
    void (*whiten)(const struct tg_patches_f32 *patches, const float *x,
                   size_t line, const float *contrast, const size_t *place,
                   float *whitened);

    /* Over n positions: sums_f += max(z - t, 0), sums_f' += max(-z - t, 0)
     * where z = filter f times a whitened patch, t the threshold.
     * Shapes: whitened [n][D]; sums [groups of K][2][cells][16], those of the
     * cell from the first group on. */
    void (*pool)(const struct tg_patches_f32 *patches, size_t n,
                 const float *whitened, float *sums);
};

/* Those that this processor can run, fastest first; NULL past the last. */
const struct tg_patches_f32_variant *tg_patches_f32_variant(size_t index);

/* tg_patches_f32 by a variant of choice: for tests and benchmarks. */
void tg_patches_f32_by(const struct tg_patches_f32_variant *variant,
                       const struct tg_patches_f32 *patches, size_t n,
                       const float *x, size_t ldx, float *features, size_t ldf,
                       void *scratch);

#endif
