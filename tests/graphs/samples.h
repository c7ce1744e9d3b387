/* What the tests of graphs share: random labelled samples, with a reader that
 * tasks call, and their statistics by definition. */
#ifndef TG_TESTS_SAMPLES_H
#define TG_TESTS_SAMPLES_H

#include <stdatomic.h>

#include "ridge.h"

struct samples {
    size_t d, n, k, element;
    double *x;        /* d x n, stored values */
    double *units;    /* [d] 1 / 255 of 8-bit values, else 1 */
    uint16_t *labels; /* [n] */
    atomic_size_t reads, rows_read;
    int error; /* of the next reads; TG_OK: none */
};

/* Samples around a random centre for each class, so that there is something to
 * learn: 8-bit values (element 1) or floats (4).  Every class has one. */
struct samples *samples_new(size_t d, size_t n, size_t k, size_t element);
void samples_free(struct samples *s);

/* What the graph reads them with. */
struct tg_reader samples_reader(struct samples *s);

/* Of a plan: freed at the end of its block. */
#define FREED __attribute__((cleanup(tg_plan_free)))

/* A plan for one rank, with as many lambdas as given. */
struct tg_plan samples_plan(const struct samples *s, size_t folds,
                            size_t lambdas, const double *lambda, size_t block,
                            size_t lanes, size_t *tiles);

/* The rows of a split, for the graphs of a plan. */
int samples_rows(struct tg_rows *rows, const struct tg_plan *plan,
                 const struct tg_split *split, const struct tg_reader *reader,
                 bool keep);

/* Gram and moments of the samples that are in the fold, or that are not.
 * Shapes: fold_of[n]; gram d x d, moments (d+1) x k. */
void samples_statistics(const struct samples *s, const size_t *fold_of,
                        size_t fold, bool inside, double *gram,
                        double *moments);

/* The fold of each sample of a split. Shapes: fold_of[split->count]. */
void split_folds(const struct tg_split *split, size_t *fold_of);

/* The model by definition, trained on samples outside the fold; in units of
 * stored values, as the graph's. Shapes: v (d+1) x k. */
void samples_ridge(const struct samples *s, const size_t *fold_of, size_t fold,
                   double scale, double lambda, double *v);

/* Random weights for m models, of a size that gives scores around 1; and as
 * tiles. Shapes: v (d+1) x (m k). */
double *samples_models(const struct samples *s, size_t m);
struct tg_tiles samples_model_tiles(const struct tg_plan *plan, size_t m,
                                    const double *v);

/* The score that a model gives a sample for class c. Shapes: v (d+1) x k. */
long double samples_score(const struct samples *s, size_t row, size_t c,
                          const double *v);

/* The class that a model gives a sample, and the sum over classes of squared
 * distances to its targets. Shapes: v (d+1) x k. */
size_t samples_predict(const struct samples *s, size_t row, const double *v,
                       double *squares);

/* Copy a dense matrix into tiles, lower ones alone if asked; and back.
 * Shapes: values as the tiles', column-major. */
void tiles_put(struct tg_tiles *tiles, bool lower, const double *values);
void tiles_get(struct tg_tiles *tiles, bool lower, double *values);

#endif
