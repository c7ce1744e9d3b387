/* Kinds of tasks, and the seconds that workers spend in them. */
#ifndef TG_TALLY_H
#define TG_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A kind of task: name in traces and reports, colour there (one hue a phase),
 * and the phase of a job that it belongs to.  Declared beside its codelets. */
struct tg_stage {
    const char *name, *phase;
    unsigned color; /* 0xRRGGBB */
    size_t index;   /* 1, 2, ... in the order of first use; 0: not used yet */
};

/* TG_STAGE(load, 0x8c8c8c, "load") defines tg_stage_load. */
#define TG_STAGE(name_, color_, phase_)                                        \
    struct tg_stage tg_stage_##name_ = {.name = #name_,                        \
                                        .phase = (phase_),                     \
                                        .color = (color_)}

enum { TG_STAGES_MAX = 64 };

/* The stages in use, index 1 to tg_stage_count(): the same on all ranks. */
size_t tg_stage_count(void);
const struct tg_stage *tg_stage_at(size_t index);

/* Note a stage's first use. Main thread. */
void tg_stage_use(struct tg_stage *stage);

/* Seconds and tasks per stage, by its index, of this process. */
struct tg_tally {
    double seconds[TG_STAGES_MAX];
    uint64_t tasks[TG_STAGES_MAX];
    uint64_t notes[TG_STAGES_MAX]; /* what tasks counted: see their stages */
    uint64_t unmodelled; /* tasks begun without a calibrated model, if asked */
};

/* Where a worker's seconds went: in tasks, without any to run, and the rest:
 * scheduling, transfers, StarPU's own work. */
struct tg_share {
    double busy, idle, overhead;
};

/* Begin to count, from zero; `models` asks for `unmodelled`, which takes a
 * look at StarPU's performance models for every task.  Once StarPU runs. */
void tg_tally_start(bool models);
void tg_tally_read(struct tg_tally *tally); /* all workers' sum; any time */

/* A worker's share of the time since tg_tally_start; to be read once. */
struct tg_share tg_tally_share(unsigned worker);

/* A task begins on the calling worker, and ends; value: the clock, in us. */
double tg_tally_begin(void);
void tg_tally_end(const struct tg_stage *stage, double begun);

/* A task counts something that its stage's report tells. */
void tg_tally_note(const struct tg_stage *stage, uint64_t count);

#endif
