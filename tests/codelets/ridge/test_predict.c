#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "harness.h"
#include "predict.h"
#include "task.h"
#include "tiles.h"

static double value(const struct matrix *raw, size_t f, size_t s)
{
    size_t at = f + s * raw->rows;

    return raw->element == 1 ? matrix_bytes(raw)[at]
                             : (double)matrix_floats(raw)[at];
}

static double score(const struct matrix *raw, const struct matrix *v,
                    size_t column, size_t s)
{
    const double *w = matrix_doubles(v) + column * v->rows;
    long double sum = w[raw->rows];

    for (size_t f = 0; f < raw->rows; f++)
        sum += (long double)w[f] * value(raw, f, s);
    return (double)sum;
}

static size_t best_class(const struct matrix *raw, const struct matrix *v,
                         size_t k, size_t model, size_t s)
{
    size_t best = 0;

    for (size_t c = 1; c < k; c++)
        if (score(raw, v, model * k + c, s) >
            score(raw, v, model * k + best, s))
            best = c;
    return best;
}

/* Two tiles under m models, into counts that hold something already: hits of
 * each, or, of one, the confusion. */
static void predict(size_t element, size_t d, size_t n, uint16_t k, size_t m,
                    bool confusion)
{
    struct matrix raw[2] = {matrix_new(d, n, element),
                            matrix_new(d, n / 3 + 1, element)};
    struct matrix labels[2] = {matrix_new(n, 1, 2),
                               matrix_new(n / 3 + 1, 1, 2)};
    struct matrix v = matrix_new(d + 1, m * k, 8);
    struct matrix counts =
        confusion ? matrix_new(k, k, 8) : matrix_new(m, 1, 8);
    struct tg_tile scratch =
        scratch_new(tg_predict_scratch(d, m * k), sizeof(double));
    double *expected;

    matrix_random(&v);
    matrix_remember(&v);
    for (size_t i = 0; i < counts.rows * counts.cols; i++)
        matrix_doubles(&counts)[i] = (double)i;
    matrix_remember(&counts);
    expected = counts.before;
    for (int t = 0; t < 2; t++) {
        matrix_random(&raw[t]);
        matrix_random_labels(&labels[t], k);
        matrix_remember(&raw[t]);
        matrix_remember(&labels[t]);
        for (size_t s = 0; s < raw[t].cols; s++) {
            size_t truth = matrix_labels(&labels[t])[s];

            for (size_t l = 0; l < m; l++) {
                size_t best = best_class(&raw[t], &v, k, l, s);

                if (confusion)
                    expected[truth + k * best]++;
                else
                    expected[l] += best == truth;
            }
        }
        assert_int_equal((confusion ? tg_predict_insert : tg_hits_insert)(
                             raw[t].handle, labels[t].handle, v.handle, scratch,
                             counts.handle),
                         TG_OK);
    }
    harness_wait();
    matrix_take(&counts);
    matrix_take(&v);
    matrix_check_unchanged(&v);
    assert_memory_equal(counts.values, expected,
                        counts.rows * counts.cols * sizeof *expected);
    for (int t = 0; t < 2; t++) {
        matrix_take(&raw[t]);
        matrix_take(&labels[t]);
        matrix_check_unchanged(&raw[t]);
        matrix_check_unchanged(&labels[t]);
        matrix_free(&raw[t]);
        matrix_free(&labels[t]);
    }
    matrix_free(&counts);
    matrix_free(&v);
    scratch_free(scratch);
}

static void test_predict(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3) {
        predict(element, 1, 1, 2, 1, true);
        predict(element, 37, 127, 3, 1, true);
        predict(element, 61, 301, 10, 1, true);
    }
}

