/* Squared distances of samples, and their median: exact for 8-bit samples, in a
 * fixed order of operations for others.
 */
#ifndef TG_MEDIAN_H
#define TG_MEDIAN_H

#include <stddef.h>
#include <stdint.h>

/* Values of a sample of bytes, at most: 32-bit sums hold its squares. */
#define TG_DISTANCE_VALUES_MAX 65536

/* |x - y|^2.  Units: stored values, squared. */
double tg_distance_u8(size_t values, const uint8_t *x, const uint8_t *y);
double tg_distance_f32(size_t values, const float *x, const float *y);

/* The median; of an even number, the mean of the two in the middle, as numpy's.
 * NaNs count as larger than all numbers.
 * Shapes: v[n], n > 0, none below zero. */
double tg_median(size_t n, const double *v);

#endif
