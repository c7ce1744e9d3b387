#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "combine.h"
#include "error.h"
#include "dense.h"
#include "harness.h"
#include "samples.h"

/* The whole matrix at once, by LAPACK: the reference. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda,
             int *info, unsigned long uplo_length);

/* A Gram of random samples plus a ridge: positive definite. */
static double *random_matrix(size_t d)
{
    double *a = calloc(d * d, sizeof *a);
    double *x = calloc(d, sizeof *x);

    assert_non_null(a);
    assert_non_null(x);
    for (size_t s = 0; s < d + 10; s++) {
        for (size_t f = 0; f < d; f++)
            x[f] = harness_real();
        for (size_t c = 0; c < d; c++)
            for (size_t r = 0; r < d; r++)
                a[r + c * d] += x[r] * x[c];
    }
    for (size_t f = 0; f < d; f++)
        a[f + f * d] += 1;
    free(x);
    return a;
}

/* Factorize `a` in place, tiled; value: the status. Shapes: a d x d. */
static double tiled_cholesky(size_t d, size_t block, double *a)
{
    struct samples s = {.d = d, .n = 100, .k = 2, .element = 4};
    const double lambda = 1;
    size_t tiles = 4;
    struct tg_plan plan FREED =
        samples_plan(&s, 1, 1, &lambda, block, 1, &tiles);
    struct tg_system system;
    double *diagonal = calloc(d, sizeof *diagonal), status[3];

    assert_non_null(diagonal);
    for (size_t f = 0; f < d; f++)
        diagonal[f] = a[f + f * d];
    assert_int_equal(tg_system_init(&system, &plan, sizeof(double),
                                    tg_owner_grid, 0),
                     TG_OK);
    tiles_put(&system.a, true, a);
    tiles_put(&system.diagonal, false, diagonal);
    assert_int_equal(tg_zero_insert(tg_tile(&system.status, 0, 0)), TG_OK);
    assert_int_equal(tg_graph_cholesky(&system.a, &system.diagonal,
                                       &system.status),
                     TG_OK);
    harness_wait();
    tiles_get(&system.a, true, a);
    tiles_get(&system.status, false, status);
    tg_system_release(&system);
    free(diagonal);
    return status[2];
}

static void factor(size_t d, size_t block)
{
    double *a = random_matrix(d), *reference = calloc(d * d, sizeof *a);
    int n = (int)d, info;

    assert_non_null(reference);
    memcpy(reference, a, d * d * sizeof *a);
    dpotrf_("L", &n, reference, &n, &info, 1);
    assert_int_equal(info, 0);
    assert_true(tiled_cholesky(d, block, a) == 0);
    for (size_t c = 0; c < d; c++) /* what is above the diagonal is not meant */
        memset(a + c * d, 0, c * sizeof *a),
            memset(reference + c * d, 0, c * sizeof *a);
    assert_true(largest_difference(d * d, a, reference) <
                16 * (double)d * DBL_EPSILON);
    free(a);
    free(reference);
}

static void test_factor(void **state)
{
    (void)state;
    factor(1, 16);
    factor(16, 16);
    factor(17, 16); /* a last block of one */
    factor(47, 16); /* of all but one */
    factor(150, 48);
    factor(333, 80);
    factor(333, 333); /* one block */
}

/* A matrix whose feature f is a copy of another: that pivot fails, whichever
 * block it is in. */
static void test_singular(void **state)
{
    static const size_t failing[] = {1, 15, 16, 47, 48, 69};
    enum { D = 70 };

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        size_t f = failing[i];
        double *a = random_matrix(D);

        for (size_t r = 0; r < D; r++)
            a[r + f * D] = a[r];
        for (size_t c = 0; c < D; c++)
            a[f + c * D] = a[0 + c * D];
        assert_true(tiled_cholesky(D, 16, a) == (double)(f + 1));
        free(a);
    }
}

static void test_constant_feature(void **state)
{
    enum { D = 70 };
    double *a = random_matrix(D);

    (void)state;
    for (size_t r = 0; r < D; r++)
        a[r + 50 * D] = a[50 + r * D] = 0;
    a[33 + 33 * D] = -1;
    assert_true(tiled_cholesky(D, 16, a) == 34); /* the first of the two */
    free(a);
}

static void test_nan(void **state)
{
    enum { D = 70 };
    double *a = random_matrix(D);

    (void)state;
    a[60 + 20 * D] = NAN; /* off the diagonal: seen at the pivot it spoils */
    assert_true(tiled_cholesky(D, 16, a) == 61);
    free(a);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_factor, harness_reset),
        cmocka_unit_test_setup(test_singular, harness_reset),
        cmocka_unit_test_setup(test_constant_feature, harness_reset),
        cmocka_unit_test_setup(test_nan, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