/* Squared residuals beside the hits, in a second column. */
static void test_errors(void **state)
{
    enum { D = 5, N = 130, K = 3, M = 2 };
    struct matrix raw = matrix_new(D, N, 1), labels = matrix_new(N, 1, 2);
    struct matrix v = matrix_new(D + 1, M * K, 8), both = matrix_new(M, 2, 8);
    struct matrix hits = matrix_new(M, 1, 8);
    struct tg_tile scratch =
        scratch_new(tg_predict_scratch(D, M * K), sizeof(double));

    (void)state;
    matrix_random(&raw), matrix_random(&v);
    matrix_random_labels(&labels, K);
    for (size_t l = 0; l < M; l++) {
        matrix_doubles(&both)[l] = matrix_doubles(&hits)[l] = 7;
        matrix_doubles(&both)[l + M] = 100;
    }
    assert_int_equal(tg_hits_insert(raw.handle, labels.handle, v.handle,
                                    scratch, both.handle),
                     TG_OK);
    assert_int_equal(tg_hits_insert(raw.handle, labels.handle, v.handle,
                                    scratch, hits.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&raw), matrix_take(&labels), matrix_take(&v);
    matrix_take(&both), matrix_take(&hits);
    for (size_t l = 0; l < M; l++) {
        double sum = 100;

        for (size_t s = 0; s < N; s++)
            for (size_t c = 0; c < K; c++) {
                const double *w = matrix_doubles(&v) + (c + l * K) * (D + 1);
                double off = w[D] - (matrix_labels(&labels)[s] == c ? 1 : -1);

                for (size_t f = 0; f < D; f++)
                    off += w[f] * matrix_bytes(&raw)[f + s * D];
                sum += off * off;
            }
        check_close(matrix_doubles(&both)[l + M], sum, 1e-12);
        assert_true(matrix_doubles(&both)[l] == matrix_doubles(&hits)[l]);
    }
    scratch_free(scratch);
    matrix_free(&raw), matrix_free(&labels), matrix_free(&v);
    matrix_free(&both), matrix_free(&hits);
}

static void test_hits(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3) {
        predict(element, 1, 1, 2, 1, false);
        predict(element, 37, 127, 3, 1, false);
        predict(element, 5, 128, 10, 4, false);
        predict(element, 61, 301, 10, 3, false);
    }
}

