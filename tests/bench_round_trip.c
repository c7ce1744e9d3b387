/* How long a round trip between two ranks takes through the task graph: a
 * number travels to a task on the other rank and back, again and again.
 *
 * usage: mpirun -n 2 build/bench_round_trip [TRIPS]
 */
#include <stdio.h>
#include <stdlib.h>

#include <mpi.h>
#include <starpu_mpi.h>

#include "clock.h"
#include "error.h"
#include "runtime.h"

static void add_one(void *buffers[], void *arguments)
{
    (void)arguments;
    ++*(int *)STARPU_VARIABLE_GET_PTR(buffers[0]);
}

static struct starpu_codelet codelet = {
    .cpu_funcs = {add_one},
    .cpu_funcs_name = {"add_one"},
    .nbuffers = 1,
    .modes = {STARPU_RW},
    .name = "add_one",
};

static int run(struct tg_runtime *runtime, int trips)
{
    starpu_data_handle_t handle;
    int number = 0;
    double start;

    starpu_variable_data_register(&handle,
                                  runtime->rank == 0 ? STARPU_MAIN_RAM : -1,
                                  (uintptr_t)&number, sizeof number);
    starpu_mpi_data_register(handle, 1, 0);
    start = tg_clock_now();
    for (int i = 0; i < 2 * trips; i++)
        starpu_mpi_task_insert(MPI_COMM_WORLD, &codelet, STARPU_RW, handle,
                               STARPU_EXECUTE_ON_NODE, (i + 1) % 2, 0);
    tg_runtime_wait();
    start = tg_clock_now() - start;
    starpu_data_unregister(handle);
    if (runtime->rank)
        return TG_OK;
    printf("%d round trips, %.3f ms each\n", trips, 1e3 * start / trips);
    return number == 2 * trips ? TG_OK : tg_fail(TG_EDATA, "numbers are lost");
}

int main(int argc, char **argv)
{
    const int trips = argc > 1 ? atoi(argv[1]) : 200;
    struct tg_runtime runtime;
    int status = tg_runtime_prepare(&runtime, argv);

    if (!status)
        status = tg_runtime_start_mpi(&runtime);
    if (!status && runtime.ranks != 2)
        status = tg_fail(TG_EUSAGE, "start two ranks: mpirun -n 2 %s", argv[0]);
    if (!status)
        status = tg_runtime_start_starpu(&runtime);
    if (!status)
        status = run(&runtime, trips);
    if (status && runtime.rank == 0)
        fprintf(stderr, "bench_round_trip: %s\n", tg_error_message(status));
    tg_runtime_stop_starpu(&runtime);
    tg_runtime_stop_mpi(&runtime);
    return status;
}
