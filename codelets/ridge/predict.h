/* predict, classify, store: scores of samples under one model or many. */
#ifndef TG_CODELET_PREDICT_H
#define TG_CODELET_PREDICT_H

#include <stddef.h>

#include <starpu.h>

/* Scratch of predict and classify for d features and m models of k classes:
 * rows x 1 doubles. */
size_t tg_predict_scratch(size_t d, size_t columns);

/* Insert the confusion counts of a tile under m models at once:
 * C[truth, predicted + l k] += 1 for each sample and model l.
 * The predicted class has the largest score V_c^T x + b_c, the first of equal
 * ones; scores are computed in double.
 * Shapes: raw d x n u8 or f32; labels n x 1 uint16; V (d+1) x (m k), last row
 * the intercepts; C k x (m k) doubles. */
int tg_predict_insert(starpu_data_handle_t raw, starpu_data_handle_t labels,
                      starpu_data_handle_t v, starpu_data_handle_t scratch,
                      starpu_data_handle_t confusion);

/* Insert the scores and the predicted class of a tile under one model.
 * Shapes: raw d x n; V (d+1) x k; R (k+1) x n: scores, then the class. */
int tg_classify_insert(starpu_data_handle_t raw, starpu_data_handle_t v,
                       starpu_data_handle_t scratch,
                       starpu_data_handle_t result);

/* Where stored results go, in the order of tiles, on one rank. */
struct tg_sink {
    int (*write)(void *context, size_t first, size_t n, int k,
                 const double *result, const uint16_t *labels);
    void *context;
};

/* Insert the writing of a tile's results; `order` is a 1 x 1 tile that makes
 * the writes follow one another.
 * Shapes: R (k+1) x n; labels n x 1. Errors: the sink's, in tg_task_error. */
int tg_store_insert(const struct tg_sink *sink, size_t first,
                    starpu_data_handle_t result, starpu_data_handle_t labels,
                    starpu_data_handle_t order);

#endif
