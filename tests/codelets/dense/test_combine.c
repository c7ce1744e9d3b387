#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "combine.h"
#include "error.h"
#include "harness.h"
#include "task.h"

static void test_zero(void **state)
{
    static const size_t shapes[][2] = {{1, 1}, {7, 3}, {145, 61}};

    (void)state;
    for (size_t s = 0; s < 3; s++) {
        struct matrix y = matrix_new(shapes[s][0], shapes[s][1], 8);

        matrix_random(&y);
        assert_int_equal(tg_zero_insert(y.handle), TG_OK);
        harness_wait();
        matrix_take(&y);
        for (size_t i = 0; i < y.rows * y.cols; i++)
            assert_true(matrix_doubles(&y)[i] == 0);
        matrix_free(&y);
    }
}

static void test_fill(void **state)
{
    static const size_t sizes[] = {1, 2, 20, TG_FILL_MAX};
    double values[TG_FILL_MAX];

    (void)state;
    for (size_t s = 0; s < 4; s++) {
        struct matrix y = matrix_new(sizes[s], 1, 8);

        for (size_t i = 0; i < sizes[s]; i++)
            values[i] = harness_real();
        assert_int_equal(tg_fill_insert(values, sizes[s], y.handle), TG_OK);
        /* The values travel with the task: the caller's may change. */
        double first = values[0];
        values[0] = 77;
        harness_wait();
        matrix_take(&y);
        values[0] = first;
        assert_memory_equal(y.values, values, sizes[s] * sizeof *values);
        matrix_free(&y);
    }
}

/* Small integers: every sum is exact, however it is computed. */
static void add(double alpha, double beta, size_t rows, size_t cols)
{
    struct matrix x = matrix_new(rows, cols, 8), y = matrix_new(rows, cols, 8);

    for (size_t i = 0; i < rows * cols; i++) {
        matrix_doubles(&x)[i] = (double)harness_below(1000) - 500;
        matrix_doubles(&y)[i] = (double)harness_below(1000) - 500;
    }
    matrix_remember(&x);
    matrix_remember(&y);
    assert_int_equal(tg_add_insert(alpha, beta, x.handle, y.handle), TG_OK);
    harness_wait();
    matrix_take(&x);
    matrix_take(&y);
    matrix_check_unchanged(&x);
    for (size_t i = 0; i < rows * cols; i++)
        assert_true(matrix_doubles(&y)[i] ==
                    alpha * matrix_doubles(&x)[i] +
                        beta * ((double *)y.before)[i]);
    matrix_free(&x);
    matrix_free(&y);
}

static void test_add(void **state)
{
    (void)state;
    add(1, 1, 1, 1);
    add(1, 1, 33, 17);
    add(1, -1, 145, 3);
    add(-2, 4, 2, 299);
}

/* Tasks on one tile follow one another in the order of submission. */
static void test_order(void **state)
{
    struct matrix x = matrix_new(5, 5, 8), y = matrix_new(5, 5, 8);

    (void)state;
    for (size_t i = 0; i < 25; i++)
        matrix_doubles(&x)[i] = 1;
    for (int i = 0; i < 40; i++)
        assert_int_equal(tg_add_insert(1, 2, x.handle, y.handle), TG_OK);
    assert_int_equal(tg_zero_insert(x.handle), TG_OK);
    harness_wait();
    matrix_take(&x);
    matrix_take(&y);
    for (size_t i = 0; i < 25; i++) {
        assert_true(matrix_doubles(&x)[i] == 0);
        assert_true(matrix_doubles(&y)[i] == 0x1p40 - 1);
    }
    matrix_free(&x);
    matrix_free(&y);
}

static void test_tally(void **state)
{
    struct matrix x = matrix_new(50, 50, 8), y = matrix_new(50, 50, 8);
    struct tg_tally tally;

    (void)state;
    for (int i = 0; i < 7; i++)
        assert_int_equal(tg_add_insert(1, 1, x.handle, y.handle), TG_OK);
    assert_int_equal(tg_zero_insert(x.handle), TG_OK);
    harness_wait();
    tg_tally_read(&tally);
    for (size_t s = 1; s <= tg_stage_count(); s++) {
        uint64_t tasks = s == tg_stage_add.index    ? 7
                         : s == tg_stage_fill.index ? 1
                                                    : 0;

        assert_int_equal(tally.tasks[s], tasks);
        assert_true(tasks ? tally.seconds[s] > 0 : tally.seconds[s] == 0);
        assert_true(tally.seconds[s] < 60);
    }
    matrix_free(&x);
    matrix_free(&y);
}

/* After a failure tasks run empty, and leave zeroes in what they should have
 * written: what travels to others is defined. */
static void test_zeroes_after_a_failure(void **state)
{
    struct matrix x = matrix_new(9, 9, 8), y = matrix_new(9, 9, 8);
    static const double zeroes[9 * 9];

    (void)state;
    matrix_random(&x);
    matrix_random(&y);
    matrix_remember(&x);
    tg_task_fail(TG_EIO);
    tg_task_fail(TG_EDATA); /* the first one stays */
    assert_int_equal(tg_task_error(), TG_EIO);
    assert_int_equal(tg_add_insert(1, 1, x.handle, y.handle), TG_OK);
    matrix_take(&x);
    matrix_take(&y);
    matrix_check_unchanged(&x);
    assert_memory_equal(y.values, zeroes, sizeof zeroes);
    tg_tally_start(false); /* counts anew, and forgives nothing */
    assert_int_equal(tg_task_error(), TG_EIO);
    tg_task_clear();
    assert_int_equal(tg_task_error(), TG_OK);
    matrix_free(&x);
    matrix_free(&y);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_zero, harness_reset),
        cmocka_unit_test_setup(test_fill, harness_reset),
        cmocka_unit_test_setup(test_add, harness_reset),
        cmocka_unit_test_setup(test_order, harness_reset),
        cmocka_unit_test_setup(test_tally, harness_reset),
        cmocka_unit_test_setup(test_zeroes_after_a_failure, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
