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
#include "mistakes.h"
#include "samples.h"

static int compare(const void *left, const void *right)
{
    const double *a = left, *b = right;

    return (a[TG_MISTAKE_MARGIN] < b[TG_MISTAKE_MARGIN]) -
           (a[TG_MISTAKE_MARGIN] > b[TG_MISTAKE_MARGIN]);
}

/* All mistakes among some rows, sorted; random margins are never equal.
 * Shapes: subset[n]; list 4 x (n + room), zero. Value: how many. */
static size_t brute_force(const struct samples *s, const size_t *subset,
                          size_t n, const double *v, double *list)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        double squares;
        size_t row = subset[i];
        size_t truth = s->labels[row];
        size_t predicted = samples_predict(s, row, v, &squares);

        if (predicted == truth)
            continue;
        double *mistake = list + TG_MISTAKE_VALUES * found++;
        mistake[TG_MISTAKE_ROW] = (double)row + 1;
        mistake[TG_MISTAKE_TRUTH] = (double)truth;
        mistake[TG_MISTAKE_PREDICTED] = (double)predicted;
        mistake[TG_MISTAKE_MARGIN] =
            (double)(samples_score(s, row, predicted, v) -
                     samples_score(s, row, truth, v));
    }
    qsort(list, found, TG_MISTAKE_VALUES * sizeof *list, compare);
    return found;
}

/* What the graph finds, to be freed. */
static double *find(struct samples *s, const size_t *subset, size_t n,
                    const double *v, size_t room, size_t count, size_t lanes,
                    bool keep)
{
    const double lambda = 1;
    struct tg_plan plan FREED =
        samples_plan(s, 1, 1, &lambda, 0, lanes, &count);
    struct tg_reader reader = samples_reader(s);
    double *got = calloc(room * TG_MISTAKE_VALUES, sizeof *got);
    struct tg_tiles model = samples_model_tiles(&plan, 1, v), mistakes;
    struct tg_split split;
    struct tg_rows rows;

    assert_non_null(got);
    plan.mistakes = room;
    assert_int_equal(plan.lanes, lanes < count ? lanes : count);
    assert_int_equal(tg_split_init(&split, n, subset, s->labels, 1, count, 1),
                     TG_OK);
    assert_int_equal(samples_rows(&rows, &plan, &split, &reader, keep), TG_OK);
    assert_int_equal(tg_graph_mistakes(&plan, &rows, &model, &mistakes), TG_OK);
    harness_wait();
    tg_tiles_read(&mistakes, got);
    tg_tiles_release(&model);
    tg_tiles_release(&mistakes);
    tg_rows_free(&rows);
    tg_split_free(&split);
    return got;
}

static void check_list(const double *got, const double *expected, size_t room)
{
    for (size_t i = 0; i < room * TG_MISTAKE_VALUES; i++) {
        if (i % TG_MISTAKE_VALUES == TG_MISTAKE_MARGIN)
            assert_true(fabs(got[i] - expected[i]) <= 1e-12);
        else
            assert_true(got[i] == expected[i]);
    }
}

/* Of every step-th sample: the list by definition; whatever the lanes, the
 * same bytes. */
static void check(size_t element, size_t step, size_t room, size_t tiles)
{
    static const size_t lanes[] = {2, 3, 5, 11};
    struct samples *s = samples_new(37, 301, 4, element);
    double *v = samples_models(s, 1);
    double *expected =
        calloc((s->n + room) * TG_MISTAKE_VALUES, sizeof *expected);
    size_t *subset = calloc(s->n, sizeof *subset), m = 0;

    assert_true(expected && subset);
    for (size_t row = 0; row < s->n; row += step)
        subset[m++] = row;
    assert_in_range(brute_force(s, subset, m, v, expected), 10, m - 1);
    double *first = find(s, subset, m, v, room, tiles, 1, false);
    check_list(first, expected, room);
    for (size_t l = 0; l < 4; l++) {
        double *other =
            find(s, subset, m, v, room, tiles, lanes[l], lanes[l] % 2);

        assert_memory_equal(other, first,
                            room * TG_MISTAKE_VALUES * sizeof *first);
        free(other);
    }
    samples_free(s);
    free(first);
    free(v);
    free(expected);
    free(subset);
}

static void test_first_of_many(void **state)
{
    (void)state;
    check(1, 1, 24, 13);
    check(4, 1, 1, 2);
}

static void test_all(void **state)
{
    (void)state;
    check(4, 1, 400, 11);
}

/* Of some rows of the data set: it is their numbers there that count. */
static void test_subset(void **state)
{
    (void)state;
    check(1, 7, 10, 5);
}

/* A fit finds those of its test samples, or else of its training samples. */
static void fit(struct samples *s, struct samples *test)
{
    enum { ROOM = 20 };
    const double lambda = 10;
    size_t tiles = 7, n = test ? test->n : s->n;
    struct tg_plan plan FREED = samples_plan(s, 1, 1, &lambda, 0, 3, &tiles);
    struct tg_reader reader = samples_reader(s);
    struct tg_reader other = test ? samples_reader(test) : reader;
    double *v = calloc((s->d + 1) * s->k, sizeof *v);
    double *expected = calloc((n + ROOM) * TG_MISTAKE_VALUES, sizeof *v);
    double got[ROOM * TG_MISTAKE_VALUES];
    size_t *all = calloc(n, sizeof *all);
    struct tg_split split, rest;
    struct tg_rows rows, tested;
    struct tg_fit found;

    assert_true(v && expected && all);
    plan.mistakes = ROOM;
    assert_int_equal(tg_split_init(&split, s->n, NULL, s->labels, 1, tiles, 1),
                     TG_OK);
    assert_int_equal(tg_split_init(&rest, n, NULL, other.labels, 1, 5, 1),
                     TG_OK);
    assert_int_equal(samples_rows(&rows, &plan, &split, &reader, true), TG_OK);
    assert_int_equal(samples_rows(&tested, &plan, &rest, &other, true), TG_OK);
    assert_int_equal(tg_graph_ridge(&plan, &rows, test ? &tested : NULL,
                                    &found),
                     TG_OK);
    harness_wait();
    tg_tiles_read(&found.v, v);
    tg_tiles_read(&found.mistakes, got);
    for (size_t i = 0; i < n; i++)
        all[i] = i;
    assert_in_range(brute_force(test ? test : s, all, n, v, expected), ROOM,
                    n - 1);
    check_list(got, expected, ROOM);
    tg_tiles_release(&found.v);
    tg_tiles_release(&found.status);
    tg_tiles_release(&found.chosen);
    tg_tiles_release(&found.moments);
    tg_tiles_release(&found.train_confusion);
    if (test)
        tg_tiles_release(&found.test_confusion);
    tg_tiles_release(&found.mistakes);
    tg_rows_free(&rows);
    tg_rows_free(&tested);
    tg_split_free(&split);
    tg_split_free(&rest);
    free(v);
    free(expected);
    free(all);
}

static void test_fit(void **state)
{
    struct samples *s = samples_new(10, 200, 4, 1);
    struct samples *test = samples_new(10, 150, 4, 1);

    (void)state;
    fit(s, NULL);
    fit(s, test);
    samples_free(s);
    samples_free(test);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_first_of_many, harness_reset),
        cmocka_unit_test_setup(test_all, harness_reset),
        cmocka_unit_test_setup(test_subset, harness_reset),
        cmocka_unit_test_setup(test_fit, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
