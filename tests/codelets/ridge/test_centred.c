#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "centred_fixture.h"
#include "centred.h"
#include "error.h"

/* ---- squares, scale ---------------------------------------------------- */

/* Of all samples in two tiles: the second feature is constant, the third has a
 * variance that is nothing but rounding. */
static void test_scale(void **state)
{
    enum { D = 3, N = 8, K = 2 };
    const double units[D] = {0.5, 0.25, 2};
    const float x[D * N] = {1, 7, 1e6f, 2, 7, 1e6f, 3, 7, 1e6f, 4, 7, 1e6f,
                            5, 7, 1e6f, 6, 7, 1e6f, 7, 7, 1e6f, 8, 7, 1e6f};

    (void)state;
    for (int standardize = 0; standardize < 2; standardize++) {
        struct matrix features = matrix_new(D, N, 4);
        struct matrix moments = matrix_new(D + 1, K, 8);
        struct matrix q = matrix_new(D, 1, 8), scale = matrix_new(D, 2, 8);
        const double expected[2 * D] = {
            4.5, 7, 1e6f, standardize ? 1 / sqrt(5.25) : 0.5, 0.25, 2};

        for (size_t i = 0; i < D * N; i++) {
            matrix_floats(&features)[i] = x[i];
            matrix_doubles(&moments)[i % D + (D + 1) * (i / D % K)] +=
                (double)x[i];
        }
        for (size_t c = 0; c < K; c++)
            matrix_doubles(&moments)[D + (D + 1) * c] = N / K;
        assert_int_equal(tg_squares_insert(features.handle, q.handle), TG_OK);
        assert_int_equal(tg_scale_insert(units, standardize, moments.handle,
                                         q.handle, scale.handle),
                         TG_OK);
        harness_wait();
        matrix_take(&scale);
        for (size_t i = 0; i < 2 * D; i++)
            check_close(matrix_doubles(&scale)[i], expected[i], 1e-14);
        matrix_take(&features), matrix_take(&moments), matrix_take(&q);
        matrix_free(&features), matrix_free(&moments);
        matrix_free(&q), matrix_free(&scale);
    }
}

/* 8-bit squares are integers, whatever was there before. */
static void test_squares(void **state)
{
    struct matrix x = features_new(300, 40, 1), q = matrix_new(300, 1, 8);

    (void)state;
    for (size_t f = 0; f < 300; f++)
        matrix_doubles(&q)[f] = (double)f;
    assert_int_equal(tg_squares_insert(x.handle, q.handle), TG_OK);
    harness_wait();
    matrix_take(&x), matrix_take(&q);
    matrix_check_unchanged(&x);
    for (size_t f = 0; f < 300; f++) {
        double expected = (double)f;

        for (size_t s = 0; s < 40; s++)
            expected += value(&x, f, s) * value(&x, f, s);
        assert_true(matrix_doubles(&q)[f] == expected);
    }
    matrix_free(&x), matrix_free(&q);
}

/* ---- product ----------------------------------------------------------- */

static double entry(const struct matrix *k, size_t r, size_t c)
{
    size_t at = r + c * k->rows;

    return k->element == 4 ? (double)matrix_floats(k)[at]
                           : matrix_doubles(k)[at];
}

static void check_product(const struct matrix *xi, const struct matrix *xj,
                          const struct matrix *scale, const struct matrix *k,
                          bool diagonal, double tolerance)
{
    for (size_t c = 0; c < k->cols; c++)
        for (size_t r = diagonal ? c : 0; r < k->rows; r++) {
            double expected = 0, size = 0;

            for (size_t f = 0; f < xi->rows && r < xi->cols && c < xj->cols;
                 f++) {
                double term =
                    centred(xi, scale, f, r) * centred(xj, scale, f, c);

                expected += term;
                size += fabs(term);
            }
            assert_true(fabs(entry(k, r, c) - expected) <= tolerance * size);
        }
}

