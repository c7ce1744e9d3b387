/* What rank 0 makes of a fit: results, model, reports. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "brightness.h"
#include "error.h"
#include "fit.h"
#include "fit_cg.h"
#include "fit_dual.h"
#include "mistakes.h"
#include "patch_map.h"
#include "picture.h"
#include "ridge_model.h"
#include "units.h"

/* ---- Collect ---------------------------------------------------------- */

static double *fetch(struct tg_tiles *tiles)
{
    double *values = calloc(tiles->rows * tiles->cols, sizeof *values);

    if (values)
        tg_tiles_read(tiles, values);
    return values;
}

/* The mean over folds and its standard error. Shapes: value[folds], m apart. */
static double mean(size_t folds, size_t m, const double *value, double *error)
{
    double sum = 0, spread = 0;

    for (size_t f = 0; f < folds; f++)
        sum += value[m * f] / (double)folds;
    for (size_t f = 0; f < folds; f++)
        spread += pow(value[m * f] - sum, 2);
    *error = folds > 1 ? sqrt(spread / (double)(folds * (folds - 1))) : NAN;
    return sum;
}

static int by_lambda(const void *a, const void *b)
{
    const struct tg_cv_row *p = a, *q = b;

    return (p->lambda > q->lambda) - (p->lambda < q->lambda);
}

/* Shapes: lambda[m]; table m x 2V.  Of one fold's `held` samples the standard
 * error is that of their hits. */
static struct tg_cv_row *to_cv(const struct tg_plan *plan, size_t held,
                               const double *lambda, const double *table)
{
    size_t m = tg_plan_rounds(plan), folds = plan->validated;
    struct tg_cv_row *cv = lambda && table ? calloc(m, sizeof *cv) : NULL;

    for (size_t l = 0; cv && l < m; l++) {
        const double *accuracy = table + l, *mse = accuracy + m * folds;

        cv[l].lambda = lambda[l];
        cv[l].accuracy = mean(folds, m, accuracy, &cv[l].accuracy_se);
        cv[l].mse = mean(folds, m, mse, &cv[l].mse_se);
        if (folds == 1)
            cv[l].accuracy_se =
                sqrt(cv[l].accuracy * (1 - cv[l].accuracy) / (double)held);
        for (size_t f = 0; f < folds; f++)
            cv[l].failed += isnan(accuracy[m * f]) ? 1 : 0;
    }
    if (cv) /* the one that was found lies among those that were given */
        qsort(cv, m, sizeof *cv, by_lambda);
    return cv;
}

/* *count: how many there may be, then how many there are. */
static struct tg_mistake *to_mistakes(const double *values, size_t *count)
{
    struct tg_mistake *list = calloc(*count + 1, sizeof *list);
    size_t found = 0;

    for (; values && list && found < *count;
         found++, values += TG_MISTAKE_VALUES) {
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

/* Counts travel as doubles, which are as large: in place, since they are
 * classes^2. */
static int64_t *to_counts(double *values, size_t count)
{
    for (size_t i = 0; values && i < count; i++) {
        int64_t n = (int64_t)values[i];

        memcpy(&values[i], &n, sizeof n);
    }
    return (int64_t *)(void *)values;
}

/* The lambda that was chosen, and what from. */
static int collect_lambda(struct tg_ridge_fit *fit)
{
    struct tg_result *result = &fit->result;
    struct tg_fit *tiles = &fit->tiles;
    const bool several = fit->plan.folds > 1;
    double *chosen = fetch(&tiles->chosen);
    double *table = several ? fetch(&tiles->table) : NULL;
    double *lambdas = several ? fetch(&tiles->lambdas) : NULL;

    result->cv = to_cv(&fit->plan, tg_split_fold_rows(&fit->train_split, 0),
                       lambdas, table);
    if (chosen)
        result->lambda = *chosen;
    bool ok = chosen && (result->cv || !several);

    free(chosen);
    free(table);
    free(lambdas);
    return ok ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for the results");
}

static int collect_values(struct tg_ridge_fit *fit)
{
    size_t d = fit->plan.features, k = fit->plan.classes;
    struct tg_result *result = &fit->result;
    struct tg_fit *tiles = &fit->tiles;
    double *status = fetch(&tiles->status), *v = fetch(&tiles->v);
    double *mistakes = NULL;
    bool ok = status && v;

    if (fit->plan.mistakes)
        ok = (mistakes = fetch(&tiles->mistakes)) && ok;
    result->mistakes = mistakes ? fit->plan.mistakes : 0;
    result->mistake = to_mistakes(mistakes, &result->mistakes);
    result->weights = calloc(d * k, sizeof *result->weights);
    result->intercept = calloc(k, sizeof *result->intercept);
    ok = ok && result->mistake && result->weights && result->intercept;
    if (ok) {
        result->failed_pivot = status[k];
        tg_units_to_features(d, k, v, fit->scale, fit->origin, result->weights,
                             result->intercept);
    }
    free(status);
    free(v);
    free(mistakes);
    return ok ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for the results");
}

static void describe(struct tg_ridge_fit *fit)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);
    const struct tg_plan *plan = &fit->plan;
    struct tg_result *result = &fit->result;

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
    result->validated = plan->validated;
    result->learnt = plan->mapped ? &fit->learnt : NULL;
    result->seed = options->seed;
    result->trials = fit->trials;
    result->by_error = plan->by_error;
    result->lambda_unit = fit->lambda_unit;
    result->standardize = plan->standardize;
    result->dual = plan->dual;
    result->cg = plan->cg;
    result->descent = plan->descent;
    result->precision = plan->dual ? plan->dual_element : sizeof(double);
    result->nlambdas = plan->folds > 1 ? tg_plan_rounds(plan) : 0;
    result->model = options->model;
    result->json = options->json;
    result->trace = options->graph.trace;
    result->report = options->report;
    result->confusion_picture = options->confusion;
    result->weights_picture = options->weights;
    result->tested = fit->test ? fit->test : fit->train;
}

