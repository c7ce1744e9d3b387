#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "gram_u8.h"
#include "harness.h"
#include "pack.h"
#include "blocks.h"
#include "gram.h"
#include "tiles.h"

/* ---- features ---------------------------------------------------------- */

/* Element of a packed block, by the layout that gram_u8.h documents. */
static uint8_t packed_value(const struct matrix *raw, size_t first, size_t b,
                            size_t panel, size_t group, size_t feature,
                            size_t sample)
{
    size_t f = panel * TG_PACK_U8_FEATURES + feature;
    size_t s = group * TG_PACK_U8_SAMPLES + sample;

    return f < b && s < raw->cols ? matrix_bytes(raw)[first + f + s * raw->rows]
                                  : 0;
}

static struct matrix packed_block(size_t b, size_t n)
{
    return matrix_new(tg_packed_u8_size(1, n),
                      tg_packed_u8_size(b, n) / tg_packed_u8_size(1, n), 1);
}

static void features_u8(size_t d, size_t n, size_t first, size_t b)
{
    struct matrix raw = matrix_new(d, n, 1), block = packed_block(b, n);
    size_t at = 0;

    matrix_random(&raw);
    matrix_random(&block);
    matrix_remember(&raw);
    assert_int_equal(tg_pack_insert(first, b, raw.handle, block.handle), TG_OK);
    harness_wait();
    matrix_take(&raw);
    matrix_take(&block);
    matrix_check_unchanged(&raw);
    for (size_t panel = 0; panel * TG_PACK_U8_FEATURES < b; panel++)
        for (size_t group = 0; group * TG_PACK_U8_SAMPLES < n; group++)
            for (size_t f = 0; f < TG_PACK_U8_FEATURES; f++)
                for (size_t s = 0; s < TG_PACK_U8_SAMPLES; s++)
                    assert_int_equal(matrix_bytes(&block)[at++],
                                     packed_value(&raw, first, b, panel, group,
                                                  f, s));
    assert_int_equal(at, block.rows * block.cols);
    matrix_free(&raw);
    matrix_free(&block);
}

static void test_features_u8(void **state)
{
    (void)state;
    features_u8(1, 1, 0, 1);
    features_u8(37, 13, 16, 21);
    features_u8(64, 8, 32, 32);
    features_u8(145, 129, 0, 145);
}

static void features_f32(size_t d, size_t n, size_t first, size_t b)
{
    struct matrix raw = matrix_new(d, n, 4), block = matrix_new(b, n, 4);

    matrix_random(&raw);
    matrix_remember(&raw);
    assert_int_equal(tg_pack_insert(first, b, raw.handle, block.handle), TG_OK);
    harness_wait();
    matrix_take(&raw);
    matrix_take(&block);
    matrix_check_unchanged(&raw);
    for (size_t s = 0; s < n; s++)
        for (size_t f = 0; f < b; f++)
            assert_true(matrix_floats(&block)[f + s * b] ==
                        matrix_floats(&raw)[first + f + s * d]);
    matrix_free(&raw);
    matrix_free(&block);
}

static void test_features_f32(void **state)
{
    (void)state;
    features_f32(1, 1, 0, 1);
    features_f32(37, 13, 16, 21);
    features_f32(145, 129, 0, 145);
}

/* ---- moments ----------------------------------------------------------- */

static double value(const struct matrix *raw, size_t f, size_t s)
{
    size_t at = f + s * raw->rows;

    return raw->element == 1 ? matrix_bytes(raw)[at]
                             : (double)matrix_floats(raw)[at];
}

