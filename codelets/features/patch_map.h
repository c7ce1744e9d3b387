/* patch_map: features of random whitened patches, and the tasks that learn them
 * (patches.h, of the kernels, says what they are). */
#ifndef TG_CODELET_PATCH_MAP_H
#define TG_CODELET_PATCH_MAP_H

#include "patches.h"
#include "tally.h"
#include "task.h"
#include "tiles.h"

extern struct tg_stage tg_stage_features, tg_stage_learn;

/* Of tasks that make features from the first on: tiles that are begun are made
 * before others are. */
static inline int tg_features_priority(size_t first)
{
    return tg_priority_part(TG_PRIORITY_FEATURES, first == 0);
}

/* Insert rows [first, first + width) of a feature tile; the first rows first.
 * Shapes: raw values x n of u8; block as learnt; scratch of
 * tg_patches_scratch bytes; values d x n of u8. */
int tg_patches_insert(const struct tg_patches_shape *shape, size_t first,
                      struct tg_tile raw, struct tg_tile block,
                      struct tg_tile scratch, struct tg_tile values);

/* The same in single precision (patches_f32.h).
 * Shapes: block of tg_patches_f32_bytes; scratch of tg_patches_single_scratch
 * bytes; values d x n of f32. */
int tg_patches_single_insert(const struct tg_patches_shape *shape, size_t first,
                             struct tg_tile raw, struct tg_tile block,
                             struct tg_tile scratch, struct tg_tile values);
size_t tg_patches_single_scratch(const struct tg_patches_shape *shape);

/* ---- Learning, in this order ------------------------------------------ */

enum { TG_PATCHES_SAMPLED = 100000 }; /* patches that are learnt from, about */

/* Insert patches [first, first + count) of random pictures and places: pure
 * functions of the seed and their number.
 * Shapes: raw values x n; patches m x P of u8, written from the first on. */
int tg_patches_sample_insert(const struct tg_patches_shape *shape,
                             uint64_t seed, size_t first, size_t count,
                             struct tg_tile raw, struct tg_tile patches);

/* Insert the softness, `softening` times patches' mean variance, and the moments
 * of normalised patches.
 * Shapes: patches m x P; moments m x (m + 2): covariance, mean, softness;
 * scratch of tg_patches_learn_scratch bytes. */
int tg_patches_moments_insert(double softening, struct tg_tile patches,
                              struct tg_tile scratch, struct tg_tile moments);

/* Insert the whitening x = (Lambda + 0.1)^-1/2 U^T (q - mean), of the largest
 * eigenvalues; single: for features in single precision.
 * Shapes: moments, overwritten; block of tg_patches_bytes, or
 * tg_patches_f32_bytes.
 * Source: Coates, Lee, Ng 2011; LAPACK dsyev. */
int tg_patches_whitening_insert(const struct tg_patches_shape *shape,
                                bool single, struct tg_tile moments,
                                struct tg_tile scratch, struct tg_tile block);

/* Insert the filters, which are sampled patches of some contrast, their
 * thresholds of 0.3 times what filters respond with, and, unless single, the
 * scales of 8 bits.
 * Errors: TG_EDATA (all patches are of one colour). */
int tg_patches_filters_insert(const struct tg_patches_shape *shape, bool single,
                              struct tg_tile patches, struct tg_tile scratch,
                              struct tg_tile block);
size_t tg_patches_learn_scratch(const struct tg_patches_shape *shape);

/* Insert the largest pooled sums of a sample tile, and those of two.
 * Shapes: largest d x 1 of uint32; scratch of tg_patches_scratch bytes and d
 * uint32. */
int tg_patches_largest_insert(const struct tg_patches_shape *shape,
                              struct tg_tile raw, struct tg_tile block,
                              struct tg_tile scratch, struct tg_tile largest);
int tg_patches_larger_insert(struct tg_tile from, struct tg_tile largest);

/* Insert the quanta: 1.02 times the largest sum, or its square root, is 255. */
int tg_patches_quanta_insert(const struct tg_patches_shape *shape,
                             struct tg_tile largest, struct tg_tile block);

#endif
