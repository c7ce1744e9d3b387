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
#include "samples.h"
#include "task.h"

enum { LAMBDAS = 4, ROOM = 4096 };

static const double lambda[LAMBDAS] = {1e-3, 0.1, 10, 1000};

/* How a fit is to be made. */
struct options {
    size_t folds, lambdas;
    const double *lambda;
    size_t tiles, block, lanes;
    bool by_error, keep;
    size_t slots, window; /* 0: the plan's own */
};

/* What it found. */
struct found {
    double v[ROOM], moments[ROOM], status[64], chosen, table[256];
    double train[256], test[256];
    size_t fold_of[ROOM];
};

static void fetch(struct tg_tiles *tiles, size_t room, double *values)
{
    if (tiles->handles) {
        assert_in_range(tiles->rows * tiles->cols, 1, room);
        tg_tiles_read(tiles, values);
        tg_tiles_release(tiles);
    }
}

static void fit(struct samples *s, struct samples *test,
                const struct options *options, struct found *found)
{
    size_t tiles = options->tiles;
    struct tg_plan plan FREED =
        samples_plan(s, options->folds, options->lambdas, options->lambda,
                     options->block, options->lanes, &tiles);
    struct tg_reader reader = samples_reader(s), other;
    struct tg_split split, rest = {0};
    struct tg_rows rows, tested;
    struct tg_fit fit;

    plan.by_error = options->by_error;
    plan.slots = options->slots ? options->slots : plan.slots;
    plan.window = options->window ? options->window : plan.window;
    assert_int_equal(tg_split_init(&split, s->n, NULL, s->labels,
                                   options->folds, tiles, 9),
                     TG_OK);
    assert_int_equal(samples_rows(&rows, &plan, &split, &reader, options->keep),
                     TG_OK);
    if (test) {
        other = samples_reader(test);
        assert_int_equal(tg_split_init(&rest, test->n, NULL, NULL, 1, 3, 0),
                         TG_OK);
        assert_int_equal(samples_rows(&tested, &plan, &rest, &other, false),
                         TG_OK);
    }
    assert_int_equal(tg_graph_ridge(&plan, &rows, test ? &tested : NULL, &fit),
                     TG_OK);
    harness_wait();
    fetch(&fit.v, ROOM, found->v);
    fetch(&fit.status, 64, found->status);
    fetch(&fit.chosen, 1, &found->chosen);
    fetch(&fit.table, 256, found->table);
    fetch(&fit.train_confusion, 256, found->train);
    fetch(&fit.test_confusion, 256, found->test);
    fetch(&fit.moments, ROOM, found->moments);
    split_folds(&split, found->fold_of);
    tg_rows_free(&rows);
    tg_split_free(&split);
    if (test) {
        tg_rows_free(&tested);
        tg_split_free(&rest);
    }
}

/* Counts of truth and prediction under the model that was found. */
static void check_confusion(const struct samples *s, const double *v,
                            const double *got)
{
    double expected[256] = {0}, squares;

    for (size_t i = 0; i < s->n; i++)
        expected[s->labels[i] + s->k * samples_predict(s, i, v, &squares)]++;
    assert_memory_equal(got, expected, s->k * s->k * sizeof *got);
}

static void check_model(const struct samples *s, const double *got,
                        double chosen, double tolerance)
{
    size_t *none = calloc(s->n, sizeof *none);
    double *expected = calloc((s->d + 1) * s->k, sizeof *expected);

    assert_non_null(none);
    assert_non_null(expected);
    samples_ridge(s, none, 1, s->element == 1 ? 1.0 / 255 : 1, chosen,
                  expected);
    for (size_t c = 0; c < s->k; c++) {
        size_t at = c * (s->d + 1);

        assert_true(largest_difference(s->d, got + at, expected + at) <
                    tolerance);
        assert_true(fabs(got[at + s->d] - expected[at + s->d]) < tolerance);
    }
    free(none);
    free(expected);
}

/* Every entry of the validation table by its definition: train on the other
 * folds, predict this one. */
