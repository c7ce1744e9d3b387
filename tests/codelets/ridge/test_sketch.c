#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "error.h"
#include "harness.h"
#include "sketch.h"

enum { D = 60 };

/* A = V diag(sizes) V^T with the orthogonal V = I - 2 v v^T / v^T v. */
static void make(const double *sizes, struct matrix *a)
{
    double v[D], norm = 0;

    for (size_t f = 0; f < D; f++) {
        v[f] = harness_real();
        norm += v[f] * v[f];
    }
    for (size_t i = 0; i < D; i++)
        for (size_t j = 0; j < D; j++) {
            double sum = 0;

            for (size_t f = 0; f < D; f++)
                sum += ((f == i) - 2 * v[f] * v[i] / norm) * sizes[f] *
                       ((f == j) - 2 * v[f] * v[j] / norm);
            matrix_doubles(a)[i + j * D] = sum;
        }
}

/* U and S of A, from r directions, in y and s. */
static void sketch(const struct matrix *a, size_t r, struct matrix *y,
                   struct matrix *s)
{
    struct matrix omega = matrix_new(D, r, 8);
    struct tg_tile scratch = scratch_new(tg_sketch_scratch(r), 8);

    assert_int_equal(tg_sketch_draw_insert(omega.handle), TG_OK);
    matrix_take(&omega);
    for (size_t c = 0; c < r; c++)
        for (size_t i = 0; i < D; i++) {
            double sum = 0;

            for (size_t j = 0; j < D; j++)
                sum += matrix_doubles(a)[i + j * D] *
                       matrix_doubles(&omega)[j + c * D];
            matrix_doubles(y)[i + c * D] = sum;
        }
    struct matrix again = matrix_new(D, r, 8);

    assert_int_equal(tg_sketch_draw_insert(again.handle), TG_OK);
    assert_int_equal(tg_sketch_factor_insert(again.handle, scratch, y->handle,
                                             s->handle),
                     TG_OK);
    harness_wait();
    matrix_take(&again), matrix_take(y), matrix_take(s);
    for (size_t i = 0; i < D * r; i++) /* the same when drawn again */
        assert_true(matrix_doubles(&again)[i] == matrix_doubles(&omega)[i]);
    matrix_free(&omega), matrix_free(&again);
    scratch_free(scratch);
}

/* Eigenvalues, descending, to `tolerance` of the largest; of orthonormal
 * vectors, where they are not 0. */
static void check(const double *sizes, size_t r, double tolerance)
{
    struct matrix a = matrix_new(D, D, 8);
    struct matrix y = matrix_new(D, r, 8), s = matrix_new(r, 1, 8);
    const double *u = matrix_doubles(&y), *value = matrix_doubles(&s);

    make(sizes, &a);
    sketch(&a, r, &y, &s);
    for (size_t c = 0; c < r; c++) {
        assert_true(fabs(value[c] - sizes[c]) <= tolerance * sizes[0]);
        for (size_t other = 0; other <= c; other++) {
            double sum = 0;

            for (size_t f = 0; f < D; f++)
                sum += u[f + c * D] * u[f + other * D];
            assert_true(fabs(sum - (c == other && value[c] > 0)) < 1e-6);
        }
    }
    matrix_free(&a), matrix_free(&y), matrix_free(&s);
}

/* All of a matrix; of one of less rank; of none. */
static void test_whole(void **state)
{
    double sizes[D];

    (void)state;
    for (size_t f = 0; f < D; f++)
        sizes[f] = pow(0.8, (double)f);
    check(sizes, D, 1e-10);
    for (size_t f = 7; f < D; f++)
        sizes[f] = 0;
    check(sizes, D, 1e-10);
    check(sizes, 20, 1e-10);
    for (size_t f = 0; f < D; f++)
        sizes[f] = 0;
    check(sizes, D, 0);
}

/* The largest of a spectrum that falls. */
static void test_part(void **state)
{
    double sizes[D];

    (void)state;
    for (size_t f = 0; f < D; f++)
        sizes[f] = pow(0.3, (double)f);
    check(sizes, 12, 1e-3);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_whole, harness_reset),
        cmocka_unit_test_setup(test_part, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
