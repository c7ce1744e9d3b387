#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "combine.h"
#include "error.h"
#include "harness.h"
#include "samples.h"

enum { JOBS = 3 };

static const double lambda[JOBS] = {0.01, 1, 250};

/* Statistics by definition, as the graph takes them. */
static struct tg_statistics statistics(const struct samples *s,
                                       const struct tg_plan *plan)
{
    size_t d = s->d, *none = calloc(s->n, sizeof *none);
    double *gram = calloc(d * d, sizeof *gram);
    double *moments = calloc((d + 1) * s->k, sizeof *moments);
    struct tg_statistics train;

    assert_non_null(none);
    assert_non_null(gram);
    assert_non_null(moments);
    samples_statistics(s, none, 0, true, gram, moments);
    assert_int_equal(tg_tiles_init(&train.gram, d, d, plan->block, plan->block,
                                   8, &plan->placement, tg_owner_lane, 0),
                     TG_OK);
    assert_int_equal(tg_tiles_init(&train.moments, d + 1, s->k, d + 1, s->k, 8,
                                   &plan->placement, tg_owner_lane, 0),
                     TG_OK);
    tiles_put(&train.gram, true, gram);
    tiles_put(&train.moments, false, moments);
    free(none);
    free(gram);
    free(moments);
    return train;
}

/* Solve JOBS systems one after another in one slot, in reverse order, so that
 * column and lambda are told apart. Shapes: v (d+1) x (JOBS k). */
static void solve(const struct samples *s, const double *lambdas, size_t block,
                  double *v, double *status)
{
    size_t tiles = 4, d = s->d, k = s->k;
    struct tg_plan plan FREED =
        samples_plan(s, 1, 1, lambdas, block, 1, &tiles);
    struct tg_statistics train = statistics(s, &plan);
    struct tg_tiles into;
    struct tg_system system;

    assert_int_equal(tg_tiles_init(&into, d + 1, JOBS * k, d + 1, JOBS * k, 8,
                                   &plan.placement, tg_owner_first, 0),
                     TG_OK);
    assert_int_equal(tg_system_init(&system, &plan, sizeof(double),
                                    tg_owner_rank, 0),
                     TG_OK);
    assert_int_equal(tg_zero_insert(tg_tile(&into, 0, 0)), TG_OK);
    for (size_t l = 0; l < JOBS; l++) {
        assert_int_equal(tg_fill_insert(&lambdas[l], 1,
                                        tg_tile(&system.lambda, 0, 0)),
                         TG_OK);
        assert_int_equal(tg_graph_solve(&plan, &train, &system.lambda,
                                        JOBS - 1 - l, &system, &into),
                         TG_OK);
    }
    harness_wait();
    tg_tiles_read(&into, v);
    tg_tiles_read(&system.status, status);
    tg_system_release(&system);
    tg_tiles_release(&into);
    tg_tiles_release(&train.gram);
    tg_tiles_release(&train.moments);
}

static void compare(size_t d, size_t n, size_t k, size_t element, size_t block,
                    double tolerance)
{
    struct samples *s = samples_new(d, n, k, element);
    double scale = element == 1 ? 1.0 / 255 : 1;
    size_t size = (d + 1) * k, *none = calloc(n, sizeof *none);
    double *v = calloc(JOBS * size, sizeof *v), *status = calloc(k + 1, 8);
    double *expected = calloc(size, sizeof *expected);

    assert_non_null(none);
    assert_non_null(v);
    assert_non_null(status);
    assert_non_null(expected);
    solve(s, lambda, block, v, status);
    assert_true(status[k] == 0);
    for (size_t l = 0; l < JOBS; l++) {
        const double *got = v + (JOBS - 1 - l) * size;

        samples_ridge(s, none, 1, scale, lambda[l], expected);
        for (size_t c = 0; c < k; c++) {
            assert_true(largest_difference(d, got + c * (d + 1),
                                           expected + c * (d + 1)) < tolerance);
            assert_true(fabs(got[d + c * (d + 1)] - expected[d + c * (d + 1)]) <
                        tolerance);
        }
    }
    free(none);
    free(v);
    free(status);
    free(expected);
    samples_free(s);
}

static void test_definition(void **state)
{
    (void)state;
    compare(1, 5, 2, 1, 0, 1e-12);
    compare(37, 101, 3, 1, 16, 1e-12);
    compare(37, 101, 3, 4, 16, 1e-12);
    compare(100, 300, 10, 1, 48, 1e-12);
    compare(33, 60, 4, 4, 0, 1e-12);
}

/* More features than samples, and a class of one sample. */
static void test_wide(void **state)
{
    (void)state;
    compare(90, 31, 30, 1, 32, 1e-9);
    compare(64, 3, 2, 4, 32, 1e-9);
}

