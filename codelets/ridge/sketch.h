/* sketch: the largest eigenvalues of A = Z Z^T, and what belongs to them, from
 * its product with a few random vectors: what preconditions conjugate
 * gradients.
 *
 * With Omega d x r and Y = A Omega, A is about Y (Omega^T Y)^-1 Y^T = U S U^T.
 * Then
 *   U ((s_r + lambda) (S + lambda I)^-1 - I) U^T + I
 * is about the inverse of A + lambda I, times s_r + lambda, for any lambda: the
 * eigenvalues of their product lie between 1 and 1 + s_r / lambda, about.
 * Source: Frangella, Tropp, Udell, SIAM J. Matrix Anal. Appl. 44 (2023),
 * section 5.
 */
#ifndef TG_CODELET_SKETCH_H
#define TG_CODELET_SKETCH_H

#include <stddef.h>

#include "tiles.h"

/* Insert Omega: -1 and +1, as hashes of places have it; r = d: the identity, of
 * which A itself comes.
 * Shapes: Omega d x r doubles. */
int tg_sketch_draw_insert(struct tg_tile omega);

/* Insert U, in the place of Y, and S; both 0 where A has no more rank.
 * Shapes: Omega d x r; scratch tg_sketch_scratch(r); Y d x r; S r x 1,
 * descending. */
int tg_sketch_factor_insert(struct tg_tile omega, struct tg_tile scratch,
                            struct tg_tile y, struct tg_tile s);

/* Doubles of scratch. */
size_t tg_sketch_scratch(size_t r);

#endif
