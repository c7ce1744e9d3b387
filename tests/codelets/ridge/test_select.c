#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "harness.h"
#include "select.h"
#include "tiles.h"

/* ---- residual ---------------------------------------------------------- */

/* Held-out samples h, and others o, as statistics know them. */
struct problem {
    size_t d, k, m, n;
    double *x; /* d x n: samples held out */
    uint16_t *labels;
    struct matrix train, total; /* moments */
    struct matrix v;
    long double *gram, *other; /* d x d: of all, and of those not held out */
};

static void add_sample(const struct problem *p, const double *x, uint16_t label,
                       bool held)
{
    size_t d = p->d;

    for (size_t i = 0; i <= d; i++) {
        double value = i < d ? x[i] : 1;

        matrix_doubles(&p->total)[i + label * (d + 1)] += value;
        if (!held)
            matrix_doubles(&p->train)[i + label * (d + 1)] += value;
        for (size_t j = 0; i < d && j < d; j++) {
            p->gram[i + j * d] += x[i] * x[j];
            if (!held)
                p->other[i + j * d] += x[i] * x[j];
        }
    }
}

static struct problem problem_new(size_t d, size_t k, size_t m, size_t n)
{
    struct problem p = {d,
                        k,
                        m,
                        n,
                        calloc(d * n, sizeof *p.x),
                        calloc(n, sizeof *p.labels),
                        matrix_new(d + 1, k, 8),
                        matrix_new(d + 1, k, 8),
                        matrix_new(d + 1, m * k, 8),
                        calloc(d * d, sizeof *p.gram),
                        calloc(d * d, sizeof *p.other)};
    double *x = calloc(d, sizeof *x);

    for (size_t i = 0; i < 3 * n; i++) {
        uint16_t label = (uint16_t)harness_below(k);

        for (size_t f = 0; f < d; f++) {
            x[f] = (double)harness_below(256);
            if (i < n)
                p.x[f + i * d] = x[f];
        }
        if (i < n)
            p.labels[i] = label;
        add_sample(&p, x, label, i < n);
    }
    free(x);
    for (size_t i = 0; i < (d + 1) * m * k; i++)
        matrix_doubles(&p.v)[i] =
            harness_real() / (i % (d + 1) == d ? 1 : 255 * sqrt((double)d));
    return p;
}

static void problem_free(struct problem *p)
{
    free(p->x);
    free(p->labels);
    free(p->gram);
    free(p->other);
    matrix_free(&p->train);
    matrix_free(&p->total);
    matrix_free(&p->v);
}

/* The definition: the sum of |y - W^T x - b|^2 over samples held out. */
static double squared_residuals(const struct problem *p, size_t model)
{
    size_t d = p->d;
    long double sum = 0;

    for (size_t i = 0; i < p->n; i++) {
        for (size_t c = 0; c < p->k; c++) {
            const double *w =
                matrix_doubles(&p->v) + (model * p->k + c) * (d + 1);
            long double miss = (p->labels[i] == c ? 1 : -1) - w[d];

            for (size_t f = 0; f < d; f++)
                miss -= (long double)w[f] * p->x[f + i * d];
            sum += miss * miss;
        }
    }
    return (double)sum;
}

static struct matrix block_of(const long double *gram, size_t d, size_t i,
                              size_t bi, size_t j, size_t bj)
{
    struct matrix g = matrix_new(bi, bj, 8);

    for (size_t c = 0; c < bj; c++)
        for (size_t r = 0; r < bi; r++)
            matrix_doubles(&g)[r + c * bi] =
                i == j && r < c ? 1e9 * harness_real() /* not meant */
                                : (double)gram[i + r + (j + c) * d];
    return g;
}

