#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "harness.h"
#include "samples.h"

static void check(const struct samples *s, struct tg_statistics *got,
                  const double *gram, const double *moments, double tolerance)
{
    size_t d = s->d;
    double *values = calloc(d * d, sizeof *values);
    double *sums = calloc((d + 1) * s->k, sizeof *sums);

    assert_non_null(values);
    assert_non_null(sums);
    tiles_get(&got->gram, true, values);
    tiles_get(&got->moments, false, sums);
    for (size_t c = 0; c < d; c++)
        for (size_t r = c; r < d; r++)
            assert_true(fabs(values[r + c * d] - gram[r + c * d]) <=
                        tolerance * sqrt(gram[r + r * d] * gram[c + c * d]));
    for (size_t i = 0; i < (d + 1) * s->k; i++)
        assert_true(fabs(sums[i] - moments[i]) <= tolerance * fabs(sums[i]));
    tg_tiles_release(&got->gram);
    tg_tiles_release(&got->moments);
    free(values);
    free(sums);
}

/* Statistics of every lane: exact for 8-bit data. */
static void gram(struct samples *s, size_t folds, size_t count, size_t block,
                 size_t lanes, bool keep)
{
    const double lambdas[] = {1, 2};
    struct tg_plan plan FREED = samples_plan(s, folds, folds > 1 ? 2 : 1,
                                             lambdas, block, lanes, &count);
    struct tg_reader reader = samples_reader(s);
    struct tg_statistics *lane = calloc(plan.lanes, sizeof *lane);
    size_t *lane_of = calloc(s->n, sizeof *lane_of);
    double *values = calloc(s->d * s->d, sizeof *values);
    double *sums = calloc((s->d + 1) * s->k, sizeof *sums);
    struct tg_split split;
    struct tg_rows rows;

    s->reads = s->rows_read = 0;
    assert_int_equal(tg_split_init(&split, s->n, NULL, s->labels, folds, count,
                                   3),
                     TG_OK);
    for (size_t t = 0; t < count; t++)
        for (size_t at = split.offsets[t]; at < split.offsets[t + 1]; at++)
            lane_of[split.rows[at]] = t % plan.lanes;
    assert_int_equal(samples_rows(&rows, &plan, &split, &reader, keep), TG_OK);
    assert_int_equal(tg_graph_gram(&plan, &rows, lane), TG_OK);
    harness_wait();
    assert_int_equal(s->reads, count); /* one pass over the data */
    assert_int_equal(s->rows_read, s->n);
    for (size_t l = 0; l < plan.lanes; l++) {
        samples_statistics(s, lane_of, l, true, values, sums);
        check(s, &lane[l], values, sums, s->element == 1 ? 0 : 1e-5);
    }
    tg_rows_free(&rows);
    tg_split_free(&split);
    free(lane);
    free(lane_of);
    free(values);
    free(sums);
}

static void grams(size_t element)
{
    static const size_t shapes[][3] = {{1, 2, 2}, {37, 101, 3}, {70, 301, 10}};

    for (size_t i = 0; i < 3; i++) {
        struct samples *s =
            samples_new(shapes[i][0], shapes[i][1], shapes[i][2], element);

        gram(s, 1, 1, 0, 0, false);
        gram(s, 2, 2, 16, 0, true);
        if (s->n > 100) {
            gram(s, 1, 13, 16, 4, true);
            gram(s, 5, 13, 32, 10, false);
            gram(s, 3, 101, 48, 7, false);
        }
        samples_free(s);
    }
}

static void test_gram_u8(void **state)
{
    (void)state;
    grams(1);
}

static void test_gram_f32(void **state)
{
    (void)state;
    grams(4);
}

/* Tiles that are kept are loaded once, others anew each time. */
static void test_rows(void **state)
{
    struct samples *s = samples_new(5, 20, 2, 1);
    const double lambda = 1;
    size_t tiles = 4;
    struct tg_plan plan FREED = samples_plan(s, 1, 1, &lambda, 0, 0, &tiles);
    struct tg_reader reader = samples_reader(s);
    struct tg_split split;
    struct tg_rows rows;

    (void)state;
    assert_int_equal(tg_split_init(&split, 20, NULL, NULL, 1, 4, 0), TG_OK);
    for (int keep = 0; keep < 2; keep++) {
        s->reads = 0;
        assert_int_equal(samples_rows(&rows, &plan, &split, &reader, keep),
                         TG_OK);
        for (int pass = 0; pass < 3; pass++) {
            for (size_t t = 0; t < 4; t++) {
                assert_int_equal(tg_rows_load(&rows, t, 0), TG_OK);
                tg_rows_release(&rows, t);
            }
        }
        harness_wait();
        assert_int_equal(s->reads, keep ? 4 : 12);
        tg_rows_free(&rows);
    }
    tg_split_free(&split);
    samples_free(s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_gram_u8, harness_reset),
        cmocka_unit_test_setup(test_gram_f32, harness_reset),
        cmocka_unit_test_setup(test_rows, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
