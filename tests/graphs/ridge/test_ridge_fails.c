#include "fit_fixture.h"

#include <math.h>

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
    tg_fit_release(&fit);
    tg_rows_free(&rows);
    tg_split_free(&split);
    samples_free(s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_lambda_zero_fails, harness_reset),
        cmocka_unit_test_setup(test_every_lambda_fails, harness_reset),
        cmocka_unit_test_setup(test_reader_fails, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
