#include "command.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "gram_u8.h"
#include "kernels.h"
#include "output.h"
#include "task.h"
#include "trace.h"

static void print_stages(const double *seconds, const double *tasks)
{
    double all = 0;

    for (size_t s = 1; s <= tg_stage_count(); s++)
        all += seconds[s];
    fprintf(stderr, "stage          tasks   worker s   share   ms a task\n");
    for (size_t s = 1; s <= tg_stage_count(); s++)
        if (tasks[s] > 0)
            fprintf(stderr, "%-12s %7.0f %10.3f %5.1f %% %11.3f\n",
                    tg_stage_at(s)->name, tasks[s], seconds[s],
                    100 * seconds[s] / all, 1e3 * seconds[s] / tasks[s]);
}

/* Add a stage's seconds to its phase, which every method names. */
static void add_phase(const char *phase, double seconds, size_t n,
                      struct tg_time *times)
{
    size_t p = 0;

    while (p < n && strcmp(times[p].name, phase) != 0)
        p++;
    assert(p < n);
    if (p < n)
        times[p].seconds += seconds;
}

void tg_command_seconds(const struct tg_runtime *runtime, bool verbose,
                        double seconds[TG_STAGES_MAX],
                        double notes[TG_STAGES_MAX], size_t ntimes,
                        struct tg_time *times)
{
    struct tg_tally tally;
    double tasks[TG_STAGES_MAX];

    tg_tally_read(&tally);
    for (int s = 0; s < TG_STAGES_MAX; s++) {
        tasks[s] = (double)tally.tasks[s];
        seconds[s] = tally.seconds[s];
        notes[s] = (double)tally.notes[s];
    }
    tg_runtime_sum(runtime, seconds, TG_STAGES_MAX);
    tg_runtime_sum(runtime, tasks, TG_STAGES_MAX);
    tg_runtime_sum(runtime, notes, TG_STAGES_MAX);
    if (verbose && runtime->rank == 0)
        print_stages(seconds, tasks);
    for (size_t s = 1; s <= tg_stage_count(); s++)
        add_phase(tg_stage_at(s)->phase, seconds[s] / runtime->all_workers,
                  ntimes, times);
}

/* Do a scheduler's decisions rest on performance models? */
static bool uses_models(const char *scheduler)
{
    return strncmp(scheduler, "dm", 2) == 0 || strstr(scheduler, "heft");
}

void tg_command_tally(const struct tg_graph_options *options)
{
    tg_tally_start(options->calibrate || uses_models(tg_runtime_scheduler()));
}

size_t tg_command_uncalibrated(const struct tg_runtime *runtime)
{
    struct tg_tally tally;

    tg_tally_read(&tally);
    double tasks = (double)tally.unmodelled;
    tg_runtime_sum(runtime, &tasks, 1);
    return (size_t)tasks;
}

static void print_workers(const struct tg_worker *workers, int n)
{
    fprintf(stderr, "rank  worker    busy    idle  overhead\n");
    for (int i = 0; i < n; i++) {
        const struct tg_worker *w = &workers[i];
        double all = 1e-2 * (w->busy + w->idle + w->overhead);

        fprintf(stderr, "%4d %7d %5.1f %% %5.1f %% %7.1f %%\n", w->rank,
                w->worker, w->busy / all, w->idle / all, w->overhead / all);
    }
}

/* Workers travel as rows of doubles. */
int tg_command_workers(const struct tg_runtime *runtime,
                       const struct tg_graph_options *options,
                       struct tg_worker **workers)
{
    enum { RANK, WORKER, BUSY, IDLE, OVERHEAD, VALUES };
    int all = runtime->rank == 0 ? runtime->all_workers : 0;
    double(*mine)[VALUES] = calloc((size_t)runtime->workers, sizeof *mine);
    double(*rows)[VALUES] = calloc((size_t)all + 1, sizeof *rows);

    *workers = all ? calloc((size_t)all, sizeof **workers) : NULL;
    bool ok = mine && rows && (*workers || !all);
    if (tg_runtime_agree(runtime,
                         ok ? TG_OK : tg_fail(TG_EMEMORY, "out of memory"))) {
        free(mine);
        free(rows);
        return TG_EMEMORY;
    }
    for (int w = 0; w < runtime->workers; w++) {
        struct tg_share share = tg_tally_share((unsigned)w);

        mine[w][RANK] = runtime->rank;
        mine[w][WORKER] = w;
        mine[w][BUSY] = share.busy;
        mine[w][IDLE] = share.idle;
        mine[w][OVERHEAD] = share.overhead;
    }
    tg_runtime_gather(runtime, *mine, runtime->workers * VALUES, *rows,
                      all * VALUES);
    for (int i = 0; i < all; i++)
        (*workers)[i] = (struct tg_worker){
            .rank = (int)rows[i][RANK],
            .worker = (int)rows[i][WORKER],
            .busy = rows[i][BUSY],
            .idle = rows[i][IDLE],
            .overhead = rows[i][OVERHEAD],
        };
    free(mine);
    free(rows);
    if (options->common.verbosity == TG_VERBOSE && runtime->rank == 0)
        print_workers(*workers, all);
    return TG_OK;
}

