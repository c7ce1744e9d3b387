#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assemble.h"
#include "error.h"
#include "harness.h"

/* Class sums of features 0..d-1 and counts, as of 8-bit samples. */
static void start_moments(struct matrix *m)
{
    for (size_t c = 0; c < m->cols; c++) {
        double *column = matrix_doubles(m) + c * m->rows;

        column[m->rows - 1] = (double)(1 + harness_below(500));
        for (size_t r = 0; r + 1 < m->rows; r++)
            column[r] = (double)harness_below(255) * column[m->rows - 1];
    }
}

static long double row_sum(const struct matrix *m, size_t r)
{
    long double sum = 0;

    for (size_t c = 0; c < m->cols; c++)
        sum += matrix_doubles(m)[r + c * m->rows];
    return sum;
}

/* G - s_i s_j^T / n; *size: of the terms, which bounds what rounding can do */
static double centred(const struct matrix *m, double g, size_t i, size_t j,
                      double *size)
{
    long double n = row_sum(m, m->rows - 1);
    long double product = row_sum(m, i) * row_sum(m, j) / n;

    *size = fabs(g) + (double)fabsl(product);
    return (double)((long double)g - product);
}

static void start_gram(struct matrix *g)
{
    for (size_t i = 0; i < g->rows * g->cols; i++)
        matrix_doubles(g)[i] = (double)harness_below(1u << 31);
}

static void check(double got, double expected, double size)
{
    if (!(fabs(got - expected) <= 4 * DBL_EPSILON * size))
        fail_msg("%.17g instead of %.17g", got, expected);
}

static void off_diagonal(size_t d, size_t k, size_t i, size_t bi, size_t j,
                         size_t bj)
{
    struct matrix m = matrix_new(d + 1, k, 8), g = matrix_new(bi, bj, 8);
    struct matrix a = matrix_new(bi, bj, 8);

    start_moments(&m);
    start_gram(&g);
    matrix_random(&a);
    matrix_remember(&m);
    matrix_remember(&g);
    assert_int_equal(tg_assemble_insert(i, j, g.handle, m.handle, a.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&m);
    matrix_take(&g);
    matrix_take(&a);
    matrix_check_unchanged(&m);
    matrix_check_unchanged(&g);
    for (size_t c = 0; c < bj; c++) {
        for (size_t r = 0; r < bi; r++) {
            double size, expected = centred(&m, matrix_doubles(&g)[r + c * bi],
                                            i + r, j + c, &size);

            check(matrix_doubles(&a)[r + c * bi], expected, size);
        }
    }
    matrix_free(&m);
    matrix_free(&g);
    matrix_free(&a);
}

static void test_off_diagonal(void **state)
{
    (void)state;
    off_diagonal(2, 2, 1, 1, 0, 1);
    off_diagonal(37, 3, 32, 5, 16, 16);
    off_diagonal(700, 10, 300, 300, 0, 300);
    off_diagonal(613, 2, 600, 13, 300, 300);
}

static void diagonal(size_t d, size_t k, size_t i, size_t b, double scale)
{
    static const double lambda[] = {0, 1e-3, 7.5, 1e5};
    struct matrix m = matrix_new(d + 1, k, 8);
    struct matrix g = matrix_new(b, b, 8);

    double *units = malloc(d * sizeof *units);

    assert_non_null(units);
    for (size_t f = 0; f < d; f++)
        units[f] = scale;
    start_moments(&m);
    start_gram(&g);
    for (size_t which = 0; which < 4; which++) {
        struct matrix a = matrix_new(b, b, 8), before = matrix_new(b, 1, 8);

        struct matrix value = matrix_new(1, 1, 8);

        *matrix_doubles(&value) = lambda[which];
        matrix_random(&a);
        assert_int_equal(tg_assemble_diagonal_insert(i, units, false, g.handle,
                                                     m.handle, value.handle,
                                                     a.handle, before.handle),
                         TG_OK);
        harness_wait();
        matrix_take(&a);
        matrix_take(&before);
        for (size_t c = 0; c < b; c++) {
            const double *column = matrix_doubles(&a) + c * b;

            for (size_t r = 0; r < b; r++) {
                double shift = r == c ? lambda[which] / (scale * scale) : 0;
                double size,
                    expected = centred(&m, matrix_doubles(&g)[r + c * b], i + r,
                                       i + c, &size) +
                               shift;

                if (r < c)
                    assert_true(column[r] == 0);
                else
                    check(column[r], expected, size + shift);
            }
            assert_true(matrix_doubles(&before)[c] == column[c]);
        }
        matrix_free(&a);
        matrix_free(&before);
        matrix_free(&value);
    }
    matrix_free(&m);
    matrix_free(&g);
    free(units);
}

/* Lambda times the variance; of a constant feature, in its unit. */
static void test_standardized(void **state)
{
    static const double units[] = {1, 1.0 / 4, 1};
    struct matrix m = matrix_new(4, 2, 8), g = matrix_new(2, 2, 8);
    struct matrix a = matrix_new(2, 2, 8), before = matrix_new(2, 1, 8);
    struct matrix value = matrix_new(1, 1, 8);
    const double sums[] = {0, 10, 3, 6, 0, 5, 1, 4}; /* n = 10 */
    const double gram[] = {22.5, 4, 0, 10};

    (void)state;
    memcpy(matrix_doubles(&m), sums, sizeof sums);
    memcpy(matrix_doubles(&g), gram, sizeof gram);
    *matrix_doubles(&value) = 3;
    assert_int_equal(tg_assemble_diagonal_insert(1, units, true, g.handle,
                                                 m.handle, value.handle,
                                                 a.handle, before.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&a);
    matrix_take(&before);
    /* 15 of 10: 22.5 - 22.5; 4 of 10: 10 - 1.6 */
    check(matrix_doubles(&a)[0], 3 * 16, 48);
    check(matrix_doubles(&a)[3], 8.4 + 3 * 0.84, 12);
    matrix_free(&m);
    matrix_free(&g);
    matrix_free(&a);
    matrix_free(&before);
    matrix_free(&value);
}

static void test_diagonal(void **state)
{
    (void)state;
    diagonal(1, 2, 0, 1, 1);
    diagonal(37, 3, 16, 21, 1.0 / 255);
    diagonal(613, 10, 304, 300, 1.0 / 255);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_off_diagonal, harness_reset),
        cmocka_unit_test_setup(test_diagonal, harness_reset),
        cmocka_unit_test_setup(test_standardized, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
