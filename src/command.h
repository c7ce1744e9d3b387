/* The commands, and what they share. Called by main alone. */
#ifndef TG_COMMAND_H
#define TG_COMMAND_H

#include <stdio.h>

#include "load.h"
#include "options.h"
#include "report.h"
#include "runtime.h"

/* Run a command on every rank; the same error everywhere. */
int tg_command_fit(struct tg_runtime *runtime,
                   const struct tg_options *options);
int tg_command_predict(struct tg_runtime *runtime,
                       const struct tg_options *options);

/* Run a command that needs one process only. */
int tg_command_info(const struct tg_options *options);
int tg_command_synth(const struct tg_options *options);

/* A data set as tasks see it. */
struct tg_reader tg_command_reader(const struct tg_dataset *dataset);

/* Seconds per phase over all ranks, per worker, and as value those of Gram
 * products alone; collective, before StarPU stops.  With --verbose, rank 0
 * also prints tasks and seconds of every stage on standard error. */
double tg_command_seconds(const struct tg_runtime *runtime,
                          const struct tg_options *options,
                          double seconds[TG_PHASES]);

/* Ranks, workers, scheduler, versions; before StarPU stops. */
void tg_command_platform(const struct tg_runtime *runtime,
                         struct tg_platform *platform);

/* Start StarPU on all ranks, recording with --trace, and announce it with
 * --verbose. Collective. Errors: TG_EUNAVAILABLE, TG_ECANTCREAT. */
int tg_command_start(struct tg_runtime *runtime,
                     const struct tg_options *options);

/* Stop StarPU on all ranks and leave the trace. Collective. */
int tg_command_stop(struct tg_runtime *runtime,
                    const struct tg_options *options);

/* Whether progress is to be shown here. */
bool tg_command_progress(const struct tg_runtime *runtime,
                         const struct tg_options *options);

/* Where tables go: standard output, or standard error where the model, the
 * JSON or the CSV takes that; NULL with --quiet. *color: whether in colour. */
FILE *tg_command_tables(const struct tg_options *options, int *color);

#endif
