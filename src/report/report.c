#include "report.h"

#include <math.h>
#include <string.h>

#include "text.h"

#define MANY 20  /* classes that a table shows; beyond, only ... */
#define FEW 5    /* ... these */
#define NAMES 30 /* columns that class names may take */

#define BOLD "1"
#define GREEN "32"
#define YELLOW "33"

const char *const tg_phase_names[TG_PHASES] = {
#define X(name, text) text,
    TG_PHASE_MAP(X)
#undef X
};

/* A confusion matrix, or the number of predictions of each class. */
struct table {
    int k;
    char *const *names;
    const int64_t *confusion; /* k x k, or NULL */
    const int64_t *predicted; /* [k], or NULL: not shown */
};

/* What the tables say of one class. */
struct row {
    const char *name;
    double precision, recall;
    int64_t support, predicted;
};

static void start(FILE *out, int color, const char *style)
{
    if (color)
        fprintf(out, "\033[%sm", style);
}

static void stop(FILE *out, int color)
{
    if (color)
        fputs("\033[0m", out);
}

static void title(FILE *out, int color, const char *text)
{
    fputc('\n', out);
    start(out, color, BOLD);
    fputs(text, out);
    stop(out, color);
    fputc('\n', out);
}

static void label(FILE *out, int color, const char *word)
{
    start(out, color, BOLD);
    fprintf(out, "%-*s", TG_TEXT_LABEL, word);
    stop(out, color);
}

static int64_t hits(int k, const int64_t *confusion, int64_t *all)
{
    int64_t right = 0;

    *all = 0;
    for (size_t j = 0; j < (size_t)k; j++) {
        right += confusion[j + (size_t)k * j];
        for (size_t i = 0; i < (size_t)k; i++)
            *all += confusion[i + (size_t)k * j];
    }
    return right;
}

double tg_report_accuracy(int k, const int64_t *confusion)
{
    int64_t all = 0, right = confusion ? hits(k, confusion, &all) : 0;

    return all ? (double)right / (double)all : NAN;
}

static struct row make_row(const struct table *table, size_t i)
{
    struct row row = {.name = table->names[i], .precision = NAN, .recall = NAN};
    size_t k = (size_t)table->k;
    int64_t right, named = 0;

    if (table->predicted)
        row.predicted = table->predicted[i];
    if (!table->confusion)
        return row;
    right = table->confusion[i + k * i];
    for (size_t j = 0; j < k; j++) {
        row.support += table->confusion[i + k * j];
        named += table->confusion[j + k * i];
    }
    if (row.support)
        row.recall = (double)right / (double)row.support;
    if (named)
        row.precision = (double)right / (double)named;
    return row;
}

/* Which of two classes a short table shows first. */
static bool before(const struct row *a, const struct row *b)
{
    double low = isnan(a->recall) ? 2 : a->recall;
    double high = isnan(b->recall) ? 2 : b->recall;

    return low != high ? low < high : a->predicted > b->predicted;
}

