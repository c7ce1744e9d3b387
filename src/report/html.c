/* The HTML page: its frame, what is said first, and the run at its end. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "output.h"
#include "page.h"
#include "page_css.h" /* made from page.css */
#include "text.h"

/* What the data set is called, without the folders that it is in. */
static void put_name(FILE *page, const char *spec)
{
    size_t length = strlen(spec), first;
    char *name = strdup(spec);

    while (length > 1 && spec[length - 1] == '/')
        length--;
    first = length;
    while (first > 0 && spec[first - 1] != '/')
        first--;
    if (name) {
        name[length] = '\0';
        tg_page_text(page, name + first);
    }
    free(name);
}

static void put_head(FILE *page, const struct tg_result *result)
{
    fputs(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n"
        "<meta name=\"generator\" content=\"starpu_ridge " STARPU_RIDGE_VERSION
        "\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>",
        page);
    put_name(page, result->train->spec);
    fprintf(page, " – starpu_ridge</title>\n<style>\n%s</style>\n</head>\n",
            page_css);
}

/* A number that is seen first, and what it means. */
static void put_fact(FILE *page, const char *label, const char *value,
                     const char *note)
{
    fprintf(page,
            "<div><dt>%s</dt><dd class=\"value\">%s</dd>"
            "<dd class=\"note\">%s</dd></div>\n",
            label, value, note);
}

static void put_accuracy(FILE *page, const struct tg_result *result)
{
    const int64_t *test = result->test_confusion;
    const int64_t *counts = test ? test : result->train_confusion;
    size_t k = (size_t)result->classes;
    int64_t all = 0, right = 0;
    char value[48], note[120];
    double accuracy = tg_report_accuracy(result->classes, counts);

    for (size_t j = 0; j < k; j++) {
        right += counts[j + k * j];
        for (size_t i = 0; i < k; i++)
            all += counts[i + k * j];
    }
    if (isnan(accuracy))
        snprintf(value, sizeof value, "–");
    else
        snprintf(value, sizeof value, "%.2f %%", 100 * accuracy);
    snprintf(note, sizeof note, "%s of %s right", tg_text_count(right).text,
             tg_text_count(all).text);
    put_fact(page, test ? "Test accuracy" : "Training accuracy", value, note);
}

static void put_facts(FILE *page, const struct tg_result *result)
{
    char value[48], note[120] = "as given";

    fputs("<dl class=\"facts\">\n", page);
    put_accuracy(page, result);
    if (result->nlambdas)
        snprintf(note, sizeof note, "of %zu, by %zu folds’ %s",
                 result->nlambdas, result->folds,
                 result->by_error ? "mse" : "accuracy");
    snprintf(value, sizeof value, "%.6g", result->lambda);
    put_fact(page, "Regularisation λ", value, note);
    snprintf(note, sizeof note, "%s features, %s classes",
             tg_text_count((int64_t)result->features).text,
             tg_text_count(result->classes).text);
    put_fact(page, "Training samples",
             tg_text_count((int64_t)result->n_train).text, note);
    snprintf(value, sizeof value, "%s s",
             tg_text_real(result->total, result->total < 100 ? 2 : 0).text);
    snprintf(note, sizeof note, "%d worker%s, %d rank%s",
             result->platform.workers, result->platform.workers == 1 ? "" : "s",
             result->platform.ranks, result->platform.ranks == 1 ? "" : "s");
    put_fact(page, "Time", value, note);
    fputs("</dl>\n", page);
}

static void put_links(FILE *page, const struct tg_result *result)
{
    const struct {
        bool there;
        const char *id, *text;
    } links[] = {
        {tg_page_has_samples(result), "samples", "Samples"},
        {tg_page_has_curves(result), "validation", "Cross-validation"},
        {true, "confusion", "Confusion matrix"},
        {tg_page_has_weights(result), "weights", "Weights"},
        {tg_page_has_mistakes(result), "mistakes", "Mistakes"},
        {true, "time", "Time"},
        {true, "run", "Run"},
    };

    fputs("<nav aria-label=\"Parts of this page\">", page);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i].there)
            fprintf(page, "<a href=\"#%s\">%s</a>\n", links[i].id,
                    links[i].text);
    fputs("</nav>\n", page);
}

