/* A job's life, written once for all methods. */
#ifndef TG_JOB_H
#define TG_JOB_H

#include "method.h"
#include "runtime.h"

/* Open, compare, plan, check memory, start, declare, wait, collect, stop, save,
 * report: on all ranks, which agree after each.
 * `model`: to predict with, or NULL; `options`: those of the command.
 * Errors: the steps' own, the same on every rank. */
int tg_job_run(struct tg_runtime *runtime, const struct tg_steps *steps,
               const struct tg_graph_options *options, struct tg_model *model);

#endif
