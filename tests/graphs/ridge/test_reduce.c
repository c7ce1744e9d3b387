#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "dense.h"
#include "harness.h"
#include "samples.h"

enum { MOST = 13 };

/* The documented tree: neighbours first, then pairs of them, and so on.  These
 * doubles' sums depend on the order, to the last bit. */
static double tree_sum(size_t n, const double *values)
{
    size_t half = 1;

    if (n == 1)
        return values[0];
    while (2 * half < n)
        half *= 2;
    return tree_sum(half, values) + tree_sum(n - half, values + half);
}

static double tree_sum_at(size_t n, size_t size, double values[][64], size_t at)
{
    double column[MOST];

    assert_in_range(at, 0, size - 1);
    for (size_t p = 0; p < n; p++)
        column[p] = values[p][at];
    return tree_sum(n, column);
}

static void sum(size_t n, size_t rows, size_t cols)
{
    static const struct tg_placement placement = {.ranks = 1};
    struct tg_tiles part[MOST];
    double values[MOST][64], result[64];

    assert_in_range(rows * cols, 1, 64);
    for (size_t p = 0; p < n; p++) {
        assert_int_equal(tg_tiles_init(&part[p], rows, cols, 3, 4, 8,
                                       &placement, tg_owner_first, p),
                         TG_OK);
        for (size_t i = 0; i < rows * cols; i++)
            values[p][i] = harness_real() / (double)(1 + harness_below(1000));
        tiles_put(&part[p], false, values[p]);
    }
    assert_int_equal(tg_graph_sum(part, n), TG_OK);
    harness_wait();
    tiles_get(&part[0], false, result);
    for (size_t i = 0; i < rows * cols; i++)
        assert_true(result[i] == tree_sum_at(n, rows * cols, values, i));
    for (size_t p = 1; p < n; p++)
        assert_null(part[p].handles); /* given back */
    tg_tiles_release(&part[0]);
}

static void test_sum(void **state)
{
    (void)state;
    for (size_t n = 1; n <= MOST; n++)
        sum(n, 7, 9);
    sum(5, 1, 1);
}

/* ---- Lanes to folds, and to their complements --------------------------- */

enum { D = 37, K = 3, BLOCK = 16, LANES = 12 };

struct values {
    double gram[D * D], moments[(D + 1) * K];
};

static void add_values(const struct values *x, double sign, struct values *y)
{
    const double *from = (const double *)x;
    double *to = (double *)y;

    for (size_t i = 0; i < sizeof *x / sizeof *from; i++)
        to[i] = from[i] + sign * to[i];
}

/* Lanes first, first + step, ... by the same tree. */
static void sum_lanes(struct values *lane, size_t first, size_t step)
{
    size_t n = LANES / step;

    for (size_t width = 1; width < n; width *= 2)
        for (size_t at = 0; at + width < n; at += 2 * width)
            add_values(&lane[first + (at + width) * step], 1,
                       &lane[first + at * step]);
}

static void put_statistics(const struct tg_plan *plan, struct values *values,
                           struct tg_statistics *lane)
{
    for (size_t i = 0; i < D * D; i++)
        values->gram[i] = harness_real();
    for (size_t i = 0; i < (D + 1) * K; i++)
        values->moments[i] = harness_real();
    assert_int_equal(tg_tiles_init(&lane->gram, D, D, BLOCK, BLOCK, 8,
                                   &plan->placement, tg_owner_lane, 0),
                     TG_OK);
    assert_int_equal(tg_tiles_init(&lane->moments, D + 1, K, D + 1, K, 8,
                                   &plan->placement, tg_owner_lane, 0),
                     TG_OK);
    tiles_put(&lane->gram, true, values->gram);
    tiles_put(&lane->moments, false, values->moments);
}

