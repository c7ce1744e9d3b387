#include "clock.h"

#include <time.h>

enum { MS = 1000000, S = 1000000000 }; /* ns */

double tg_clock_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *run(void *context)
{
    struct tg_clock *clock = context;

    pthread_mutex_lock(&clock->lock);
    while (!clock->stopping) {
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += (long)clock->period * MS;
        until.tv_sec += until.tv_nsec / S;
        until.tv_nsec %= S;
        while (!clock->stopping &&
               pthread_cond_timedwait(&clock->wake, &clock->lock, &until) == 0)
            continue;
        if (clock->stopping)
            break;
        pthread_mutex_unlock(&clock->lock);
        clock->work(clock->context);
        pthread_mutex_lock(&clock->lock);
    }
    pthread_mutex_unlock(&clock->lock);
    return NULL;
}

bool tg_clock_start(struct tg_clock *clock, int period,
                    void (*work)(void *context), void *context)
{
    pthread_condattr_t attributes;

    clock->period = period;
    clock->work = work;
    clock->context = context;
    clock->stopping = false;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&clock->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&clock->lock, NULL);
    clock->running = pthread_create(&clock->thread, NULL, run, clock) == 0;
    return clock->running;
}

void tg_clock_stop(struct tg_clock *clock)
{
    if (!atomic_exchange(&clock->running, false))
        return;
    pthread_mutex_lock(&clock->lock);
    clock->stopping = true;
    pthread_cond_signal(&clock->wake);
    pthread_mutex_unlock(&clock->lock);
    pthread_join(clock->thread, NULL);
    pthread_cond_destroy(&clock->wake);
    pthread_mutex_destroy(&clock->lock);
}
