/* assemble: A = G - s s^T / n + lambda P, tile by tile, P diagonal.
 *
 * Everything is in the units of the stored values (a pixel is 0..255), so that
 * the centred Gram of 8-bit data is rounded once; lambda is the user's, on
 * features, hence P = 1 / unit^2.  Or it is on standardised features: a weight
 * w of a feature of standard deviation s is w s of the standardised one, so
 * that P is the variance, the diagonal of G - s s^T / n over n: scikit-learn's
 * make_pipeline(StandardScaler(), RidgeClassifier()), from statistics alone,
 * and of each fold's own.  A constant feature, which has none, keeps its unit.
 */
#ifndef TG_CODELET_ASSEMBLE_H
#define TG_CODELET_ASSEMBLE_H

#include <stdbool.h>
#include <stddef.h>

#include "tiles.h"

/* Insert the assembly of the off-diagonal tile whose first element is (i, j).
 * Shapes: G, A alike; M (d+1) x k. */
int tg_assemble_insert(size_t i, size_t j, struct tg_tile gram,
                       struct tg_tile moments, struct tg_tile a);

/* The same for the diagonal tile at (i, i), with lambda from data; also gives
 * D, the diagonal before factorization, which potrf's test for singularity
 * compares pivots with.
 * Shapes: units[d], all features', alive until the task has run; G, A b x b
 * (lower triangle); lambda 1 x 1; D b x 1.
 * Units: units: of a feature whose stored value is 1. */
int tg_assemble_diagonal_insert(size_t i, const double *units, bool standardize,
                                struct tg_tile gram, struct tg_tile moments,
                                struct tg_tile lambda, struct tg_tile a,
                                struct tg_tile d);

/* Insert what lambda is times on the diagonal.
 * Shapes: as above; penalty b x 1. */
int tg_penalty_insert(size_t i, const double *units, bool standardize,
                      struct tg_tile gram, struct tg_tile moments,
                      struct tg_tile penalty);

#endif
