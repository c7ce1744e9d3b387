#include "task.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "error.h"

const char *const tg_stage_names[TG_STAGES] = {
#define X(name, text, color) text,
    TG_STAGE_MAP(X)
#undef X
};

/* One row a worker: no two workers write the same row. */
static struct tg_tally tallies[STARPU_NMAXWORKERS];
static bool watching; /* for tasks without a model */
static atomic_int failure;

void tg_tally_start(bool models)
{
    memset(tallies, 0, sizeof tallies);
    watching = models;
    failure = TG_OK;
    starpu_profiling_status_set(STARPU_PROFILING_ENABLE); /* from zero */
}

struct tg_share tg_tally_share(unsigned worker)
{
    struct starpu_profiling_worker_info info;
    struct tg_share share = {0};

    starpu_profiling_worker_get_info((int)worker, &info);
    for (int s = 0; s < TG_STAGES; s++)
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
        for (int s = 0; s < TG_STAGES; s++) {
            tally->seconds[s] += tallies[w].seconds[s];
            tally->tasks[s] += tallies[w].tasks[s];
        }
        tally->unmodelled += tallies[w].unmodelled;
    }
}

/* What a dm* scheduler found when it looked for a place for this task. */
static void watch_model(void)
{
    struct starpu_task *task = starpu_task_get_current();
    int worker = (int)starpu_worker_get_id_check();
    struct starpu_perfmodel_arch *arch =
        starpu_worker_get_perf_archtype(worker, task->sched_ctx);

    if (isnan(starpu_task_expected_length(task, arch, 0)))
        tallies[worker].unmodelled++;
}

bool tg_task_begin(struct tg_timer *timer, enum tg_stage stage)
{
    if (watching)
        watch_model();
    *timer = (struct tg_timer){stage, starpu_timing_now()};
    return failure == TG_OK;
}

void tg_task_end(const struct tg_timer *timer)
{
    struct tg_tally *mine = &tallies[starpu_worker_get_id_check()];

    mine->seconds[timer->stage] += 1e-6 * (starpu_timing_now() - timer->start);
    mine->tasks[timer->stage]++;
}

void tg_task_fail(int error)
{
    int none = TG_OK;

    atomic_compare_exchange_strong(&failure, &none, error);
}

int tg_task_error(void)
{
    return failure;
}

int tg_task_inserted(int status, const struct starpu_codelet *codelet)
{
    if (status == 0)
        return TG_OK;
    return tg_fail(TG_ESOFTWARE, "StarPU refused a %s task: %s", codelet->name,
                   strerror(-status));
}