int tg_ridge_fit_collect(struct tg_job *job)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;
    size_t k = fit->plan.classes;

    tg_ridge_fit_clear(fit);
    describe(fit);
    TG_TRY(collect_lambda(fit));
    if (fit->choice.trial)
        return TG_OK;
    TG_TRY(collect_values(fit));
    if (fit->plan.cg)
        tg_fit_cg_collect(fit);
    bool train = tg_plan_scores_training(&fit->plan, fit->n_test);

    if (fit->plan.mapped)
        TG_TRY(tg_learnt_read(&fit->learnt));
    if (train)
        fit->result.train_confusion =
            to_counts(fetch(&fit->tiles.train_confusion), k * k);
    if (fit->n_test)
        fit->result.test_confusion =
            to_counts(fetch(&fit->tiles.test_confusion), k * k);
    if ((train && !fit->result.train_confusion) ||
        (fit->n_test && !fit->result.test_confusion))
        return tg_fail(TG_EMEMORY,
                       "out of memory for the confusions of %zu "
                       "classes",
                       k);
    return TG_OK;
}

void tg_ridge_fit_clear(struct tg_ridge_fit *fit)
{
    struct tg_result *result = &fit->result;

    free(result->cv);
    free(result->train_confusion);
    free(result->test_confusion);
    free(result->weights);
    free(result->intercept);
    free(result->mistake);
    *result = (struct tg_result){0};
}

/* ---- Save ------------------------------------------------------------- */

/* A lambda with which a feature that is a copy of others has a pivot: about the
 * variance of the one that failed (NaN: any may have), as a power of ten. */
static double enough(const struct tg_ridge_fit *fit, double failed)
{
    const double largest = fit->plan.lambda[fit->plan.lambdas - 1];
    const bool own = fit->origin && !fit->plan.standardize;
    double size = own ? 0 : 1;

    for (size_t f = 0; own && f < fit->plan.features; f++)
        if (isnan(failed) || failed == (double)f)
            size = fmax(size, 1 / fit->origin->factor[f]);
    size = pow(10, ceil(2 * log10(size)));
    return largest < size ? size : 10 * largest;
}

/* Other options with which it would have gone well. */
static const char *otherwise(const struct tg_ridge_fit *fit)
{
    const bool automatic = tg_fit_options_of(fit)->lambda_auto;

    if (fit->origin && !fit->plan.standardize)
        return automatic ? ", or --standardize"
                         : ", or --standardize --lambda auto";
    return automatic ? "" : ", or --lambda auto";
}

