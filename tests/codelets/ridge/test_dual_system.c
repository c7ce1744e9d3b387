#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "dual_system.h"
#include "error.h"
#include "harness.h"

static double entry(const struct matrix *m, size_t at)
{
    return m->element == 4 ? (double)matrix_floats(m)[at]
                           : matrix_doubles(m)[at];
}

/* The diagonal of 3 samples in a block of 5. */
static void diagonal(size_t element, double value, const double expected[5])
{
    struct matrix lambda = matrix_new(1, 1, 8), a = matrix_new(5, 5, element);
    struct matrix d = matrix_new(5, 1, 8);

    matrix_doubles(&lambda)[0] = value;
    for (size_t i = 0; i < 25; i++) {
        double start = i % 6 == 0 && i < 18 ? 2 : 0;

        if (element == 4)
            matrix_floats(&a)[i] = (float)start;
        else
            matrix_doubles(&a)[i] = start;
    }
    assert_int_equal(tg_dual_diagonal_insert(3, lambda.handle, a.handle,
                                             d.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&lambda), matrix_take(&a), matrix_take(&d);
    for (size_t i = 0; i < 25; i++)
        check_close(entry(&a, i), i % 6 == 0 ? expected[i / 6] : 0, 1e-6);
    for (size_t r = 0; r < 5; r++)
        check_close(matrix_doubles(&d)[r], expected[r], 1e-15);
    matrix_free(&lambda), matrix_free(&a), matrix_free(&d);
}

/* Beyond the samples it is the identity's; no lambda, or none at all, is
 * nothing to factorize; a huge one stays finite. */
static void test_diagonal(void **state)
{
    (void)state;
    for (size_t element = 4; element <= 8; element += 4) {
        double most = element == 4 ? 0x1p100 : 1e100;

        diagonal(element, 0.5, (const double[]){2.5, 2.5, 2.5, 1, 1});
        diagonal(element, 0, (const double[]){0, 0, 0, 1, 1});
        diagonal(element, NAN, (const double[]){0, 0, 0, 1, 1});
        diagonal(element, 1e100, (const double[]){most, most, most, 1, 1});
    }
}

static void test_targets(void **state)
{
    static const double expected[4 * 3] = {1, -1, 1, 0, -1, 1, -1, 0, 1, 1, 1};

    (void)state;
    for (size_t element = 4; element <= 8; element += 4) {
        struct matrix labels = matrix_new(3, 1, 2),
                      y = matrix_new(4, 3, element);

        matrix_random(&y);
        matrix_labels(&labels)[1] = 1;
        assert_int_equal(tg_targets_insert(labels.handle, y.handle), TG_OK);
        harness_wait();
        matrix_take(&labels), matrix_take(&y);
        for (size_t i = 0; i < 12; i++)
            assert_true(entry(&y, i) == expected[i]);
        matrix_free(&labels), matrix_free(&y);
    }
}

/* b = 1^T V / 1^T u, over two blocks; what potrf said stays. */
static void test_offset(void **state)
{
    enum { B = 4, K = 2 };
    struct matrix y[2] = {matrix_new(B, K + 1, 8), matrix_new(B, K + 1, 8)};
    struct matrix sums = matrix_new(K + 1, 1, 8);
    struct matrix status = matrix_new(K + 1, 1, 8);
    double sum[K + 1] = {0};

    (void)state;
    matrix_doubles(&status)[K] = 17;
    for (size_t j = 0; j < 2; j++) {
        matrix_random(&y[j]);
        for (size_t i = 0; i < B * (K + 1); i++)
            sum[i / B] += matrix_doubles(&y[j])[i];
        assert_int_equal(tg_dual_sums_insert(y[j].handle, sums.handle), TG_OK);
    }
    assert_int_equal(tg_dual_offset_insert(sums.handle, status.handle), TG_OK);
    harness_wait();
    matrix_take(&y[0]), matrix_take(&y[1]);
    matrix_take(&sums), matrix_take(&status);
    for (size_t c = 0; c < K; c++)
        check_close(matrix_doubles(&status)[c], sum[c] / sum[K], 1e-12);
    assert_true(matrix_doubles(&status)[K] == 17);
    matrix_free(&y[0]), matrix_free(&y[1]);
    matrix_free(&sums), matrix_free(&status);
}

/* Two samples: the first is right, by the first of equal scores. */
static void test_tally(void **state)
{
    enum { N = 2, B = 3, K = 2, M = 3, L = 1 };
    /* -K V, a column a class, and -K u; the offsets are 1 and -1 */
    static const double result[B * (K + 1)] = {-1, 2, 9, -3, -2, 9, 0, -0.5, 9};

    (void)state;
    for (int failed = 0; failed < 2; failed++) {
        struct matrix r = matrix_new(B, K + 1, 8), labels = matrix_new(N, 1, 2);
        struct matrix status = matrix_new(K + 1, 1, 8);
        struct matrix right = matrix_new(M, 1, 8),
                      squares = matrix_new(M, 1, 8);

        for (size_t i = 0; i < B * (K + 1); i++)
            matrix_doubles(&r)[i] = result[i];
        matrix_doubles(&status)[0] = 1, matrix_doubles(&status)[1] = -1;
        matrix_doubles(&status)[K] = failed;
        matrix_doubles(&right)[L] = 10, matrix_doubles(&squares)[L] = 100;
        assert_int_equal(tg_dual_tally_insert(L, r.handle, labels.handle,
                                              status.handle, right.handle,
                                              squares.handle),
                         TG_OK);
        harness_wait();
        matrix_take(&r), matrix_take(&labels), matrix_take(&status);
        matrix_take(&right), matrix_take(&squares);
        /* scores (2, 2) and (-1.5, 1.5); targets (1, -1) of both */
        if (failed) {
            assert_true(isnan(matrix_doubles(&squares)[L]));
        } else {
            check_close(matrix_doubles(&squares)[L], 100 + 1 + 9 + 6.25 + 6.25,
                        1e-14);
            assert_true(matrix_doubles(&right)[L] == 11);
        }
        assert_true(matrix_doubles(&right)[0] == 0 &&
                    matrix_doubles(&squares)[M - 1] == 0);
        matrix_free(&r), matrix_free(&labels), matrix_free(&status);
        matrix_free(&right), matrix_free(&squares);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_diagonal, harness_reset),
        cmocka_unit_test_setup(test_targets, harness_reset),
        cmocka_unit_test_setup(test_offset, harness_reset),
        cmocka_unit_test_setup(test_tally, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
