#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <mpi.h>
#include <starpu.h>

#include "clock.h"
#include "harness.h"
#include "waiting.h"

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Workers without a task sleep: a spinning one alone would take all of the
 * second. */
static void test_idle(void **state)
{
    double before;

    (void)state;
    usleep(100000);
    before = cpu_seconds();
    usleep(1000000);
    assert_true(cpu_seconds() - before < 0.5);
}

static void touch(void *buffers[], void *arguments)
{
    (void)arguments;
    ++*(int *)STARPU_VARIABLE_GET_PTR(buffers[0]);
}

/* And they wake for those that come, one by one. */
static void test_wake(void **state)
{
    static struct starpu_codelet codelet = {.cpu_funcs = {touch},
                                            .nbuffers = 1,
                                            .modes = {STARPU_RW}};
    starpu_data_handle_t handle;
    int number = 0;

    (void)state;
    starpu_variable_data_register(&handle, STARPU_MAIN_RAM, (uintptr_t)&number,
                                  sizeof number);
    for (int i = 0; i < 100; i++) {
        usleep(2000);
        assert_int_equal(starpu_task_insert(&codelet, STARPU_RW, handle, 0), 0);
        starpu_task_wait_for_all();
    }
    starpu_data_unregister(handle);
    assert_int_equal(number, 100);
}

/* What is waited for in MPI comes, and waiting for it sleeps. */
static void test_receive(void **state)
{
    MPI_Request request;
    MPI_Status status;
    double before = cpu_seconds();
    int sent = 5, got = 0, flag = 0;

    (void)state;
    MPI_Irecv(&got, 1, MPI_INT, 0, 7, MPI_COMM_SELF, &request);
    for (double start = tg_clock_now(); tg_clock_now() - start < 0.5;) {
        MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
        assert_false(flag);
    }
    assert_true(cpu_seconds() - before < 0.25);
    MPI_Send(&sent, 1, MPI_INT, 0, 7, MPI_COMM_SELF);
    MPI_Wait(&request, &status);
    assert_int_equal(got, 5);
    assert_int_equal(status.MPI_TAG, 7);
}

static void test_collective(void **state)
{
    int mine = 3, all = 0;

    (void)state;
    MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    assert_int_equal(all, 3);
    MPI_Bcast(&all, 1, MPI_INT, 0, MPI_COMM_WORLD);
    MPI_Barrier(MPI_COMM_WORLD);
    assert_int_equal(all, 3);
}

static void test_unknown(void **state)
{
    (void)state;
    assert_null(tg_waiting_policy("no-such-scheduler"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle),    cmocka_unit_test(test_wake),
        cmocka_unit_test(test_receive), cmocka_unit_test(test_collective),
        cmocka_unit_test(test_unknown),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
