#include "job.h"

#include <stdlib.h>

#include "bad.h"
#include "command.h"
#include "error.h"
#include "memory.h"
#include "progress.h"
#include "task.h"

/* Runs of --calibrate: StarPU wants 10 measurements of every kind of task. */
enum { CALIBRATIONS = 20 };

enum { MIB = 1 << 20 };

/* What a job's life is lived with. */
struct life {
    struct tg_runtime *runtime;
    const struct tg_steps *steps;
    struct tg_job *job;
    struct tg_time *times;                     /* of the last graph, by phase */
    struct tg_memory_need needs[TG_NEEDS_MAX]; /* of this rank */
    size_t nneeds;
};

/* ---- Before the start ------------------------------------------------- */

/* Ranks that opened other files would declare other graphs, which never end. */
static int compare(const struct life *life)
{
    struct tg_facts facts = {0};
    const char *subject = "data";
    int err;

    if (life->runtime->ranks == 1)
        return TG_OK;
    err = life->steps->note(life->job, &facts, &subject);
    if (life->job->model)
        tg_model_note(life->job->model, &facts);
    TG_TRY(tg_runtime_agree(life->runtime, err));
    return tg_runtime_same(life->runtime, &facts, subject,
                           "put the same files on every node");
}

static int check_memory(struct life *life)
{
    char what[256];

    life->nneeds =
        life->steps->memory(life->job, life->needs, what, sizeof what);
    return tg_memory_check_needs(what, life->needs, life->nneeds);
}

/* A graph, on all ranks alike. */
static int plan(struct life *life)
{
    int err = life->steps->plan(life->job);

    return err ? err : check_memory(life);
}

static int prepare(struct life *life)
{
    int err = plan(life);

    if (!err && life->runtime->rank == 0)
        err = tg_files_writable(&life->job->options->common.line);
    if (!err && life->runtime->rank == 0 && life->steps->begin)
        err = life->steps->begin(life->job);
    return tg_runtime_agree(life->runtime, err);
}

/* What the check went by, on standard error. */
static void announce_memory(const struct life *life)
{
    const struct tg_memory_need *largest;
    double bytes = tg_memory_sum(life->needs, life->nneeds, &largest);

    if (life->job->options->common.verbosity == TG_VERBOSE &&
        life->job->rank == 0)
        fprintf(stderr,
                "memory     %.0f MiB expected (largest: %s, %.0f MiB)\n",
                bytes / MIB, largest->what, largest->bytes / MIB);
}

/* ---- The graph -------------------------------------------------------- */

static void ask(void *context, double seconds, struct tg_progress_state *state)
{
    const struct life *life = context;
    char what[12];

    life->steps->progress(life->job, seconds, state);
    if (life->job->run.calibrations) {
        snprintf(what, sizeof what, "%.11s", state->what);
        snprintf(state->what, sizeof state->what, "calibration %d: %s",
                 life->job->run.calibrations, what);
    }
}

static int run_graph(struct life *life)
{
    const struct tg_steps *steps = life->steps;
    struct tg_job *job = life->job;
    int err;

    tg_progress_start(tg_command_progress(life->runtime, &job->options->common),
                      ask, life);
    err = steps->declare(job);
    if (!err)
        tg_runtime_wait();
    tg_progress_stop();
    if (err) /* others wait for what this rank will not send */
        err = tg_runtime_fail(life->runtime, err);
    if (!err)
        err = tg_task_error();
    if (!err && life->runtime->rank == 0)
        err = steps->collect(job);
    steps->release(job);
    return err;
}

/* Run until every task began with a performance model that StarPU trusts;
 * without --calibrate, once. */
static int run(struct life *life)
{
    struct tg_run *run = &life->job->run;
    bool calibrate = life->job->options->calibrate;
    int runs = calibrate ? CALIBRATIONS : 1;

    do {
        run->calibrations += calibrate;
        tg_command_tally(life->job->options);
        TG_TRY(tg_runtime_agree(life->runtime, run_graph(life)));
        run->uncalibrated = tg_command_uncalibrated(life->runtime);
    } while (run->uncalibrated && --runs > 0);
    return TG_OK;
}

