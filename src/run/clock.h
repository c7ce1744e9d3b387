/* Time as it passes, whatever becomes of the time of day; and what is to be
 * done every so often, in a thread of its own. */
#ifndef TG_CLOCK_H
#define TG_CLOCK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Now. Units: s since some moment, the same for all processes of a node. */
double tg_clock_now(void);

/* A thread that works now and then; all zero is one that does not run. */
struct tg_clock {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    atomic_bool running;
    bool stopping;
    int period; /* ms */
    void (*work)(void *context);
    void *context;
};

/* Call `work` every `period` ms, the first time when one has passed.
 * Value: whether there was a thread to be had. */
bool tg_clock_start(struct tg_clock *clock, int period,
                    void (*work)(void *context), void *context);

/* Stop, when the work being done is done; from any other thread. Safe on one
 * that does not run. */
void tg_clock_stop(struct tg_clock *clock);

#endif
