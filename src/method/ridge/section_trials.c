/* What was tried before the last graph, and what became of it. */
#include "section_list.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "page.h"
#include "terminal.h"
#include "text.h"

enum { INDENT = 38 }; /* columns before a map's terms */

static bool has_trials(const void *result)
{
    const struct tg_trials *trials = ((const struct tg_result *)result)->trials;

    return trials && trials->count > 0;
}

/* A map's terms, a line each, with what goes for all of them. */
static void print_choice(FILE *out, const struct tg_choice *choice)
{
    const char *term = choice->features;

    for (;;) {
        size_t length = strcspn(term, "+");

        fprintf(out, "%.*s", (int)length, term);
        term += length;
        if (!*term)
            break;
        fprintf(out, "+\n%*s", INDENT, "");
        term++;
    }
    if (choice->mirror)
        fputs(" mirror", out);
    if (choice->augment)
        fprintf(out, " augment=%zu", choice->augment);
}

static void print_trial(FILE *out, const struct tg_trial *trial, bool chosen,
                        int color)
{
    double accuracy = trial->accuracy, error = trial->error;

    if (chosen)
        tg_terminal_start(out, color, TG_GREEN);
    fprintf(out, "%c %6s ± %-5s%9s%9s%7s ", chosen ? '*' : ' ',
            tg_text_real(100 * accuracy, 2).text,
            tg_text_real(100 * error, 2).text,
            tg_text_count((int64_t)trial->extent.features).text,
            tg_text_count((int64_t)trial->extent.rows).text,
            tg_text_real(trial->seconds, 2).text);
    print_choice(out, &trial->choice);
    if (chosen)
        tg_terminal_stop(out, color);
    fputc('\n', out);
}

/* Why the last graph is what it is, and how to have it again: what a budget has
 * room for depends on the machine and the hour. */
static void print_reasons(FILE *out, const struct tg_result *result)
{
    const struct tg_trials *trials = result->trials;

    if (trials->budget <= 0 || trials->expected <= 0)
        return;
    fprintf(out, "Errors fell as features^-%.2f", trials->slope);
    if (trials->gain > 0)
        fprintf(out, " and as (copies + 1)^-%.2f", trials->gain);
    if (trials->expected > trials->budget)
        fputs("; there is time for none,\nnot even a small map: ", out);
    else
        fprintf(out, "; the largest map\nthat %s has room for: ",
                trials->limit ? trials->limit : "the budget");
    fprintf(out, "%.1f s expected of a budget of %.0f s.\n", trials->expected,
            trials->budget);
    fputs("Without trials, and the same other options: --features ", out);
    tg_text_whole(out, trials->last.features);
    if (trials->last.mirror)
        fputs(" --mirror", out);
    if (trials->last.augment)
        fprintf(out, " --augment %zu", trials->last.augment);
    fputc('\n', out);
}

static int print_trials(FILE *out, const void *result, int color)
{
    const struct tg_trials *trials = ((const struct tg_result *)result)->trials;

    tg_terminal_title(out, color, "Trials");
    fprintf(out, "%16s%9s%9s%7s map\n", "validation %", "features", "samples",
            "s");
    for (size_t t = 0; t < trials->count; t++)
        print_trial(out, &trials->trial[t], t == trials->chosen, color);
    print_reasons(out, result);
    return TG_OK;
}

static int put_trials(struct tg_json *json, const void *result)
{
    const struct tg_trials *trials = ((const struct tg_result *)result)->trials;

    tg_json_open(json, "trials", '[');
    for (size_t t = 0; trials && t < trials->count; t++) {
        const struct tg_trial *trial = &trials->trial[t];

        tg_json_open(json, NULL, '{');
        tg_json_text(json, "features", trial->choice.features);
        tg_json_bool(json, "mirror", trial->choice.mirror);
        tg_json_count(json, "augment", trial->choice.augment);
        tg_json_integer(json, "d", (int64_t)trial->extent.features);
        tg_json_integer(json, "samples", (int64_t)trial->extent.rows);
        tg_json_real(json, "lambda", trial->lambda);
        tg_json_real(json, "accuracy", trial->accuracy);
        tg_json_real(json, "accuracy_se", trial->error);
        tg_json_real(json, "seconds", trial->seconds);
        tg_json_bool(json, "chosen", t == trials->chosen);
        tg_json_close(json, '}');
    }
    tg_json_close(json, ']');
    tg_json_real(json, "budget", trials ? trials->budget : 0);
    tg_json_real(json, "expected_seconds", trials ? trials->expected : 0);
    return TG_OK;
}

static void put_row(FILE *page, const struct tg_trial *trial, bool chosen)
{
    fprintf(page, "<tr%s><th scope=\"row\">",
            chosen ? " class=\"chosen\"" : "");
    tg_page_text(page, trial->choice.features);
    if (trial->choice.mirror)
        fputs(" mirror", page);
    if (trial->choice.augment)
        fprintf(page, " augment=%zu", trial->choice.augment);
    fprintf(page,
            "</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td>"
            "</tr>\n",
            tg_text_real(100 * trial->accuracy, 2).text,
            tg_text_real(100 * trial->error, 2).text,
            tg_text_count((int64_t)trial->extent.features).text,
            tg_text_count((int64_t)trial->extent.rows).text,
            tg_text_real(trial->seconds, 2).text);
}

static int put_page(FILE *page, const void *result)
{
    const struct tg_trials *trials = ((const struct tg_result *)result)->trials;

    tg_page_lead(page, "Maps that were validated first; the last graph trains "
                       "on what did best.");
    tg_page_scroll(page, "Trials");
    fputs("<table class=\"numbers\"><thead><tr><th scope=\"col\">map</th>"
          "<th scope=\"col\">validation %</th><th scope=\"col\">±</th>"
          "<th scope=\"col\">features</th><th scope=\"col\">samples</th>"
          "<th scope=\"col\">seconds</th></tr></thead><tbody>\n",
          page);
    for (size_t t = 0; t < trials->count; t++)
        put_row(page, &trials->trial[t], t == trials->chosen);
    fputs("</tbody></table></div>\n", page);
    return TG_OK;
}

const struct tg_section tg_section_trials = {
    .id = "trials",
    .title = "Trials",
    .has = has_trials,
    .text = print_trials,
    .json = put_trials,
    .html = put_page,
};
