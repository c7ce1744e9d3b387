/* rhs, intercept, collect: from moments to the weights of all classes. */
#ifndef TG_CODELET_SOLVE_H
#define TG_CODELET_SOLVE_H

#include <stddef.h>

#include "tiles.h"

/* Insert W = X Y^T - n mu ybar^T, the block of rows from i on.
 * Targets are one-hot in {-1, +1}, so X Y^T is 2 S_c - sum_c S_c.
 * Shapes: M (d+1) x k; W b x k, or the same several times, b x (m k). */
int tg_rhs_insert(size_t i, struct tg_tile moments, struct tg_tile w);

/* Insert b = b - W^T mu for the block of rows from i on; i = 0 begins with
 * b = ybar.
 * Shapes: M (d+1) x k; W b x k; status (k+1) x 1: b, then potrf's info. */
int tg_intercept_insert(size_t i, struct tg_tile moments, struct tg_tile w,
                        struct tg_tile status);

/* Insert the copy of one job's block of rows from i on, and with i = 0 of its
 * intercept, into the weights that a predict task takes: columns from
 * job * k on.  A failed job (info) leaves NaN, which every reader treats as
 * "no such model".
 * Shapes: W b x k; status (k+1) x 1; V (d+1) x (m k), last row: intercept. */
int tg_collect_insert(size_t i, size_t job, struct tg_tile w,
                      struct tg_tile status, struct tg_tile v);

#endif