static void product(size_t d, size_t ni, size_t nj, size_t b, size_t element,
                    size_t precision)
{
    struct matrix xi = features_new(d, ni, element);
    struct matrix xj = features_new(d, nj, element);
    struct matrix scale = scale_new(d);
    struct matrix k = matrix_new(b, b, precision),
                  own = matrix_new(b, b, precision);
    struct tg_tile scratch = scratch_new(tg_centred_scratch(b, 3), 8);

    matrix_random(&k);
    matrix_random(&own);
    assert_int_equal(tg_product_insert(xi.handle, xj.handle, scale.handle,
                                       scratch, k.handle),
                     TG_OK);
    assert_int_equal(tg_product_insert(xi.handle, xi.handle, scale.handle,
                                       scratch, own.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&xi), matrix_take(&xj), matrix_take(&scale);
    matrix_take(&k), matrix_take(&own);
    matrix_check_unchanged(&xi), matrix_check_unchanged(&xj);
    check_product(&xi, &xj, &scale, &k, false, precision == 4 ? 1e-5 : 1e-13);
    check_product(&xi, &xi, &scale, &own, true, precision == 4 ? 1e-5 : 1e-13);
    scratch_free(scratch);
    matrix_free(&xi), matrix_free(&xj), matrix_free(&scale);
    matrix_free(&k), matrix_free(&own);
}

/* Fewer features than are centred at a time, and more; blocks with room. */
static void test_product(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3)
        for (size_t precision = 4; precision <= 8; precision += 4) {
            product(1, 1, 1, 1, element, precision);
            product(33, 7, 5, 7, element, precision);
            product(1100, 17, 16, 19, element, precision);
        }
}

/* ---- project, weights -------------------------------------------------- */

/* P += Z A, with A in either precision. */
static void test_project(void **state)
{
    enum { D = 700, N = 11, B = 13, C = 3 };

    (void)state;
    for (size_t precision = 4; precision <= 8; precision += 4) {
        struct matrix x = features_new(D, N, 1), scale = scale_new(D);
        struct matrix a = matrix_new(B, C, precision), p = matrix_new(D, C, 8);
        struct tg_tile scratch = scratch_new(tg_centred_scratch(B, C), 8);

        matrix_random(&a);
        assert_int_equal(tg_project_insert(x.handle, scale.handle, a.handle,
                                           scratch, p.handle),
                         TG_OK);
        harness_wait();
        matrix_take(&x), matrix_take(&scale), matrix_take(&a), matrix_take(&p);
        for (size_t c = 0; c < C; c++)
            for (size_t f = 0; f < D; f++) {
                double expected = 0;

                for (size_t s = 0; s < N; s++)
                    expected += centred(&x, &scale, f, s) * entry(&a, s, c);
                assert_true(fabs(matrix_doubles(&p)[f + c * D] - expected) <
                            1e-9);
            }
        scratch_free(scratch);
        matrix_free(&x), matrix_free(&scale), matrix_free(&a), matrix_free(&p);
    }
}

static void check_weight(double got, double expected, bool failed)
{
    if (failed)
        assert_true(isnan(got));
    else
        check_close(got, expected, 1e-12);
}

static void test_weights(void **state)
{
    enum { D = 5, K = 2 };

    (void)state;
    for (int failed = 0; failed < 2; failed++) {
        struct matrix scale = scale_new(D), p = matrix_new(D, K + 1, 8);
        struct matrix status = matrix_new(K + 1, 1, 8);
        struct matrix v = matrix_new(D + 1, K, 8);

        matrix_random(&p), matrix_random(&status);
        matrix_doubles(&status)[K] = failed;
        assert_int_equal(tg_weights_insert(scale.handle, p.handle,
                                           status.handle, v.handle),
                         TG_OK);
        harness_wait();
        matrix_take(&scale), matrix_take(&p), matrix_take(&status);
        matrix_take(&v);
        for (size_t c = 0; c < K; c++) {
            const double *mean = matrix_doubles(&scale);
            double b = matrix_doubles(&status)[c], rest = b;

            for (size_t f = 0; f < D; f++) {
                double w = mean[D + f] * (matrix_doubles(&p)[f + c * D] -
                                          b * matrix_doubles(&p)[f + K * D]);

                rest -= w * mean[f];
                check_weight(matrix_doubles(&v)[f + c * (D + 1)], w, failed);
            }
            check_weight(matrix_doubles(&v)[D + c * (D + 1)], rest, failed);
        }
        matrix_free(&scale), matrix_free(&p), matrix_free(&status);
        matrix_free(&v);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_scale, harness_reset),
        cmocka_unit_test_setup(test_squares, harness_reset),
        cmocka_unit_test_setup(test_product, harness_reset),
        cmocka_unit_test_setup(test_project, harness_reset),
        cmocka_unit_test_setup(test_weights, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
