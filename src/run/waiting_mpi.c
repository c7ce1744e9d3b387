/* MPI's functions that wait, through its profiling interface: they test, and
 * sleep between tests.  StarPU's thread for MPI comes here, too. */
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <mpi.h>

#include "sleep.h"

/* The first sleep, and the longest, ns: what a message waits at the most, and
 * rather more than a sleep costs (some 5000). */
enum { FIRST = 10000, LONGEST = 200000, CROWDED = 1000000, SLICE = 500000 };

static long longest = LONGEST;

void tg_sleep_prepare(bool crowded)
{
    longest = crowded ? CROWDED : LONGEST;
}

/* A thread that sleeps so often, and works so little between, is to sleep no
 * longer than it asks for, and then to run soon, before the worker that has the
 * core: the kernel (6.12 and later) lets those of a short slice.  Of a very
 * short one (0.1 ms) they interrupt workers so often that it shows. */
static void become_light(void)
{
    struct sched_attr wanted = {
        .size = sizeof wanted,
        .sched_flags = SCHED_FLAG_KEEP_POLICY,
        .sched_nice = getpriority(PRIO_PROCESS, 0),
        .sched_runtime = SLICE,
    };

    prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0);
    syscall(SYS_sched_setattr, 0, &wanted, 0U);
}

/* Sleep, twice as long as the last time; *last is 0 before the first. */
static void sleep_longer(long *last)
{
    static _Thread_local int light;
    struct timespec time = {0};

    if (!light++)
        become_light();
    *last = *last ? 2 * *last : FIRST;
    if (*last > longest)
        *last = longest;
    time.tv_nsec = *last;
    nanosleep(&time, NULL);
}

/* StarPU tests all its requests, again and again: a round of them without any
 * that is done is over when the request tested first comes again. */
int MPI_Test(MPI_Request *request, int *flag, MPI_Status *status)
{
    static _Thread_local const MPI_Request *first;
    static _Thread_local long slept;
    int error;

    if (first == request)
        sleep_longer(&slept);
    error = PMPI_Test(request, flag, status);
    if (*flag) {
        first = NULL;
        slept = 0;
    } else if (!first) {
        first = request;
    }
    return error;
}

static int wait_for(MPI_Request *request, MPI_Status *status)
{
    long slept = 0;
    int done, error = PMPI_Test(request, &done, status);

    while (!error && !done) {
        sleep_longer(&slept);
        error = PMPI_Test(request, &done, status);
    }
    return error;
}

int MPI_Wait(MPI_Request *request, MPI_Status *status)
{
    return wait_for(request, status);
}

int MPI_Recv(void *buffer, int count, MPI_Datatype type, int source, int tag,
             MPI_Comm comm, MPI_Status *status)
{
    MPI_Request request;
    int error = PMPI_Irecv(buffer, count, type, source, tag, comm, &request);

    return error ? error : wait_for(&request, status);
}

int MPI_Barrier(MPI_Comm comm)
{
    MPI_Request request;
    int error = PMPI_Ibarrier(comm, &request);

    return error ? error : wait_for(&request, MPI_STATUS_IGNORE);
}

int MPI_Bcast(void *buffer, int count, MPI_Datatype type, int root,
              MPI_Comm comm)
{
    MPI_Request request;
    int error = PMPI_Ibcast(buffer, count, type, root, comm, &request);

    return error ? error : wait_for(&request, MPI_STATUS_IGNORE);
}

int MPI_Allreduce(const void *mine, void *all, int count, MPI_Datatype type,
                  MPI_Op op, MPI_Comm comm)
{
    MPI_Request request;
    int error = PMPI_Iallreduce(mine, all, count, type, op, comm, &request);

    return error ? error : wait_for(&request, MPI_STATUS_IGNORE);
}
