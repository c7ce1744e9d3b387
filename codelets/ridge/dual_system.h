/* diagonal, targets, offset, tally: the N x N system of the dual form.
 *
 * Blocks of it are of samples of a row tile, and all of one size b: rows beyond
 * a tile's samples are those of the identity, and their targets 0.  A system has
 * k+1 right-hand sides: the classes' targets, and a column of ones, of which u
 * comes out, where (K + lambda I) [V u] = [Y 1].  Then
 *   b = 1^T V / 1^T u,  A = V - u b
 * solve (K + lambda I) A + 1 b = Y with 1^T A = 0: what centring K and Y by the
 * means of just these samples comes to, whatever the features were centred by.
 */
#ifndef TG_DUAL_SYSTEM_H
#define TG_DUAL_SYSTEM_H

#include <stddef.h>

#include "tiles.h"

/* Insert A += lambda I of a diagonal block of n samples; also gives D, its
 * diagonal.  Without a lambda above 0 there is no single solution (K has no more
 * rank than features, nor, centred, than samples less one), even where rounding
 * and padding hide it: the diagonal becomes 0, which no factorization takes.
 * Shapes: lambda 1 x 1; A b x b, double or single, b >= n; D b x 1 doubles. */
int tg_dual_diagonal_insert(size_t n, struct tg_tile lambda, struct tg_tile a,
                            struct tg_tile d);

/* Insert Y: -1 or +1 for each class, and 1; 0 beyond the samples.
 * Shapes: labels n x 1 uint16; Y b x (k+1), double or single, b >= n. */
int tg_targets_insert(struct tg_tile labels, struct tg_tile y);

/* Insert S += column sums of a block [V u]. Shapes: Y b x (k+1); S (k+1) x 1. */
int tg_dual_sums_insert(struct tg_tile y, struct tg_tile sums);

/* Insert b, from the sums of all blocks, into the status beside potrf's info.
 * Shapes: S, status (k+1) x 1. */
int tg_dual_offset_insert(struct tg_tile sums, struct tg_tile status);

/* Insert the count of right predictions, and the squared residuals, of a row
 * tile that was held out, into row l of both: scores are K A + b, its block row
 * of K times A; NaN for a failed job (info).
 * Shapes: R b x (k+1), minus K [V u]; labels n x 1; status (k+1) x 1; right,
 * r m x 1. */
int tg_dual_tally_insert(size_t l, struct tg_tile result, struct tg_tile labels,
                         struct tg_tile status, struct tg_tile right,
                         struct tg_tile r);

#endif
