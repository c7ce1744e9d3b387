/* Cross-validation, as a table and as JSON. */
#include "section_list.h"

#include <math.h>

#include "error.h"
#include "json.h"
#include "terminal.h"
#include "text.h"

static void print_cv_row(FILE *out, const struct tg_result *result,
                         const struct tg_cv_row *row, int color)
{
    bool chosen = row->lambda == result->lambda;

    if (chosen)
        tg_terminal_start(out, color, TG_GREEN);
    fprintf(out, "%c %12.6g", chosen ? '*' : ' ', row->lambda);
    if (row->failed)
        fprintf(out, "   not positive definite in %d of %zu folds", row->failed,
                result->validated);
    else
        fprintf(out, "%12s ± %s%14s", tg_text_real(row->accuracy, 4).text,
                tg_text_real(row->accuracy_se, 4).text,
                tg_text_real(row->mse, 6).text);
    if (chosen) {
        fputs("  chosen", out);
        tg_terminal_stop(out, color);
    }
    fputc('\n', out);
}

/* Are values alike, but for rounding? */
static bool alike(double a, double b)
{
    return fabs(a - b) <= 1e-6 * fabs(a + b);
}

/* Which lambda has the least error of those that do as well as the best. */
static size_t least_error(const struct tg_result *result, bool *all)
{
    const struct tg_cv_row *cv = result->cv, *chosen;
    size_t least = 0, ties = 0;

    while (least + 1 < result->nlambdas && cv[least].lambda != result->lambda)
        least++;
    chosen = &cv[least];
    for (size_t l = 0; l < result->nlambdas; l++) {
        if (result->by_error ? &cv[l] != chosen
                             : cv[l].accuracy != chosen->accuracy)
            continue;
        ties++;
        if (cv[l].mse < cv[least].mse)
            least = l;
    }
    *all = ties == result->nlambdas;
    return least;
}

/* A best value at the edge hints at a better one beyond, not below 0; of those
 * that classify alike, the one that errs least tells where.  Errors that are
 * alike, too, tell that lambda is far from where it matters. */
static void warn_edge(FILE *out, const struct tg_result *result, int color)
{
    const struct tg_cv_row *cv = result->cv;
    const size_t last = result->nlambdas - 1;
    size_t best;
    bool all;

    if (isnan(result->lambda))
        return;
    best = least_error(result, &all);
    if (alike(cv[0].mse, cv[last].mse) && all)
        fputs("Note      no lambda does better than another; if accuracy is "
              "low, try others,\n          or --standardize.\n",
              out);
    if ((best && best < last) || cv[best].lambda == 0 ||
        alike(cv[0].mse, cv[last].mse))
        return;
    tg_terminal_start(out, color, TG_YELLOW);
    fprintf(out,
            "Warning: the best lambda is the %s of those tried; %s ones\n"
            "may do better: give some with --lambda.\n",
            best ? "largest" : "smallest", best ? "larger" : "smaller");
    tg_terminal_stop(out, color);
}

static void print_units(FILE *out, const struct tg_result *result)
{
    if (result->standardize && result->learnt)
        fprintf(out,
                "Lambda is for features of variance 1; those tried are "
                "multiples of %.0f,\nthe number of samples%s.\n",
                result->lambda_unit,
                result->learnt->features.common.copies ? " and their copies"
                                                       : "");
    else if (result->standardize)
        fputs("Lambda is for features of variance 1 (--standardize).\n", out);
    else if (result->lambda_unit != 1)
        fprintf(out,
                "Lambdas are multiples of %.4g, the features' typical "
                "variance.\n",
                result->lambda_unit);
}

/* What the dual form does otherwise. */
static void print_statistics(FILE *out, const struct tg_result *result)
{
    if (result->dual && result->standardize)
        fputs("Features' variances are those of all training samples in every "
              "fold.\n",
              out);
}

static bool has_validation(const void *result)
{
    const struct tg_result *fit = result;

    return fit->nlambdas > 0;
}

static int print_validation(FILE *out, const void *result, int color)
{
    const struct tg_result *fit = result;
    char text[80];

    if (fit->validated < fit->folds)
        snprintf(text, sizeof text, "Validation on %zu of %zu folds, best %s",
                 fit->validated, fit->folds,
                 fit->by_error ? "mse" : "accuracy");
    else
        snprintf(text, sizeof text, "Cross-validation, %zu folds, best %s",
                 fit->folds, fit->by_error ? "mse" : "accuracy");
    tg_terminal_title(out, color, text);
    fprintf(out, "%14s%12s ± %s%15s\n", "lambda", "accuracy", "error", "mse");
    for (size_t i = 0; i < fit->nlambdas; i++)
        print_cv_row(out, fit, &fit->cv[i], color);
    print_units(out, fit);
    print_statistics(out, fit);
    warn_edge(out, fit, color);
    return TG_OK;
}

static int put_validation(struct tg_json *json, const void *result)
{
    const struct tg_result *fit = result;

    tg_json_open(json, "cv", '[');
    for (size_t i = 0; i < fit->nlambdas; i++) {
        const struct tg_cv_row *row = &fit->cv[i];

        tg_json_open(json, NULL, '{');
        tg_json_real(json, "lambda", row->lambda);
        tg_json_real(json, "accuracy", row->accuracy);
        tg_json_real(json, "accuracy_se", row->accuracy_se);
        tg_json_real(json, "mse", row->mse);
        tg_json_real(json, "mse_se", row->mse_se);
        tg_json_integer(json, "failed_folds", row->failed);
        tg_json_close(json, '}');
    }
    tg_json_close(json, ']');
    return TG_OK;
}

const struct tg_section tg_section_validation = {
    .id = "validation",
    .title = "Cross-validation",
    .has = has_validation,
    .text = print_validation,
    .json = put_validation,
    .html = tg_section_curves,
};
