/*
 * Per-class sums and counts of a tile: the ridge moments n_c and S_c. Pure
 * kernels: no allocation, no state, safe to call from any thread.
 */
#ifndef TG_CLASS_SUMS_H
#define TG_CLASS_SUMS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Size of the scratch of tg_class_sums_u8().
 * Units: elements of uint16_t.
 */
size_t tg_class_sums_u8_scratch(size_t d, size_t k);

/*
 * Add a tile of 8-bit data to the moments: column labels[s] += (x_s, 1).
 * Exact while the elements of sums are integers below 2^53, and therefore
 * independent of the samples' order.
 * Shapes: x is d x n with ldx >= d (a sample is a column); labels n values
 * below k; scratch tg_class_sums_u8_scratch(d, k) elements, contents
 * irrelevant before and after, best aligned to 64 bytes; sums is (d + 1) x k,
 * column-major, ld >= d + 1, row d holds the counts.
 * Units: sums of raw values; samples in row d.
 */
void tg_class_sums_u8(size_t d, size_t n, size_t k, const uint8_t *x,
                      size_t ldx, const uint16_t *labels, uint16_t *scratch,
                      double *sums, size_t ld);

/*
 * Add a tile of single-precision features to the moments, in double and in
 * the samples' order: the same bytes on every processor.
 * Shapes: x is d x n with ldx >= d (a sample is a column); labels n values
 * below k; sums is (d + 1) x k, column-major, ld >= d + 1, row d holds the
 * counts.
 * Units: sums of features; samples in row d.
 */
void tg_class_sums_f32(size_t d, size_t n, size_t k, const float *x, size_t ldx,
                       const uint16_t *labels, double *sums, size_t ld);

#endif
