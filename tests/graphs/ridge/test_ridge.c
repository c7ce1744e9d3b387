#include "fit_fixture.h"

#include <math.h>

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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_one_lambda, harness_reset),
        cmocka_unit_test_setup(test_cross_validation, harness_reset),
        cmocka_unit_test_setup(test_odd_data, harness_reset),
        cmocka_unit_test_setup(test_same_bytes, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