static int check_solution(const struct tg_ridge_fit *fit)
{
    const double pivot = fit->result.failed_pivot - 1;

    if (isnan(fit->result.lambda))
        return tg_fail(TG_EDATA,
                       "%s: the Gram is singular for every lambda given: no "
                       "factorization succeeded; some feature is constant or "
                       "depends on others; give larger values, such as "
                       "--lambda %g%s",
                       fit->train->spec, enough(fit, NAN), otherwise(fit));
    if (fit->plan.cg)
        return tg_fit_cg_check(fit);
    if (fit->result.failed_pivot != 0 && fit->plan.dual)
        return tg_fail(TG_EDATA,
                       "%s: with --lambda %g there is no single solution, or "
                       "none to rounding; give a larger value, such as "
                       "--lambda %g%s",
                       fit->train->spec, fit->result.lambda, enough(fit, NAN),
                       otherwise(fit));
    if (fit->result.failed_pivot != 0)
        return tg_fail(TG_EDATA,
                       "%s: the Gram is singular with --lambda %g (at feature "
                       "%.0f of %zu, which is constant or depends on others); "
                       "give a larger value, such as --lambda %g%s",
                       fit->train->spec, fit->result.lambda, pivot,
                       fit->plan.features, enough(fit, pivot), otherwise(fit));
    return TG_OK;
}

static int make_model(const struct tg_ridge_fit *fit, struct tg_model *model,
                      struct tg_ridge_model *ridge)
{
    const struct tg_dataset *data = fit->train;
    const double lambda = fit->result.lambda;

    if (!fit->plan.mapped)
        return tg_ridge_model_make(model, fit->plan.features, data->classes,
                                   data->class_names, fit->scale, lambda,
                                   ridge);
    return tg_ridge_model_make_mapped(model, fit->plan.features, data->classes,
                                      data->class_names, lambda, ridge);
}

int tg_ridge_fit_save(struct tg_job *job)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;
    const struct tg_fit_options *options = tg_fit_options_of(fit);
    const struct tg_dataset *data = fit->train;
    size_t d = fit->plan.features, k = fit->plan.classes;
    struct tg_ridge_model ridge;
    struct tg_model model;

    TG_TRY(check_solution(fit));
    if (!options->model)
        return TG_OK;
    TG_TRY(make_model(fit, &model, &ridge));
    memcpy(ridge.weights, fit->result.weights, d * k * sizeof(double));
    memcpy(ridge.intercept, fit->result.intercept, k * sizeof(double));
    model.features = data->features;
    model.type = data->type;
    model.width = data->width;
    model.height = data->height;
    model.channels = data->channels;
    model.gray = options->reading.gray;
    model.binary = options->reading.binary;
    model.threshold = options->reading.threshold;
    model.ground = options->reading.ground;
    model.n_train = fit->n_train;
    int err = fit->plan.standardize
                  ? tg_model_set_text(&model, TG_RIDGE_STANDARDIZED, "yes")
                  : TG_OK;
    if (!err && fit->plan.mapped)
        err = tg_learnt_save(&fit->learnt, &model);
    if (!err)
        err = tg_model_save(&model, options->model);
    tg_model_free(&model);
    return err;
}

/* ---- Report ----------------------------------------------------------- */

static int draw(const struct tg_fit_options *options,
                const struct tg_result *result)
{
    const struct tg_confusion confusion = tg_result_confusion(result);
    const struct tg_shape shape = tg_result_shape(result);

    if (options->report)
        TG_TRY(tg_report_html(options->report, &tg_ridge_fit_report, result));
    if (options->confusion)
        TG_TRY(tg_picture_confusion(options->confusion, &confusion));
    if (options->weights)
        TG_TRY(tg_picture_weights(options->weights, &shape, result->classes,
                                  result->class_names, result->weights));
    return TG_OK;
}

int tg_ridge_fit_report_all(struct tg_job *job)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;
    const struct tg_fit_options *options = tg_fit_options_of(fit);
    struct tg_result *result = &fit->result;

    if (options->test && !fit->plan.mapped)
        TG_TRY(tg_ridge_note_brightness(fit->test, fit->plan.classes,
                                        result->weights, result->intercept,
                                        options->invert));
    const struct tg_stage *stage = tg_fit_gram_stage(fit);
    double gram = job->seconds[stage->index] / job->run.platform.workers;

    result->run = job->run;
    result->saturated = job->notes[tg_stage_features.index];
    result->gram_gflops = 1e-9 * tg_fit_gram_work(fit) / gram;
    if (options->json)
        TG_TRY(tg_report_json(options->json, &tg_ridge_fit_report, result));
    TG_TRY(draw(options, result));
    if (!job->tables)
        return TG_OK;
    return tg_report_text(job->tables, &tg_ridge_fit_report, result,
                          job->color);
}
