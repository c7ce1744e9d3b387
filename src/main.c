/* starpu_ridge: the table of commands, and the only exit. */

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "error.h"
#include "output.h"

/* A signal ends the job at once, without half-written files. */
static void end(int signal)
{
    tg_output_abandon();
    _exit(128 + signal);
}

/* Commands that run as a graph on all ranks. */
static int run_graph(struct tg_runtime *runtime,
                     const struct tg_options *options)
{
    int err = tg_runtime_start_mpi(runtime);

    if (!err)
        err = options->command == TG_FIT ? tg_command_fit(runtime, options)
                                         : tg_command_predict(runtime, options);
    tg_runtime_stop_starpu(runtime);
    return err;
}

static int run(struct tg_runtime *runtime, const struct tg_options *options)
{
    switch (options->command) {
    case TG_FIT:
    case TG_PREDICT:
        return run_graph(runtime, options);
    case TG_INFO:
        return runtime->rank == 0 ? tg_command_info(options) : TG_OK;
    case TG_SYNTH:
        return runtime->rank == 0 ? tg_command_synth(options) : TG_OK;
    }
    return TG_ESOFTWARE;
}

int main(int argc, char **argv)
{
    struct tg_runtime runtime;
    struct tg_options options = {0};
    char starpu[32], mpi[96], blas[160], versions[320];
    bool done = false;

    tg_runtime_prepare(&runtime, argv);
    signal(SIGINT, end);
    signal(SIGTERM, end);
    tg_runtime_versions(starpu, sizeof starpu, mpi, sizeof mpi, blas,
                        sizeof blas);
    snprintf(versions, sizeof versions, "StarPU %s\n%s\nBLAS %s\n", starpu, mpi,
             blas);
    int err = tg_options_parse(argc, argv, versions, runtime.rank == 0,
                               &options, &done);
    if (!err && !done)
        err = run(&runtime, &options);
    /* A launcher stops all ranks when one ends with an error: none may end
     * before rank 0 has said why, and all end alike. */
    if (!done && !runtime.mpi && runtime.ranks > 1 &&
        !tg_runtime_start_mpi(&runtime))
        err = tg_runtime_agree(&runtime, err);
    if (err && runtime.rank == 0)
        fprintf(stderr, "starpu_ridge: %s\n", tg_error_message(err));
    tg_runtime_stop_mpi(&runtime);
    tg_options_free(&options);
    return err;
}
