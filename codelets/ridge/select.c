#include "select.h"

#include <assert.h>
#include <math.h>

#include "blas.h"
#include "task.h"

enum { STRIP = 256 }; /* features whose sums are held on the stack */

/* Terms in the features [first, end): sum_c -2 w^T X y_c + 2 b w^T sum x, for
 * the held-out samples; with one-hot targets X y_c is 2 S_c - sum_c S_c. */
static void residual_strip(size_t first, size_t end, size_t ld, size_t k,
                           size_t m, const double *train, const double *total,
                           const double *v, double *r)
{
    double sum[STRIP] = {0}, own[STRIP];
    int n = (int)(end - first);

    for (size_t c = 0; c < k; c++)
        for (size_t f = first; f < end; f++)
            sum[f - first] += total[f + c * ld] - train[f + c * ld];
    for (size_t c = 0; c < k; c++) {
        for (size_t f = first; f < end; f++)
            own[f - first] = total[f + c * ld] - train[f + c * ld];
        for (size_t l = 0; l < m; l++) {
            const double *w = v + (l * k + c) * ld;
            double with_all = cblas_ddot(n, w + first, 1, sum, 1);
            double with_class = cblas_ddot(n, w + first, 1, own, 1);

            r[l] += 2 * w[ld - 1] * with_all - 2 * (2 * with_class - with_all);
        }
    }
}

static void residual_moments_kernel(size_t d, size_t k, size_t m,
                                    const double *train, const double *total,
                                    const double *v, double *r)
{
    size_t ld = d + 1;
    double n = 0;

    for (size_t c = 0; c < k; c++)
        n += total[d + c * ld] - train[d + c * ld];
    for (size_t l = 0; l < m; l++) {
        r[l] = 0;
        for (size_t c = 0; c < k; c++) {
            double b = v[d + (l * k + c) * ld];
            double size = total[d + c * ld] - train[d + c * ld];

            r[l] += n - 2 * b * (2 * size - n) + n * b * b;
        }
    }
    for (size_t first = 0; first < d; first += STRIP)
        residual_strip(first, d < first + STRIP ? d : first + STRIP, ld, k, m,
                       train, total, v, r);
}

static void residual_moments(void *buffers[], void *arguments)
{
    struct tg_timer timer;

    (void)arguments;
    if (!tg_task_begin(&timer, TG_STAGE_RESIDUAL))
        return;
    residual_moments_kernel(TG_ROWS(buffers[0]) - 1, TG_COLS(buffers[0]),
                            TG_ROWS(buffers[3]), TG_PTR(double, buffers[0]),
                            TG_PTR(double, buffers[1]),
                            TG_PTR(double, buffers[2]),
                            TG_PTR(double, buffers[3]));
    tg_task_end(&timer);
}

TG_CODELET(RESIDUAL, residual_moments, 4, STARPU_R, STARPU_R, STARPU_R,
           STARPU_W);

int tg_residual_moments_insert(starpu_data_handle_t train,
                               starpu_data_handle_t total,
                               starpu_data_handle_t v, starpu_data_handle_t r)
{
    int none = 0;

    assert(TG_HANDLE_ROWS(train) == TG_HANDLE_ROWS(v));
    assert(TG_HANDLE_COLS(train) * TG_HANDLE_ROWS(r) == TG_HANDLE_COLS(v));
    return TG_INSERT(&residual_moments_codelet, TG_PRIORITY_PREDICT, &none,
                     STARPU_R, train, STARPU_R, total, STARPU_R, v, STARPU_W,
                     r);
}

struct residual_args {
    size_t i, j;
};

size_t tg_residual_scratch(size_t block, size_t columns)
{
    return block * (block + columns);
}

/* R += tr Vi^T G Vj, columns k at a time. Shapes: g bi x bj, p bi x columns. */
static void residual_gram_kernel(size_t bi, size_t bj, size_t columns,
                                 bool diagonal, const double *g,
                                 const double *vi, const double *vj, size_t ldv,
                                 size_t m, double *p, double *r)
{
    if (diagonal)
        cblas_dsymm(CblasColMajor, CblasLeft, CblasLower, (int)bi, (int)columns,
                    1, g, (int)bi, vj, (int)ldv, 0, p, (int)bi);
    else
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, (int)bi,
                    (int)columns, (int)bj, 2, g, (int)bi, vj, (int)ldv, 0, p,
                    (int)bi);
    for (size_t c = 0; c < columns; c++)
        r[c / (columns / m)] +=
            cblas_ddot((int)bi, vi + c * ldv, 1, p + c * bi, 1);
}

