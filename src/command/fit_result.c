#include "fit.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "mistakes.h"
#include "model.h"
#include "picture.h"

static int check_solution(const struct tg_fit_job *fit)
{
    const struct tg_fit_options *options = fit->options;
    double largest = options->lambdas[options->nlambdas - 1];
    double better = largest < 1 ? 1 : 10 * largest;
    const char *automatic = options->lambda_auto ? "" : ", or --lambda auto";
    const char *beyond = fit->train->type == TG_F32
                             ? ", or has values so large or small that their "
                               "squares leave single precision"
                             : "";

    if (isnan(fit->chosen))
        return tg_fail(TG_EDATA,
                       "%s: the Gram is singular for every lambda given: no "
                       "factorization succeeded; some feature is constant or "
                       "depends on others%s; give larger values, such as "
                       "--lambda %g%s",
                       fit->train->spec, beyond, better, automatic);
    if (fit->failed_pivot != 0)
        return tg_fail(TG_EDATA,
                       "%s: the Gram is singular with --lambda %g (at feature "
                       "%.0f of %zu, which is constant or depends on others%s);"
                       " give a larger value, such as --lambda %g%s",
                       fit->train->spec, fit->chosen, fit->failed_pivot - 1,
                       fit->plan.features, beyond, better, automatic);
    return TG_OK;
}

/* The graph works in units of stored values and from an origin of its own, the
 * model in features. */
static void fill_weights(const struct tg_fit_job *fit, double *weights)
{
    size_t d = fit->plan.features;

    for (size_t c = 0; c < fit->plan.classes; c++)
        for (size_t f = 0; f < d; f++)
            weights[f + c * d] = fit->v[f + c * (d + 1)] / fit->plan.scale;
}

static int save_model(const struct tg_fit_job *fit)
{
    const struct tg_dataset *data = fit->train;
    const struct tg_fit_options *options = fit->options;
    size_t d = fit->plan.features, k = fit->plan.classes;
    struct tg_model model;

    TG_TRY(tg_model_init(&model, d, data->classes, data->class_names));
    fill_weights(fit, model.weights);
    for (size_t c = 0; c < k; c++) {
        model.intercept[c] = fit->v[d + c * (d + 1)];
        for (size_t f = 0; fit->origin && f < d; f++)
            model.intercept[c] -= model.weights[f + c * d] * fit->origin[f];
    }
    model.scale = fit->plan.scale;
    model.type = data->type;
    model.width = data->width;
    model.height = data->height;
    model.channels = data->channels;
    model.gray = options->reading.gray;
    model.binary = options->reading.binary;
    model.threshold = options->reading.threshold;
    model.lambda = fit->chosen;
    model.n_train = fit->n_train;
    int err = tg_model_save(&model, options->model);
    tg_model_free(&model);
    return err;
}

/* The mean over folds and its standard error. Shapes: value[folds], m apart. */
static double mean(size_t folds, size_t m, const double *value, double *error)
{
    double sum = 0, spread = 0;

    for (size_t f = 0; f < folds; f++)
        sum += value[m * f] / (double)folds;
    for (size_t f = 0; f < folds; f++)
        spread += pow(value[m * f] - sum, 2);
    *error = sqrt(spread / (double)(folds * (folds - 1)));
    return sum;
}

static void fill_cv(const struct tg_fit_job *fit, struct tg_cv_row *cv)
{
    size_t m = fit->plan.lambdas, folds = fit->plan.folds;

    for (size_t l = 0; l < m; l++) {
        const double *accuracy = fit->table + l, *mse = accuracy + m * folds;

        cv[l].lambda = fit->options->lambdas[l];
        cv[l].accuracy = mean(folds, m, accuracy, &cv[l].accuracy_se);
        cv[l].mse = mean(folds, m, mse, &cv[l].mse_se);
        for (size_t f = 0; f < folds; f++)
            cv[l].failed += isnan(accuracy[m * f]) ? 1 : 0;
    }
}

/* *count: how many there may be, then how many there are. */
static struct tg_mistake *to_mistakes(const double *values, size_t *count)
{
    struct tg_mistake *list = calloc(*count + 1, sizeof *list);
    size_t found = 0;

    for (; list && found < *count; found++, values += TG_MISTAKE_VALUES) {
        if (values[TG_MISTAKE_ROW] == 0)
            break;
        list[found] = (struct tg_mistake){
            .row = (size_t)values[TG_MISTAKE_ROW] - 1,
            .truth = (int)values[TG_MISTAKE_TRUTH],
            .predicted = (int)values[TG_MISTAKE_PREDICTED],
            .margin = values[TG_MISTAKE_MARGIN],
        };
    }
    *count = found;
    return list;
}

