#include "select.h"

#include <assert.h>
#include <math.h>

#include "blas.h"
#include "error.h"
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

static int residual_moments(void *buffers[], const void *arguments)
{
    (void)arguments;
    residual_moments_kernel(TG_ROWS(buffers[0]) - 1, TG_COLS(buffers[0]),
                            TG_ROWS(buffers[3]), TG_PTR(double, buffers[0]),
                            TG_PTR(double, buffers[1]),
                            TG_PTR(double, buffers[2]),
                            TG_PTR(double, buffers[3]));
    return TG_OK;
}

TG_STAGE(residual, 0x6a3d9a, "solve");
TG_CODELET(residual_moments, .stage = &tg_stage_residual,
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_W));

int tg_residual_moments_insert(struct tg_tile train, struct tg_tile total,
                               struct tg_tile v, struct tg_tile r)
{
    assert(tg_tile_rows(train) == tg_tile_rows(v));
    assert(tg_tile_cols(train) * tg_tile_rows(r) == tg_tile_cols(v));
    return TG_INSERT(&residual_moments_codelet, TG_PRIORITY_PREDICT, TG_NONE,
                     train, total, v, r);
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

static int residual_gram(void *buffers[], const void *arguments)
{
    const struct residual_args *args = arguments;
    size_t bi = TG_ROWS(buffers[0]), bj = TG_COLS(buffers[0]);
    const double *train = TG_PTR(double, buffers[0]);
    const double *total = TG_PTR(double, buffers[1]);
    const double *v = TG_PTR(double, buffers[2]);
    double *g = TG_PTR(double, buffers[3]);
    for (size_t at = 0; at < bi * bj; at++)
        g[at] = total[at] - train[at];
    residual_gram_kernel(bi, bj, TG_COLS(buffers[2]), args->i == args->j, g,
                         v + args->i, v + args->j, TG_LD(buffers[2]),
                         TG_ROWS(buffers[4]), g + bi * bj,
                         TG_PTR(double, buffers[4]));
    return TG_OK;
}

TG_CODELET(residual_gram, .stage = &tg_stage_residual,
           .args = sizeof(struct residual_args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_residual_gram_insert(size_t i, size_t j, struct tg_tile train,
                            struct tg_tile total, struct tg_tile v,
                            struct tg_tile scratch, struct tg_tile r)
{
    struct residual_args args = {i, j};

    assert(i + tg_tile_rows(train) < tg_tile_rows(v));
    return TG_INSERT(&residual_gram_codelet, TG_PRIORITY_PREDICT, &args, train,
                     total, v, scratch, r);
}

struct score_args {
    size_t fold, first, samples, copies, classes;
};

/* The residual is a difference of sums: where it is nothing but rounding it may
 * come out below zero, and is then 0. */
static void score_kernel(const struct score_args *args, size_t count, size_t m,
                         size_t folds, const double *right, const double *r,
                         double *table)
{
    double n = (double)args->samples, k = (double)args->classes;
    double all = n * (double)(args->copies + 1);

    for (size_t l = 0; l < count; l++) {
        bool failed = isnan(r[l]);
        double *to = table + args->first + l + m * args->fold;

        to[0] = failed ? NAN : right[l] / n;
        to[m * folds] = failed ? NAN : fmax(r[l], 0) / (all * k);
    }
}

static int score(void *buffers[], const void *arguments)
{
    size_t count = TG_ROWS(buffers[1]), last = TG_COLS(buffers[1]) - 1;

    score_kernel(arguments, count, TG_ROWS(buffers[2]), TG_COLS(buffers[2]) / 2,
                 TG_PTR(double, buffers[0]),
                 TG_PTR(double, buffers[1]) + last * count,
                 TG_PTR(double, buffers[2]));
    return TG_OK;
}

TG_STAGE(score, 0xfb9a99, "predict");
TG_CODELET(score, .stage = &tg_stage_score, .args = sizeof(struct score_args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_score_insert(size_t fold, size_t first, size_t samples, size_t copies,
                    size_t classes, struct tg_tile right, struct tg_tile r,
                    struct tg_tile table)
{
    struct score_args args = {fold, first, samples, copies, classes};

    assert(first + tg_tile_rows(r) <= tg_tile_rows(table));
    assert(tg_tile_rows(right) == tg_tile_rows(r));
    return TG_INSERT(&score_codelet, TG_PRIORITY_DECIDE, &args, right, r,
                     table);
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

        /* false for NaN, a failed lambda; of equals, the largest */
        if (value > best || (value == best && lambdas[l] > *chosen)) {
            best = value;
            *chosen = lambdas[l];
        }
    }
}

/* The same, of what failed the worst there is. */
static double eligible(size_t m, size_t folds, bool by_error,
                       const double *table, size_t l)
{
    double value = merit(m, folds, by_error, table, l);

    return isnan(value) ? -INFINITY : value;
}

/* Between the best of n lambdas and the better of its neighbours, or half a step
 * beyond the best if it is the first or last. */
static double refine_kernel(size_t n, size_t m, size_t folds, bool by_error,
                            const double *table, const double *lambdas)
{
    size_t best = 0, other;

    for (size_t l = 1; l < n; l++)
        if (eligible(m, folds, by_error, table, l) >=
            eligible(m, folds, by_error, table, best))
            best = l;
    if (best == 0 || best == n - 1)
        return lambdas[best] *
               sqrt(lambdas[best] / lambdas[best ? best - 1 : 1]);
    other = eligible(m, folds, by_error, table, best - 1) >
                    eligible(m, folds, by_error, table, best + 1)
                ? best - 1
                : best + 1;
    return sqrt(lambdas[best] * lambdas[other]);
}

static int refine(void *buffers[], const void *arguments)
{
    const struct select_args *args = arguments;
    size_t m = TG_ROWS(buffers[0]), n = m - 1;
    double *lambdas = TG_PTR(double, buffers[1]);

    lambdas[n] = refine_kernel(n, m, TG_COLS(buffers[0]) / 2, args->by_error,
                               TG_PTR(double, buffers[0]), lambdas);
    *TG_PTR(double, buffers[2]) = lambdas[n];
    return TG_OK;
}

static int select_lambda(void *buffers[], const void *arguments)
{
    const struct select_args *args = arguments;

    select_kernel(TG_ROWS(buffers[0]), TG_COLS(buffers[0]) / 2, args->by_error,
                  TG_PTR(double, buffers[0]), TG_PTR(double, buffers[1]),
                  TG_PTR(double, buffers[2]));
    return TG_OK;
}

TG_STAGE(select, 0xff7f00, "predict");
TG_CODELET(select_lambda, .stage = &tg_stage_select,
           .args = sizeof(struct select_args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_W));

TG_CODELET(refine, .stage = &tg_stage_select,
           .args = sizeof(struct select_args),
           TG_MODES(STARPU_R, STARPU_RW, STARPU_W));

int tg_refine_insert(bool by_error, struct tg_tile table,
                     struct tg_tile lambdas, struct tg_tile refined)
{
    struct select_args args = {by_error};

    assert(tg_tile_rows(table) == tg_tile_rows(lambdas));
    return TG_INSERT(&refine_codelet, TG_PRIORITY_DECIDE, &args, table, lambdas,
                     refined);
}

int tg_select_insert(bool by_error, struct tg_tile table,
                     struct tg_tile lambdas, struct tg_tile chosen)
{
    struct select_args args = {by_error};

    assert(tg_tile_rows(table) == tg_tile_rows(lambdas));
    return TG_INSERT(&select_lambda_codelet, TG_PRIORITY_DECIDE, &args, table,
                     lambdas, chosen);
}
