/* Steps of a system that is small enough to write down; test_cg.c has whole
 * ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "error.h"
#include "harness.h"
#include "krylov.h"

enum { D = 6, K = 2, COLUMN = 3, C = 8, ROWS = TG_KRYLOV_ROWS };

/* A group's tiles, of samples with means and scales of their own. */
struct group {
    struct matrix moments, own, scale, lambdas, x, state, z, p, q, v;
    struct tg_krylov_samples samples;
};

static void group_new(struct group *g)
{
    *g = (struct group){.moments = matrix_new(D + 1, K, 8),
                        .own = matrix_new(D, 2, 8),
                        .scale = matrix_new(D, 2, 8),
                        .lambdas = matrix_new(2, 1, 8),
                        .x = matrix_new(D, 2 * K, 8),
                        .state = matrix_new(ROWS, K, 8),
                        .z = matrix_new(D, K, 8),
                        .p = matrix_new(D, C, 8),
                        .q = matrix_new(D, C, 8),
                        .v = matrix_new(D + 1, C, 8)};
    matrix_random(&g->moments), matrix_random(&g->own);
    matrix_random(&g->scale), matrix_random(&g->lambdas);
    matrix_random(&g->x), matrix_random(&g->z);
    matrix_random(&g->p), matrix_random(&g->q), matrix_random(&g->v);
    for (size_t c = 0; c < K; c++)
        matrix_doubles(&g->moments)[D + c * (D + 1)] = (double)(4 + 3 * c);
    matrix_doubles(&g->lambdas)[1] = 5;
    memset(g->state.values, 0, ROWS * K * sizeof(double));
    g->samples = (struct tg_krylov_samples){g->moments.handle, g->own.handle,
                                            g->scale.handle};
}

static void group_take(struct group *g)
{
    harness_wait();
    matrix_take(&g->moments), matrix_take(&g->own), matrix_take(&g->scale);
    matrix_take(&g->lambdas), matrix_take(&g->x), matrix_take(&g->state);
    matrix_take(&g->z), matrix_take(&g->p), matrix_take(&g->q);
    matrix_take(&g->v);
}

static void group_free(struct group *g)
{
    matrix_free(&g->moments), matrix_free(&g->own), matrix_free(&g->scale);
    matrix_free(&g->lambdas), matrix_free(&g->x), matrix_free(&g->state);
    matrix_free(&g->z), matrix_free(&g->p), matrix_free(&g->q);
    matrix_free(&g->v);
}

static void test_start(void **state)
{
    struct group g;

    (void)state;
    group_new(&g);
    assert_int_equal(tg_krylov_start_insert(&g.samples, g.x.handle,
                                            g.state.handle),
                     TG_OK);
    group_take(&g);
    const double *m = matrix_doubles(&g.moments), *x = matrix_doubles(&g.x);

    for (size_t c = 0; c < K; c++) {
        double norm = 0, mean = (2 * m[D + c * (D + 1)] - 11) / 11;

        for (size_t f = 0; f < D; f++) {
            double sum = m[f] + m[f + D + 1];
            double b = matrix_doubles(&g.scale)[D + f] *
                       (2 * m[f + c * (D + 1)] - sum * (1 + mean));

            assert_true(x[f + c * D] == 0);
            check_close(x[f + (K + c) * D], b, 1e-12);
            norm += b * b;
        }
        check_close(matrix_doubles(&g.state)[c * ROWS + TG_KRYLOV_BB], norm,
                    1e-12);
        check_close(matrix_doubles(&g.state)[c * ROWS + TG_KRYLOV_RR], norm,
                    1e-12);
    }
    group_free(&g);
}

/* What has got there stays; what has not takes alpha P. */
static void test_step(void **state)
{
    struct group g;

    (void)state;
    group_new(&g);
    double *own = matrix_doubles(&g.state), *q = matrix_doubles(&g.q);

    for (size_t f = 0; f < D; f++) /* so that p^T A p is above 0 */
        q[f + COLUMN * D] = 50 * matrix_doubles(&g.p)[f + COLUMN * D];
    own[TG_KRYLOV_RZ] = 2, own[TG_KRYLOV_BB] = 1e9;
    own[ROWS + TG_KRYLOV_THERE] = 1;
    matrix_remember(&g.x);
    assert_int_equal(tg_krylov_step_insert(1, COLUMN, 0.5, &g.samples,
                                           g.lambdas.handle, g.p.handle,
                                           g.q.handle, g.x.handle,
                                           g.state.handle),
                     TG_OK);
    group_take(&g);
    const double *p = matrix_doubles(&g.p) + COLUMN * D;
    const double *s = matrix_doubles(&g.scale), *t = matrix_doubles(&g.own);
    const double *was = g.x.before, *x = matrix_doubles(&g.x);
    double offset = 0, pq = 0, a[D];

    for (size_t f = 0; f < D; f++)
        offset += (t[f] - s[f]) * s[D + f] * p[f];
    for (size_t f = 0; f < D; f++) {
        a[f] = q[f + COLUMN * D] - 11 * (t[f] - s[f]) * s[D + f] * offset +
               5 * pow(s[D + f] / t[D + f], 2) * p[f];
        pq += p[f] * a[f];
    }
    assert_true(pq > 0);
    for (size_t f = 0; f < D; f++) {
        assert_true(fabs(x[f] - was[f] - 2 / pq * p[f]) < 1e-12);
        assert_true(fabs(x[f + K * D] - was[f + K * D] + 2 / pq * a[f]) <
                    1e-12);
        assert_true(x[f + D] == was[f + D]);
        assert_true(x[f + (K + 1) * D] == was[f + (K + 1) * D]);
    }
    assert_true(own[TG_KRYLOV_STEPS] == 1 && own[TG_KRYLOV_THERE] == 1);
    assert_true(own[ROWS + TG_KRYLOV_STEPS] == 0);
    group_free(&g);
}