/* Two tiles, one of them ragged, into moments that hold something already. */
static void moments(size_t element, size_t d, size_t n, uint16_t k)
{
    struct matrix raw[2] = {matrix_new(d, n, element),
                            matrix_new(d, n / 2 + 1, element)};
    struct matrix labels[2] = {matrix_new(n, 1, 2),
                               matrix_new(n / 2 + 1, 1, 2)};
    struct matrix sums = matrix_new(d + 1, k, 8);
    double *expected = matrix_doubles(&sums);
    struct tg_tile scratch = scratch_new(tg_moments_scratch(d, k), 2);

    for (size_t i = 0; i < (d + 1) * k; i++)
        expected[i] = (double)(i % 1000);
    matrix_remember(&sums);
    expected = sums.before;
    for (int t = 0; t < 2; t++) {
        matrix_random(&raw[t]);
        matrix_random_labels(&labels[t], k);
        matrix_remember(&raw[t]);
        matrix_remember(&labels[t]);
        assert_int_equal(tg_moments_insert(raw[t].handle, labels[t].handle,
                                           scratch, sums.handle),
                         TG_OK);
    }
    harness_wait();
    matrix_take(&sums);
    for (int t = 0; t < 2; t++) {
        matrix_take(&raw[t]);
        matrix_take(&labels[t]);
        matrix_check_unchanged(&raw[t]);
        matrix_check_unchanged(&labels[t]);
        for (size_t s = 0; s < raw[t].cols; s++) {
            double *own = expected + matrix_labels(&labels[t])[s] * (d + 1);

            for (size_t f = 0; f < d; f++)
                own[f] += value(&raw[t], f, s);
            own[d]++;
        }
        matrix_free(&raw[t]);
        matrix_free(&labels[t]);
    }
    assert_memory_equal(sums.values, expected, (d + 1) * k * sizeof *expected);
    matrix_free(&sums);
    scratch_free(scratch);
}

static void test_moments(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3) {
        moments(element, 1, 1, 2);
        moments(element, 37, 13, 3);
        moments(element, 145, 301, 10);
        moments(element, 5, 3000, 100);
    }
}

/* ---- gram -------------------------------------------------------------- */

/* What a Gram block was before: integers, so that exact data stay so. */
static void start_gram(struct matrix *g)
{
    for (size_t i = 0; i < g->rows * g->cols; i++)
        matrix_doubles(g)[i] = (double)harness_below(1000);
    matrix_remember(g);
}

static double product(const struct matrix *raw, size_t f, size_t g)
{
    double sum = 0;

    for (size_t s = 0; s < raw->cols; s++)
        sum += value(raw, f, s) * value(raw, g, s);
    return sum;
}

/* The sum of |x_f x_g|, which bounds what rounding can do. */
static double size_of_product(const struct matrix *raw, size_t f, size_t g)
{
    double sum = 0;

    for (size_t s = 0; s < raw->cols; s++)
        sum += fabs(value(raw, f, s) * value(raw, g, s));
    return sum;
}

static struct matrix feature_block(const struct matrix *raw, size_t first,
                                   size_t b)
{
    struct matrix block = raw->element == 1 ? packed_block(b, raw->cols)
                                            : matrix_new(b, raw->cols, 4);

    assert_int_equal(tg_pack_insert(first, b, raw->handle, block.handle),
                     TG_OK);
    return block;
}

/* Blocks at features i and j; i == j: the diagonal. `rounding`: of a product,
 * in units of the sum of magnitudes. */
