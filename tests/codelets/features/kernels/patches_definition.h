/* Features of patches by definition, one position and one filter at a time: for
 * the tests of the kernels. */
#ifndef TG_PATCHES_DEFINITION_H
#define TG_PATCHES_DEFINITION_H

#include "patches.h"

/* The nearest integer to a value that was made to lie in [-limit, limit]. */
float tg_clipped(float v, float limit);

/* Pooled sums of a picture; at most 128 dimensions.
 * Shapes: sums [tg_patches_width], in the order of features. */
void tg_sums_by_definition(const struct tg_patches *p, const uint8_t *x,
                           int64_t *sums);

#endif
