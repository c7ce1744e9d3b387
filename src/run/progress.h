/* A progress line on standard error, on rank 0 of a terminal only.
 *
 * It knows nothing of tasks: it asks now and then how much work is done. */
#ifndef TG_PROGRESS_H
#define TG_PROGRESS_H

#include <stdbool.h>

#include "needs.h"

/* Start the line: `ask` is called from a thread of its own, a few times a
 * second, with seconds since the start. Nothing is shown when `show` is
 * false. */
void tg_progress_start(bool show,
                       void (*ask)(void *context, double seconds,
                                   struct tg_progress_state *state),
                       void *context);

/* Wipe the line; from any thread. */
void tg_progress_stop(void);

#endif