static void check_table(const struct samples *s, const struct options *options,
                        const struct found *found, double tolerance)
{
    size_t m = options->lambdas, folds = options->folds;
    double *v = calloc((s->d + 1) * s->k, sizeof *v);

    assert_non_null(v);
    for (size_t f = 0; f < folds; f++) {
        for (size_t l = 0; l < m; l++) {
            double right = 0, all = 0, sum = 0, squares;

            samples_ridge(s, found->fold_of, f, s->element == 1 ? 1.0 / 255 : 1,
                          options->lambda[l], v);
            for (size_t i = 0; i < s->n; i++) {
                if (found->fold_of[i] != f)
                    continue;
                right += samples_predict(s, i, v, &squares) == s->labels[i];
                sum += squares;
                all++;
            }
            check_close(found->table[l + m * f], right / all, 1e-15);
            check_close(found->table[l + m * (folds + f)],
                        sum / (all * (double)s->k), tolerance);
        }
    }
    free(v);
}

static double mean(const struct options *options, const double *table, size_t l)
{
    size_t m = options->lambdas, folds = options->folds;
    double sum = 0;

    for (size_t f = 0; f < folds; f++)
        sum +=
            options->by_error ? -table[l + m * (folds + f)] : table[l + m * f];
    return sum / (double)folds;
}

static void check_choice(const struct options *options,
                         const struct found *found)
{
    size_t best = 0;

    for (size_t l = 1; l < options->lambdas; l++)
        if (mean(options, found->table, l) >= mean(options, found->table, best))
            best = l;
    assert_true(found->chosen == options->lambda[best]);
}

static struct found *found_new(void)
{
    struct found *found = calloc(1, sizeof *found);

    assert_non_null(found);
    return found;
}

/* 8-bit data: exact but for the solves; floats: products in single precision.
 */
static double tolerance_of(size_t element)
{
    return element == 1 ? 1e-10 : 1e-4;
}

/* ---- Tests ------------------------------------------------------------- */

static void test_one_lambda(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3) {
        struct samples *s = samples_new(37, 201, 4, element);
        struct samples *test = samples_new(37, 50, 4, element);
        struct found *found = found_new();
        const struct options options = {.folds = 1,
                                        .lambdas = 1,
                                        .lambda = &lambda[2],
                                        .tiles = 11,
                                        .block = 16,
                                        .lanes = 4};

        fit(s, test, &options, found);
        assert_true(found->status[4] == 0);
        assert_true(found->chosen == 10);
        check_model(s, found->v, 10, tolerance_of(element));
        check_confusion(s, found->v, found->train);
        check_confusion(test, found->v, found->test);
        samples_free(s);
        samples_free(test);
        free(found);
    }
}

static void validate(size_t element, bool by_error, bool keep)
{
    struct samples *s = samples_new(37, 203, 4, element);
    struct found *found = found_new();
    const struct options options = {.folds = 5,
                                    .lambdas = LAMBDAS,
                                    .lambda = lambda,
                                    .tiles = 13,
                                    .block = 16,
                                    .by_error = by_error,
                                    .keep = keep};

    fit(s, NULL, &options, found);
    assert_int_equal(s->reads, keep ? 13 : 3 * 13);
    check_table(s, &options, found, tolerance_of(element));
    check_choice(&options, found);
    assert_true(found->status[4] == 0);
    check_model(s, found->v, found->chosen, tolerance_of(element));
    check_confusion(s, found->v, found->train);
    samples_free(s);
    free(found);
}

static void test_cross_validation(void **state)
{
    (void)state;
    validate(1, false, true);
    validate(1, true, false);
    validate(4, false, false);
    validate(4, true, true);
}

/* More features than samples, most of them constant; a class of one sample. */
static void test_odd_data(void **state)
{
    struct samples *s = samples_new(83, 41, 5, 1);
    struct found *found = found_new();
    const struct options options = {.folds = 3,
                                    .lambdas = 2,
                                    .lambda = lambda + 2,
                                    .tiles = 7,
                                    .block = 32};

    (void)state;
    for (size_t i = 0; i < s->n; i++) {
        if (s->labels[i] == 4 && i != 4)
            s->labels[i] = 3;
        for (size_t f = 50; f < s->d; f++)
            s->x[f + i * s->d] = (double)f;
    }
    fit(s, NULL, &options, found);
    check_table(s, &options, found, 1e-9);
    check_choice(&options, found);
    check_model(s, found->v, found->chosen, 1e-9);
    check_confusion(s, found->v, found->train);
    samples_free(s);
    free(found);
}

