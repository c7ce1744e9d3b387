/* Dense linear algebra over tiles: declarations of tasks, and nothing else.
 *
 * Where `lower` is given, a square matrix has only the tiles (i, j), i >= j.
 */
#ifndef TG_GRAPH_DENSE_H
#define TG_GRAPH_DENSE_H

#include <stdbool.h>
#include <stddef.h>

#include "tiles.h"

/* Y = 0. */
int tg_graph_zero(bool lower, struct tg_tiles *y);

/* Y = alpha X + beta Y. Shapes: X, Y alike. */
int tg_graph_add(bool lower, double alpha, double beta, struct tg_tiles *x,
                 struct tg_tiles *y);

/* Sum of matrices by a fixed binary tree, into the first; the others are given
 * back. Shapes: part[n]. */
int tg_graph_sum(struct tg_tiles *part, size_t n);

/* The same, but the others, which hold parts of it, are there for the next. */
int tg_graph_sum_kept(struct tg_tiles *part, size_t n);

/* Copies of a matrix of one tile on the ranks that want it, by a tree: the
 * owner sends a few, and knows nothing of the tasks that use them. Shapes:
 * wanted[ranks]; copy[ranks], zero where not wanted. Errors: TG_EMEMORY. */
int tg_graph_copies(struct tg_tiles *x, const bool *wanted,
                    struct tg_tiles *copy);

/* The copy on a rank: where x is, x itself. */
struct tg_tile tg_copy_on(struct tg_tiles *x, struct tg_tiles *copy, int rank);

/* Move a matrix of one tile to rank 0, for the host to read, unless it is
 * there.
 */
int tg_graph_to_first(struct tg_tiles *x);

/* A = L L^T in place, lower triangle; failures go to the status.
 * Shapes: A n x n in b x b; diagonal n x 1 in b x 1, A's before; status as
 * tg_potrf_insert takes it. */
int tg_graph_cholesky(struct tg_tiles *a, struct tg_tiles *diagonal,
                      struct tg_tiles *status);

/* W = L^-T L^-1 W, block rows down and then up.
 * Shapes: L n x n in b x b, lower triangle; W n x k in b x k. */
int tg_graph_substitute(struct tg_tiles *l, struct tg_tiles *w);

#endif
