/* The sections that every method has, but for charts. */
#include "sections.h"

#include "error.h"
#include "json.h"
#include "page.h"
#include "terminal.h"
#include "text.h"

enum { TIMES = 7 }; /* columns of seconds in a line */

/* ---- Seconds ---------------------------------------------------------- */

static void print_seconds(FILE *out, double seconds)
{
    fprintf(out, "%10s", tg_text_real(seconds, seconds < 1e4 ? 3 : 0).text);
}

/* Workers' mean seconds in tasks of each phase, and the clock's in all; more
 * lines than two where there are many phases. */
static int times_text(FILE *out, const void *result, int color)
{
    const struct tg_run *run = result;
    size_t columns = run->ntimes + 1, end;

    fputc('\n', out);
    for (size_t first = 0; first < columns; first = end) {
        end = columns - first > TIMES ? first + TIMES : columns;
        tg_terminal_label(out, color, "");
        for (size_t i = first; i < end; i++)
            fprintf(out, "%10.9s",
                    i < run->ntimes ? run->times[i].name : "wall");
        fputc('\n', out);
        tg_terminal_label(out, color, "Seconds");
        for (size_t i = first; i < end; i++)
            print_seconds(out,
                          i < run->ntimes ? run->times[i].seconds : run->total);
        fputc('\n', out);
    }
    return TG_OK;
}

static int times_json(struct tg_json *json, const void *result)
{
    const struct tg_run *run = result;

    tg_json_open(json, "seconds", '{');
    for (size_t i = 0; i < run->ntimes; i++)
        tg_json_real(json, run->times[i].name, run->times[i].seconds);
    tg_json_real(json, "total", run->total);
    tg_json_close(json, '}');
    return TG_OK;
}

static int times_html(FILE *page, const void *result)
{
    return tg_section_times_page(page, result, "");
}

const struct tg_section tg_section_times = {
    .id = "time",
    .title = "Time",
    .text = times_text,
    .json = times_json,
    .html = times_html,
};

/* ---- Workers, machine, software --------------------------------------- */

/* Workers' shares: the mean, and the least and the most busy of several. */
static int workers_text(FILE *out, const void *result, int color)
{
    const struct tg_run *run = result;
    int n = run->platform.workers;
    double busy = 0, idle = 0, all = 0, least = 1, most = 0;

    for (int i = 0; run->worker && i < n; i++) {
        const struct tg_worker *worker = &run->worker[i];
        double time = worker->busy + worker->idle + worker->overhead;
        double share = time > 0 ? worker->busy / time : 0;

        busy += worker->busy;
        idle += worker->idle;
        all += time;
        least = share < least ? share : least;
        most = share > most ? share : most;
    }
    if (all <= 0)
        return TG_OK;
    tg_terminal_label(out, color, "Workers");
    fprintf(out, "busy %.1f %%, idle %.1f %%, overhead %.1f %%",
            100 * busy / all, 100 * idle / all,
            100 * (all - busy - idle) / all);
    if (n > 1)
        fprintf(out, " (busy %.1f to %.1f)", 100 * least, 100 * most);
    fputc('\n', out);
    return TG_OK;
}

static void put_worker(struct tg_json *json, const struct tg_worker *worker)
{
    tg_json_open(json, NULL, '{');
    tg_json_integer(json, "rank", worker->rank);
    tg_json_integer(json, "worker", worker->worker);
    tg_json_real(json, "busy", worker->busy);
    tg_json_real(json, "idle", worker->idle);
    tg_json_real(json, "overhead", worker->overhead);
    tg_json_close(json, '}');
}

static int workers_json(struct tg_json *json, const void *result)
{
    const struct tg_run *run = result;
    const struct tg_platform *platform = &run->platform;

    tg_json_integer(json, "ranks", platform->ranks);
    tg_json_integer(json, "workers", platform->workers);
    tg_json_open(json, "worker_seconds", '[');
    for (int i = 0; run->worker && i < platform->workers; i++)
        put_worker(json, &run->worker[i]);
    tg_json_close(json, ']');
    tg_json_text(json, "scheduler", platform->scheduler);
    tg_json_open(json, "versions", '{');
    tg_json_text(json, "starpu_ridge", STARPU_RIDGE_VERSION);
    tg_json_text(json, "starpu", platform->starpu);
    tg_json_text(json, "mpi", platform->mpi);
    tg_json_text(json, "blas", platform->blas);
    tg_json_text(json, "gram_kernel", platform->kernel);
    tg_json_close(json, '}');
    return TG_OK;
}

const struct tg_section tg_section_workers = {
    .text = workers_text,
    .json = workers_json,
};

/* "2 ranks, 4 workers, scheduler lws". */
static void put_machine(char *text, size_t size,
                        const struct tg_platform *platform)
{
    snprintf(text, size, "%d rank%s, %d worker%s, scheduler %.32s",
             platform->ranks, platform->ranks == 1 ? "" : "s",
             platform->workers, platform->workers == 1 ? "" : "s",
             platform->scheduler);
}

void tg_section_run_line(FILE *out, const struct tg_run *run, int color)
{
    char text[160];

    put_machine(text, sizeof text, &run->platform);
    tg_terminal_label(out, color, "Run");
    fprintf(out, "%s\n", text);
}

void tg_section_command(FILE *page, const struct tg_run *run)
{
    if (!run->command)
        return;
    fputs("<pre><code>", page);
    tg_page_text(page, run->command);
    fputs("</code></pre>\n", page);
}

void tg_section_machine(FILE *page, const struct tg_run *run)
{
    const struct tg_platform *platform = &run->platform;
    char text[160];

    put_machine(text, sizeof text, platform);
    tg_page_row(page, "Machine", text);
    tg_page_row(page, "starpu_ridge", STARPU_RIDGE_VERSION);
    tg_page_row(page, "StarPU", platform->starpu);
    tg_page_row(page, "MPI", platform->mpi);
    tg_page_row(page, "BLAS", platform->blas);
    tg_page_row(page, "8-bit Gram", platform->kernel);
}

/* ---- Calibration ------------------------------------------------------ */

static int calibration_text(FILE *out, const void *result, int color)
{
    const struct tg_run *run = result;

    if (run->uncalibrated) {
        tg_terminal_start(out, color, TG_YELLOW);
        fprintf(out,
                "Warning: %s tasks ran without a calibrated performance "
                "model, on\n"
                "which schedulers such as dmda rely: run once with "
                "--calibrate, one\n"
                "rank a node.\n",
                tg_text_count((int64_t)run->uncalibrated).text);
        tg_terminal_stop(out, color);
    } else if (run->calibrations) {
        tg_terminal_label(out, color, "Timings");
        fprintf(out,
                "calibrated in %d run%s; what is above is the last one's\n",
                run->calibrations, run->calibrations == 1 ? "" : "s");
    }
    return TG_OK;
}

static int calibration_json(struct tg_json *json, const void *result)
{
    const struct tg_run *run = result;

    tg_json_count(json, "uncalibrated_tasks", run->uncalibrated);
    return TG_OK;
}

const struct tg_section tg_section_calibration = {
    .text = calibration_text,
    .json = calibration_json,
};