/* Of equal scores the first class is taken, as by numpy's argmax. */
static void test_ties(void **state)
{
    enum { D = 2, N = 3, K = 4 };
    static const double intercepts[K] = {1, 2, 2, 2};
    struct matrix raw = matrix_new(D, N, 1), labels = matrix_new(N, 1, 2);
    struct matrix v = matrix_new(D + 1, K, 8), counts = matrix_new(K, K, 8);
    struct matrix result = matrix_new(K + 1, N, 8);
    struct tg_tile scratch =
        scratch_new(tg_predict_scratch(D, K), sizeof(double));

    (void)state;
    matrix_random(&raw);
    for (size_t c = 0; c < K; c++)
        matrix_doubles(&v)[D + c * (D + 1)] = intercepts[c];
    assert_int_equal(tg_predict_insert(raw.handle, labels.handle, v.handle,
                                       scratch, counts.handle),
                     TG_OK);
    assert_int_equal(tg_classify_insert(raw.handle, v.handle, scratch,
                                        result.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&counts);
    matrix_take(&result);
    for (size_t i = 0; i < K * K; i++)
        assert_true(matrix_doubles(&counts)[i] == (i == K * 1 ? N : 0));
    for (size_t s = 0; s < N; s++)
        assert_true(matrix_doubles(&result)[K + s * (K + 1)] == 1);
    matrix_free(&raw);
    matrix_free(&labels);
    matrix_free(&v);
    matrix_free(&counts);
    matrix_free(&result);
    scratch_free(scratch);
}

/* A model that failed is NaN throughout, and takes all for the first class; the
 * other's hits are untouched by it. */
static void test_failed_model(void **state)
{
    enum { D = 3, N = 50, K = 3 };
    struct matrix raw = matrix_new(D, N, 4), labels = matrix_new(N, 1, 2);
    struct matrix v = matrix_new(D + 1, 2 * K, 8);
    struct matrix right = matrix_new(2, 1, 8);
    struct tg_tile scratch =
        scratch_new(tg_predict_scratch(D, 2 * K), sizeof(double));
    double expected[2] = {0};

    (void)state;
    matrix_random(&raw);
    matrix_random(&v);
    matrix_random_labels(&labels, K);
    for (size_t i = 0; i < (D + 1) * K; i++)
        matrix_doubles(&v)[i] = NAN;
    for (size_t s = 0; s < N; s++) {
        expected[0] += matrix_labels(&labels)[s] == 0;
        expected[1] +=
            matrix_labels(&labels)[s] == best_class(&raw, &v, K, 1, s);
    }
    assert_int_equal(tg_hits_insert(raw.handle, labels.handle, v.handle,
                                    scratch, right.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&right);
    assert_memory_equal(right.values, expected, sizeof expected);
    matrix_free(&raw);
    matrix_free(&labels);
    matrix_free(&v);
    matrix_free(&right);
    scratch_free(scratch);
}

static void classify(size_t element, size_t d, size_t n, size_t k)
{
    struct matrix raw = matrix_new(d, n, element), v = matrix_new(d + 1, k, 8);
    struct matrix result = matrix_new(k + 1, n, 8);
    struct tg_tile scratch =
        scratch_new(tg_predict_scratch(d, k), sizeof(double));

    matrix_random(&raw);
    matrix_random(&v);
    matrix_remember(&raw);
    matrix_remember(&v);
    assert_int_equal(tg_classify_insert(raw.handle, v.handle, scratch,
                                        result.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&raw);
    matrix_take(&v);
    matrix_take(&result);
    matrix_check_unchanged(&raw);
    matrix_check_unchanged(&v);
    for (size_t s = 0; s < n; s++) {
        const double *column = matrix_doubles(&result) + s * (k + 1);

        for (size_t c = 0; c < k; c++)
            assert_true(fabs(column[c] - score(&raw, &v, c, s)) <=
                        1e-14 * 256 * (double)d);
        assert_true(column[k] == (double)best_class(&raw, &v, k, 0, s));
    }
    matrix_free(&raw);
    matrix_free(&v);
    matrix_free(&result);
    scratch_free(scratch);
}

static void test_classify(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3) {
        classify(element, 1, 1, 2);
        classify(element, 37, 300, 10);
        classify(element, 145, 129, 3);
    }
}

/* ---- store ------------------------------------------------------------- */

struct written {
    size_t tiles, samples;
    int fail_at;
};

static int note(void *context, size_t first, size_t n, size_t k,
                const double *result, const uint16_t *labels)
{
    struct written *written = context;

    if (k != 2)
        return TG_ESOFTWARE;
    if ((int)written->tiles == written->fail_at)
        return TG_EIO;
    if (first != written->samples || result[2] != (double)written->tiles ||
        labels[n - 1] != written->tiles)
        written->fail_at = (int)written->tiles + 1;
    written->tiles++;
    written->samples += n;
    return TG_OK;
}

/* Tiles of 1, 2, 3, ... samples are stored; value: how it ended. */
static int store(size_t tiles, struct written *written)
{
    const struct tg_sink sink = {note, written};
    struct matrix result[32], labels[32], order = matrix_new(1, 1, 8);
    size_t first = 0;
    int err;

    for (size_t t = 0; t < tiles; t++) {
        size_t n = t + 1;

        result[t] = matrix_new(3, n, 8);
        labels[t] = matrix_new(n, 1, 2);
        matrix_doubles(&result[t])[2] = (double)t;
        matrix_labels(&labels[t])[n - 1] = (uint16_t)t;
        assert_int_equal(tg_store_insert(&sink, first, result[t].handle,
                                         labels[t].handle, order.handle),
                         TG_OK);
        first += n;
    }
    starpu_task_wait_for_all();
    err = tg_task_error();
    for (size_t t = 0; t < tiles; t++) {
        matrix_free(&result[t]);
        matrix_free(&labels[t]);
    }
    matrix_free(&order);
    return err;
}

static void test_store(void **state)
{
    struct written written = {.fail_at = -1};

    (void)state;
    assert_int_equal(store(32, &written), TG_OK);
    assert_int_equal(written.fail_at, -1);
    assert_int_equal(written.tiles, 32);
    assert_int_equal(written.samples, 32 * 33 / 2);
}

static void test_store_fails(void **state)
{
    struct written written = {.fail_at = 5};

    (void)state;
    assert_int_equal(store(32, &written), TG_EIO);
    assert_int_equal(written.tiles, 5);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_predict, harness_reset),
        cmocka_unit_test_setup(test_hits, harness_reset),
        cmocka_unit_test_setup(test_errors, harness_reset),
        cmocka_unit_test_setup(test_ties, harness_reset),
        cmocka_unit_test_setup(test_failed_model, harness_reset),
        cmocka_unit_test_setup(test_classify, harness_reset),
        cmocka_unit_test_setup(test_store, harness_reset),
        cmocka_unit_test_setup(test_store_fails, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
