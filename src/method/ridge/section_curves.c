/* Cross-validation: accuracy and mse against lambda, as charts and numbers. */
#include "section_list.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "page.h"
#include "page_chart.h"
#include "text.h"

enum { FEW = 7 }; /* lambdas that are all named on the axis */

/* A column of the table of cross-validation. */
struct curve {
    const char *name, *range; /* the axis' */
    size_t value, error;      /* offsets into a row */
};

static const struct curve accuracy = {"accuracy", "[*:*<1]",
                                      offsetof(struct tg_cv_row, accuracy),
                                      offsetof(struct tg_cv_row, accuracy_se)};
static const struct curve mse = {"mean squared error", "[*:*]",
                                 offsetof(struct tg_cv_row, mse),
                                 offsetof(struct tg_cv_row, mse_se)};

static double get(const struct tg_cv_row *row, size_t offset)
{
    return *(const double *)((const char *)row + offset);
}

/* Where a lambda stands on the logarithmic axis: 0, a decade before the
 * others. */
static double place(const struct tg_result *result, double lambda)
{
    const struct tg_cv_row *first = result->cv;

    if (lambda > 0)
        return lambda;
    return result->nlambdas > 1 ? first[1].lambda / 10 : 1;
}

/* All lambdas are named where they are few, else decades; the first and the
 * last where these are less than a decade apart. */
static void set_lambda_axis(FILE *script, const struct tg_result *result)
{
    const struct tg_cv_row *cv = result->cv;
    size_t m = result->nlambdas;
    double first = place(result, cv[0].lambda);
    double last = place(result, cv[m - 1].lambda);
    int from = (int)ceil(log10(cv[cv[0].lambda == 0].lambda) - 1e-9);
    int to = (int)floor(log10(last) + 1e-9);
    int decades = to > from ? to - from : 0;

    fprintf(script,
            "set logscale x\n"
            "set xlabel 'λ' textcolor '#4b525d'\n"
            "set xtics () nomirror\n"
            "set bmargin 3.4\n"
            "set offsets 0, 0, graph 0.06, graph 0.06\n"
            "set xrange [%.9g:%.9g]\n",
            first / 2, last * 2);
    for (size_t i = 0; i < m; i++)
        if (m <= FEW || cv[i].lambda == 0 || (!decades && (i + 1) % m < 2))
            fprintf(script, "set xtics add ('%.6g' %.9g)\n", cv[i].lambda,
                    place(result, cv[i].lambda));
    for (int e = from; e <= to && m > FEW; e += 1 + decades / TG_CHART_NAMED)
        fprintf(script, "set xtics add ('10^{%d}' 1e%d)\n", e, e);
}

/* Values over several decades are told apart on a logarithmic axis only. */
static void set_value_axis(FILE *script, const struct tg_result *result,
                           const struct curve *curve)
{
    double least = INFINITY, largest = 0;

    for (size_t i = 0; i < result->nlambdas; i++) {
        least = fmin(least, get(&result->cv[i], curve->value));
        largest = fmax(largest, get(&result->cv[i], curve->value));
    }
    if (least > 0 && largest > 20 * least)
        fputs("set logscale y\n", script);
}

static void put_points(FILE *script, const struct tg_result *result,
                       const struct curve *curve)
{
    fputs("$points << end\n", script);
    for (size_t i = 0; i < result->nlambdas; i++) {
        const struct tg_cv_row *row = &result->cv[i];

        if (!row->failed)
            fprintf(script, "%.9g %.9g %.9g %d\n", place(result, row->lambda),
                    get(row, curve->value), get(row, curve->error),
                    row->lambda == result->lambda);
    }
    fputs("end\n", script);
}

static int put_curve(FILE *page, const struct tg_result *result,
                     const struct curve *curve)
{
    const struct tg_cv_row *chosen = result->cv;
    struct tg_chart chart;
    char *alt;

    for (size_t i = 0; i < result->nlambdas; i++)
        if (result->cv[i].lambda == result->lambda)
            chosen = &result->cv[i];
    TG_TRY(tg_chart_begin(&chart));
    fprintf(chart.script, "set title '%s'\nset yrange %s\n", curve->name,
            curve->range);
    set_lambda_axis(chart.script, result);
    set_value_axis(chart.script, result, curve);
    put_points(chart.script, result, curve);
    fprintf(
        chart.script,
        "set arrow 1 from first %.9g, graph 0 to first %.9g, graph 1 "
        "nohead linecolor '" TG_CHART_ORANGE "' dashtype (4,4)\n"
        "plot $points using 1:($2 - $3):(0):(2 * $3) with vectors nohead "
        "linecolor '" TG_CHART_PALE "' linewidth 4, "
        "'' using 1:2 with linespoints linecolor '" TG_CHART_BLUE
        "' linewidth 1.5 pointtype 7 pointsize 0.3, "
        "'' using 1:($4 > 0 ? $2 : NaN) with points linecolor '" TG_CHART_ORANGE
        "' pointtype 7 pointsize 0.8\n",
        place(result, chosen->lambda), place(result, chosen->lambda));
    if (asprintf(&alt,
                 "Chart: %s against lambda, %zu values from %.3g to %.3g, "
                 "with standard errors; at the chosen %.6g it is %.4g",
                 curve->name, result->nlambdas, result->cv[0].lambda,
                 result->cv[result->nlambdas - 1].lambda, chosen->lambda,
                 get(chosen, curve->value)) < 0)
        alt = NULL;
    return tg_chart_end(&chart, page, alt);
}

static void put_table(FILE *page, const struct tg_result *result)
{
    fputs("<details><summary>The numbers</summary>\n", page);
    tg_page_scroll(page, "Cross-validation in numbers");
    fputs("<table class=\"numbers\"><thead><tr><th scope=\"col\">λ</th>"
          "<th scope=\"col\">accuracy</th><th scope=\"col\">± error</th>"
          "<th scope=\"col\">mse</th><th scope=\"col\">± error</th></tr>"
          "</thead>\n<tbody>\n",
          page);
    for (size_t i = 0; i < result->nlambdas; i++) {
        const struct tg_cv_row *row = &result->cv[i];

        fprintf(page, "<tr%s><th scope=\"row\">%.6g</th>",
                row->lambda == result->lambda ? " class=\"chosen\"" : "",
                row->lambda);
        if (row->failed)
            fprintf(page,
                    "<td colspan=\"4\">not positive definite in %d of %zu "
                    "folds</td></tr>\n",
                    row->failed, result->folds);
        else
            fprintf(page, "<td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                    tg_text_real(row->accuracy, 4).text,
                    tg_text_real(row->accuracy_se, 4).text,
                    tg_text_real(row->mse, 6).text,
                    tg_text_real(row->mse_se, 6).text);
    }
    fputs("</tbody></table></div></details>\n", page);
}

int tg_section_curves(FILE *page, const void *result)
{
    const struct tg_result *fit = result;
    char lead[200];

    snprintf(lead, sizeof lead,
             "Means over %zu folds, with standard errors. Chosen: λ = %.6g, "
             "of best %s.",
             fit->folds, fit->lambda, fit->by_error ? "mse" : "accuracy");
    tg_page_lead(page, lead);
    fputs("<div class=\"charts\">\n", page);
    TG_TRY(put_curve(page, fit, &accuracy));
    TG_TRY(put_curve(page, fit, &mse));
    fputs("</div>\n", page);
    put_table(page, fit);
    return TG_OK;
}
