/* residual, score, select: which lambda, from statistics and counts. */
#ifndef TG_CODELET_SELECT_H
#define TG_CODELET_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "tiles.h"

/* Insert the sum of squared residuals on the held-out fold, from statistics:
 *   sum |y - W^T x - b|^2 = tr W^T G W  +  terms in the moments,
 * with G, M of the fold as total - train.  This one begins R with the moments'
 * terms; tg_residual_gram_insert adds one block's share of the trace, twice
 * off the diagonal.
 * Shapes: M (d+1) x k; V (d+1) x (m k); R m x 1. */
int tg_residual_moments_insert(struct tg_tile train, struct tg_tile total,
                               struct tg_tile v, struct tg_tile r);

/* Shapes: G bi x bj at (i, j), lower triangle where i = j; scratch
 * tg_residual_scratch(block, m k) x 1 doubles. */
int tg_residual_gram_insert(size_t i, size_t j, struct tg_tile train,
                            struct tg_tile total, struct tg_tile v,
                            struct tg_tile scratch, struct tg_tile r);
size_t tg_residual_scratch(size_t block, size_t columns);

/* Insert rows `first` ... of fold f's column of the validation table, from
 * right predictions of its samples, and the squared residuals of them and of
 * `copies` of each.
 * Shapes: right, R as many rows, R the last column where there are more; table
 * m x 2F: accuracies, then mean squared errors per sample and target, at least
 * 0; NaN where the factorization failed. */
int tg_score_insert(size_t fold, size_t first, size_t samples, size_t copies,
                    size_t classes, struct tg_tile right, struct tg_tile r,
                    struct tg_tile table);

/* Insert the last lambda, next to the best of those before it: their geometric
 * mean with the better neighbour, or half a step beyond the first or last.
 * Shapes: table m x 2F; lambdas m x 1, ascending but for the last, m > 2;
 * refined 1 x 1, the same. */
int tg_refine_insert(bool by_error, struct tg_tile table,
                     struct tg_tile lambdas, struct tg_tile refined);

/* Insert the choice among lambdas that failed in no fold: the largest mean
 * accuracy, or the smallest mean error; the larger lambda of equal ones.
 * Shapes: table m x 2F; lambdas m x 1; chosen 1 x 1: lambda (NaN:
 * none is eligible). */
int tg_select_insert(bool by_error, struct tg_tile table,
                     struct tg_tile lambdas, struct tg_tile chosen);

#endif