static int64_t *to_counts(const double *values, size_t count)
{
    int64_t *counts = values ? calloc(count, sizeof *counts) : NULL;

    for (size_t i = 0; counts && i < count; i++)
        counts[i] = (int64_t)values[i];
    return counts;
}

/* What a report points to. */
struct findings {
    struct tg_cv_row *cv;
    int64_t *train, *test;
    struct tg_mistake *mistakes;
    double *weights;
    char *command;
};

static int find(const struct tg_fit_job *fit, struct findings *found,
                struct tg_result *result)
{
    size_t k = fit->plan.classes, d = fit->plan.features;

    result->mistakes = fit->plan.mistakes;
    *found = (struct findings){
        .cv = calloc(fit->plan.lambdas, sizeof *found->cv),
        .train = to_counts(fit->train_counts, k * k),
        .test = to_counts(fit->test_counts, k * k),
        .mistakes = to_mistakes(fit->mistakes, &result->mistakes),
        .weights = calloc(d * k, sizeof *found->weights),
        .command = tg_command_line(fit->runtime, &fit->options->graph),
    };
    if (!found->cv || !found->train || (!found->test && fit->test_counts) ||
        !found->mistakes || !found->weights || !found->command)
        return tg_fail(TG_EMEMORY, "out of memory for the report");
    if (fit->table)
        fill_cv(fit, found->cv);
    fill_weights(fit, found->weights);
    result->cv = found->cv;
    result->train_confusion = found->train;
    result->test_confusion = found->test;
    result->mistake = found->mistakes;
    result->weights = found->weights;
    result->run.command = found->command;
    return TG_OK;
}

static int draw(const struct tg_fit_options *options,
                const struct tg_result *result)
{
    const struct tg_confusion confusion = tg_result_confusion(result);
    const struct tg_shape shape = tg_result_shape(result);

    if (options->report)
        TG_TRY(tg_report_html(options->report, &tg_ridge_fit_report, result));
    if (options->confusion)
        TG_TRY(tg_picture_confusion(options->confusion, result->classes,
                                    result->class_names, confusion.counts));
    if (options->weights)
        TG_TRY(tg_picture_weights(options->weights, &shape, result->classes,
                                  result->class_names, result->weights));
    return TG_OK;
}

static int report(const struct tg_fit_job *fit, struct tg_result *result)
{
    const struct tg_fit_options *options = fit->options;
    struct findings found;
    int color;
    FILE *tables = tg_command_tables(&options->graph, &color);
    int err = find(fit, &found, result);

    result->run.total = tg_runtime_seconds(fit->runtime);
    if (!err && options->json)
        err = tg_report_json(options->json, &tg_ridge_fit_report, result);
    if (!err)
        err = draw(options, result);
    if (!err && tables)
        err = tg_report_text(tables, &tg_ridge_fit_report, result, color);
    free(found.cv);
    free(found.train);
    free(found.test);
    free(found.mistakes);
    free(found.weights);
    free(found.command);
    return err;
}

int tg_fit_finish(const struct tg_fit_job *fit, struct tg_result *result)
{
    const struct tg_fit_options *options = fit->options;

    TG_TRY(check_solution(fit));
    if (options->model)
        TG_TRY(save_model(fit));
    result->lambda = fit->chosen;
    return report(fit, result);
}

void tg_fit_describe(const struct tg_fit_job *fit, double gram_seconds,
                     struct tg_result *result)
{
    const struct tg_plan *plan = &fit->plan;
    double d = (double)plan->features;

    result->train = fit->train;
    result->n_train = fit->n_train;
    result->n_test = fit->n_test;
    result->features = plan->features;
    result->classes = fit->train->classes;
    result->class_names = fit->train->class_names;
    result->tiles = fit->train_split.tiles;
    result->block = plan->block;
    result->lanes = plan->lanes;
    result->folds = plan->folds > 1 ? plan->folds : 0;
    result->seed = fit->options->seed;
    result->by_error = fit->plan.by_error;
    result->nlambdas = plan->folds > 1 ? plan->lambdas : 0;
    result->gram_gflops = 1e-9 * (double)fit->n_train * d * d / gram_seconds;
    result->model = fit->options->model;
    result->json = fit->options->json;
    result->trace = fit->options->graph.trace;
    result->report = fit->options->report;
    result->confusion_picture = fit->options->confusion;
    result->weights_picture = fit->options->weights;
    result->tested = fit->test ? fit->test : fit->train;
    result->run.worker = fit->workers;
    result->run.uncalibrated = fit->uncalibrated;
    result->run.calibrations = fit->calibrations;
    tg_command_platform(fit->runtime, &result->run.platform);
}
