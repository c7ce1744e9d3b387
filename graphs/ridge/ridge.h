/* The ridge graphs: declarations of tasks over tiles, and nothing else.
 *
 * A graph is submitted whole by every rank; each function here declares one
 * part of it and returns before it has run.  No numeric loop, no BLAS, no MPI.
 */
#ifndef TG_RIDGE_H
#define TG_RIDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "needs.h"
#include "placement.h"
#include "predict.h"
#include "rows.h"
#include "task.h"
#include "tiles.h"

/* Sizes and options that shape a graph. All ranks hold the same. */
struct tg_plan {
    size_t features, classes; /* d, k */
    size_t element;           /* bytes of a stored value: 1 u8, 4 f32 */
    const double *units; /* [d] size of a feature whose stored value is 1 */
    bool standardize;    /* lambda is for features of variance 1 */
    bool dual;           /* by products of samples: dual.h */
    size_t dual_element; /* ... bytes of one: 8, or 4 of many samples */
    bool cg;             /* by conjugate gradients without a Gram: cg.h */
    size_t sketch;       /* ... preconditioned by so many directions; 0: as many
                             as suit */
    bool descent;        /* or, with cg, block by block of features instead */
    size_t block, blocks; /* B; ceil(d / B) */
    size_t folds;         /* F; 1: no validation */
    size_t validated;     /* V, of them, the first; 0: all */
    size_t lanes;         /* L, a multiple of the placement's groups */
    size_t lambdas;       /* m */
    const double *lambda; /* [m] ascending */
    bool refine;          /* validate one more, next to the best */
    bool iterate;         /* validate all by one factorization a fold */
    bool by_error;        /* select by mean squared error */
    bool trial;           /* validate, and no more: no model, nothing scored */
    size_t slots;         /* factorizations in flight on a rank */
    size_t window;        /* row tiles in flight on a rank */
    size_t kept;          /* folds whose row tiles stay between passes */
    bool mapped;          /* features are made of samples: not again for the
                             training samples' confusions alone */
    size_t sample_bytes;  /* ... of samples of so many bytes */
    size_t map_bytes;     /* ... by what has learnt so much */
    size_t map_scratch;   /* ... in so much of a worker */
    size_t mistakes;      /* the most confident, to be found; 0: none */
    size_t distribution;  /* of the Gram over ranks: tg_distribution's number */
    struct tg_placement placement;
};

enum { TG_DUAL_DOUBLE = 8192 }; /* samples whose products are in double */

/* Choose what the user left open (0), and check the rest.
 * Defaults: blocks of about 400 features, all of a size; lanes such that
 * lanes x Gram blocks give 48 independent chains; tiles of about 1,024 rows of
 * 8-bit values, 2,048 of floats; of the dual form, features are not cut, all row
 * tiles kept, and of up to 512 rows, since they are its blocks.
 * None depends on ranks or workers: that would change the model's bytes.
 * Shapes: plan's features, classes, element, lambdas, folds are set before.
 * Errors: TG_EUSAGE, TG_EMEMORY. */
int tg_plan_init(struct tg_plan *plan, size_t samples, size_t *tiles,
                 size_t block, size_t lanes, size_t cache_bytes, int rank,
                 int ranks);

void tg_plan_free(struct tg_plan *plan);

/* Are features so many that all lambdas of a fold are found from one
 * factorization?  Shapes: features, classes, lambdas, refine. */
bool tg_plan_iterates(const struct tg_plan *plan);

/* Are the training samples classified, too?  Where their features are not kept,
 * only if nothing else is. */
bool tg_plan_scores_training(const struct tg_plan *plan, bool test);

/* The parts of a confusion matrix that tiles are counted in. */
size_t tg_plan_confusions(const struct tg_plan *plan);

/* What a plan is carried out on. */
struct tg_extent {
    size_t tile_rows; /* of the largest tile */
    size_t samples;   /* of all ranks */
    size_t tests;     /* ... of a fit's test set */
    size_t workers;   /* of this rank */
    size_t learning;  /* bytes that rank 0 takes to learn features */
};

