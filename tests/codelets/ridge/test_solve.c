#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "harness.h"
#include "solve.h"

/* Samples with labels, and their class sums and counts. */
struct samples {
    size_t d, n;
    uint16_t k;
    double *x; /* d x n */
    uint16_t *labels;
    struct matrix moments; /* (d+1) x k */
};

static struct samples samples_new(size_t d, size_t n, uint16_t k)
{
    struct samples s = {d,
                        n,
                        k,
                        calloc(d * n, sizeof *s.x),
                        calloc(n, sizeof *s.labels),
                        matrix_new(d + 1, k, 8)};

    for (size_t i = 0; i < n; i++) {
        double *own;

        s.labels[i] = (uint16_t)(i < k ? i : harness_below(k));
        own = matrix_doubles(&s.moments) + s.labels[i] * (d + 1);
        for (size_t f = 0; f < d; f++) {
            s.x[f + i * d] = (double)harness_below(256);
            own[f] += s.x[f + i * d];
        }
        own[d]++;
    }
    matrix_remember(&s.moments);
    return s;
}

static void samples_free(struct samples *s)
{
    free(s->x);
    free(s->labels);
    matrix_free(&s->moments);
}

static double target(const struct samples *s, size_t i, size_t c)
{
    return s->labels[i] == c ? 1 : -1;
}

static long double mean_target(const struct samples *s, size_t c)
{
    long double sum = 0;

    for (size_t i = 0; i < s->n; i++)
        sum += target(s, i, c);
    return sum / s->n;
}

static long double mean_feature(const struct samples *s, size_t f)
{
    long double sum = 0;

    for (size_t i = 0; i < s->n; i++)
        sum += s->x[f + i * s->d];
    return sum / s->n;
}

/* W = sum_i (x_i - mu) (y_i - ybar)^T, from the samples. */
static void rhs(size_t d, size_t n, uint16_t k, size_t first, size_t b)
{
    struct samples s = samples_new(d, n, k);
    struct matrix w = matrix_new(b, k, 8);

    matrix_random(&w);
    assert_int_equal(tg_rhs_insert(first, s.moments.handle, w.handle), TG_OK);
    harness_wait();
    matrix_take(&w);
    matrix_take(&s.moments);
    matrix_check_unchanged(&s.moments);
    for (size_t c = 0; c < k; c++) {
        for (size_t r = 0; r < b; r++) {
            long double expected = 0, size = 0;
            double got = matrix_doubles(&w)[r + c * b];

            for (size_t i = 0; i < n; i++) {
                expected +=
                    (s.x[first + r + i * d] - mean_feature(&s, first + r)) *
                    (target(&s, i, c) - mean_target(&s, c));
                size += s.x[first + r + i * d];
            }
            assert_true(fabsl(got - expected) <= 8 * DBL_EPSILON * size);
        }
    }
    matrix_free(&w);
    samples_free(&s);
}

static void test_rhs(void **state)
{
    (void)state;
    rhs(1, 2, 2, 0, 1);
    rhs(37, 23, 3, 16, 21);
    rhs(37, 23, 3, 0, 16);
    rhs(65, 50, 10, 64, 1);
}

/* b = ybar - W^T mu, over ragged blocks of W, in any mixture of signs. */
static void intercept(size_t d, size_t n, uint16_t k, size_t block)
{
    struct samples s = samples_new(d, n, k);
    struct matrix status = matrix_new(k + 1u, 1, 8), w[8];
    long double expected[16];

    matrix_random(&status);
    matrix_doubles(&status)[k] = 42;
    for (size_t c = 0; c < k; c++)
        expected[c] = mean_target(&s, c);
    for (size_t i = 0; i * block < d; i++) {
        size_t b = d - i * block < block ? d - i * block : block;

        assert_in_range(i, 0, 7);
        w[i] = matrix_new(b, k, 8);
        matrix_random(&w[i]);
        matrix_remember(&w[i]);
        for (size_t c = 0; c < k; c++)
            for (size_t r = 0; r < b; r++)
                expected[c] -= matrix_doubles(&w[i])[r + c * b] *
                               mean_feature(&s, i * block + r);
        assert_int_equal(tg_intercept_insert(i * block, s.moments.handle,
                                             w[i].handle, status.handle),
                         TG_OK);
    }
    harness_wait();
    matrix_take(&status);
    for (size_t c = 0; c < k; c++)
        assert_true(fabsl(matrix_doubles(&status)[c] - expected[c]) <=
                    4 * DBL_EPSILON * 255 * d);
    assert_true(matrix_doubles(&status)[k] == 42);
    for (size_t i = 0; i * block < d; i++) {
        matrix_take(&w[i]);
        matrix_check_unchanged(&w[i]);
        matrix_free(&w[i]);
    }
    matrix_take(&s.moments);
    matrix_check_unchanged(&s.moments);
    matrix_free(&status);
    samples_free(&s);
}

static void test_intercept(void **state)
{
    (void)state;
    intercept(1, 2, 2, 1);
    intercept(37, 23, 3, 16);
    intercept(65, 50, 10, 16);
}

/* Two jobs' blocks come to their columns of V, and nothing else is touched;
 * a failed one gives NaN. */
static void test_collect(void **state)
{
    enum { D = 21, K = 3, BLOCK = 16, JOBS = 3 };
    struct matrix v = matrix_new(D + 1, JOBS * K, 8);
    struct matrix w[2] = {matrix_new(BLOCK, K, 8), matrix_new(D - BLOCK, K, 8)};
    struct matrix good = matrix_new(K + 1, 1, 8), bad = matrix_new(K + 1, 1, 8);

    (void)state;
    matrix_random(&v);
    matrix_random(&w[0]);
    matrix_random(&w[1]);
    matrix_random(&good);
    matrix_random(&bad);
    matrix_doubles(&good)[K] = 0;
    matrix_doubles(&bad)[K] = 7;
    matrix_remember(&v);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(tg_collect_insert(i * BLOCK, 1, w[i].handle,
                                           good.handle, v.handle),
                         TG_OK);
        assert_int_equal(tg_collect_insert(i * BLOCK, 2, w[i].handle,
                                           bad.handle, v.handle),
                         TG_OK);
    }
    harness_wait();
    matrix_take(&v);
    for (size_t c = 0; c < K; c++) {
        const double *other = matrix_doubles(&v) + c * (D + 1);
        const double *done = other + K * (D + 1);
        const double *failed = other + 2 * K * (D + 1);

        assert_memory_equal(other, (double *)v.before + c * (D + 1),
                            (D + 1) * sizeof *other);
        for (size_t r = 0; r < D; r++)
            assert_true(done[r] ==
                        (r < BLOCK ? matrix_doubles(&w[0])[r + c * BLOCK]
                                   : matrix_doubles(
                                         &w[1])[r - BLOCK + c * (D - BLOCK)]));
        assert_true(done[D] == matrix_doubles(&good)[c]);
        for (size_t r = 0; r <= D; r++)
            assert_true(isnan(failed[r]));
    }
    matrix_free(&v);
    matrix_free(&w[0]);
    matrix_free(&w[1]);
    matrix_free(&good);
    matrix_free(&bad);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_rhs, harness_reset),
        cmocka_unit_test_setup(test_intercept, harness_reset),
        cmocka_unit_test_setup(test_collect, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
