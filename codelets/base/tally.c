#include "tally.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include <starpu.h>

static struct tg_stage *stages[TG_STAGES_MAX];
static size_t nstages; /* stages[1 .. nstages] are in use */

/* One row a worker: no two workers write the same row. */
static struct tg_tally tallies[STARPU_NMAXWORKERS];
static bool watching; /* for tasks without a model */

size_t tg_stage_count(void)
{
    return nstages;
}

const struct tg_stage *tg_stage_at(size_t index)
{
    return stages[index];
}

void tg_stage_use(struct tg_stage *stage)
{
    if (stage->index)
        return;
    assert(nstages + 1 < TG_STAGES_MAX);
    stage->index = ++nstages;
    stages[stage->index] = stage;
}

void tg_tally_start(bool models)
{
    memset(tallies, 0, sizeof tallies);
    watching = models;
    starpu_profiling_status_set(STARPU_PROFILING_ENABLE); /* from zero */
}

struct tg_share tg_tally_share(unsigned worker)
{
    struct starpu_profiling_worker_info info;
    struct tg_share share = {0};

    starpu_profiling_worker_get_info((int)worker, &info);
    for (size_t s = 0; s < TG_STAGES_MAX; s++)
        share.busy += tallies[worker].seconds[s];
    share.idle = 1e-6 * starpu_timing_timespec_to_us(&info.sleeping_time);
    share.overhead = 1e-6 * starpu_timing_timespec_to_us(&info.total_time) -
                     share.busy - share.idle;
    return share;
}

void tg_tally_read(struct tg_tally *tally)
{
    *tally = (struct tg_tally){0};
    for (unsigned w = 0; w < starpu_worker_get_count(); w++) {
        for (size_t s = 0; s <= nstages; s++) {
            tally->seconds[s] += tallies[w].seconds[s];
            tally->tasks[s] += tallies[w].tasks[s];
            tally->notes[s] += tallies[w].notes[s];
        }
        tally->unmodelled += tallies[w].unmodelled;
    }
}

/* What a dm* scheduler found when it looked for a place for this task. */
static void watch_model(void)
{
    struct starpu_task *task = starpu_task_get_current();
    int worker = starpu_worker_get_id();
    struct starpu_perfmodel_arch *arch =
        starpu_worker_get_perf_archtype(worker, task->sched_ctx);

    if (isnan(starpu_task_expected_length(task, arch, 0)))
        tallies[worker].unmodelled++;
}

double tg_tally_begin(void)
{
    if (watching)
        watch_model();
    return starpu_timing_now();
}

void tg_tally_end(const struct tg_stage *stage, double begun)
{
    struct tg_tally *mine = &tallies[starpu_worker_get_id_check()];

    mine->seconds[stage->index] += 1e-6 * (starpu_timing_now() - begun);
    mine->tasks[stage->index]++;
}

void tg_tally_note(const struct tg_stage *stage, uint64_t count)
{
    tallies[starpu_worker_get_id_check()].notes[stage->index] += count;
}
