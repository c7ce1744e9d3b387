/* potrf, trsm, syrk, gemm: the tasks of tiled Cholesky and of its solves.
 *
 * In double or, where all matrices of a task are, single precision; the
 * diagonals and statuses in double. Column-major, lower triangle.  Each diagonal tile carries a
 * status: potrf leaves LAPACK's info, the first failed pivot, in the job's
 * status tile, and everything after runs on regardless: the graph's shape
 * never depends on values.
 * `part` is the panel that the result belongs to: earlier ones go first.
 * Source: Buttari, Langou, Kurzak, Dongarra, Parallel Computing 35 (2009),
 * algorithm 1.
 */
#ifndef TG_CODELET_CHOLESKY_H
#define TG_CODELET_CHOLESKY_H

#include <stdbool.h>
#include <stddef.h>

#include "tally.h"
#include "tiles.h"

extern struct tg_stage tg_stage_potrf, tg_stage_syrk, tg_stage_gemm;

/* Insert A = L L^T of a diagonal tile whose first element is (i, i).
 * A pivot that lost all but rounding (L_rr^2 <= d eps D_r) counts as failed:
 * A is singular in double precision.  The first failure, as 1 + its row, is
 * kept in the status' last entry, where it is 0.
 * Shapes: D b x 1 (the diagonal before factorization); A b x b; status
 * (k+1) x 1. */
int tg_potrf_insert(size_t part, size_t i, size_t d, struct tg_tile diagonal,
                    struct tg_tile a, struct tg_tile status);

/* Insert B = B L^-T (right, a column of the factor).
 * Shapes: L n x n, B m x n. */
int tg_trsm_right_insert(size_t part, struct tg_tile l, struct tg_tile b);

/* Insert B = L^-1 B, or L^-T B when `transposed`. Shapes: L m x m, B m x n. */
int tg_trsm_left_insert(bool transposed, struct tg_tile l, struct tg_tile b);

/* Insert C = C - A A^T, lower triangle. Shapes: A n x k, C n x n. */
int tg_syrk_insert(size_t part, struct tg_tile a, struct tg_tile c);

/* Insert C = C - A B^T. Shapes: A m x k, B n x k, C m x n. */
int tg_gemm_insert(size_t part, struct tg_tile a, struct tg_tile b,
                   struct tg_tile c);

/* Insert C = C - L B, or C - L^T B when `transposed`: a substitution's step.
 * Shapes: op(L) m x k, B k x n, C m x n. */
int tg_gemm_left_insert(bool transposed, struct tg_tile l, struct tg_tile b,
                        struct tg_tile c);

#endif