/* What a fit, or a prediction, takes on this rank when it takes most: the only
 * place that counts.  A prediction's confusions are its sink's, not the graph's.
 * Shapes: needs[], room for 16. Value: how many parts. */
size_t tg_plan_needs(const struct tg_plan *plan, const struct tg_extent *extent,
                     struct tg_memory_need *needs);
size_t tg_plan_predict_needs(const struct tg_plan *plan,
                             const struct tg_extent *extent,
                             struct tg_memory_need *needs);

/* Sufficient statistics of one set of samples: the lower Gram blocks and the
 * moments (class sums over counts). */
struct tg_statistics {
    struct tg_tiles gram;    /* d x d in B x B */
    struct tg_tiles moments; /* (d+1) x k, one tile */
};

/* load -> features -> gram, moments: row tiles into lanes, in tile order.
 * Shapes: lane[L]. */
int tg_graph_gram(const struct tg_plan *plan, struct tg_rows *rows,
                  struct tg_statistics *lane);

/* Fixed binary trees: lanes into groups, groups into the total; then each fold
 * that is held out becomes its complement, the training statistics "all but fold
 * f".
 * Shapes: lane[L] in; afterwards lane[f] is fold f's complement (f < V, F > 1),
 * all other lanes are given back, and total holds the sum. With F = 1 the total
 * is lane[0] itself, moved. */
int tg_graph_reduce(const struct tg_plan *plan, struct tg_statistics *lane,
                    struct tg_statistics *total);

/* Lambdas that are validated, m, or with one that is found, m + 1. */
static inline size_t tg_plan_rounds(const struct tg_plan *plan)
{
    return plan->lambdas + plan->refine;
}

/* What one factorization works in. */
struct tg_system {
    struct tg_tiles a;        /* d x d, then its factor L */
    struct tg_tiles diagonal; /* d x 1, before factorization */
    struct tg_tiles w;        /* d x k */
    struct tg_tiles status;   /* (k+1) x 1: intercept, potrf's info */
    struct tg_tiles lambda;   /* 1 x 1, of what is not decided from data */
};

/* Shapes: element of A and W, 8, or 4 to validate features that are mapped. */
int tg_system_init(struct tg_system *system, const struct tg_plan *plan,
                   size_t element, tg_owner *owner, size_t index);
size_t tg_plan_validation_element(const struct tg_plan *plan);
void tg_system_release(struct tg_system *system);

/* assemble -> cholesky for one lambda (data: 1 x 1). */
int tg_graph_factorize(const struct tg_plan *plan, struct tg_statistics *train,
                       struct tg_tiles *lambda, struct tg_system *system);

/* Weights of all lambdas (data: m x 1) by conjugate gradients from a system that
 * is factorized, for one of them or near: see conjugate.h.
 * Shapes: models (d+1) x (m k). */
int tg_graph_lambdas(const struct tg_plan *plan, struct tg_statistics *train,
                     struct tg_tiles *lambdas, struct tg_system *system,
                     struct tg_tiles *models);

/* assemble -> cholesky -> solve for one lambda (data: 1 x 1), into columns
 * job k ... of v ((d+1) x (m k)). */
int tg_graph_solve(const struct tg_plan *plan, struct tg_statistics *train,
                   struct tg_tiles *lambda, size_t job,
                   struct tg_system *system, struct tg_tiles *v);

/* Confusion counts of all tiles under a model.
 * Shapes: v (d+1) x k; confusion k x k, described here, on rank 0. */
int tg_graph_predict(const struct tg_plan *plan, struct tg_rows *rows,
                     struct tg_tiles *v, struct tg_tiles *confusion);

/* Counts of right predictions, under the models in v, of one fold's tiles.
 * Shapes: v (d+1) x (models k); right models x 1, described here. */
int tg_graph_hits(const struct tg_plan *plan, struct tg_rows *rows, size_t fold,
                  size_t models, struct tg_tiles *v, struct tg_tiles *right);

