#include "../src/fixture.h"

#include <starpu.h>

#include "combine.h"
#include "harness.h"
#include "task.h"

enum { SIZE = 300 }; /* a task takes some 100 microseconds */

/* Tasks of one kind and size, each after the one before. */
static void run_tasks(int n)
{
    struct matrix x = matrix_new(SIZE, SIZE, 8), y = matrix_new(SIZE, SIZE, 8);

    for (int i = 0; i < n; i++)
        assert_int_equal(tg_add_insert(1, 1, x.handle, y.handle), TG_OK);
    harness_wait();
    matrix_free(&x);
    matrix_free(&y);
}

/* What the workers did between two readings of the clock, either side of
 * tg_tally_start and of tg_tally_share; value: the sum of their seconds in
 * tasks. */
static double check_shares(int tasks)
{
    double before = starpu_timing_now();

    tg_tally_start(false);
    double after = starpu_timing_now(), busy = 0;
    run_tasks(tasks);
    starpu_sleep(0.02f);
    double least = 1e-6 * (starpu_timing_now() - after);
    for (unsigned w = 0; w < starpu_worker_get_count(); w++) {
        struct tg_share share = tg_tally_share(w);
        double all = share.busy + share.idle + share.overhead;
        double most = 1e-6 * (starpu_timing_now() - before);

        assert_true(all >= least - 1e-4 && all <= most + 1e-4);
        assert_true(share.busy >= 0 && share.idle >= 0);
        assert_true(share.overhead >= -1e-3 * all);
        busy += share.busy;
    }
    return busy;
}

static void test_shares(void **state)
{
    (void)state;
    double busy = check_shares(100);
    struct tg_tally tally;

    tg_tally_read(&tally);
    assert_int_equal(tally.tasks[tg_stage_add.index], 100);
    check_close(busy, tally.seconds[tg_stage_add.index], 1e-12);
    assert_true(busy > 0);
}

/* Counted from the last start, not from the first. */
static void test_shares_without_tasks(void **state)
{
    (void)state;
    run_tasks(100);
    assert_true(check_shares(0) == 0);
}

static void test_idle_workers_sleep(void **state)
{
    (void)state;
    tg_tally_start(false);
    starpu_sleep(0.2f);
    for (unsigned w = 0; w < starpu_worker_get_count(); w++)
        assert_true(tg_tally_share(w).idle > 0.1);
}

static uint64_t unmodelled(bool models, int tasks)
{
    struct tg_tally tally;

    tg_tally_start(models);
    run_tasks(tasks);
    tg_tally_read(&tally);
    assert_int_equal(tally.tasks[tg_stage_add.index], tasks);
    return tally.unmodelled;
}

/* In an empty folder of models StarPU knows none at first; it wants some
 * measurements of a task (10, unless told otherwise), then trusts them. */
static void test_unmodelled(void **state)
{
    (void)state;
    assert_int_equal(unmodelled(true, 5), 5);
    assert_int_equal(unmodelled(false, 3), 0);
    assert_in_range(unmodelled(true, 50), 1, 49);
    assert_int_equal(unmodelled(true, 20), 0);
}

/* Tasks under a gate that is shut are skipped, and others not. */
static void test_gate(void **state)
{
    struct matrix x = matrix_new(3, 3, 8), y = matrix_new(3, 3, 8);
    struct tg_gate gate = {0};

    (void)state;
    for (size_t i = 0; i < 9; i++)
        matrix_doubles(&x)[i] = 1, matrix_doubles(&y)[i] = 0;
    tg_task_gate(&gate);
    assert_int_equal(tg_add_insert(1, 1, x.handle, y.handle), TG_OK);
    harness_wait();
    gate.shut = true;
    assert_int_equal(tg_add_insert(10, 1, x.handle, y.handle), TG_OK);
    tg_task_gate(NULL);
    assert_int_equal(tg_add_insert(100, 1, x.handle, y.handle), TG_OK);
    harness_wait();
    matrix_take(&x), matrix_take(&y);
    for (size_t i = 0; i < 9; i++)
        assert_true(matrix_doubles(&y)[i] == 101);
    matrix_free(&x), matrix_free(&y);
}

static int start(void **state)
{
    if (fixture_begin(state))
        return -1;
    setenv("STARPU_HOME", fixture_root, 1);
    unsetenv("STARPU_PERF_MODEL_DIR");               /* which comes before it */
    setenv("STARPU_HISTORY_MAX_ERROR", "100000", 1); /* times may vary */
    return harness_start(state);
}

static int stop(void **state)
{
    return harness_stop(state) || fixture_end(state);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_unmodelled, harness_reset),
        cmocka_unit_test_setup(test_gate, harness_reset),
        cmocka_unit_test_setup(test_shares, harness_reset),
        cmocka_unit_test_setup(test_shares_without_tasks, harness_reset),
        cmocka_unit_test_setup(test_idle_workers_sleep, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, start, stop);
}
