/* What the commands share. */
#ifndef TG_COMMAND_H
#define TG_COMMAND_H

#include <stdio.h>

#include "runtime.h"
#include "sections.h"
#include "shared_options.h"
#include "tally.h"

/* Have all ranks been started with the same options, those that shape graphs?
 * Collective. Errors: TG_EDATA, with the rank. */
int tg_command_same_options(const struct tg_runtime *runtime,
                            const struct tg_options *options);

/* Before MPI starts: what --portable asks for. The process may be replaced by
 * itself, with the same arguments. Errors: TG_EUNAVAILABLE. */
int tg_command_portable(const struct tg_options *options, char **argv);

/* Seconds of every stage, all workers' sum, what its tasks have counted, and
 * seconds per phase and worker, over all ranks; collective, before StarPU stops.  Where `verbose`, rank 0 also prints
 * tasks and seconds of every stage on standard error.
 * Shapes: times[ntimes], the phases that stages have, named, and zero. */
void tg_command_seconds(const struct tg_runtime *runtime, bool verbose,
                        double seconds[TG_STAGES_MAX],
                        double notes[TG_STAGES_MAX], size_t ntimes,
                        struct tg_time *times);

/* Begin to count tasks and seconds; before every run of a graph. */
void tg_command_tally(const struct tg_graph_options *options);

/* Tasks of all ranks that began without a performance model that StarPU
 * trusts; 0 where nobody needs models: the scheduler doesn't look at them, and
 * --calibrate is not there. Collective. */
size_t tg_command_uncalibrated(const struct tg_runtime *runtime);

/* Where the time of every worker went since tg_command_tally, by rank, on
 * rank 0; NULL elsewhere.  With --verbose, rank 0 also prints them.
 * Collective, before StarPU stops.  Errors: TG_EMEMORY. */
int tg_command_workers(const struct tg_runtime *runtime,
                       const struct tg_graph_options *options,
                       struct tg_worker **workers);

/* The command line as one would type it again, quoted for a shell, with the
 * number of ranks and StarPU's scheduler where set; NULL: no memory. */
char *tg_command_line(const struct tg_runtime *runtime,
                      const struct tg_graph_options *options);

/* Ranks, workers, scheduler, versions; before StarPU stops. */
void tg_command_platform(const struct tg_runtime *runtime,
                         struct tg_platform *platform);

/* Start StarPU on all ranks, recording with --trace, and announce it with
 * --verbose. Collective. Errors: TG_EUNAVAILABLE, TG_ECANTCREAT. */
int tg_command_start(struct tg_runtime *runtime,
                     const struct tg_graph_options *options);

/* Stop StarPU on all ranks and leave the trace. Collective. */
int tg_command_stop(struct tg_runtime *runtime,
                    const struct tg_graph_options *options);

/* Whether progress is to be shown here. */
bool tg_command_progress(const struct tg_runtime *runtime,
                         const struct tg_common_options *options);

/* Where tables go: standard output, or standard error where a file written
 * takes that; NULL with --quiet. *color: whether in colour. */
FILE *tg_command_tables(const struct tg_graph_options *options, int *color);

#endif
