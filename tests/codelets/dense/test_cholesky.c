#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cholesky.h"
#include "error.h"
#include "harness.h"

#define TOLERANCE 1e-13

static double at(const struct matrix *m, size_t r, size_t c)
{
    return matrix_doubles(m)[r + c * m->rows];
}

static double was(const struct matrix *m, size_t r, size_t c)
{
    return ((const double *)m->before)[r + c * m->rows];
}

/* A lower triangle with a strong diagonal, and rubbish above it. */
static struct matrix triangle(size_t n)
{
    struct matrix l = matrix_new(n, n, 8);

    matrix_random(&l);
    for (size_t r = 0; r < n; r++)
        matrix_doubles(&l)[r + r * n] = 3 + harness_real();
    for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c < r; c++)
            matrix_doubles(&l)[r + c * n] /= sqrt((double)n);
    matrix_remember(&l);
    return l;
}

static struct matrix any(size_t rows, size_t cols)
{
    struct matrix m = matrix_new(rows, cols, 8);

    matrix_random(&m);
    matrix_remember(&m);
    return m;
}

/* op(L)[r, c] of a lower triangle. */
static double op(const struct matrix *l, bool transposed, size_t r, size_t c)
{
    if (transposed ? r > c : r < c)
        return 0;
    return transposed ? at(l, c, r) : at(l, r, c);
}

static void take_all(struct matrix *a, struct matrix *b, struct matrix *c)
{
    harness_wait();
    matrix_take(a);
    matrix_check_unchanged(a);
    matrix_take(b);
    if (c) {
        matrix_check_unchanged(b);
        matrix_take(c);
    }
}

static void check(double got, double expected, double size)
{
    if (!(fabs(got - expected) <= TOLERANCE * size))
        fail_msg("%.17g instead of %.17g", got, expected);
}

/* ---- trsm, syrk, gemm -------------------------------------------------- */

static void trsm_right(size_t m, size_t n)
{
    struct matrix l = triangle(n), b = any(m, n);

    assert_int_equal(tg_trsm_right_insert(0, l.handle, b.handle), TG_OK);
    take_all(&l, &b, NULL);
    for (size_t r = 0; r < m; r++) {
        for (size_t c = 0; c < n; c++) { /* X L^T is what B was */
            double sum = 0;

            for (size_t p = 0; p < n; p++)
                sum += at(&b, r, p) * op(&l, true, p, c);
            check(sum, was(&b, r, c), (double)n);
        }
    }
    matrix_free(&l);
    matrix_free(&b);
}

static void trsm_left(bool transposed, size_t m, size_t n)
{
    struct matrix l = triangle(m), b = any(m, n);

    assert_int_equal(tg_trsm_left_insert(transposed, l.handle, b.handle),
                     TG_OK);
    take_all(&l, &b, NULL);
    for (size_t r = 0; r < m; r++) {
        for (size_t c = 0; c < n; c++) { /* op(L) X is what B was */
            double sum = 0;

            for (size_t p = 0; p < m; p++)
                sum += op(&l, transposed, r, p) * at(&b, p, c);
            check(sum, was(&b, r, c), (double)m);
        }
    }
    matrix_free(&l);
    matrix_free(&b);
}

static void test_trsm(void **state)
{
    (void)state;
    trsm_right(1, 1);
    trsm_right(7, 37);
    trsm_right(129, 61);
    for (int transposed = 0; transposed < 2; transposed++) {
        trsm_left(transposed, 1, 1);
        trsm_left(transposed, 37, 10);
        trsm_left(transposed, 61, 129);
    }
}

static void syrk(size_t n, size_t k)
{
    struct matrix a = any(n, k), c = any(n, n);

    assert_int_equal(tg_syrk_insert(0, a.handle, c.handle), TG_OK);
    take_all(&a, &c, NULL);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            double expected = was(&c, i, j);

            for (size_t p = 0; p < k && i >= j; p++)
                expected -= at(&a, i, p) * at(&a, j, p);
            check(at(&c, i, j), expected, i < j ? 0 : (double)k);
        }
    }
    matrix_free(&a);
    matrix_free(&c);
}

