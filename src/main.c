/* starpu_ridge: runs a command of the table, and the only exit. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "error.h"
#include "interrupt.h"
#include "output.h"
#include "table.h"

/* A graph runs on all ranks, another command on rank 0 alone. */
static int run(struct tg_runtime *runtime, const struct tg_options *options)
{
    const struct tg_command *command = options->command;
    int err;

    if (!command->graph)
        return runtime->rank == 0 ? command->run(runtime, options) : TG_OK;
    err = runtime->mpi ? TG_OK : tg_runtime_start_mpi(runtime);
    if (!err)
        err = command->run(runtime, options);
    tg_runtime_stop_starpu(runtime);
    return err;
}

/* Ranks meet before they part: none goes on where another can't, or has been
 * started otherwise. */
static int meet(struct tg_runtime *runtime, const struct tg_options *options,
                int err)
{
    if (runtime->ranks == 1)
        return err;
    TG_TRY(tg_runtime_start_mpi(runtime));
    TG_TRY(tg_runtime_agree(runtime, err));
    return tg_command_same_options(runtime, options);
}

/* A standard file that is closed would be the next one opened, and get what is
 * printed. In its place, one that refuses. */
static void occupy_standard_files(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            abort();
}

/* What was printed may not have been taken. */
static int flush_tables(void)
{
    struct tg_output tables;

    TG_TRY(tg_output_open(&tables, "-"));
    return tg_output_commit(&tables);
}

int main(int argc, char **argv)
{
    struct tg_runtime runtime;
    struct tg_options *options = NULL;
    char starpu[32], mpi[96], blas[160], versions[320];

    occupy_standard_files();
    int err = tg_runtime_prepare(&runtime, argv);
    if (err) { /* no MPI, by which rank 0 could speak for all */
        fprintf(stderr, "starpu_ridge: rank %d: %s\n", runtime.rank,
                tg_error_message(err));
        tg_interrupt_end(err);
    }
    signal(SIGXFSZ, SIG_IGN); /* to be told of by write */
    tg_runtime_versions(starpu, sizeof starpu, mpi, sizeof mpi, blas,
                        sizeof blas);
    snprintf(versions, sizeof versions, "StarPU %s\n%s\nBLAS %s\n", starpu, mpi,
             blas);
    err = tg_options_parse(&tg_program, argc, argv, versions, runtime.rank == 0,
                           &options);
    if (!err && options)
        err = tg_command_portable(options, argv);
    if (err || options) /* else --help or the like has been served */
        err = meet(&runtime, options, err);
    if (!err && options)
        err = run(&runtime, options);
    if (!err)
        err = flush_tables();
    /* A launcher stops all ranks when one ends with an error: none may end
     * before rank 0 has said why, and all end alike. */
    err = tg_runtime_agree(&runtime, err);
    if (err && runtime.rank == 0)
        fprintf(stderr, "starpu_ridge: %s\n", tg_error_message(err));
    tg_interrupt_settle(err);
    if (err == TG_EMEMORY) /* libraries that wait for memory never end */
        tg_interrupt_end(err);
    tg_runtime_stop_mpi(&runtime);
    tg_options_free(options);
    if (err && runtime.ranks > 1) /* mpirun waits a second for stragglers */
        tg_interrupt_end(err);
    return err;
}
