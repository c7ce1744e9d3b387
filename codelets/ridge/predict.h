/* predict, classify, store: scores of samples under one model or many. */
#ifndef TG_CODELET_PREDICT_H
#define TG_CODELET_PREDICT_H

#include <stddef.h>
#include <stdint.h>

#include "tally.h"
#include "tiles.h"

extern struct tg_stage tg_stage_predict, tg_stage_store;

/* Scratch of predict and classify for d features and so many columns of
 * scores, in doubles. */
size_t tg_predict_scratch(size_t d, size_t columns);

/* Insert the confusion counts of a tile under a model:
 * C[truth, predicted] += 1 for each sample.
 * The predicted class has the largest score V_c^T x + b_c, the first of equal
 * ones; scores are computed in double.
 * Shapes: raw d x n u8 or f32; labels n x 1 uint16; V (d+1) x k, last row the
 * intercepts; C k x k doubles; scratch tg_predict_scratch(d, k) doubles. */
int tg_predict_insert(struct tg_tile raw, struct tg_tile labels,
                      struct tg_tile v, struct tg_tile scratch,
                      struct tg_tile confusion);

/* Insert the counts of right predictions of a tile under m models at once, and
 * into a second column, where there is one, the squared residuals.
 * Shapes: as above, but V (d+1) x (m k); right m x 1 or m x 2 doubles; scratch
 * tg_predict_scratch(d, m k) doubles. */
int tg_hits_insert(struct tg_tile raw, struct tg_tile labels, struct tg_tile v,
                   struct tg_tile scratch, struct tg_tile right);

/* Insert the scores and the predicted class of a tile under one model.
 * Shapes: raw d x n; V (d+1) x k; R (k+1) x n: scores, then the class. */
int tg_classify_insert(struct tg_tile raw, struct tg_tile v,
                       struct tg_tile scratch, struct tg_tile result);

/* Where stored results go, in the order of tiles, on one rank. */
struct tg_sink {
    int (*write)(void *context, size_t first, size_t n, size_t k,
                 const double *result, const uint16_t *labels);
    void *context;
};

/* Insert the writing of a tile's results; `order` is a 1 x 1 tile that makes
 * the writes follow one another.
 * Shapes: R (k+1) x n; labels n x 1. Errors: the sink's, in tg_task_error. */
int tg_store_insert(const struct tg_sink *sink, size_t first,
                    struct tg_tile result, struct tg_tile labels,
                    struct tg_tile order);

#endif