static void test_syrk(void **state)
{
    (void)state;
    syrk(1, 1);
    syrk(13, 37);
    syrk(129, 61);
}

static void gemm(size_t m, size_t n, size_t k)
{
    struct matrix a = any(m, k), b = any(n, k), c = any(m, n);

    assert_int_equal(tg_gemm_insert(0, a.handle, b.handle, c.handle), TG_OK);
    take_all(&a, &b, &c);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < m; i++) {
            double expected = was(&c, i, j);

            for (size_t p = 0; p < k; p++)
                expected -= at(&a, i, p) * at(&b, j, p);
            check(at(&c, i, j), expected, (double)k);
        }
    }
    matrix_free(&a);
    matrix_free(&b);
    matrix_free(&c);
}

static void gemm_left(bool transposed, size_t m, size_t n, size_t k)
{
    struct matrix l = transposed ? any(k, m) : any(m, k), b = any(k, n);
    struct matrix c = any(m, n);

    assert_int_equal(tg_gemm_left_insert(transposed, l.handle, b.handle,
                                         c.handle),
                     TG_OK);
    take_all(&l, &b, &c);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < m; i++) {
            double expected = was(&c, i, j);

            for (size_t p = 0; p < k; p++)
                expected -=
                    (transposed ? at(&l, p, i) : at(&l, i, p)) * at(&b, p, j);
            check(at(&c, i, j), expected, (double)k);
        }
    }
    matrix_free(&l);
    matrix_free(&b);
    matrix_free(&c);
}

static void test_gemm(void **state)
{
    (void)state;
    gemm(1, 1, 1);
    gemm(5, 37, 16);
    gemm(129, 48, 61);
    for (int transposed = 0; transposed < 2; transposed++) {
        gemm_left(transposed, 1, 1, 1);
        gemm_left(transposed, 5, 3, 16);
        gemm_left(transposed, 61, 10, 129);
    }
}

/* ---- potrf ------------------------------------------------------------- */

/* A task's buffers: L L^T of a known L, its diagonal, and the status of a job
 * of two classes, whose intercepts are to be left alone. */
struct job {
    struct matrix l, a, diagonal, status;
};

static struct job job_new(size_t n)
{
    struct job job = {triangle(n), matrix_new(n, n, 8), matrix_new(n, 1, 8),
                      matrix_new(3, 1, 8)};

    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++)
            for (size_t p = 0; p <= j; p++)
                matrix_doubles(&job.a)[i + j * n] +=
                    at(&job.l, i, p) * at(&job.l, j, p);
    matrix_doubles(&job.status)[0] = 11;
    matrix_doubles(&job.status)[1] = -12;
    return job;
}

