#include "task.h"

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
static atomic_int failure;

void tg_tally_reset(void)
{
    memset(tallies, 0, sizeof tallies);
    failure = TG_OK;
}

void tg_tally_read(struct tg_tally *tally)
{
    *tally = (struct tg_tally){0};
    for (unsigned w = 0; w < starpu_worker_get_count(); w++) {
        for (int s = 0; s < TG_STAGES; s++) {
            tally->seconds[s] += tallies[w].seconds[s];
            tally->tasks[s] += tallies[w].tasks[s];
        }
    }
}

bool tg_task_begin(struct tg_timer *timer, enum tg_stage stage)
{
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
