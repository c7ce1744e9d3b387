/* The dual form: the same model from the products of samples, N x N, where they
 * are fewer than features.
 *
 * The model minimises |Xc^T W - Yc|^2 + lambda sum_j p_j |w_j|^2, with features
 * Xc (d x N) and targets Yc centred by the training samples' means, and p_j what
 * assemble.h says: 1 / unit^2, or the variance.  With Z = P^-1/2 Xc,
 *   W = P^-1/2 Z A,  (K + lambda I) A = Yc,  K = Z^T Z,
 * and the intercept is ybar - mu^T W: no d x d matrix is needed.
 *
 * A fold's system is the blocks of K that are not of its row tiles.  Its samples
 * have means of their own, which dual_system.h accounts for exactly;
 * but the penalties p are those of all training samples in every fold, where the
 * primal form has each fold's own: with --standardize, validation differs in
 * what is second to the choice of lambda, and the final model does not.
 *
 * Blocks of K are dealt out over ranks, row and column of blocks in turn.  Systems
 * of validation are each on one rank, like those of the primal form, while K is
 * in double precision; larger ones are spread as K is.  The last one takes K's
 * place.
 *
 * K is in double precision up to TG_DUAL_DOUBLE samples, beyond in single,
 * N^2 / 2 * 4 bytes: the model then has that precision.  Features are made once
 * and kept, as they are stored.
 */
#ifndef TG_GRAPH_DUAL_H
#define TG_GRAPH_DUAL_H

#include "ridge.h"

/* From loading the training samples to the weights and the choice of lambda:
 * fills all of `fit` but confusions and mistakes. */
int tg_graph_dual(const struct tg_plan *plan, struct tg_rows *rows,
                  struct tg_fit *fit);

/* tg_plan_needs of it. */
size_t tg_dual_needs(const struct tg_plan *plan, const struct tg_extent *extent,
                     struct tg_memory_need *needs);

#endif
