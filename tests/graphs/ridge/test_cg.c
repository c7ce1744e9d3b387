/* Conjugate gradients find the same model, and the same validation, as the
 * primal form, to the tolerances that cg.h promises. */
#include "fit_fixture.h"

#include <math.h>

#include "cg.h"

static const double strong[] = {300, 3000};

static double norm(size_t n, const double *values)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += values[i] * values[i];
    return sqrt(sum / (double)n);
}

/* Both, of the same samples in the same tiles. */
static void compare(struct samples *s, const struct options *options)
{
    struct found *primal = found_new(), *cg = found_new();
    struct options other = *options;
    size_t size = (s->d + 1) * s->k;
    size_t m = options->lambdas, folds = options->folds;
    double tolerance = s->element == 1 ? 1e-7 : 1e-4;

    other.cg = true;
    fit(s, NULL, options, primal);
    fit(s, NULL, &other, cg);
    assert_true(cg->status[s->k] == 0);
    assert_true(cg->chosen == primal->chosen);
    assert_true(largest_difference(size, cg->v, primal->v) <
                tolerance * fmax(1, norm(size, primal->v)));
    assert_memory_equal(cg->train, primal->train,
                        s->k * s->k * sizeof *cg->train);
    assert_memory_equal(cg->moments, primal->moments,
                        size * sizeof *cg->moments);
    for (size_t l = 0; folds > 1 && l < m * folds; l++) {
        check_close(cg->table[l], primal->table[l], 1e-15);
        check_close(cg->table[m * folds + l], primal->table[m * folds + l],
                    1e-4);
    }
    assert_in_range((unsigned long)cg->reached[0], 1,
                    (options->descent ? TG_CG_EPOCHS : TG_CG_STEPS) - 1);
    assert_true(cg->reached[1] > 0 &&
                cg->reached[1] <=
                    (options->descent ? TG_DESCENT_FINE : TG_CG_FINE));
    free(primal);
    free(cg);
}

static void test_one_lambda(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3)
        for (size_t sketch = 0; sketch < 20; sketch += 9) {
            struct samples *s = samples_new(41, 183, 4, element);
            const struct options options = {.folds = 1,
                                            .lambdas = 1,
                                            .lambda = &lambda[2],
                                            .tiles = 7,
                                            .sketch = sketch,
                                            .standardize = sketch == 9};

            compare(s, &options);
            samples_free(s);
        }
}

/* Tiles of one size, of two, and of folds that have not as many; kept and
 * loaded again; each fold's own variances. */
static void test_cross_validation(void **state)
{
    const size_t tiles[] = {5, 10, 13, 7};

    (void)state;
    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
        struct samples *s = samples_new(60, 183, 4, i % 2 ? 4 : 1);
        const struct options options = {.folds = 5,
                                        .lambdas = 3,
                                        .lambda = lambda + 1,
                                        .tiles = tiles[i],
                                        .by_error = i == 1,
                                        .standardize = i > 1,
                                        .sketch = 20 * i,
                                        .keep = i == 3};

        compare(s, &options);
        samples_free(s);
    }
}

/* More features than samples, and than are centred at a time. */
static void test_many_features(void **state)
{
    struct samples *s = samples_new(600, 83, 4, 1);
    const struct options options = {.folds = 3,
                                    .lambdas = 2,
                                    .lambda = lambda + 2,
                                    .tiles = 9};

    (void)state;
    compare(s, &options);
    samples_free(s);
}

/* Features that are constant weigh nothing. */
static void test_constant(void **state)
{
    struct samples *s = samples_new(30, 90, 3, 1);
    const struct options options = {.folds = 1,
                                    .lambdas = 1,
                                    .lambda = &lambda[2],
                                    .tiles = 5,
                                    .standardize = true};

    (void)state;
    for (size_t i = 0; i < s->n; i++)
        s->x[3 + i * s->d] = 0, s->x[20 + i * s->d] = 255;
    compare(s, &options);
    samples_free(s);
}

/* A class without samples has nothing to find: it has got there from the start.
 */
static void test_absent_class(void **state)
{
    struct samples *s = samples_new(30, 90, 4, 1);
    struct found *found = found_new();
    const struct options options = {
        .folds = 1, .lambdas = 1, .lambda = &lambda[2], .tiles = 5, .cg = true};

    (void)state;
    for (size_t i = 0; i < s->n; i++)
        s->labels[i] = s->labels[i] == 3 ? 0 : s->labels[i];
    fit(s, NULL, &options, found);
    assert_true(found->status[4] == 0);
    for (size_t f = 0; f < 30; f++)
        assert_true(found->v[f + 3 * 31] == 0);
    assert_true(found->v[30 + 3 * 31] == -1);
    samples_free(s);
    free(found);
}

/* Blocks of features, which depend on each other a little: three, the last of
 * them small. */
static void test_descent(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct samples *s =
            samples_new(i == 2 ? 30 : 1030, 83, 3, i == 1 ? 4 : 1);
        const struct options options = {.folds = i == 3 ? 4 : 1,
                                        .lambdas = i == 3 ? 2 : 1,
                                        .lambda = i == 3 ? strong : &strong[1],
                                        .tiles = 8,
                                        .descent = true,
                                        .standardize = i == 1,
                                        .keep = i == 0};

        compare(s, &options);
        samples_free(s);
    }
}

/* What only paces the work, and what keeps row tiles, has no part in the
 * result. */
static void test_same_bytes(void **state)
{
    struct samples *s = samples_new(83, 141, 4, 4);
    struct found *one = found_new(), *other = found_new();
    struct options options = {.folds = 4,
                              .lambdas = LAMBDAS,
                              .lambda = lambda,
                              .tiles = 8,
                              .sketch = 10,
                              .cg = true};

    (void)state;
    fit(s, NULL, &options, one);
    options.keep = true;
    options.window = 1;
    fit(s, NULL, &options, other);
    assert_memory_equal(one->v, other->v, (s->d + 1) * s->k * sizeof *one->v);
    assert_memory_equal(one->table, other->table, sizeof one->table);
    assert_memory_equal(one->reached, other->reached, sizeof one->reached);
    samples_free(s);
    free(one);
    free(other);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_one_lambda, harness_reset),
        cmocka_unit_test_setup(test_cross_validation, harness_reset),
        cmocka_unit_test_setup(test_many_features, harness_reset),
        cmocka_unit_test_setup(test_constant, harness_reset),
        cmocka_unit_test_setup(test_absent_class, harness_reset),
        cmocka_unit_test_setup(test_descent, harness_reset),
        cmocka_unit_test_setup(test_same_bytes, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