/* A lambda that fails is not eligible; others are as ever. */
static void test_lambda_zero_fails(void **state)
{
    const double lambdas[] = {0, 1, 10};
    struct samples *s = samples_new(37, 101, 3, 1);
    struct found *found = found_new();
    const struct options options = {
        .folds = 2, .lambdas = 3, .lambda = lambdas, .tiles = 4, .block = 16};

    (void)state;
    for (size_t i = 0; i < s->n; i++)
        s->x[20 + i * s->d] = 0;
    fit(s, NULL, &options, found);
    for (size_t column = 0; column < 4; column++) {
        assert_true(isnan(found->table[3 * column]));
        assert_true(isfinite(found->table[3 * column + 1]));
        assert_true(isfinite(found->table[3 * column + 2]));
    }
    assert_true(found->chosen > 0);
    assert_true(found->status[3] == 0);
    samples_free(s);
    free(found);
}

static void test_every_lambda_fails(void **state)
{
    const double lambdas[] = {0, 1e-300};
    struct samples *s = samples_new(37, 101, 3, 1);
    struct found *found = found_new();
    const struct options options = {
        .folds = 2, .lambdas = 2, .lambda = lambdas, .tiles = 4, .block = 16};

    (void)state;
    for (size_t i = 0; i < s->n; i++)
        s->x[20 + i * s->d] = s->x[3 + i * s->d];
    fit(s, NULL, &options, found);
    assert_true(isnan(found->chosen));
    assert_true(found->status[3] != 0);
    for (size_t i = 0; i < 4; i++)
        assert_true(isnan(found->table[2 * i]));
    samples_free(s);
    free(found);
}

/* What only paces the work has no part in the result: slots, window, tiles
 * kept; nor, for 8-bit data, have lanes and tiles. */
static void test_same_bytes(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3) {
        struct samples *s = samples_new(37, 203, 4, element);
        struct found *one = found_new(), *other = found_new();
        size_t size = (s->d + 1) * s->k * sizeof *one->v;
        struct options options = {.folds = 5,
                                  .lambdas = LAMBDAS,
                                  .lambda = lambda,
                                  .tiles = 13,
                                  .block = 16,
                                  .lanes = 10};

        fit(s, NULL, &options, one);
        options.slots = 3;
        options.window = 1;
        options.keep = true;
        fit(s, NULL, &options, other);
        assert_memory_equal(one->v, other->v, size);
        assert_memory_equal(one->table, other->table, sizeof one->table);
        options.lanes = 5;
        options.tiles = 29;
        fit(s, NULL, &options, other);
        if (element == 1)
            assert_memory_equal(one->v, other->v, size);
        samples_free(s);
        free(one);
        free(other);
    }
}

/* A file that cannot be read: the graph drains, and the error is there. */
static void test_reader_fails(void **state)
{
    struct samples *s = samples_new(37, 101, 3, 1);
    size_t count = 20;
    struct tg_plan plan FREED =
        samples_plan(s, 5, LAMBDAS, lambda, 16, 0, &count);
    struct tg_reader reader = samples_reader(s);
    struct tg_split split;
    struct tg_rows rows;
    struct tg_fit fit;

    (void)state;
    s->error = TG_EIO;
    assert_int_equal(tg_split_init(&split, s->n, NULL, s->labels, 5, count, 0),
                     TG_OK);
    assert_int_equal(samples_rows(&rows, &plan, &split, &reader, false), TG_OK);
    assert_int_equal(tg_graph_ridge(&plan, &rows, NULL, &fit), TG_OK);
    starpu_task_wait_for_all();
    assert_int_equal(tg_task_error(), TG_EIO);
    assert_in_range(s->reads, 1, 19); /* the rest was not even tried */
    tg_tiles_release(&fit.v);
    tg_tiles_release(&fit.status);
    tg_tiles_release(&fit.chosen);
    tg_tiles_release(&fit.table);
    tg_tiles_release(&fit.moments);
    tg_tiles_release(&fit.train_confusion);
    tg_rows_free(&rows);
    tg_split_free(&split);
    samples_free(s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_one_lambda, harness_reset),
        cmocka_unit_test_setup(test_cross_validation, harness_reset),
        cmocka_unit_test_setup(test_odd_data, harness_reset),
        cmocka_unit_test_setup(test_lambda_zero_fails, harness_reset),
        cmocka_unit_test_setup(test_every_lambda_fails, harness_reset),
        cmocka_unit_test_setup(test_same_bytes, harness_reset),
        cmocka_unit_test_setup(test_reader_fails, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