static void residual(size_t d, size_t k, size_t m, size_t n, size_t block)
{
    struct problem p = problem_new(d, k, m, n);
    struct matrix r = matrix_new(m, 1, 8), train[16], total[16];
    struct tg_tile scratch =
        scratch_new(tg_residual_scratch(block, m * k), sizeof(double));
    size_t blocks = 0;

    matrix_random(&r);
    matrix_remember(&p.v);
    assert_int_equal(tg_residual_moments_insert(p.train.handle, p.total.handle,
                                                p.v.handle, r.handle),
                     TG_OK);
    for (size_t j = 0; j < d; j += block) {
        for (size_t i = j; i < d; i += block, blocks++) {
            size_t bi = d - i < block ? d - i : block;
            size_t bj = d - j < block ? d - j : block;

            assert_in_range(blocks, 0, 15);
            train[blocks] = block_of(p.other, d, i, bi, j, bj);
            total[blocks] = block_of(p.gram, d, i, bi, j, bj);
            assert_int_equal(tg_residual_gram_insert(i, j, train[blocks].handle,
                                                     total[blocks].handle,
                                                     p.v.handle, scratch,
                                                     r.handle),
                             TG_OK);
        }
    }
    harness_wait();
    matrix_take(&r);
    matrix_take(&p.v);
    matrix_check_unchanged(&p.v);
    for (size_t l = 0; l < m; l++)
        check_close(matrix_doubles(&r)[l], squared_residuals(&p, l), 1e-10);
    for (size_t b = 0; b < blocks; b++) {
        matrix_free(&train[b]);
        matrix_free(&total[b]);
    }
    matrix_free(&r);
    problem_free(&p);
    scratch_free(scratch);
}

static void test_residual(void **state)
{
    (void)state;
    residual(1, 2, 1, 5, 1);
    residual(37, 3, 2, 41, 16);
    residual(37, 3, 2, 41, 37);
    residual(300, 4, 3, 150, 112);
}

