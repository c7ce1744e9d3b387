/* The bad samples of a job's data sets: told all at once, or left out. */
#ifndef TG_COMMAND_BAD_H
#define TG_COMMAND_BAD_H

#include "check.h"
#include "method.h"
#include "runtime.h"

/* Look at samples with a progress line, where one is to be shown.
 * Errors: as tg_check_run. */
int tg_bad_look(struct tg_check *check, bool show, struct tg_bad_list *list);

/* Leave out what cannot be read of all that is open. Ranks share the look, and
 * agree on what is bad. Collective; outside tasks only.
 * Errors: those of tg_check_run and tg_view_leave_out, the same on every rank.
 */
int tg_bad_leave_out(const struct tg_runtime *runtime,
                     const struct tg_steps *steps, struct tg_job *job);

/* After a job has failed: where a rank could not read a sample, rank 0 looks
 * for all bad ones, and tells them in the place of what the first task that met
 * one has said; if it finds none, that stays. Collective. Value: the error. */
int tg_bad_explain(const struct tg_runtime *runtime,
                   const struct tg_steps *steps, struct tg_job *job, int error);

#endif