static void check_statistics(struct tg_statistics *got,
                             const struct values *expected)
{
    struct values *values = calloc(1, sizeof *values);

    assert_non_null(values);
    tiles_get(&got->gram, true, values->gram);
    tiles_get(&got->moments, false, values->moments);
    for (size_t c = 0; c < D; c++)
        for (size_t r = c; r < D; r++) /* tiles below and on the diagonal */
            assert_true(values->gram[r + c * D] == expected->gram[r + c * D]);
    assert_memory_equal(values->moments, expected->moments,
                        sizeof values->moments);
    tg_tiles_release(&got->gram);
    tg_tiles_release(&got->moments);
    free(values);
}

static void reduce(size_t folds)
{
    struct samples s = {.d = D, .n = 100, .k = K, .element = 4};
    const double lambdas[] = {1, 2};
    size_t tiles = 20;
    struct tg_plan plan FREED = samples_plan(&s, folds, folds > 1 ? 2 : 1,
                                             lambdas, BLOCK, LANES, &tiles);
    struct tg_statistics lane[LANES], total;
    struct values *values = calloc(LANES + 1, sizeof *values);

    assert_non_null(values);
    assert_int_equal(plan.lanes, LANES);
    for (size_t l = 0; l < LANES; l++)
        put_statistics(&plan, &values[l], &lane[l]);
    assert_int_equal(tg_graph_reduce(&plan, lane, &total), TG_OK);
    harness_wait();
    for (size_t f = 0; f < folds; f++)
        sum_lanes(values, f, folds);
    for (size_t f = 0; f < folds; f++)
        add_values(&values[f], 1, &values[LANES]);
    check_statistics(&total, &values[LANES]);
    for (size_t f = 0; f < folds && folds > 1; f++) {
        add_values(&values[LANES], -1, &values[f]);
        check_statistics(&lane[f], &values[f]);
    }
    for (size_t l = folds; l < LANES; l++) {
        assert_null(lane[l].gram.handles);
        assert_null(lane[l].moments.handles);
    }
    free(values);
}

/* Two of four folds are held out: the others' sum becomes the total. */
static void test_some_folds(void **state)
{
    enum { FOLDS = 4, HELD = 2, GROUPS = HELD + 1 };
    struct tg_plan plan = {.features = D,
                           .classes = K,
                           .block = BLOCK,
                           .blocks = (D + BLOCK - 1) / BLOCK,
                           .lanes = LANES,
                           .folds = FOLDS,
                           .validated = HELD};
    struct tg_statistics lane[LANES], total;
    struct values *values = calloc(LANES, sizeof *values);

    (void)state;
    assert_non_null(values);
    assert_int_equal(tg_placement_init(&plan.placement, tg_distribution(0), 0,
                                       1, LANES, FOLDS, HELD, HELD, D, BLOCK),
                     TG_OK);
    assert_int_equal(plan.placement.groups, GROUPS);
    for (size_t l = 0; l < LANES; l++)
        put_statistics(&plan, &values[l], &lane[l]);
    assert_int_equal(tg_graph_reduce(&plan, lane, &total), TG_OK);
    harness_wait();
    for (size_t g = 0; g < GROUPS; g++)
        sum_lanes(values, g, GROUPS);
    for (size_t f = 0; f < HELD; f++)
        add_values(&values[f], 1, &values[HELD]);
    check_statistics(&total, &values[HELD]);
    for (size_t f = 0; f < HELD; f++) {
        add_values(&values[HELD], -1, &values[f]);
        check_statistics(&lane[f], &values[f]);
    }
    for (size_t l = HELD; l < LANES; l++)
        assert_null(lane[l].gram.handles);
    tg_plan_free(&plan);
    free(values);
}

static void test_reduce(void **state)
{
    (void)state;
    reduce(1);
    reduce(2);
    reduce(3);
    reduce(4);
    reduce(12);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_sum, harness_reset),
        cmocka_unit_test_setup(test_reduce, harness_reset),
        cmocka_unit_test_setup(test_some_folds, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
