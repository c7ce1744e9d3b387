/* assemble: A = G - s s^T / n + (lambda / scale^2) I, tile by tile.
 *
 * Everything is in the units of the stored values (a pixel is 0..255), so that
 * the centred Gram of 8-bit data is rounded once; lambda is the user's, on
 * scaled features, hence the division.
 */
#ifndef TG_CODELET_ASSEMBLE_H
#define TG_CODELET_ASSEMBLE_H

#include <stddef.h>

#include "tiles.h"

/* Insert the assembly of the off-diagonal tile whose first element is (i, j).
 * Shapes: G, A alike; M (d+1) x k. */
int tg_assemble_insert(size_t i, size_t j, struct tg_tile gram,
                       struct tg_tile moments, struct tg_tile a);

/* The same for the diagonal tile at (i, i), with lambda from data; also gives
 * D, the diagonal before factorization, which potrf's test for singularity
 * compares pivots with.
 * Shapes: G, A b x b (lower triangle); lambda 1 x 1; D b x 1.
 * Units: scale: feature = value * scale. */
int tg_assemble_diagonal_insert(size_t i, double scale, struct tg_tile gram,
                                struct tg_tile moments, struct tg_tile lambda,
                                struct tg_tile a, struct tg_tile d);

#endif