/* Where the last graph's time went, while StarPU still knows. */
static void measure(struct life *life)
{
    struct tg_job *job = life->job;
    bool verbose = job->options->common.verbosity == TG_VERBOSE;

    for (size_t p = 0; p < job->run.ntimes; p++)
        life->times[p].seconds = 0;
    tg_command_seconds(life->runtime, verbose, job->seconds, job->notes,
                       job->run.ntimes, life->times);
    tg_command_platform(life->runtime, &job->run.platform);
    job->run.total = tg_runtime_seconds(life->runtime);
}

/* Does another graph follow?  Then it is planned. */
static int follow(struct life *life, bool *more)
{
    struct tg_next next = {0};

    *more = false;
    if (!life->steps->next)
        return TG_OK;
    life->job->memory = tg_memory_left();
    TG_TRY(
        tg_runtime_agree(life->runtime, life->steps->next(life->job, &next)));
    tg_runtime_share(life->runtime, &next.more, sizeof next.more);
    tg_runtime_share(life->runtime, next.choice, next.bytes);
    *more = next.more;
    if (!next.more)
        return TG_OK;
    return tg_runtime_agree(life->runtime, plan(life));
}

/* All graphs of the job. */
static int run_all(struct life *life)
{
    bool more = true;

    while (more) {
        announce_memory(life);
        TG_TRY(run(life));
        measure(life);
        TG_TRY(follow(life, &more));
    }
    return TG_OK;
}

/* ---- After them ------------------------------------------------------- */

static struct tg_time *list_phases(const char *const *phases, size_t *n)
{
    struct tg_time *times;

    for (*n = 0; phases[*n]; ++*n)
        ;
    times = calloc(*n, sizeof *times);
    for (size_t p = 0; times && p < *n; p++)
        times[p].name = phases[p];
    return times;
}

/* What each worker did in the last graph, while StarPU still knows. */
static int collect_workers(struct life *life, struct tg_worker **workers)
{
    struct tg_job *job = life->job;

    TG_TRY(tg_runtime_agree(life->runtime,
                            tg_command_workers(life->runtime, job->options,
                                               workers)));
    job->run.worker = *workers;
    return TG_OK;
}

static int finish(struct life *life)
{
    struct tg_job *job = life->job;
    char *command;
    int err;

    if (life->runtime->rank != 0)
        return TG_OK;
    TG_TRY(life->steps->save(job));
    command = tg_command_line(life->runtime, job->options);
    if (!command)
        return tg_fail(TG_EMEMORY, "out of memory for the report");
    job->run.command = command;
    job->run.total = tg_runtime_seconds(life->runtime);
    job->tables = tg_command_tables(job->options, &job->color);
    err = life->steps->report(job);
    free(command);
    return err;
}

static int live(struct life *life, struct tg_worker **workers)
{
    struct tg_runtime *runtime = life->runtime;
    const struct tg_graph_options *options = life->job->options;

    TG_TRY(tg_runtime_agree(runtime, life->steps->open(life->job)));
    if (options->skip_bad)
        TG_TRY(tg_bad_leave_out(runtime, life->steps, life->job));
    TG_TRY(compare(life));
    TG_TRY(prepare(life));
    TG_TRY(tg_command_start(runtime, options));
    TG_TRY(run_all(life));
    TG_TRY(collect_workers(life, workers));
    TG_TRY(tg_command_stop(runtime, options));
    return tg_runtime_agree(runtime, finish(life));
}

int tg_job_run(struct tg_runtime *runtime, const struct tg_steps *steps,
               const struct tg_graph_options *options, struct tg_model *model)
{
    struct tg_job *job = calloc(1, steps->size);
    struct life life = {.runtime = runtime, .steps = steps, .job = job};
    struct tg_worker *workers = NULL;
    size_t ntimes;
    struct tg_time *times = list_phases(steps->phases, &ntimes);
    int err = job && times ? TG_OK : tg_fail(TG_EMEMORY, "out of memory");

    if (tg_runtime_agree(runtime, err) == TG_OK) {
        job->options = options;
        job->model = model;
        job->rank = runtime->rank;
        job->ranks = runtime->ranks;
        job->workers = (size_t)tg_runtime_expected_workers(runtime);
        job->run.times = times;
        job->run.ntimes = ntimes;
        life.times = times;
        err = live(&life, &workers);
        tg_runtime_stop_starpu(runtime); /* before what tasks may still use */
        if (err)
            err = tg_bad_explain(runtime, steps, job, err);
        steps->close(job);
    }
    free(job);
    free(times);
    free(workers);
    return err;
}
