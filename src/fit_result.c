#include "fit.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "model.h"

static int check_solution(const struct tg_fit_job *fit)
{
    if (isnan(fit->chosen))
        return tg_fail(TG_EDATA,
                       "the Gram is singular for every lambda given: no "
                       "factorization succeeded; give larger values, such as "
                       "--lambda 1, or --lambda auto");
    if (fit->failed_pivot != 0)
        return tg_fail(TG_EDATA,
                       "the Gram is singular with --lambda %g (at feature "
                       "%.0f of %zu, which is constant or depends on others); "
                       "give a larger value, such as --lambda 1, or --lambda "
                       "auto",
                       fit->chosen, fit->failed_pivot - 1, fit->plan.features);
    return TG_OK;
}

static int save_model(const struct tg_fit_job *fit)
{
    const struct tg_dataset *data = fit->train;
    const struct tg_options *options = fit->options;
    size_t d = fit->plan.features, k = fit->plan.classes;
    struct tg_model model;

    TG_TRY(tg_model_init(&model, d, data->classes, data->class_names));
    for (size_t c = 0; c < k; c++) {
        /* The graph works in units of stored values, the model in features. */
        for (size_t f = 0; f < d; f++)
            model.weights[f + c * d] =
                fit->v[f + c * (d + 1)] / fit->plan.scale;
        model.intercept[c] = fit->v[d + c * (d + 1)];
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

static void fill_cv(const struct tg_fit_job *fit, struct tg_cv_row *cv)
{
    size_t m = fit->plan.lambdas, folds = fit->plan.folds;

    for (size_t l = 0; l < m; l++) {
        double accuracy = 0, mse = 0, spread = 0;
        int failed = 0;

        for (size_t f = 0; f < folds; f++) {
            accuracy += fit->table[l + m * f] / (double)folds;
            mse += fit->table[l + m * (folds + f)] / (double)folds;
            failed += isnan(fit->table[l + m * f]) ? 1 : 0;
        }
        for (size_t f = 0; f < folds; f++)
            spread += pow(fit->table[l + m * f] - accuracy, 2);
        cv[l] = (struct tg_cv_row){
            .lambda = fit->options->lambdas[l],
            .accuracy = accuracy,
            .accuracy_se = sqrt(spread / (double)(folds * (folds - 1))),
            .mse = mse,
            .failed = failed,
        };
    }
}

static int64_t *to_counts(const double *values, size_t count)
{
    int64_t *counts = values ? calloc(count, sizeof *counts) : NULL;

    for (size_t i = 0; counts && i < count; i++)
        counts[i] = (int64_t)values[i];
    return counts;
}

static int report(const struct tg_fit_job *fit, struct tg_result *result)
{
    const struct tg_options *options = fit->options;
    size_t k = fit->plan.classes, m = fit->plan.lambdas;
    struct tg_cv_row *cv = calloc(m, sizeof *cv);
    int64_t *train = to_counts(fit->train_counts, k * k);
    int64_t *test = to_counts(fit->test_counts, k * k);
    int color;
    FILE *tables = tg_command_tables(options, &color);
    int err = cv && train ? TG_OK : tg_fail(TG_EMEMORY, "out of memory");

    if (!err && fit->table)
        fill_cv(fit, cv);
    result->cv = cv;
    result->train_confusion = train;
    result->test_confusion = test;
    result->total = tg_runtime_seconds(fit->runtime);
    if (!err && options->json)
        err = tg_report_fit_json(options->json, result);
    if (!err && tables)
        tg_report_fit(tables, result, color);
    free(cv);
    free(train);
    free(test);
    return err;
}

int tg_fit_finish(const struct tg_fit_job *fit, struct tg_result *result)
{
    const struct tg_options *options = fit->options;

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
    result->select = fit->options->select;
    result->nlambdas = plan->folds > 1 ? plan->lambdas : 0;
    result->gram_gflops = 1e-9 * (double)fit->n_train * d * d / gram_seconds;
    result->model = fit->options->model;
    tg_command_platform(fit->runtime, &result->platform);
}
