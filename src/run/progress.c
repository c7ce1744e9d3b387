#include "progress.h"

#include <stdio.h>

#include "clock.h"
#include "text.h"

enum { WIDTH = 24, PERIOD_MS = 200 };

static struct tg_clock drawer;
static double start;
static void (*asked)(void *, double, struct tg_progress_state *);

static void draw(void *context)
{
    struct tg_progress_state state = {0};
    char bar[WIDTH + 1], rate[48] = "", left[32] = "";
    double seconds = tg_clock_now() - start;

    asked(context, seconds, &state);
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

void tg_progress_start(bool show,
                       void (*ask)(void *context, double seconds,
                                   struct tg_progress_state *state),
                       void *context)
{
    if (!show)
        return;
    asked = ask;
    start = tg_clock_now();
    /* without a thread for it, the work goes on unseen */
    tg_clock_start(&drawer, PERIOD_MS, draw, context);
}

void tg_progress_stop(void)
{
    if (!drawer.running)
        return;
    tg_clock_stop(&drawer);
    fputs("\r\033[K", stderr);
    fflush(stderr);
}
