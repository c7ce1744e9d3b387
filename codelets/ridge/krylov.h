/* krylov: the steps of conjugate gradients without a Gram, preconditioned by a
 * sketch of it (sketch.h).
 *
 * A group is the k classes' columns of one fold and lambda, which stand
 * together in P and Q, from a column on; its own are X, d x 2k, which has the
 * solution U and then the residual R, and Z, d x k.  In features centred and
 * scaled by all samples' means mu and scales s (centred.h), the system of
 * samples with means m and scales t is
 *   (Z Z^T - n o o^T + lambda D) U = B,
 *   o = (m - mu) s,  D = (s / t)^2,  B = s (X Y^T - n m ybar^T),
 * over just these samples, Z Z^T P = Q is summed over row tiles, and W = s U.
 * It is the primal system of assemble.h, lambda's unit and all, divided by s on
 * both sides.
 * State, TG_KRYLOV_ROWS x k: of a column that has got there, P is 0 and nothing
 * changes any more.
 * Source: Hestenes, Stiefel, J. Res. NBS 49 (1952); Golub, Van Loan, Matrix
 * Computations, algorithm 11.5.1 (preconditioned).
 */
#ifndef TG_CODELET_KRYLOV_H
#define TG_CODELET_KRYLOV_H

#include <stdbool.h>
#include <stddef.h>

#include "task.h"
#include "tiles.h"

enum {
    TG_KRYLOV_RZ,      /* r^T z */
    TG_KRYLOV_BB,      /* b^T b */
    TG_KRYLOV_RR,      /* r^T r, of the residual r */
    TG_KRYLOV_STEPS,   /* taken */
    TG_KRYLOV_THERE,   /* 1: no step is to come */
    TG_KRYLOV_SAMPLES, /* n */
    TG_KRYLOV_ROWS
};

/* The samples of a system: what they sum up to, and all samples' scale. */
struct tg_krylov_samples {
    struct tg_tile moments; /* (d+1) x k */
    struct tg_tile own;     /* d x 2, their means and scales */
    struct tg_tile scale;   /* d x 2, those of all */
};

/* Insert the start of a group: U = 0, R = B. Shapes: X d x 2k; state. */
int tg_krylov_start_insert(const struct tg_krylov_samples *samples,
                           struct tg_tile x, struct tg_tile state);

/* Insert Z, the residual preconditioned for lambda number l.
 * Shapes: basis d x r, values r x 1, as tg_sketch_factor_insert leaves them;
 * lambdas m x 1; scratch r k; X d x 2k; Z d x k. */
int tg_krylov_precondition_insert(size_t l, struct tg_tile basis,
                                  struct tg_tile values, struct tg_tile lambdas,
                                  struct tg_tile x, struct tg_tile state,
                                  struct tg_tile scratch, struct tg_tile z);

/* Insert P = Z + beta P, its columns from `column` on; the first step: P = Z.
 * Shapes: P d x c. */
int tg_krylov_direction_insert(bool first, size_t column, struct tg_tile z,
                               struct tg_tile x, struct tg_tile state,
                               struct tg_tile p);

/* Insert U += alpha P, R -= alpha A P. A column whose residual is at most
 * `tolerance` of its right-hand side has got there, and so has one without a
 * direction to go.
 * Shapes: P, Q d x c. */
int tg_krylov_step_insert(size_t l, size_t column, double tolerance,
                          const struct tg_krylov_samples *samples,
                          struct tg_tile lambdas, struct tg_tile p,
                          struct tg_tile q, struct tg_tile x,
                          struct tg_tile state);

/* Insert left += columns that have not got there. Shapes: left 1 x 1. */
int tg_krylov_left_insert(struct tg_tile state, struct tg_tile left);

/* Insert the closing of this process' gate where none is left, on the rank of
 * `token`. Shapes: left 1 x 1, token 1 x 1. */
int tg_krylov_close_insert(struct tg_gate *gate, struct tg_tile left,
                           struct tg_tile token);

/* Insert the group's weights over its intercepts, into columns from `column`
 * on; NaN where the residual is more than `near` of the right-hand side.
 * Shapes: X d x 2k; V (d+1) x c. */
int tg_krylov_collect_insert(size_t column, double near,
                             const struct tg_krylov_samples *samples,
                             struct tg_tile x, struct tg_tile state,
                             struct tg_tile v);

/* Insert the steps taken and the largest relative residual, and a status as
 * potrf leaves it: 1 where weights are NaN.
 * Shapes: reached 2 x 1; status (k+1) x 1. */
int tg_krylov_reached_insert(double near, struct tg_tile state,
                             struct tg_tile reached, struct tg_tile status);

#endif