/* The model that failed has no error, and does not spoil the others'. */
static void test_residual_of_failed_model(void **state)
{
    struct problem p = problem_new(5, 2, 3, 20);
    struct matrix r = matrix_new(3, 1, 8), train, total;
    struct tg_tile scratch =
        scratch_new(tg_residual_scratch(5, 6), sizeof(double));

    (void)state;
    for (size_t i = 0; i < 6 * 2; i++)
        matrix_doubles(&p.v)[6 * 2 + i] = NAN;
    train = block_of(p.other, 5, 0, 5, 0, 5);
    total = block_of(p.gram, 5, 0, 5, 0, 5);
    assert_int_equal(tg_residual_moments_insert(p.train.handle, p.total.handle,
                                                p.v.handle, r.handle),
                     TG_OK);
    assert_int_equal(tg_residual_gram_insert(0, 0, train.handle, total.handle,
                                             p.v.handle, scratch, r.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&r);
    check_close(matrix_doubles(&r)[0], squared_residuals(&p, 0), 1e-10);
    assert_true(isnan(matrix_doubles(&r)[1]));
    check_close(matrix_doubles(&r)[2], squared_residuals(&p, 2), 1e-10);
    matrix_free(&train);
    matrix_free(&total);
    matrix_free(&r);
    problem_free(&p);
    scratch_free(scratch);
}

/* ---- score ------------------------------------------------------------- */

/* Squared residuals in the last column of so many. */
static void score(size_t columns)
{
    enum { K = 3, M = 5, FOLDS = 3, N = 70 };
    static const double squares[M] = {10, 11, NAN, -1e-14, 14};
    struct matrix right = matrix_new(M, 1, 8), r = matrix_new(M, columns, 8);
    struct matrix table = matrix_new(M, 2 * FOLDS, 8);

    matrix_random(&table);
    matrix_remember(&table);
    matrix_random(&r);
    for (size_t l = 0; l < M; l++) {
        matrix_doubles(&right)[l] = (double)harness_below(N + 1);
        matrix_doubles(&r)[l + (columns - 1) * M] = squares[l];
    }
    matrix_remember(&right);
    assert_int_equal(tg_score_insert(1, 0, N, 0, K, right.handle, r.handle,
                                     table.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&table);
    for (size_t l = 0; l < M; l++) {
        for (size_t column = 0; column < 2 * FOLDS; column++) {
            double got = matrix_doubles(&table)[l + column * M];

            if (column % FOLDS != 1) /* another fold's */
                assert_true(got == ((double *)table.before)[l + column * M]);
            else if (l == 2)
                assert_true(isnan(got));
            else
                check_close(got,
                            column < FOLDS ? ((double *)right.before)[l] / N
                            : l == 3       ? 0 /* rounding, not an error */
                                           : squares[l] / (N * K),
                            1e-15);
        }
    }
    matrix_free(&right);
    matrix_free(&r);
    matrix_free(&table);
}

static void test_score(void **state)
{
    (void)state;
    score(1);
    score(2);
}

/* ---- select ------------------------------------------------------------ */

enum { M = 5, FOLDS = 2 };

/* Rows of lambdas: two accuracies, two errors. */
static void choose(bool by_error, double rows[M][2 * FOLDS], double lambda)
{
    struct matrix table = matrix_new(M, 2 * FOLDS, 8);
    struct matrix lambdas = matrix_new(M, 1, 8), chosen = matrix_new(1, 1, 8);

    for (size_t l = 0; l < M; l++) {
        matrix_doubles(&lambdas)[l] = l == 0 ? 0 : pow(10, (double)l);
        for (size_t f = 0; f < 2 * FOLDS; f++)
            matrix_doubles(&table)[l + f * M] = rows[l][f];
    }
    assert_int_equal(tg_select_insert(by_error, table.handle, lambdas.handle,
                                      chosen.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&chosen);
    if (isnan(lambda))
        assert_true(isnan(matrix_doubles(&chosen)[0]));
    else
        assert_true(matrix_doubles(&chosen)[0] == lambda);
    matrix_free(&table);
    matrix_free(&lambdas);
    matrix_free(&chosen);
}

static void test_select(void **state)
{
    double rows[M][2 * FOLDS] = {{0.50, 0.50, 0.9, 0.9},
                                 {0.80, 0.60, 0.5, 0.5},
                                 {0.75, 0.66, 0.4, 0.5},
                                 {0.60, 0.70, 0.6, 0.2},
                                 {0.10, 0.90, 0.7, 0.7}};

    (void)state;
    choose(false, rows, 100);
    choose(true, rows, 1000);
}

/* Of equal means the larger lambda's, though folds differ. */
static void test_select_ties(void **state)
{
    double rows[M][2 * FOLDS] = {{0.50, 0.50, 0.9, 0.9},
                                 {0.75, 0.50, 0.25, 0.5},
                                 {0.50, 0.75, 0.5, 0.25},
                                 {0.25, 1.00, 0.5, 0.5},
                                 {0.25, 0.50, 0.5, 0.5}};

    (void)state;
    choose(false, rows, 1000);
    choose(true, rows, 100);
}

/* A lambda that failed in one fold is out, however good in others. */
static void test_select_failed(void **state)
{
    double rows[M][2 * FOLDS] = {{NAN, 1, NAN, 0},
                                 {0.75, 0.75, 0.5, 0.5},
                                 {0.50, 0.50, 0.7, 0.7},
                                 {1, NAN, 0, NAN},
                                 {NAN, NAN, NAN, NAN}};

    (void)state;
    choose(false, rows, 10);
    choose(true, rows, 10);
}

static void test_select_none(void **state)
{
    double rows[M][2 * FOLDS];

    (void)state;
    for (size_t l = 0; l < M; l++)
        for (size_t f = 0; f < 2 * FOLDS; f++)
            rows[l][f] = NAN;
    choose(false, rows, NAN);
    choose(true, rows, NAN);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_residual, harness_reset),
        cmocka_unit_test_setup(test_residual_of_failed_model, harness_reset),
        cmocka_unit_test_setup(test_score, harness_reset),
        cmocka_unit_test_setup(test_select, harness_reset),
        cmocka_unit_test_setup(test_select_ties, harness_reset),
        cmocka_unit_test_setup(test_select_failed, harness_reset),
        cmocka_unit_test_setup(test_select_none, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
