#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "centred_fixture.h"
#include "error.h"
#include "normal.h"

/* Q += Z Z^T P, but for columns that are left out, of more samples than are
 * used at once. */
static void normal(size_t d, size_t n, size_t from, size_t to, size_t element)
{
    enum { C = 5 };
    struct matrix x = features_new(d, n, element), scale = scale_new(d);
    struct matrix p = matrix_new(d, C, 8), q = matrix_new(d, C, 8);
    struct tg_tile scratch = scratch_new(tg_normal_scratch(C), 8);

    matrix_random(&p), matrix_random(&q);
    matrix_remember(&p), matrix_remember(&q);
    assert_int_equal(tg_normal_insert(from, to, x.handle, scale.handle,
                                      p.handle, scratch, q.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&x), matrix_take(&scale), matrix_take(&p), matrix_take(&q);
    matrix_check_unchanged(&x), matrix_check_unchanged(&p);
    for (size_t c = 0; c < C; c++) {
        double *own = matrix_doubles(&q) + c * d;
        double *was = (double *)q.before + c * d;

        for (size_t s = 0; s < n && (c < from || c >= to); s++) {
            double t = 0;

            for (size_t f = 0; f < d; f++)
                t += centred(&x, &scale, f, s) * matrix_doubles(&p)[f + c * d];
            for (size_t f = 0; f < d; f++)
                was[f] += centred(&x, &scale, f, s) * t;
        }
        assert_true(largest_difference(d, own, was) <=
                    (c < from || c >= to ? 1e-12 : 0));
    }
    scratch_free(scratch);
    matrix_free(&x), matrix_free(&scale), matrix_free(&p), matrix_free(&q);
}

static void test_normal(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3) {
        normal(1, 1, 0, 0, element);
        normal(600, 30, 0, 2, element);
        normal(40, 600, 2, 4, element);
        normal(40, 256, 3, 5, element);
        normal(7, 9, 0, 5, element);
    }
}

/* Blocks of Z Z^T: one, and two of which the last is small. */
static void diagonals(size_t d, size_t n, size_t element)
{
    enum { B = TG_CENTRING_CHUNK };
    struct matrix x = features_new(d, n, element), scale = scale_new(d);
    struct matrix h = matrix_new(B, d, 8);
    struct tg_tile scratch = scratch_new(tg_normal_scratch(0), 8);

    matrix_random(&h);
    matrix_remember(&h);
    assert_int_equal(tg_diagonals_insert(x.handle, scale.handle, scratch,
                                         h.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&x), matrix_take(&scale), matrix_take(&h);
    matrix_check_unchanged(&x);
    for (size_t c = 0; c < d; c += 1 + d / 20) {
        size_t first = c / B * B, end = first + B < d ? first + B : d;

        for (size_t r = c; r < end; r += 1 + d / 20) {
            size_t at = r - first + c * B;
            double sum = ((double *)h.before)[at];

            for (size_t s = 0; s < n; s++)
                sum += centred(&x, &scale, r, s) * centred(&x, &scale, c, s);
            check_close(matrix_doubles(&h)[at], sum, 1e-9);
        }
    }
    scratch_free(scratch);
    matrix_free(&x), matrix_free(&scale), matrix_free(&h);
}

static void test_diagonals(void **state)
{
    (void)state;
    diagonals(1, 1, 1);
    diagonals(30, 600, 1);
    diagonals(600, 30, 4);
}

/* T += Zb^T D, Q += Zi T; but for columns that are left out. */
static void descend(size_t before, size_t first, size_t from, size_t to)
{
    enum { D = 700, N = 300, C = 4, B = TG_CENTRING_CHUNK };
    struct matrix x = features_new(D, N, 1), scale = scale_new(D);
    struct matrix delta = matrix_new(B, C, 8), q = matrix_new(B, C, 8);
    struct matrix t = matrix_new(N, C, 8);
    struct tg_tile scratch = scratch_new(tg_normal_scratch(0), 8);
    const struct tg_descend visit = {before, first, from, to};
    size_t rows[2] = {before < D ? (before + B < D ? B : D - before) : 0,
                      first + B < D ? B : D - first};

    matrix_random(&delta), matrix_random(&t), matrix_random(&q);
    matrix_remember(&t), matrix_remember(&q);
    assert_int_equal(tg_descend_insert(&visit, x.handle, scale.handle,
                                       delta.handle, scratch, t.handle,
                                       q.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&x), matrix_take(&scale), matrix_take(&delta);
    matrix_take(&t), matrix_take(&q);
    for (size_t c = 0; c < C; c++) {
        double *was = (double *)t.before + c * N;
        double *sum = (double *)q.before + c * B;

        for (size_t s = 0; s < N && (c < from || c >= to); s++) {
            for (size_t r = 0; r < rows[0]; r++)
                was[s] += centred(&x, &scale, before + r, s) *
                          matrix_doubles(&delta)[r + c * B];
            for (size_t r = 0; r < rows[1]; r++)
                sum[r] += centred(&x, &scale, first + r, s) * was[s];
        }
        assert_true(largest_difference(N, matrix_doubles(&t) + c * N, was) <
                    1e-12);
        assert_true(largest_difference(B, matrix_doubles(&q) + c * B, sum) <
                    1e-12);
    }
    scratch_free(scratch);
    matrix_free(&x), matrix_free(&scale), matrix_free(&delta);
    matrix_free(&t), matrix_free(&q);
}

static void test_descend(void **state)
{
    (void)state;
    descend(700, 0, 0, 0);
    descend(0, 512, 1, 3);
    descend(512, 0, 0, 4);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_normal, harness_reset),
        cmocka_unit_test_setup(test_diagonals, harness_reset),
        cmocka_unit_test_setup(test_descend, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
