#include "watch.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include <mpi.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "progress.h"

enum {
    PERIOD = 50,     /* ms between looks */
    PATIENCE = 2000, /* ms to wait for an answer */
    MESSAGE = TG_MESSAGE + MPI_MAX_PROCESSOR_NAME + 32
};

/* What ranks tell one another, as tags of messages. */
enum {
    FAILED, /* to rank 0: why */
    SETTLE, /* from rank 0, which has spoken: clean up to end by this code */
    SETTLED,
    END /* from rank 0: now */
};

struct failure {
    int rank, code; /* code TG_OK: none */
    char message[MESSAGE];
};

static MPI_Comm ranks_comm = MPI_COMM_NULL;
static int my_rank, ranks = 1;
static struct tg_clock listener;
static struct failure own;
static atomic_bool own_told; /* `own` is whole, and for the listener */

/* ---- Messages --------------------------------------------------------- */

static void tell(int rank, int tag, const void *what, int bytes)
{
    MPI_Send(what, bytes, MPI_BYTE, rank, tag, ranks_comm);
}

/* Value: whether there was such a message. */
static bool hear(int tag, void *what, int bytes)
{
    MPI_Status status;
    int there = 0;

    MPI_Iprobe(MPI_ANY_SOURCE, tag, ranks_comm, &there, &status);
    if (there)
        MPI_Recv(what, bytes, MPI_BYTE, status.MPI_SOURCE, tag, ranks_comm,
                 MPI_STATUS_IGNORE);
    return there;
}

/* The same, with patience. */
static bool await(int tag, void *what, int bytes)
{
    for (int ms = 0; ms < PATIENCE; ms++) {
        if (hear(tag, what, bytes))
            return true;
        usleep(1000);
    }
    return false;
}

static void say(const struct failure *failure)
{
    tg_progress_stop();
    fprintf(stderr, "starpu_ridge: %s\n", failure->message);
}

/* ---- The end ---------------------------------------------------------- */

static void take(struct failure *first, const struct failure *next)
{
    if (next->code && (!first->code || next->rank < first->rank))
        *first = *next;
}

/* Rank 0: the lowest rank that has failed so far. */
static void hear_failures(struct failure *first)
{
    struct failure next;

    while (hear(FAILED, &next, sizeof next))
        take(first, &next);
    if (own_told)
        take(first, &own);
}

/* Rank 0. */
static _Noreturn void end_all(struct failure *first)
{
    int code;

    usleep(PERIOD * 1000); /* others may have failed at the same time */
    hear_failures(first);
    say(first);
    tg_interrupt_settle(first->code);
    for (int rank = 1; rank < ranks; rank++)
        tell(rank, SETTLE, &first->code, sizeof first->code);
    tg_interrupt_clean();
    for (int rest = ranks - 1; rest > 0 && await(SETTLED, &code, sizeof code);)
        rest--;
    for (int rank = 1; rank < ranks; rank++)
        tell(rank, END, &first->code, sizeof first->code);
    tg_interrupt_end(first->code);
}

/* Another rank, told to. */
static _Noreturn void end_by(int code)
{
    tg_interrupt_settle(code);
    tg_interrupt_clean();
    tell(0, SETTLED, &code, sizeof code);
    await(END, &code, sizeof code);
    tg_interrupt_end(code);
}

/* Another rank that has failed. */
static _Noreturn void end_failed(void)
{
    int code;

    tell(0, FAILED, &own, sizeof own);
    if (await(SETTLE, &code, sizeof code))
        end_by(code);
    say(&own);
    tg_interrupt_end(own.code);
}

static void look(void *unused)
{
    struct failure first = {.code = TG_OK};
    int code;

    (void)unused;
    if (my_rank == 0)
        hear_failures(&first);
    if (first.code)
        end_all(&first);
    if (my_rank > 0 && own_told)
        end_failed();
    if (my_rank > 0 && hear(SETTLE, &code, sizeof code))
        end_by(code);
}

/* ---- Interface -------------------------------------------------------- */

void tg_watch_prepare(int rank, int n)
{
    int level;

    my_rank = rank;
    ranks = n;
    MPI_Query_thread(&level);
    if (ranks > 1 && level == MPI_THREAD_MULTIPLE)
        MPI_Comm_dup(MPI_COMM_WORLD, &ranks_comm);
}

int tg_watch_start(void)
{
    if (ranks_comm == MPI_COMM_NULL)
        return TG_OK;
    if (!tg_clock_start(&listener, PERIOD, look, NULL))
        return tg_fail(TG_EMEMORY, "the system gives no thread to listen to "
                                   "other ranks; raise its limits (ulimit -u)");
    return TG_OK;
}

void tg_watch_stop(void)
{
    tg_clock_stop(&listener);
}

void tg_watch_end(void)
{
    if (ranks_comm != MPI_COMM_NULL)
        MPI_Comm_free(&ranks_comm);
}

_Noreturn void tg_watch_fail(int code)
{
    char node[MPI_MAX_PROCESSOR_NAME] = "", who[MPI_MAX_PROCESSOR_NAME + 32];
    int length;

    MPI_Get_processor_name(node, &length);
    snprintf(who, sizeof who, "rank %d (%s): ", my_rank, node);
    own.rank = my_rank;
    own.code = code;
    snprintf(own.message, sizeof own.message, "%s%s", my_rank ? who : "",
             tg_error_message(code));
    if (!listener.running) {
        say(&own);
        tg_interrupt_end(code);
    }
    own_told = true;
    for (;;)
        pause();
}