/* A word for a shell, quoted where it needs to be. */
static void put_word(FILE *file, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_=+./:,@%";

    if (*word && !word[strspn(word, plain)]) {
        fputs(word, file);
        return;
    }
    putc('\'', file);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", file);
        else
            putc(*word, file);
    putc('\'', file);
}

char *tg_command_line(const struct tg_runtime *runtime,
                      const struct tg_graph_options *options)
{
    const char *scheduler = getenv("STARPU_SCHED");
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    if (!file)
        return NULL;
    if (scheduler) {
        fputs("STARPU_SCHED=", file);
        put_word(file, scheduler);
        putc(' ', file);
    }
    if (runtime->ranks > 1)
        fprintf(file, "mpirun -np %d ", runtime->ranks);
    fputs("starpu_ridge", file);
    for (int i = 1; i < options->common.line.argc; i++) {
        putc(' ', file);
        put_word(file, options->common.line.argv[i]);
    }
    fclose(file);
    return text;
}

void tg_command_platform(const struct tg_runtime *runtime,
                         struct tg_platform *platform)
{
    *platform = (struct tg_platform){
        .ranks = runtime->ranks,
        .workers = runtime->all_workers,
        .cores = runtime->share.cores,
    };
    snprintf(platform->scheduler, sizeof platform->scheduler, "%s",
             tg_runtime_scheduler());
    snprintf(platform->kernel, sizeof platform->kernel, "%s",
             tg_gram_u8_kernel());
    tg_runtime_versions(platform->starpu, sizeof platform->starpu,
                        platform->mpi, sizeof platform->mpi, platform->blas,
                        sizeof platform->blas);
}

bool tg_command_progress(const struct tg_runtime *runtime,
                         const struct tg_common_options *options)
{
    return !options->no_progress && options->verbosity > TG_QUIET &&
           runtime->rank == 0 && tg_runtime_terminal(STDERR_FILENO);
}

FILE *tg_command_tables(const struct tg_graph_options *options, int *color)
{
    bool taken = tg_files_take_stdout(&options->common.line);
    int fd = taken ? STDERR_FILENO : STDOUT_FILENO;

    *color = tg_runtime_terminal(fd) && !getenv("NO_COLOR");
    if (options->common.verbosity == TG_QUIET)
        return NULL;
    return taken ? stderr : stdout;
}

/* Ranks, workers, scheduler and cores, on standard error. */
static void announce(const struct tg_runtime *runtime)
{
    const struct tg_cores *share = &runtime->share;
    struct tg_platform platform;
    char quota[96] = "";

    tg_command_platform(runtime, &platform);
    if (share->cores < share->allowed)
        snprintf(quota, sizeof quota,
                 ", of %d: a cgroup's quota leaves the time of %.3g",
                 share->allowed, share->quota);
    fprintf(stderr,
            "ranks      %d (%d on this node)\n"
            "workers    %d (%d on rank 0)\n"
            "cores      %d on this node%s\n"
            "scheduler  %s\n"
            "StarPU     %s\nMPI        %s\nBLAS       %s\nGram       %s\n",
            platform.ranks, runtime->local_ranks, platform.workers,
            runtime->workers, platform.cores, quota, platform.scheduler,
            platform.starpu, platform.mpi, platform.blas, platform.kernel);
}

int tg_command_start(struct tg_runtime *runtime,
                     const struct tg_graph_options *options)
{
    char unlike[1024];

    if (options->trace)
        TG_TRY(tg_runtime_agree(runtime, tg_trace_prepare(options->trace,
                                                          runtime->rank)));
    if (options->calibrate) {
        setenv("STARPU_CALIBRATE", "1", 0); /* the user may have said 2: anew */
        /* Tasks of a microsecond vary a lot: their means will do.  StarPU
         * would forget all of them at 50 %. */
        setenv("STARPU_HISTORY_MAX_ERROR", "100000", 0);
    }
    TG_TRY(tg_runtime_agree(runtime, tg_runtime_start_starpu(runtime)));
    tg_runtime_count_workers(runtime);
    tg_kernels_compare(unlike, sizeof unlike);
    if (options->common.verbosity == TG_VERBOSE && runtime->rank == 0) {
        announce(runtime);
        fputs(unlike, stderr);
    }
    return TG_OK;
}

static int color_of(const char *name)
{
    for (size_t s = 1; s <= tg_stage_count(); s++)
        if (strcmp(tg_stage_at(s)->name, name) == 0)
            return (int)tg_stage_at(s)->color;
    return 0xffffff;
}

int tg_command_stop(struct tg_runtime *runtime,
                    const struct tg_graph_options *options)
{
    int err = TG_OK;

    tg_runtime_stop_starpu(runtime);
    if (!options->trace)
        return TG_OK;
    TG_TRY(tg_runtime_agree(runtime, err)); /* all ranks' records are there */
    if (runtime->rank == 0)
        err = tg_trace_convert(options->trace, color_of);
    return tg_runtime_agree(runtime, err);
}