/* Models of all lambdas by conjugate gradients from the factor for the one in the
 * middle, in precision of `element`; a failed factor fails them all. */
static void iterate(const struct samples *s, const double *lambdas,
                    size_t element, double *v)
{
    size_t tiles = 4, d = s->d, k = s->k;
    struct tg_plan plan FREED = samples_plan(s, 1, 1, lambdas, 16, 1, &tiles);
    struct tg_statistics train = statistics(s, &plan);
    struct tg_tiles into, all;
    struct tg_system system;

    assert_int_equal(tg_tiles_init(&into, d + 1, JOBS * k, d + 1, JOBS * k, 8,
                                   &plan.placement, tg_owner_first, 0),
                     TG_OK);
    assert_int_equal(tg_tiles_init_one(&all, JOBS, 1, 8, &plan.placement,
                                       tg_owner_first, 0),
                     TG_OK);
    assert_int_equal(tg_system_init(&system, &plan, element, tg_owner_rank, 0),
                     TG_OK);
    assert_int_equal(tg_zero_insert(tg_tile(&into, 0, 0)), TG_OK);
    assert_int_equal(tg_fill_insert(lambdas, JOBS, tg_tile(&all, 0, 0)), TG_OK);
    assert_int_equal(tg_fill_insert(&lambdas[JOBS / 2], 1,
                                    tg_tile(&system.lambda, 0, 0)),
                     TG_OK);
    assert_int_equal(tg_graph_factorize(&plan, &train, &system.lambda, &system),
                     TG_OK);
    assert_int_equal(tg_graph_lambdas(&plan, &train, &all, &system, &into),
                     TG_OK);
    harness_wait();
    tg_tiles_read(&into, v);
    tg_system_release(&system);
    tg_tiles_release(&all);
    tg_tiles_release(&into);
    tg_tiles_release(&train.gram);
    tg_tiles_release(&train.moments);
}

static void test_lambdas(void **state)
{
    enum { D = 70, N = 50, K = 3, SIZE = (D + 1) * K };
    static const double near[JOBS] = {1, 10, 100};
    struct samples *s = samples_new(D, N, K, 1);
    size_t none[N] = {0};
    double v[JOBS * SIZE], expected[SIZE];

    (void)state;
    for (size_t element = 4; element <= 8; element += 4) {
        iterate(s, near, element, v);
        for (size_t l = 0; l < JOBS; l++) {
            samples_ridge(s, none, 1, 1.0 / 255, near[l], expected);
            for (size_t c = 0; c < K; c++)
                assert_true(largest_difference(D, v + l * SIZE + c * (D + 1),
                                               expected + c * (D + 1)) < 1e-3);
        }
    }
    iterate(s, (const double[]){0, 0, 1}, 4, v);
    for (size_t i = 0; i < JOBS * SIZE; i++)
        assert_true(isnan(v[i]));
    samples_free(s);
}

/* A feature that never changes gets no weight. */
static void test_constant_feature(void **state)
{
    enum { D = 37, N = 101, K = 3, SIZE = (D + 1) * K, AT = 20 };
    static const double lambdas[JOBS] = {0, 1, 10};
    struct samples *s = samples_new(D, N, K, 1);
    double v[JOBS * SIZE], status[K + 1];

    (void)state;
    for (size_t i = 0; i < N; i++)
        s->x[AT + i * D] = 77;
    solve(s, lambdas, 16, v, status);
    assert_true(status[K] == 0); /* of the last one */
    for (size_t i = 0; i < SIZE; i++) {
        assert_true(isnan(v[2 * SIZE + i])); /* lambda 0: no such model */
        if (i % (D + 1) == AT) {
            assert_true(fabs(v[i]) < 1e-12);
            assert_true(fabs(v[SIZE + i]) < 1e-12);
        } else {
            assert_true(isfinite(v[i]) && v[i] != 0);
            assert_true(isfinite(v[SIZE + i]) && v[SIZE + i] != 0);
        }
    }
    samples_free(s);
}

static void test_status_names_the_feature(void **state)
{
    enum { D = 37, N = 101, K = 3, SIZE = (D + 1) * K };
    static const double lambdas[JOBS] = {0, 0, 0};
    static const size_t at[] = {0, 15, 16, 36};
    double v[JOBS * SIZE], status[K + 1];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct samples *s = samples_new(D, N, K, 1);

        for (size_t row = 0; row < N; row++)
            s->x[at[i] + row * D] = 3;
        solve(s, lambdas, 16, v, status);
        assert_true(status[K] == (double)(at[i] + 1));
        samples_free(s);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_definition, harness_reset),
        cmocka_unit_test_setup(test_wide, harness_reset),
        cmocka_unit_test_setup(test_lambdas, harness_reset),
        cmocka_unit_test_setup(test_constant_feature, harness_reset),
        cmocka_unit_test_setup(test_status_names_the_feature, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
