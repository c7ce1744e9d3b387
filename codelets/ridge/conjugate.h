/* conjugate: the steps of conjugate gradients for many lambdas at once,
 * preconditioned by the factor for one of them.
 *
 * Column c of the block vectors is lambda c / k, class c mod k.  With A(lambda) =
 * G - s s^T / n + lambda P and the factor of A(l0), the eigenvalues of
 * A(l0)^-1 A(lambda) lie between 1 and lambda / l0: few steps do where that is at
 * most 10.  Vectors are doubles, b x c, but for the preconditioned residual.
 * State, TG_CONJUGATE_ROWS x c: what a step's tasks sum up, in the order of
 * blocks.
 * Source: Hestenes, Stiefel, J. Res. NBS 49 (1952); Golub, Van Loan, Matrix
 * Computations, algorithm 11.5.1 (preconditioned).
 */
#ifndef TG_CODELET_CONJUGATE_H
#define TG_CODELET_CONJUGATE_H

#include <stdbool.h>
#include <stddef.h>

#include "tiles.h"

enum {
    TG_CONJUGATE_RZ,        /* r^T z */
    TG_CONJUGATE_RZ_BEFORE, /* ... of the step before; 0: none */
    TG_CONJUGATE_PQ,        /* p^T A p */
    TG_CONJUGATE_SP,        /* s^T p */
    TG_CONJUGATE_INTERCEPT,
    TG_CONJUGATE_ROWS
};

/* Insert Z = R in the precision of Z. */
int tg_conjugate_residual_insert(struct tg_tile r, struct tg_tile z);

/* Insert: a step begins. Shapes: state. */
int tg_conjugate_begin_insert(struct tg_tile state);

/* Insert r^T z += R^T Z, columns alone. */
int tg_conjugate_rz_insert(struct tg_tile r, struct tg_tile z,
                           struct tg_tile state);

/* Insert P = Z + beta P (the first step: P = Z, written), and s^T p += s^T P. */
int tg_conjugate_direction_insert(bool first, size_t i, struct tg_tile z,
                                  struct tg_tile moments, struct tg_tile p,
                                  struct tg_tile state);

/* Insert Q = lambda penalty P - s (s^T p) / n.
 * Shapes: penalty b x 1; lambdas c / k x 1. */
int tg_conjugate_penalize_insert(size_t i, struct tg_tile moments,
                                 struct tg_tile penalty, struct tg_tile lambdas,
                                 struct tg_tile p, struct tg_tile state,
                                 struct tg_tile q);

/* Insert Q += op(G) P. On the diagonal G is a lower triangle. */
int tg_conjugate_multiply_insert(bool diagonal, bool transposed,
                                 struct tg_tile g, struct tg_tile p,
                                 struct tg_tile q);

/* Insert p^T A p += P^T Q, columns alone. */
int tg_conjugate_pq_insert(struct tg_tile p, struct tg_tile q,
                           struct tg_tile state);

/* Insert X += alpha P, R -= alpha Q. */
int tg_conjugate_step_insert(struct tg_tile p, struct tg_tile q,
                             struct tg_tile state, struct tg_tile x,
                             struct tg_tile r);

/* Insert the intercepts' share of rows from i on, i = 0 first, and then these
 * rows of the weights, i = 0 with the intercepts: all NaN where the factor
 * failed.
 * Shapes: status as tg_potrf_insert's; V (d+1) x c. */
int tg_conjugate_intercept_insert(size_t i, struct tg_tile moments,
                                  struct tg_tile x, struct tg_tile state);
int tg_conjugate_collect_insert(size_t i, struct tg_tile x,
                                struct tg_tile state, struct tg_tile status,
                                struct tg_tile v);

#endif