static void gram(size_t element, size_t n, size_t i, size_t bi, size_t j,
                 size_t bj, double rounding)
{
    struct matrix raw = matrix_new(i + bi, n, element);
    struct matrix g = matrix_new(bi, bj, 8), xi, xj = {0};
    struct tg_tile scratch =
        scratch_new(tg_gram_scratch(bi > bj ? bi : bj, element), sizeof(float));

    matrix_random(&raw);
    start_gram(&g);
    xi = feature_block(&raw, i, bi);
    if (i != j)
        xj = feature_block(&raw, j, bj);
    assert_int_equal(tg_gram_insert(n, xi.handle,
                                    i == j ? xi.handle : xj.handle, scratch,
                                    g.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&raw);
    matrix_take(&g);
    for (size_t c = 0; c < bj; c++) {
        for (size_t r = 0; r < bi; r++) {
            double got = matrix_doubles(&g)[r + c * bi];
            double old = ((double *)g.before)[r + c * bi];
            double room = rounding * size_of_product(&raw, i + r, j + c);

            if (i == j && r < c) /* above the diagonal: not meant */
                assert_true(got == old);
            else if (fabs(got - old - product(&raw, i + r, j + c)) > room)
                fail_msg("G[%zu,%zu] is off by %.3g, more than %.3g", r, c,
                         got - old - product(&raw, i + r, j + c), room);
        }
    }
    matrix_free(&raw);
    matrix_free(&g);
    matrix_free(&xi);
    if (i != j)
        matrix_free(&xj);
    scratch_free(scratch);
}

static void grams(size_t element, double rounding)
{
    gram(element, 1, 0, 1, 0, 1, rounding);
    gram(element, 13, 0, 37, 0, 37, rounding);
    gram(element, 13, 32, 21, 0, 32, rounding);
    gram(element, 501, 48, 5, 16, 16, rounding);
    gram(element, 129, 144, 97, 0, 144, rounding);
    gram(element, 9500, 16, 33, 16, 33, rounding); /* several runs */
    gram(element, 9500, 16, 5, 0, 16, rounding);
}

static void test_gram_u8(void **state)
{
    (void)state;
    grams(1, 0);
}

/* Of n numbers in single precision, n epsilon at the most; much less here,
 * since runs are shorter, and BLAS adds them in several sums. */
static void test_gram_f32(void **state)
{
    (void)state;
    grams(4, 64 * (double)FLT_EPSILON);
}

/* Runs are added in double: what single precision would swallow stays. */
static void test_gram_f32_accumulates_in_double(void **state)
{
    enum { N = 8 * 1024 + 1 };
    struct matrix raw = matrix_new(2, N, 4), g = matrix_new(2, 2, 8), x;
    struct tg_tile scratch = scratch_new(tg_gram_scratch(2, 4), sizeof(float));

    (void)state;
    for (size_t s = 0; s < N; s++) {
        matrix_floats(&raw)[2 * s] = s < 4096 ? 4095 : 1;
        matrix_floats(&raw)[2 * s + 1] = 1;
    }
    matrix_doubles(&g)[3] = 0x1p50;
    x = feature_block(&raw, 0, 2);
    for (int repeat = 0; repeat < 3; repeat++)
        assert_int_equal(tg_gram_insert(N, x.handle, x.handle, scratch,
                                        g.handle),
                         TG_OK);
    harness_wait();
    matrix_take(&g);
    /* Rows of one value: each run's product is exact up to 2^24. */
    assert_true(matrix_doubles(&g)[3] == 0x1p50 + 3.0 * N);
    assert_true(matrix_doubles(&g)[1] == 3 * (4096.0 * 4095 + (N - 4096)));
    matrix_free(&raw);
    matrix_free(&g);
    matrix_free(&x);
    scratch_free(scratch);
}

/* Integers to the last bit, and above what 32 bits hold. */
static void test_gram_u8_large_sums(void **state)
{
    enum { N = 140001 };
    struct matrix raw = matrix_new(3, N, 1), g = matrix_new(3, 3, 8), x;
    struct tg_tile scratch = scratch_new(1, sizeof(float));

    (void)state;
    for (size_t s = 0; s < 3 * N; s++)
        matrix_bytes(&raw)[s] = s % 3 == 2 ? 254 : 255;
    x = feature_block(&raw, 0, 3);
    assert_int_equal(tg_gram_insert(N, x.handle, x.handle, scratch, g.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&g);
    assert_true(matrix_doubles(&g)[0] == 255.0 * 255 * N);
    assert_true(matrix_doubles(&g)[1] == 255.0 * 255 * N);
    assert_true(matrix_doubles(&g)[2] == 255.0 * 254 * N);
    assert_true(matrix_doubles(&g)[8] == 254.0 * 254 * N);
    matrix_free(&raw);
    matrix_free(&g);
    matrix_free(&x);
    scratch_free(scratch);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_features_u8, harness_reset),
        cmocka_unit_test_setup(test_features_f32, harness_reset),
        cmocka_unit_test_setup(test_moments, harness_reset),
        cmocka_unit_test_setup(test_gram_u8, harness_reset),
        cmocka_unit_test_setup(test_gram_f32, harness_reset),
        cmocka_unit_test_setup(test_gram_f32_accumulates_in_double,
                               harness_reset),
        cmocka_unit_test_setup(test_gram_u8_large_sums, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