/* All classes, or the few that matter; returns how many. */
static int choose_rows(const struct table *table, struct row rows[MANY])
{
    int n = 0;

    for (int i = 0; i < table->k; i++) {
        struct row row = make_row(table, (size_t)i);
        int at = n;

        if (table->k > MANY) {
            while (at > 0 && before(&row, &rows[at - 1]))
                at--;
            if (at == FEW)
                continue;
            n -= n == FEW;
        }
        memmove(&rows[at + 1], &rows[at], (size_t)(n - at) * sizeof *rows);
        rows[at] = row;
        n++;
    }
    return n;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static void print_classes(FILE *out, const struct table *table, int color)
{
    struct row rows[MANY];
    int n = choose_rows(table, rows), width = 5;

    for (int i = 0; i < n; i++)
        width = larger(width, tg_text_columns(rows[i].name));
    width = width < NAMES ? width : NAMES;
    start(out, color, BOLD);
    fprintf(out, "%-*s", width, "class");
    if (table->confusion)
        fprintf(out, "%12s%10s%14s", "precision", "recall", "samples");
    if (table->predicted)
        fprintf(out, "%14s", "predicted");
    stop(out, color);
    fputc('\n', out);
    for (int i = 0; i < n; i++) {
        tg_text_name(out, rows[i].name, width, true);
        if (table->confusion)
            fprintf(out, "%12s%10s%14s",
                    tg_text_real(rows[i].precision, 4).text,
                    tg_text_real(rows[i].recall, 4).text,
                    tg_text_count(rows[i].support).text);
        if (table->predicted)
            fprintf(out, "%14s", tg_text_count(rows[i].predicted).text);
        fputc('\n', out);
    }
    if (table->k > MANY)
        fprintf(out, "(the %d classes %s, of %s)\n", FEW,
                table->confusion ? "of lowest recall" : "predicted most",
                tg_text_count(table->k).text);
}

static void print_accuracy(FILE *out, const char *name, int k,
                           const int64_t *confusion)
{
    int64_t all, right = hits(k, confusion, &all);

    fprintf(out, "%s%s (%s of %s)\n", name,
            tg_text_real(tg_report_accuracy(k, confusion), 4).text,
            tg_text_count(right).text, tg_text_count(all).text);
}

static void print_cv_row(FILE *out, const struct tg_result *result,
                         const struct tg_cv_row *row, int color)
{
    bool chosen = row->lambda == result->lambda;

    if (chosen)
        start(out, color, GREEN);
    fprintf(out, "%c %12.6g", chosen ? '*' : ' ', row->lambda);
    if (row->failed)
        fprintf(out, "   not positive definite in %d of %zu folds", row->failed,
                result->folds);
    else
        fprintf(out, "%12s ± %s%14s", tg_text_real(row->accuracy, 4).text,
                tg_text_real(row->accuracy_se, 4).text,
                tg_text_real(row->mse, 6).text);
    if (chosen) {
        fputs("  chosen", out);
        stop(out, color);
    }
    fputc('\n', out);
}

/* A best value at the edge hints at a better one beyond; not below 0. */
static void warn_edge(FILE *out, const struct tg_result *result, int color)
{
    const struct tg_cv_row *cv = result->cv;
    bool first = result->lambda == cv[0].lambda && result->lambda > 0;
    bool last = result->lambda == cv[result->nlambdas - 1].lambda;

    if (result->nlambdas < 2 || (!first && !last))
        return;
    start(out, color, YELLOW);
    fprintf(out,
            "Warning: the best lambda is the %s of those tried; %s ones\n"
            "may do better: give some with --lambda.\n",
            first ? "smallest" : "largest", first ? "smaller" : "larger");
    stop(out, color);
}

static void print_cv(FILE *out, const struct tg_result *result, int color)
{
    char text[80];

    if (!result->nlambdas)
        return;
    snprintf(text, sizeof text, "Cross-validation, %zu folds, best %s",
             result->folds,
             result->by_error ? "mse" : "accuracy");
    title(out, color, text);
    fprintf(out, "%14s%12s ± %s%15s\n", "lambda", "accuracy", "error", "mse");
    for (size_t i = 0; i < result->nlambdas; i++)
        print_cv_row(out, result, &result->cv[i], color);
    warn_edge(out, result, color);
}

/* Workers' mean seconds in tasks of each phase, and the clock's in all. */
static void print_seconds(FILE *out, const double phases[TG_PHASES],
                          double total, int color)
{
    fputc('\n', out);
    label(out, color, "");
    for (int i = 0; i < TG_PHASES; i++)
        fprintf(out, "%10s", tg_phase_names[i]);
    fprintf(out, "%10s\n", "wall");
    label(out, color, "Seconds");
    for (int i = 0; i < TG_PHASES; i++)
        fprintf(out, "%10s",
                tg_text_real(phases[i], phases[i] < 1e4 ? 3 : 0).text);
    fprintf(out, "%10s\n", tg_text_real(total, total < 1e4 ? 3 : 0).text);
}

/* The data set in a line: a name, of which what fits is shown, how many
 * samples, and what they are; in three lines where one is too short. */
static void print_data(FILE *out, const struct tg_dataset *data, int classes,
                       const char *counts, int color)
{
    char shape[64], size[48];
    int room;

    if (!data->width)
        snprintf(size, sizeof size, "%zu values", data->features);
    else if (data->channels == 1)
        snprintf(size, sizeof size, "%dx%d", data->width, data->height);
    else
        snprintf(size, sizeof size, "%dx%dx%d", data->width, data->height,
                 data->channels);
    snprintf(shape, sizeof shape, "%s, %d classes", size, classes);
    room = TG_TEXT_WIDTH - TG_TEXT_LABEL - tg_text_columns(counts) -
           tg_text_columns(shape) - 4;
    label(out, color, "Data");
    if (room < 10) {
        tg_text_path(out, data->spec, TG_TEXT_WIDTH - TG_TEXT_LABEL);
        fprintf(out, "\n%*s%s\n%*s%s\n", TG_TEXT_LABEL, "", counts,
                TG_TEXT_LABEL, "", shape);
    } else {
        tg_text_path(out, data->spec, room);
        fprintf(out, ": %s, %s\n", counts, shape);
    }
    if (data->ignored)
        fprintf(out, "%*s%s other files in it are left out: no pictures\n",
                TG_TEXT_LABEL, "", tg_text_count((int64_t)data->ignored).text);
}

/* Workers' shares: the mean, and the least and the most busy of several. */
static void print_workers(FILE *out, const struct tg_worker *worker, int n,
                          int color)
{
    double busy = 0, idle = 0, all = 0, least = 1, most = 0;

    for (int i = 0; worker && i < n; i++) {
        double time = worker[i].busy + worker[i].idle + worker[i].overhead;
        double share = time > 0 ? worker[i].busy / time : 0;

        busy += worker[i].busy;
        idle += worker[i].idle;
        all += time;
        least = share < least ? share : least;
        most = share > most ? share : most;
    }
    if (all <= 0)
        return;
    label(out, color, "Workers");
    fprintf(out, "busy %.1f %%, idle %.1f %%, overhead %.1f %%",
            100 * busy / all, 100 * idle / all,
            100 * (all - busy - idle) / all);
    if (n > 1)
        fprintf(out, " (busy %.1f to %.1f)", 100 * least, 100 * most);
    fputc('\n', out);
}

static void warn_uncalibrated(FILE *out, const struct tg_result *result,
                              int color)
{
    start(out, color, YELLOW);
    fprintf(
        out,
        "Warning: %s tasks ran without a calibrated performance model, on\n"
        "which schedulers such as dmda rely: run once with --calibrate, one\n"
        "rank a node.\n",
        tg_text_count((int64_t)result->uncalibrated).text);
    stop(out, color);
}

static void print_platform(FILE *out, const struct tg_platform *platform,
                           int color)
{
    label(out, color, "Run");
    fprintf(out, "%d rank%s, %d worker%s, scheduler %.32s\n", platform->ranks,
            platform->ranks == 1 ? "" : "s", platform->workers,
            platform->workers == 1 ? "" : "s", platform->scheduler);
}

static void print_file(FILE *out, const char *word, const char *path, int color)
{
    if (!path)
        return;
    label(out, color, word);
    tg_text_whole(out, path);
    fputc('\n', out);
}

static void print_fit_head(FILE *out, const struct tg_result *result, int color)
{
    char counts[96], test[48] = "";

    if (result->n_test)
        snprintf(test, sizeof test, " + %s test",
                 tg_text_count((int64_t)result->n_test).text);
    snprintf(counts, sizeof counts, "%s train%s samples",
             tg_text_count((int64_t)result->n_train).text, test);
    print_data(out, result->train, result->classes, counts, color);
    print_platform(out, &result->platform, color);
    label(out, color, "Graph");
    fprintf(out, "%zu tiles, %zu lanes, blocks of %zu features\n",
            result->tiles, result->lanes, result->block);
}

const char *tg_report_rate(const struct tg_result *result)
{
    return result->train->type == TG_U8 ? "Gop/s" : "Gflop/s";
}

static void print_calibration(FILE *out, const struct tg_result *result,
                              int color)
{
    if (!result->calibrations)
        return;
    label(out, color, "Timings");
    fprintf(out, "calibrated in %d run%s; what is above is the last one's\n",
            result->calibrations, result->calibrations == 1 ? "" : "s");
}

void tg_report_fit(FILE *out, const struct tg_result *result, int color)
{
    const int64_t *test = result->test_confusion;
    const int64_t *confusion = test ? test : result->train_confusion;
    const struct table table = {result->classes, result->class_names, confusion,
                                NULL};

    print_fit_head(out, result, color);
    print_cv(out, result, color);
    title(out, color, test ? "Test samples" : "Training samples");
    print_classes(out, &table, color);
    fputc('\n', out);
    label(out, color, "Lambda");
    fprintf(out, "%.6g\n", result->lambda);
    label(out, color, "Accuracy");
    print_accuracy(out, "train ", result->classes, result->train_confusion);
    if (test) {
        label(out, color, "");
        print_accuracy(out, "test  ", result->classes, test);
    }
    print_seconds(out, result->seconds, result->total, color);
    label(out, color, "Gram");
    fprintf(out, "%s %s (samples x features^2 / worker seconds)\n",
            tg_text_real(result->gram_gflops, 1).text, tg_report_rate(result));
    print_workers(out, result->worker, result->platform.workers, color);
    if (result->uncalibrated)
        warn_uncalibrated(out, result, color);
    else
        print_calibration(out, result, color);
    print_file(out, "Model", result->model, color);
    print_file(out, "Results", result->json, color);
    print_file(out, "Trace", result->trace, color);
    print_file(out, "Report", result->report, color);
    print_file(out, "Pictures", result->confusion_picture, color);
    print_file(out, result->confusion_picture ? "" : "Pictures",
               result->weights_picture, color);
}

void tg_report_predict(FILE *out, const struct tg_prediction *p, int color)
{
    const struct table table = {p->classes, p->class_names, p->confusion,
                                p->predicted};
    char counts[48];

    snprintf(counts, sizeof counts, "%s %ssample%s",
             tg_text_count((int64_t)p->count).text,
             p->data->part == TG_TEST ? "test " : "", p->count == 1 ? "" : "s");
    print_data(out, p->data, p->classes, counts, color);
    print_file(out, "Model", p->model, color);
    print_platform(out, &p->platform, color);
    title(out, color, "Predictions");
    print_classes(out, &table, color);
    if (p->confusion) {
        fputc('\n', out);
        label(out, color, "Accuracy");
        print_accuracy(out, "", p->classes, p->confusion);
    }
    print_seconds(out, p->seconds, p->total, color);
    print_workers(out, p->worker, p->platform.workers, color);
    print_file(out, "Output", p->output, color);
    print_file(out, "Results", p->json, color);
    print_file(out, "Trace", p->trace, color);
    print_file(out, "Picture", p->confusion_picture, color);
}