static void residual_gram(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct residual_args args;

    if (!tg_task_begin(&timer, TG_STAGE_RESIDUAL))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    size_t bi = TG_ROWS(buffers[0]), bj = TG_COLS(buffers[0]);
    const double *train = TG_PTR(double, buffers[0]);
    const double *total = TG_PTR(double, buffers[1]);
    const double *v = TG_PTR(double, buffers[2]);
    double *g = TG_PTR(double, buffers[3]);
    for (size_t at = 0; at < bi * bj; at++)
        g[at] = total[at] - train[at];
    residual_gram_kernel(bi, bj, TG_COLS(buffers[2]), args.i == args.j, g,
                         v + args.i, v + args.j, TG_LD(buffers[2]),
                         TG_ROWS(buffers[4]), g + bi * bj,
                         TG_PTR(double, buffers[4]));
    tg_task_end(&timer);
}

TG_CODELET(RESIDUAL, residual_gram, 5, STARPU_R, STARPU_R, STARPU_R,
           STARPU_SCRATCH, STARPU_RW);

int tg_residual_gram_insert(size_t i, size_t j, starpu_data_handle_t train,
                            starpu_data_handle_t total, starpu_data_handle_t v,
                            starpu_data_handle_t scratch,
                            starpu_data_handle_t r)
{
    struct residual_args args = {i, j};

    assert(i + TG_HANDLE_ROWS(train) < TG_HANDLE_ROWS(v));
    return TG_INSERT(&residual_gram_codelet, TG_PRIORITY_PREDICT, &args,
                     STARPU_R, train, STARPU_R, total, STARPU_R, v,
                     STARPU_SCRATCH, scratch, STARPU_RW, r);
}

struct score_args {
    size_t fold;
};

static void score_kernel(size_t k, size_t m, size_t folds, size_t fold,
                         const double *confusion, const double *r,
                         double *table)
{
    for (size_t l = 0; l < m; l++) {
        const double *counts = confusion + l * k * k;
        double right = 0, all = 0;

        for (size_t at = 0; at < k * k; at++)
            all += counts[at];
        for (size_t c = 0; c < k; c++)
            right += counts[c + c * k];
        bool failed = isnan(r[l]);
        table[l + m * fold] = failed ? NAN : right / all;
        table[l + m * (folds + fold)] = failed ? NAN : r[l] / (all * (double)k);
    }
}

static void score(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct score_args args;

    if (!tg_task_begin(&timer, TG_STAGE_SCORE))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    score_kernel(TG_ROWS(buffers[0]), TG_ROWS(buffers[2]),
                 TG_COLS(buffers[2]) / 2, args.fold, TG_PTR(double, buffers[0]),
                 TG_PTR(double, buffers[1]), TG_PTR(double, buffers[2]));
    tg_task_end(&timer);
}

TG_CODELET(SCORE, score, 3, STARPU_R, STARPU_R, STARPU_RW);

int tg_score_insert(size_t fold, starpu_data_handle_t confusion,
                    starpu_data_handle_t r, starpu_data_handle_t table)
{
    struct score_args args = {fold};

    assert(TG_HANDLE_ROWS(r) == TG_HANDLE_ROWS(table));
    return TG_INSERT(&score_codelet, TG_PRIORITY_DECIDE, &args, STARPU_R,
                     confusion, STARPU_R, r, STARPU_RW, table);
}

struct select_args {
    bool by_error;
};

/* Mean over folds of a row of the table; larger is better. */
static double merit(size_t m, size_t folds, bool by_error, const double *table,
                    size_t l)
{
    double sum = 0;

    for (size_t f = 0; f < folds; f++)
        sum += by_error ? -table[l + m * (folds + f)] : table[l + m * f];
    return sum / (double)folds;
}

static void select_kernel(size_t m, size_t folds, bool by_error,
                          const double *table, const double *lambdas,
                          double *chosen)
{
    double best = -INFINITY;

    *chosen = NAN;
    for (size_t l = 0; l < m; l++) {
        double value = merit(m, folds, by_error, table, l);

        if (value >= best) { /* false for NaN: a failed lambda */
            best = value;
            *chosen = lambdas[l];
        }
    }
}

static void select_lambda(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct select_args args;

    if (!tg_task_begin(&timer, TG_STAGE_SELECT))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    select_kernel(TG_ROWS(buffers[0]), TG_COLS(buffers[0]) / 2, args.by_error,
                  TG_PTR(double, buffers[0]), TG_PTR(double, buffers[1]),
                  TG_PTR(double, buffers[2]));
    tg_task_end(&timer);
}

TG_CODELET(SELECT, select_lambda, 3, STARPU_R, STARPU_R, STARPU_W);

int tg_select_insert(bool by_error, starpu_data_handle_t table,
                     starpu_data_handle_t lambdas, starpu_data_handle_t chosen)
{
    struct select_args args = {by_error};

    assert(TG_HANDLE_ROWS(table) == TG_HANDLE_ROWS(lambdas));
    return TG_INSERT(&select_lambda_codelet, TG_PRIORITY_DECIDE, &args,
                     STARPU_R, table, STARPU_R, lambdas, STARPU_W, chosen);
}
