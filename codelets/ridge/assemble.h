/* assemble: A = G - s s^T / n + (lambda / scale^2) I, tile by tile.
 *
 * Everything is in the units of the stored values (a pixel is 0..255), so that
 * the centred Gram of 8-bit data is rounded once; lambda is the user's, on
 * scaled features, hence the division.
 */
#ifndef TG_CODELET_ASSEMBLE_H
#define TG_CODELET_ASSEMBLE_H

#include <stddef.h>

#include <starpu.h>

/* Insert the assembly of the off-diagonal tile whose first element is (i, j).
 * Shapes: G, A alike; M (d+1) x k. */
int tg_assemble_insert(size_t i, size_t j, starpu_data_handle_t gram,
                       starpu_data_handle_t moments, starpu_data_handle_t a);

/* The same for the diagonal tile at (i, i), with lambda from data: `lambdas`
 * m x 1, entry `which`; also gives D, the diagonal before factorization, which
 * potrf's test for singularity compares pivots with.
 * Shapes: G, A b x b (lower triangle); D b x 1.
 * Units: scale: feature = value * scale. */
int tg_assemble_diagonal_insert(size_t i, double scale, size_t which,
                                starpu_data_handle_t gram,
                                starpu_data_handle_t moments,
                                starpu_data_handle_t lambdas,
                                starpu_data_handle_t a, starpu_data_handle_t d);

#endif