/* The same, and their squared residuals in a second column: right models x 2.
 */
int tg_graph_errors(const struct tg_plan *plan, struct tg_rows *rows,
                    size_t fold, size_t models, struct tg_tiles *v,
                    struct tg_tiles *right);

/* The most confident mistakes of a model, on all tiles.
 * Shapes: v (d+1) x k; mistakes TG_MISTAKE_VALUES x plan->mistakes, described
 * here, on rank 0. */
int tg_graph_mistakes(const struct tg_plan *plan, struct tg_rows *rows,
                      struct tg_tiles *v, struct tg_tiles *mistakes);

enum { TG_SOLVES = 3 }; /* by steps: validation, one lambda more, the model */

/* What a fit leaves behind; a trial, lambdas, table and choice alone.  It stays
 * where it is while its graph runs. */
struct tg_fit {
    struct tg_tiles v;               /* (d+1) x k: weights over intercept */
    struct tg_tiles status;          /* (k+1) x 1, of the final system */
    struct tg_tiles chosen;          /* 1 x 1: lambda; NaN: none */
    struct tg_tiles lambdas;         /* tg_plan_rounds x 1, when m > 1 */
    struct tg_tiles table;           /* tg_plan_rounds x 2V, when m > 1 */
    struct tg_tiles moments;         /* of all training samples */
    struct tg_tiles train_confusion; /* k x k, if tg_plan_scores_training */
    struct tg_tiles test_confusion;  /* k x k, when there is a test set */
    struct tg_tiles mistakes;        /* on test, else train, if asked for */
    struct tg_tiles reached;         /* 2 x 1, of cg: steps, residual */
    struct tg_gate gate[TG_SOLVES];  /* of cg's steps */
};

/* Lambdas that are validated together: rows first ... of the table. */
struct tg_round {
    size_t first, count;
    struct tg_tiles *lambda; /* 1 x 1, decided from data; NULL: the plan's */
};

/* Validation of a round: all its (fold, lambda) systems, held-out accuracy and
 * error. Shapes: table m x 2V, m of tg_plan_rounds. */
typedef int tg_validate(void *what, const struct tg_round *round,
                        struct tg_tiles *table);

/* The fit's lambdas, table and choice: of the plan's lambdas, and one beside the
 * best, as `validate` has it with `what`; or the only lambda. */
int tg_graph_choose(const struct tg_plan *plan, struct tg_fit *fit,
                    tg_validate *validate, void *what);

/* The same by the Grams of features. Shapes: train[V] complements. */
int tg_graph_select(const struct tg_plan *plan, struct tg_rows *rows,
                    struct tg_statistics *train, struct tg_statistics *total,
                    struct tg_fit *fit);

/* The sums over samples that take no products between features. */
struct tg_sums {
    struct tg_tiles moments; /* (d+1) x k */
    struct tg_tiles squares; /* d x 1 */
};

/* load -> features -> moments, squares: row tiles, and samples' copies, into
 * lanes. Shapes: lane[L]. */
int tg_graph_sums(const struct tg_plan *plan, struct tg_rows *rows,
                  struct tg_sums *lane);

/* Y = alpha X + beta Y; and give back. */
int tg_sums_add(double alpha, double beta, struct tg_sums *x,
                struct tg_sums *y);
void tg_sums_release(struct tg_sums *sums);

/* The whole fit. `test` may be NULL. Everything is submitted, nothing has to
 * have run, when it returns. */
int tg_graph_ridge(const struct tg_plan *plan, struct tg_rows *train,
                   struct tg_rows *test, struct tg_fit *fit);

void tg_fit_release(struct tg_fit *fit);

/* Labels and scores of all tiles under a model whose values every rank has,
 * written by `sink` on rank 0 in tile order.
 * Shapes: v (d+1) x k, filled. confusion k x k: counts against labels. */
int tg_graph_classify(const struct tg_plan *plan, struct tg_rows *rows,
                      struct tg_tiles *v, const struct tg_sink *sink);

#endif
