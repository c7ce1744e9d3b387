#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "centring.h"
#include "descent.h"
#include "error.h"
#include "harness.h"
#include "krylov.h"

enum { D = 9, K = 2, COLUMN = 1, C = 4, B = TG_CENTRING_CHUNK };
enum { ROWS = TG_KRYLOV_ROWS };

/* A group that has but one block, with nothing of others. */
struct group {
    struct matrix h, lambdas, factor, scale, q, x, state, delta;
};

static void group_new(struct group *g, double lambda)
{
    *g = (struct group){matrix_new(B, D, 8),    matrix_new(1, 1, 8),
                        matrix_new(B, B, 8),    matrix_new(D, 2, 8),
                        matrix_new(B, C, 8),    matrix_new(D, 2 * K, 8),
                        matrix_new(ROWS, K, 8), matrix_new(B, C, 8)};
    matrix_random(&g->h), matrix_random(&g->scale), matrix_random(&g->x);
    memset(g->q.values, 0, B * C * sizeof(double));
    memset(g->delta.values, 0, B * C * sizeof(double));
    memset(g->state.values, 0, ROWS * K * sizeof(double));
    matrix_doubles(&g->lambdas)[0] = lambda;
    for (size_t f = 0; f < D; f++)
        matrix_doubles(&g->h)[f + f * B] = 20;
    for (size_t c = 0; c < K; c++) {
        double *own = matrix_doubles(&g->state) + c * ROWS;

        own[TG_KRYLOV_BB] = own[TG_KRYLOV_RR] = 1;
        own[TG_KRYLOV_SAMPLES] = 10;
        own[TG_KRYLOV_THERE] = (double)c;
        memset(matrix_doubles(&g->x) + c * D, 0, D * sizeof(double));
    }
}

static void visit(struct group *g)
{
    const struct tg_descent of = {0, 0, COLUMN, 1e-9};

    assert_int_equal(tg_descent_factor_insert(0, 0, g->h.handle,
                                              g->lambdas.handle,
                                              g->factor.handle),
                     TG_OK);
    assert_int_equal(tg_descent_visit_insert(&of, g->factor.handle,
                                             g->scale.handle, g->scale.handle,
                                             g->lambdas.handle, g->q.handle,
                                             g->x.handle, g->state.handle,
                                             g->delta.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&g->h), matrix_take(&g->lambdas), matrix_take(&g->factor);
    matrix_take(&g->scale), matrix_take(&g->q), matrix_take(&g->x);
    matrix_take(&g->state), matrix_take(&g->delta);
}

static void group_free(struct group *g)
{
    matrix_free(&g->h), matrix_free(&g->lambdas), matrix_free(&g->factor);
    matrix_free(&g->scale), matrix_free(&g->q), matrix_free(&g->x);
    matrix_free(&g->state), matrix_free(&g->delta);
}

/* A visit solves for its block; a column that has got there stays. */
static void test_visit(void **state)
{
    struct group g;
    double square = 0;

    (void)state;
    group_new(&g, 3);
    visit(&g);
    const double *u = matrix_doubles(&g.x), *b = u + K * D;
    const double *own = matrix_doubles(&g.state);

    for (size_t i = 0; i < D; i++) {
        double sum = 3 * u[i];

        for (size_t j = 0; j < D; j++)
            sum += u[j] * matrix_doubles(&g.h)[i > j ? i + j * B : j + i * B];
        check_close(sum, b[i], 1e-10);
        square += b[i] * b[i];
        assert_true(matrix_doubles(&g.delta)[i + COLUMN * B] == u[i]);
        assert_true(u[i + D] == 0);
        assert_true(matrix_doubles(&g.delta)[i + (COLUMN + 1) * B] == 0);
    }
    check_close(own[TG_KRYLOV_RR], square, 1e-12); /* as it was met */
    assert_true(own[TG_KRYLOV_STEPS] == 1 && own[TG_KRYLOV_THERE] == 0);
    assert_true(own[ROWS + TG_KRYLOV_STEPS] == 0);
    group_free(&g);
}

/* Where there is no factor, as with a lambda that is none, it ends. */
static void test_no_factor(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct group g;

        group_new(&g, i ? NAN : -100);
        visit(&g);
        for (size_t f = 0; f < D; f++)
            assert_true(matrix_doubles(&g.x)[f] == 0);
        assert_true(matrix_doubles(&g.state)[TG_KRYLOV_THERE] == 1);
        assert_true(matrix_doubles(&g.state)[TG_KRYLOV_RR] == 1);
        group_free(&g);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_visit, harness_reset),
        cmocka_unit_test_setup(test_no_factor, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
