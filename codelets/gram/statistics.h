/* features, moments, gram: from a raw tile to the sufficient statistics.
 *
 * Raw tiles are d x n of u8 or f32, one column a sample.  A feature block is
 * what the Gram kernel of that type takes: packed panels (codelets/gram_u8.h)
 * or b x n floats.  Statistics are doubles: of 8-bit data they are integers,
 * exact up to 2^53 and so independent of order, tiles and processor.
 */
#ifndef TG_CODELET_STATISTICS_H
#define TG_CODELET_STATISTICS_H

#include <stddef.h>

#include <starpu.h>

/* Insert X(b,t): features [first, first + b) of a raw tile.
 * Shapes: raw d x n; block: u8 64 ceil(n/4) x ceil(b/16) bytes, f32 b x n. */
int tg_features_insert(size_t first, size_t b, starpu_data_handle_t raw,
                       starpu_data_handle_t block);

/* Insert M += class sums and counts of a raw tile.
 * Shapes: raw d x n; labels n x 1 uint16; M (d+1) x k, last row: counts;
 * scratch tg_moments_scratch(d, k) x 1 uint16. */
int tg_moments_insert(starpu_data_handle_t raw, starpu_data_handle_t labels,
                      starpu_data_handle_t scratch,
                      starpu_data_handle_t moments);
size_t tg_moments_scratch(size_t d, size_t k);

/* Insert G(i,j) += X(i,t) X(j,t)^T.  On the diagonal xi is xj, and only the
 * lower triangle is meant.
 * 8-bit: exact.  Floating point: products in single precision over runs of
 * at most 2,048 samples, whose results are added in double.
 * Shapes: xi, xj feature blocks of n samples; G bi x bj doubles; scratch
 * block x block floats (f32 only; any handle of that shape with u8). */
int tg_gram_insert(size_t n, starpu_data_handle_t xi, starpu_data_handle_t xj,
                   starpu_data_handle_t scratch, starpu_data_handle_t gram);

#endif