/* Run the task on a tile at row i of d; value: the status' last entry. */
static double factorize(struct job *job, size_t i, size_t d)
{
    for (size_t r = 0; r < job->a.rows; r++)
        matrix_doubles(&job->diagonal)[r] = at(&job->a, r, r);
    matrix_remember(&job->diagonal);
    assert_int_equal(tg_potrf_insert(0, i, d, job->diagonal.handle,
                                     job->a.handle, job->status.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&job->diagonal);
    matrix_take(&job->a);
    matrix_take(&job->status);
    matrix_check_unchanged(&job->diagonal);
    assert_true(at(&job->status, 0, 0) == 11);
    assert_true(at(&job->status, 1, 0) == -12);
    return at(&job->status, 2, 0);
}

static void job_free(struct job *job)
{
    matrix_free(&job->l);
    matrix_free(&job->a);
    matrix_free(&job->diagonal);
    matrix_free(&job->status);
}

static void test_potrf(void **state)
{
    static const size_t sizes[] = {1, 2, 37, 145};

    (void)state;
    for (size_t s = 0; s < 4; s++) {
        struct job job = job_new(sizes[s]);

        assert_true(factorize(&job, 16, 500) == 0);
        for (size_t j = 0; j < sizes[s]; j++)
            for (size_t i = j; i < sizes[s]; i++)
                check(at(&job.a, i, j), at(&job.l, i, j), 10);
        job_free(&job);
    }
}

static void test_potrf_not_positive(void **state)
{
    struct job job = job_new(37);

    (void)state;
    matrix_doubles(&job.a)[20 + 20 * 37] = -1;
    assert_true(factorize(&job, 48, 500) == 48 + 20 + 1);
    job_free(&job);
}

/* A constant feature: a row of zeroes after centring. */
static void test_potrf_zero_row(void **state)
{
    struct job job = job_new(37);

    (void)state;
    for (size_t i = 0; i < 37; i++)
        matrix_doubles(&job.a)[i + 5 * 37] =
            matrix_doubles(&job.a)[5 + i * 37] = 0;
    assert_true(factorize(&job, 0, 500) == 6);
    job_free(&job);
}

/* A feature that is the sum of two others leaves rounding for a pivot, which
 * LAPACK alone may take for a number. */
static void test_potrf_dependent_row(void **state)
{
    enum { N = 30, FEATURES = 12 };
    double x[N][FEATURES];
    struct job job = job_new(FEATURES);

    (void)state;
    for (int repeat = 0; repeat < 20; repeat++) {
        for (size_t s = 0; s < N; s++) {
            for (size_t f = 0; f + 1 < FEATURES; f++)
                x[s][f] = harness_real();
            x[s][FEATURES - 1] = 0.1 * x[s][0] + 0.7 * x[s][1];
        }
        job_free(&job);
        job = job_new(FEATURES);
        memset(job.a.values, 0, FEATURES * FEATURES * sizeof(double));
        for (size_t j = 0; j < FEATURES; j++)
            for (size_t i = j; i < FEATURES; i++)
                for (size_t s = 0; s < N; s++)
                    matrix_doubles(&job.a)[i + j * FEATURES] +=
                        x[s][i] * x[s][j];
        assert_true(factorize(&job, 0, FEATURES) == FEATURES);
    }
    job_free(&job);
}

/* Ill-conditioned is not singular. */
static void test_potrf_small_pivot(void **state)
{
    struct job job = job_new(2);
    double *a = matrix_doubles(&job.a);

    (void)state;
    a[0] = 1;
    a[1] = 1;
    a[3] = 1 + 1e-10;
    assert_true(factorize(&job, 0, 1000) == 0);
    assert_true(fabs(at(&job.a, 1, 1) - 1e-5) < 1e-10);
    job_free(&job);
}

static void test_potrf_nan(void **state)
{
    struct job job = job_new(37);

    (void)state;
    matrix_doubles(&job.a)[10 + 10 * 37] = NAN;
    assert_true(factorize(&job, 100, 500) == 100 + 10 + 1);
    job_free(&job);
}

/* The first failure is kept: what follows is its consequence. */
static void test_potrf_first_failure_stays(void **state)
{
    struct job job = job_new(37);

    (void)state;
    matrix_doubles(&job.a)[10 + 10 * 37] = -1;
    matrix_doubles(&job.status)[2] = 3;
    assert_true(factorize(&job, 100, 500) == 3);
    job_free(&job);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_trsm, harness_reset),
        cmocka_unit_test_setup(test_syrk, harness_reset),
        cmocka_unit_test_setup(test_gemm, harness_reset),
        cmocka_unit_test_setup(test_potrf, harness_reset),
        cmocka_unit_test_setup(test_potrf_not_positive, harness_reset),
        cmocka_unit_test_setup(test_potrf_zero_row, harness_reset),
        cmocka_unit_test_setup(test_potrf_dependent_row, harness_reset),
        cmocka_unit_test_setup(test_potrf_small_pivot, harness_reset),
        cmocka_unit_test_setup(test_potrf_nan, harness_reset),
        cmocka_unit_test_setup(test_potrf_first_failure_stays, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
