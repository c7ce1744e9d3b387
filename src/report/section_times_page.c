/* Where the time went: by phase, and by worker. */
#include "sections.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "page.h"
#include "page_chart.h"
#include "text.h"

static int put_phases(FILE *page, const struct tg_run *run)
{
    struct tg_chart chart;
    char *alt = NULL;
    size_t size;
    FILE *words = open_memstream(&alt, &size);
    int error = words ? tg_chart_begin(&chart)
                      : tg_fail(TG_EMEMORY, "out of memory for a chart");

    if (error) {
        if (words)
            fclose(words);
        free(alt);
        return error;
    }
    fputs("Chart: seconds of a phase", words);
    fprintf(chart.script,
            "set title 'seconds in tasks, per worker'\n"
            "set bmargin 1.6\n"
            "set boxwidth 0.62\n"
            "set xrange [-0.6:%g]\n"
            "set yrange [0:*]\n"
            "set offsets 0, 0, graph 0.08, 0\n"
            "set xtics scale 0\n"
            "$phases << end\n",
            (double)run->ntimes - 0.4);
    for (size_t i = 0; i < run->ntimes; i++) {
        const struct tg_time *time = &run->times[i];

        fprintf(chart.script, "%s %.9g\n", time->name, time->seconds);
        fprintf(words, ", %s %s", time->name,
                tg_text_real(time->seconds, 3).text);
    }
    fprintf(
        chart.script,
        "end\n"
        "plot $phases using 0:2:xtic(1) with boxes linecolor '" TG_CHART_BLUE
        "', "
        "'' using 0:2:(sprintf('%%.%df', $2)) with labels offset 0,0.6 "
        "textcolor '#4b525d' font ',12'\n",
        run->total < 100 ? 3 : 1);
    if (fclose(words) != 0) {
        free(alt);
        alt = NULL;
    }
    return tg_chart_end(&chart, page, alt);
}

/* Shares of a worker's time, in percent; what is slightly below 0, because
 * clocks differ, is 0. */
static struct tg_worker shares(const struct tg_worker *worker)
{
    struct tg_worker share = *worker;
    double all;

    share.busy = fmax(share.busy, 0);
    share.idle = fmax(share.idle, 0);
    share.overhead = fmax(share.overhead, 0);
    all = share.busy + share.idle + share.overhead;
    if (all > 0) {
        share.busy *= 100 / all;
        share.idle *= 100 / all;
        share.overhead *= 100 / all;
    }
    return share;
}

/* A worker by its number, and its rank's where there are several. */
static void put_worker(FILE *file, const struct tg_run *run, int i)
{
    if (run->platform.ranks > 1)
        fprintf(file, "%d.", run->worker[i].rank);
    fprintf(file, "%d", run->worker[i].worker);
}

static int put_workers(FILE *page, const struct tg_run *run)
{
    int n = run->platform.workers,
        step = (n + TG_CHART_NAMED - 1) / TG_CHART_NAMED;
    double busy = 0;
    struct tg_chart chart;
    char *alt;

    TG_TRY(tg_chart_begin(&chart));
    fprintf(chart.script,
            "set title 'time of each worker%s, in percent'\n"
            "set style data histograms\n"
            "set style histogram rowstacked\n"
            "set boxwidth %g\n"
            "set yrange [0:100]\n"
            "set xtics scale 0\n"
            "set key outside bottom center horizontal textcolor '#4b525d' "
            "samplen 1 reverse Left\n"
            "$workers << end\n",
            run->platform.ranks > 1 ? " (rank.worker)" : "",
            n > 60  ? 1.0
            : n < 4 ? 0.4
                    : 0.7);
    for (int i = 0; i < n; i++) {
        struct tg_worker share = shares(&run->worker[i]);

        if (i % step == 0)
            put_worker(chart.script, run, i);
        else
            fputs("\"\"", chart.script);
        fprintf(chart.script, " %.4f %.4f %.4f\n", share.busy, share.overhead,
                share.idle);
        busy += share.busy / n;
    }
    fputs(
        "end\n"
        "plot $workers using 2:xtic(1) title 'busy' linecolor '" TG_CHART_GREEN
        "', '' using 3 title 'overhead' linecolor '" TG_CHART_ORANGE
        "', '' using 4 title 'idle' linecolor '" TG_CHART_GRAY "'\n",
        chart.script);
    if (asprintf(&alt,
                 "Chart: shares of busy, idle and overhead of each of %d "
                 "workers; on average %.0f percent busy",
                 n, busy) < 0)
        alt = NULL;
    return tg_chart_end(&chart, page, alt);
}

static void put_worker_table(FILE *page, const struct tg_run *run)
{
    fputs("<details><summary>The workers in numbers</summary>\n", page);
    tg_page_scroll(page, "Workers in numbers");
    fputs("<table class=\"numbers\"><thead><tr><th scope=\"col\">worker</th>"
          "<th scope=\"col\">busy</th><th scope=\"col\">idle</th>"
          "<th scope=\"col\">overhead</th></tr></thead>\n<tbody>\n",
          page);
    for (int i = 0; i < run->platform.workers; i++) {
        struct tg_worker share = shares(&run->worker[i]);

        fputs("<tr><th scope=\"row\">", page);
        put_worker(page, run, i);
        fprintf(page,
                "</th><td>%.1f %%</td><td>%.1f %%</td><td>%.1f %%</td>"
                "</tr>\n",
                share.busy, share.idle, share.overhead);
    }
    fputs("</tbody></table></div></details>\n", page);
}

int tg_section_times_page(FILE *page, const struct tg_run *run,
                          const char *sentence)
{
    char lead[240];

    snprintf(lead, sizeof lead,
             "%s s in all, from the program’s start until this page.%s%s",
             tg_text_real(run->total, 3).text, *sentence ? " " : "", sentence);
    tg_page_lead(page, lead);
    if (run->uncalibrated)
        fprintf(page,
                "<p class=\"warning\">%s tasks were placed without a "
                "calibrated performance model; --calibrate makes them.</p>\n",
                tg_text_count((int64_t)run->uncalibrated).text);
    fputs("<div class=\"charts\">\n", page);
    TG_TRY(put_phases(page, run));
    if (run->worker)
        TG_TRY(put_workers(page, run));
    fputs("</div>\n", page);
    if (run->worker)
        put_worker_table(page, run);
    return TG_OK;
}
