/* descent: block coordinate descent without a Gram, on the systems of krylov.h.
 *
 * A visit of features J adds to a group's solution
 *   (Z_J Z_J^T + lambda I)^-1 R_J,
 * with the residual R and the block of all samples: where some are left out, a
 * little less than would be best, and no less sure.  Of X, the second half is
 * the right-hand side B.
 * Source: Tu, Roelofs, Venkataraman, Recht, arXiv:1602.05310 (2016), section 3;
 * Gauss-Seidel's iteration by blocks: Golub, Van Loan, Matrix Computations,
 * section 11.2.
 */
#ifndef TG_CODELET_DESCENT_H
#define TG_CODELET_DESCENT_H

#include <stddef.h>

#include "tiles.h"

/* Insert the Cholesky factor of the block of features from `first` on, for
 * lambda number l; NaN where there is none.
 * Shapes: H as tg_diagonals_insert leaves it; lambdas m x 1; F
 * TG_CENTRING_CHUNK^2. */
int tg_descent_factor_insert(size_t l, size_t first, struct tg_tile h,
                             struct tg_tile lambdas, struct tg_tile factor);

/* What a visit of a group is of. */
struct tg_descent {
    size_t l, first, column;
    double tolerance; /* the group's columns that have got there, after the last
                         block, are visited no more */
};

/* Insert D = what the visit adds to U, and its columns from `column` on.
 * Shapes: own, scale d x 2 (krylov.h); Q, D TG_CENTRING_CHUNK x c; X d x 2k;
 * state. */
int tg_descent_visit_insert(const struct tg_descent *visit,
                            struct tg_tile factor, struct tg_tile own,
                            struct tg_tile scale, struct tg_tile lambdas,
                            struct tg_tile q, struct tg_tile x,
                            struct tg_tile state, struct tg_tile delta);

#endif