/* Without a direction, as with a lambda that is none, it ends where it is. */
static void test_no_direction(void **state)
{
    struct group g;

    (void)state;
    group_new(&g);
    matrix_doubles(&g.lambdas)[0] = NAN;
    matrix_remember(&g.x);
    assert_int_equal(tg_krylov_step_insert(0, COLUMN, 1e-9, &g.samples,
                                           g.lambdas.handle, g.p.handle,
                                           g.q.handle, g.x.handle,
                                           g.state.handle),
                     TG_OK);
    group_take(&g);
    matrix_check_unchanged(&g.x);
    for (size_t c = 0; c < K; c++)
        assert_true(matrix_doubles(&g.state)[c * ROWS + TG_KRYLOV_THERE] == 1);
    group_free(&g);
}

/* Weights of one column, which is near enough, and of one that is not. */
static void test_collect(void **state)
{
    struct matrix reached = matrix_new(2, 1, 8), status = matrix_new(3, 1, 8);
    struct group g;

    (void)state;
    group_new(&g);
    double *own = matrix_doubles(&g.state);

    own[TG_KRYLOV_BB] = own[ROWS + TG_KRYLOV_BB] = 1;
    own[TG_KRYLOV_RR] = 1e-8, own[ROWS + TG_KRYLOV_RR] = 1e-4;
    own[TG_KRYLOV_STEPS] = 7, own[ROWS + TG_KRYLOV_STEPS] = 9;
    assert_int_equal(tg_krylov_collect_insert(COLUMN, 1e-3, &g.samples,
                                              g.x.handle, g.state.handle,
                                              g.v.handle),
                     TG_OK);
    assert_int_equal(tg_krylov_reached_insert(1e-3, g.state.handle,
                                              reached.handle, status.handle),
                     TG_OK);
    group_take(&g);
    matrix_take(&reached), matrix_take(&status);
    const double *v = matrix_doubles(&g.v) + COLUMN * (D + 1);
    double b = (2 * 4 - 11) / 11.0;

    for (size_t f = 0; f < D; f++) {
        double w = matrix_doubles(&g.scale)[D + f] * matrix_doubles(&g.x)[f];

        check_close(v[f], w, 1e-15);
        b -= w * matrix_doubles(&g.own)[f];
        assert_true(isnan(v[f + D + 1]));
    }
    check_close(v[D], b, 1e-12);
    assert_true(isnan(v[2 * D + 1]));
    assert_true(matrix_doubles(&reached)[0] == 9);
    check_close(matrix_doubles(&reached)[1], 1e-2, 1e-12);
    assert_true(matrix_doubles(&status)[K] == 1);
    matrix_free(&reached), matrix_free(&status);
    group_free(&g);
}

/* Columns that go on are counted; at none the gate shuts. */
static void test_close(void **state)
{
    (void)state;
    for (int there = 0; there < 2; there++) {
        struct matrix own = matrix_new(ROWS, K, 8), left = matrix_new(1, 1, 8);
        struct matrix token = matrix_new(1, 1, 8);
        struct tg_gate gate = {0};

        memset(own.values, 0, ROWS * K * sizeof(double));
        matrix_doubles(&left)[0] = 0;
        matrix_doubles(&own)[TG_KRYLOV_THERE] = there;
        matrix_doubles(&own)[ROWS + TG_KRYLOV_THERE] = 1;
        assert_int_equal(tg_krylov_left_insert(own.handle, left.handle), TG_OK);
        assert_int_equal(tg_krylov_close_insert(&gate, left.handle,
                                                token.handle),
                         TG_OK);
        harness_wait();
        matrix_take(&own), matrix_take(&left), matrix_take(&token);
        assert_true(matrix_doubles(&left)[0] == 1 - there);
        assert_int_equal(gate.shut, there);
        matrix_free(&own), matrix_free(&left), matrix_free(&token);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_start, harness_reset),
        cmocka_unit_test_setup(test_step, harness_reset),
        cmocka_unit_test_setup(test_no_direction, harness_reset),
        cmocka_unit_test_setup(test_collect, harness_reset),
        cmocka_unit_test_setup(test_close, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
