#include "progress.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "text.h"

enum { WIDTH = 24, PERIOD_MS = 200 };

static pthread_t thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static bool running, stopping;
static void (*asked)(void *, double, struct tg_progress_state *);
static void *asked_context;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void draw(double seconds)
{
    struct tg_progress_state state = {0};
    char bar[WIDTH + 1], rate[48] = "", left[32] = "";

    asked(asked_context, seconds, &state);
    double share = state.total > 0 ? state.done / state.total : 0;
    if (share > 1)
        share = 1;
    for (int i = 0; i < WIDTH; i++)
        bar[i] = i < (int)(share * WIDTH) ? '#' : '.';
    bar[WIDTH] = '\0';
    if (state.rate > 0)
        snprintf(rate, sizeof rate, "  %s %s/s",
                 tg_text_count((int64_t)state.rate).text, state.unit);
    if (share > 0.02 && seconds > 1) {
        double rest = seconds / share - seconds;

        snprintf(left, sizeof left, "  %d:%02d left", (int)rest / 60,
                 (int)rest % 60);
    }
    fprintf(stderr, "\r\033[K[%s] %3.0f %%  %s%s%s", bar, 100 * share,
            state.what, rate, left);
    fflush(stderr);
}

static void *work(void *unused)
{
    double start = now();

    (void)unused;
    pthread_mutex_lock(&lock);
    while (!stopping) {
        struct timespec until;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += PERIOD_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&wake, &lock, &until);
        if (!stopping)
            draw(now() - start);
    }
    pthread_mutex_unlock(&lock);
    fputs("\r\033[K", stderr);
    fflush(stderr);
    return NULL;
}

void tg_progress_start(bool show,
                       void (*ask)(void *context, double seconds,
                                   struct tg_progress_state *state),
                       void *context)
{
    if (!show)
        return;
    asked = ask;
    asked_context = context;
    stopping = false;
    running = pthread_create(&thread, NULL, work, NULL) == 0;
}

void tg_progress_stop(void)
{
    if (!running)
        return;
    pthread_mutex_lock(&lock);
    stopping = true;
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    running = false;
}
