/* The dual form is the same model, and the same validation, as the primal one. */
#include "fit_fixture.h"

#include <math.h>

static double tolerance_of(size_t element)
{
    return element == 1 ? 1e-9 : 1e-4;
}

/* Both forms, of the same samples in the same tiles. */
static void compare(struct samples *s, const struct options *options)
{
    struct found *primal = found_new(), *dual = found_new();
    struct options other = *options;
    size_t size = (s->d + 1) * s->k;
    size_t m = options->lambdas, folds = options->folds;
    double tolerance = tolerance_of(s->element);

    other.dual = true;
    fit(s, NULL, options, primal);
    fit(s, NULL, &other, dual);
    assert_true(dual->status[s->k] == 0);
    assert_true(dual->chosen == primal->chosen);
    assert_true(largest_difference(size, dual->v, primal->v) < tolerance);
    assert_memory_equal(dual->train, primal->train,
                        s->k * s->k * sizeof *dual->train);
    for (size_t l = 0; folds > 1 && l < m * folds; l++) {
        check_close(dual->table[l], primal->table[l], 1e-15);
        check_close(dual->table[m * folds + l], primal->table[m * folds + l],
                    tolerance);
    }
    free(primal);
    free(dual);
}

static void test_one_lambda(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3) {
        struct samples *s = samples_new(83, 41, 4, element);
        const struct options options = {.folds = 1,
                                        .lambdas = 1,
                                        .lambda = &lambda[2],
                                        .tiles = 7,
                                        .keep = true};

        compare(s, &options);
        samples_free(s);
    }
}

/* More features than are centred at a time; tiles of one size, of two, and of
 * folds that have not as many. */
static void test_cross_validation(void **state)
{
    const size_t tiles[] = {5, 10, 13, 7};

    (void)state;
    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
        struct samples *s = samples_new(600, 83, 4, i % 2 ? 4 : 1);
        const struct options options = {.folds = 5,
                                        .lambdas = i % 2 ? 2 : 3,
                                        .lambda = lambda + (i % 2 ? 2 : 1),
                                        .tiles = tiles[i],
                                        .by_error = i == 1,
                                        .keep = true};

        compare(s, &options);
        samples_free(s);
    }
}

/* Fewer features than samples, too, where it is asked for. */
static void test_many_samples(void **state)
{
    struct samples *s = samples_new(7, 150, 3, 1);
    const struct options options = {.folds = 3,
                                    .lambdas = 2,
                                    .lambda = lambda + 1,
                                    .tiles = 9,
                                    .keep = true};

    (void)state;
    compare(s, &options);
    samples_free(s);
}

/* Variances are made 1: of all samples, as the one system has them. */
static void test_standardized(void **state)
{
    struct samples *s = samples_new(83, 41, 4, 1);
    const struct options options = {.folds = 1,
                                    .lambdas = 1,
                                    .lambda = &lambda[2],
                                    .tiles = 5,
                                    .standardize = true,
                                    .keep = true};

    (void)state;
    for (size_t i = 0; i < s->n; i++) /* two that are constant */
        s->x[3 + i * s->d] = 0, s->x[80 + i * s->d] = 255;
    compare(s, &options);
    samples_free(s);
}

/* Two samples are a system; a tile each. */
static void test_two_samples(void **state)
{
    struct samples *s = samples_new(9, 2, 2, 1);
    const struct options options = {.folds = 1,
                                    .lambdas = 1,
                                    .lambda = &lambda[1],
                                    .tiles = 2,
                                    .keep = true};

    (void)state;
    compare(s, &options);
    samples_free(s);
}

/* Of many samples, products are kept in single precision: the model is that of
 * the definition to that. */
static void test_single_precision(void **state)
{
    struct samples *s = samples_new(600, 83, 4, 1);
    struct found *primal = found_new(), *dual = found_new();
    struct options options = {.folds = 5,
                              .lambdas = 2,
                              .lambda = lambda + 2,
                              .tiles = 10,
                              .keep = true};

    (void)state;
    fit(s, NULL, &options, primal);
    options.dual = options.single = true;
    fit(s, NULL, &options, dual);
    assert_true(dual->status[s->k] == 0);
    assert_true(dual->chosen == primal->chosen);
    assert_true(largest_difference((s->d + 1) * s->k, dual->v, primal->v) <
                1e-4);
    for (size_t l = 0; l < 20; l++)
        check_close(dual->table[l], primal->table[l], 1e-4);
    samples_free(s);
    free(primal);
    free(dual);
}

/* Without regularisation no number of samples gives a single solution. */
static void test_singular(void **state)
{
    static const double none[] = {0, 10};
    struct samples *s = samples_new(83, 41, 4, 1);
    struct found *found = found_new();
    struct options options = {.folds = 1,
                              .lambdas = 1,
                              .lambda = none,
                              .tiles = 5,
                              .dual = true,
                              .keep = true};

    (void)state;
    fit(s, NULL, &options, found);
    assert_true(found->status[4] != 0);
    assert_true(isnan(found->v[0]));
    options.folds = 5;
    options.lambdas = 2;
    fit(s, NULL, &options, found);
    assert_true(found->status[4] == 0);
    assert_true(found->chosen == 10);
    for (size_t f = 0; f < 5; f++) {
        assert_true(isnan(found->table[2 * f]));
        assert_false(isnan(found->table[2 * f + 1]));
    }
    samples_free(s);
    free(found);
}

/* What only paces the work has no part in the result. */
static void test_same_bytes(void **state)
{
    struct samples *s = samples_new(83, 41, 4, 4);
    struct found *one = found_new(), *other = found_new();
    struct options options = {.folds = 4,
                              .lambdas = LAMBDAS,
                              .lambda = lambda,
                              .tiles = 8,
                              .dual = true,
                              .keep = true};

    (void)state;
    fit(s, NULL, &options, one);
    options.slots = 3;
    options.window = 1;
    fit(s, NULL, &options, other);
    assert_memory_equal(one->v, other->v, (s->d + 1) * s->k * sizeof *one->v);
    assert_memory_equal(one->table, other->table, sizeof one->table);
    samples_free(s);
    free(one);
    free(other);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_one_lambda, harness_reset),
        cmocka_unit_test_setup(test_cross_validation, harness_reset),
        cmocka_unit_test_setup(test_many_samples, harness_reset),
        cmocka_unit_test_setup(test_standardized, harness_reset),
        cmocka_unit_test_setup(test_two_samples, harness_reset),
        cmocka_unit_test_setup(test_single_precision, harness_reset),
        cmocka_unit_test_setup(test_singular, harness_reset),
        cmocka_unit_test_setup(test_same_bytes, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