static void put_header(FILE *page, const struct tg_result *result)
{
    const struct tg_dataset *data = result->train;

    fputs("<body>\n<header>\n<p class=\"over\">Ridge classification</p>\n<h1>",
          page);
    put_name(page, data->spec);
    fputs("</h1>\n", page);
    put_facts(page, result);
    put_links(page, result);
    fputs("</header>\n<main>\n", page);
}

/* A row of the table of the run. */
static void put_row(FILE *page, const char *name, const char *value)
{
    fprintf(page, "<tr><th scope=\"row\">%s</th><td>", name);
    tg_page_text(page, value);
    fputs("</td></tr>\n", page);
}

static void put_data(FILE *page, const struct tg_result *result)
{
    const struct tg_dataset *data = result->train;
    char text[160];

    put_row(page, "Data", data->spec);
    if (data->width)
        snprintf(text, sizeof text, "%s, %d x %d, %d channel%s", data->format,
                 data->width, data->height, data->channels,
                 data->channels == 1 ? "" : "s");
    else
        snprintf(text, sizeof text, "%s, %zu values", data->format,
                 data->features);
    put_row(page, "Format", text);
    snprintf(text, sizeof text, "%s for training, %s for testing",
             tg_text_count((int64_t)result->n_train).text,
             tg_text_count((int64_t)result->n_test).text);
    put_row(page, "Samples", text);
    if (result->model)
        put_row(page, "Model", result->model);
}

static void put_machine(FILE *page, const struct tg_result *result)
{
    const struct tg_platform *platform = &result->platform;
    char text[160];

    snprintf(text, sizeof text, "%zu tiles, %zu lanes, blocks of %zu features",
             result->tiles, result->lanes, result->block);
    put_row(page, "Graph", text);
    snprintf(text, sizeof text, "%llu", (unsigned long long)result->seed);
    put_row(page, "Seed", text);
    snprintf(text, sizeof text, "%d rank%s, %d worker%s, scheduler %s",
             platform->ranks, platform->ranks == 1 ? "" : "s",
             platform->workers, platform->workers == 1 ? "" : "s",
             platform->scheduler);
    put_row(page, "Machine", text);
    put_row(page, "starpu_ridge", STARPU_RIDGE_VERSION);
    put_row(page, "StarPU", platform->starpu);
    put_row(page, "MPI", platform->mpi);
    put_row(page, "BLAS", platform->blas);
    put_row(page, "8-bit Gram", platform->kernel);
}

static void put_run(FILE *page, const struct tg_result *result)
{
    tg_page_begin(page, "run", "Run", NULL);
    if (result->command) {
        fputs("<pre><code>", page);
        tg_page_text(page, result->command);
        fputs("</code></pre>\n", page);
    }
    tg_page_scroll(page, "The run");
    fputs("<table class=\"run\"><tbody>\n", page);
    put_data(page, result);
    put_machine(page, result);
    fputs("</tbody></table></div>\n", page);
    tg_page_end(page);
}

static int put_page(FILE *page, const struct tg_result *result)
{
    put_head(page, result);
    put_header(page, result);
    TG_TRY(tg_page_samples(page, result));
    TG_TRY(tg_page_curves(page, result));
    tg_page_confusion(page, result);
    TG_TRY(tg_page_weights(page, result));
    TG_TRY(tg_page_mistakes(page, result));
    TG_TRY(tg_page_times(page, result));
    put_run(page, result);
    fputs("</main>\n<footer>Made by starpu_ridge " STARPU_RIDGE_VERSION
          ".</footer>\n</body>\n</html>\n",
          page);
    return TG_OK;
}

int tg_report_html(const char *path, const struct tg_result *result)
{
    struct tg_output output;
    int error;

    TG_TRY(tg_output_open(&output, path));
    error = put_page(output.file, result);
    if (!error)
        error = tg_output_commit(&output);
    tg_output_discard(&output);
    return error;
}
