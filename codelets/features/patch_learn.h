/* Between the files of learning patches only. */
#ifndef TG_CODELET_PATCH_LEARN_H
#define TG_CODELET_PATCH_LEARN_H

#include "patch_map.h"
#include "patches_f32.h"

enum { TG_PATCH_STRIP = 256 }; /* patches at a time */

extern struct tg_stage tg_stage_sample;

/* A patch less its mean. Shapes: patch, centred [m]. Value: its variance. */
double tg_patch_centre(size_t m, const uint8_t *patch, double *centred);

/* How patches are whitened: as features will have it but for the rounding. */
struct tg_patch_whitener {
    size_t m, d;
    double softness;
    double *weights; /* m x d, of a dimension together */
    double *bias;    /* d */
};

/* How what is learnt is stored, in the order in which it is.  A block is zeroes
 * before. */
struct tg_patch_store {
    size_t (*bytes)(const struct tg_patches_shape *shape);
    void (*put_softness)(const struct tg_patches_shape *shape, void *block,
                         double softness);

    /* Dimension i. Shapes: row[m], made to sum to 0; mean[m] of patches. */
    void (*put_dimension)(const struct tg_patches_shape *shape, void *block,
                          size_t i, const double *row, const double *mean);

    /* The whitener as it was stored. Shapes: whitener's m and d are set. */
    void (*get_whitener)(const struct tg_patches_shape *shape, void *block,
                         struct tg_patch_whitener *whitener);

    /* Filter f. Shapes: unit[d], of length 1. Value: what it is stored
     * times. */
    double (*put_filter)(const struct tg_patches_shape *shape, void *block,
                         size_t f, const double *unit);

    /* The rest, once the largest whitened value and the threshold, of filters
     * of length 1, are known. Shapes: scale[K], of put_filter. */
    void (*finish)(const struct tg_patches_shape *shape, void *block,
                   double top, double threshold, const double *scale);
};

extern const struct tg_patch_store tg_patch_store_u8, tg_patch_store_f32;

#endif
