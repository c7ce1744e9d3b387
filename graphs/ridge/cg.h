/* Conjugate gradients without a Gram, where neither that of features nor that
 * of samples fits in memory: a step takes Z Z^T P, summed over row tiles, which
 * are loaded, and their features made, again in every step, unless --cache
 * keeps them.  Memory is of d x models, and of d x TG_CG_SKETCH.
 *
 * All lambdas, classes and validated folds are columns of P, and their systems
 * those of the primal form exactly (krylov.h), each fold's own variances and
 * all. Passes over the samples: one for means and variances; one for a sketch
 * of the spectrum, which makes steps few (sketch.h); one a step, until all
 * columns have got there or TG_CG_STEPS are taken: the graph has them all, and
 * those that are not needed any more are skipped (tg_task_gate).  Validation
 * goes to a relative residual of TG_CG_ROUGH, the model to TG_CG_FINE, both in
 * double precision.
 *
 * Or block coordinate descent (plan.descent): blocks of TG_CENTRING_CHUNK
 * features are solved for one after the other, against what all others leave
 * (descent.h). A pass visits one block; predictions, samples x models, stay
 * between them.  It goes to TG_CG_ROUGH and TG_DESCENT_FINE, or for
 * TG_CG_EPOCHS rounds, which features that depend on each other across blocks
 * use up: the result is then nearer to the model than TG_DESCENT_NEAR, and no
 * more.
 *
 * Row tiles add into lanes, lanes by a fixed tree: the same bytes for any ranks
 * and workers.  Vectors are on rank 0, a group of columns is a task.
 */
#ifndef TG_GRAPH_CG_H
#define TG_GRAPH_CG_H

#include "ridge.h"

enum { TG_CG_SKETCH = 512, TG_CG_STEPS = 300, TG_CG_EPOCHS = 50 };
#define TG_CG_ROUGH 1e-5
#define TG_CG_FINE 1e-9
#define TG_CG_NEAR 1e-3 /* a residual beyond is that of no model */
#define TG_DESCENT_FINE 1e-8
#define TG_DESCENT_NEAR 0.1

/* From loading the training samples to the weights and the choice of lambda;
 * with copies of samples, no row tiles are kept: fills all of `fit` but
 * confusions and mistakes. */
int tg_graph_cg(const struct tg_plan *plan, struct tg_rows *rows,
                struct tg_fit *fit);

/* Directions that are sketched: the plan's, or as many as suit. */
size_t tg_cg_sketch(const struct tg_plan *plan);

/* tg_plan_needs of it. */
size_t tg_cg_needs(const struct tg_plan *plan, const struct tg_extent *extent,
                   struct tg_memory_need *needs);

#endif
