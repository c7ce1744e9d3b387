#include "command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "model.h"
#include "progress.h"
#include "ridge.h"
#include "task.h"

/* What a fit holds; all zero is empty. */
struct fit {
    const struct tg_options *options;
    struct tg_runtime *runtime;
    struct tg_dataset *train, *test; /* test NULL: held out, or none */
    size_t *train_rows, *test_rows;  /* of a hold-out, or NULL */
    size_t n_train, n_test;
    struct tg_split train_split, test_split;
    struct tg_plan plan;
    double *v;                       /* (d+1) x k, on rank 0 */
    double *table;                   /* m x 2F */
    double chosen[2], failed_pivot;
    double *train_counts, *test_counts;
};

static const struct tg_dataset *test_data(const struct fit *fit)
{
    return fit->test_rows ? fit->train : fit->test;
}

/* ---- Input ------------------------------------------------------------ */

static int check_training(const struct fit *fit)
{
    const struct tg_dataset *data = fit->train;

    if (!data->labels)
        return tg_fail(TG_EDATA,
                       "%s: no labels to train on; name them with --labels "
                       "FILE.npy", data->spec);
    if (data->classes < 2)
        return tg_fail(TG_EDATA,
                       "%s: all %zu samples are of one class, '%s'; "
                       "a classifier needs two or more", data->spec,
                       data->count, data->class_names[0]);
    return TG_OK;
}

static int open_test(struct fit *fit)
{
    const struct tg_options *options = fit->options;
    const char *spec = options->test;
    struct tg_dataset_options reading = options->reading;

    reading.width = fit->train->width;
    reading.height = fit->train->height;
    if (spec) {
        reading.labels = NULL;
        TG_TRY(tg_dataset_open(spec, TG_TEST, &reading, &fit->test));
        if (!fit->test)
            TG_TRY(tg_dataset_open(spec, TG_TRAIN, &reading, &fit->test));
    } else {
        TG_TRY(tg_dataset_open(options->data, TG_TEST, &reading, &fit->test));
    }
    if (!fit->test)
        return TG_OK;
    if (!fit->test->labels)
        return tg_fail(TG_EDATA, "%s: the test set has no labels",
                       fit->test->spec);
    if (fit->test->features != fit->train->features ||
        fit->test->type != fit->train->type)
        return tg_fail(TG_EDATA,
                       "%s: test samples have %zu %s values, training samples "
                       "%zu %s", fit->test->spec, fit->test->features,
                       fit->test->type == TG_U8 ? "8-bit" : "float",
                       fit->train->features,
                       fit->train->type == TG_U8 ? "8-bit" : "float");
    return tg_dataset_match(fit->test, fit->train->classes,
                            fit->train->class_names);
}

static int open_data(struct fit *fit)
{
    const struct tg_options *options = fit->options;

    TG_TRY(tg_dataset_open(options->data, TG_TRAIN, &options->reading,
                           &fit->train));
    TG_TRY(check_training(fit));
    fit->n_train = fit->train->count;
    if (options->holdout > 0)
        return tg_split_holdout(fit->train->count, fit->train->labels,
                                options->holdout, options->seed,
                                &fit->train_rows, &fit->n_train,
                                &fit->test_rows, &fit->n_test);
    TG_TRY(open_test(fit));
    fit->n_test = fit->test ? fit->test->count : 0;
    return TG_OK;
}

static int make_plan(struct fit *fit)
{
    const struct tg_options *options = fit->options;
    const struct tg_dataset *data = fit->train;
    const struct tg_dataset *test = test_data(fit);
    size_t tiles = options->tiles, test_tiles;

    fit->plan = (struct tg_plan){
        .features = data->features,
        .classes = (size_t)data->classes,
        .element = tg_type_size(data->type),
        .scale = data->type == TG_U8 ? 1.0 / 255 : 1,
        .folds = options->nlambdas > 1 ? options->folds : 1,
        .lambdas = options->nlambdas,
        .lambda = options->lambdas,
        .by_error = options->select == TG_SELECT_MSE,
    };
    if (fit->n_train < 2)
        return tg_fail(TG_EDATA, "%s: %zu samples are too few to train on",
                       data->spec, fit->n_train);
    if (fit->n_train < fit->plan.folds)
        return tg_fail(TG_EUSAGE,
                       "--folds %zu is more than the %zu training samples",
                       fit->plan.folds, fit->n_train);
    TG_TRY(tg_plan_init(&fit->plan, fit->n_train, &tiles, options->block,
                        options->lanes, options->cache << 20,
                        fit->runtime->rank, fit->runtime->ranks));
    TG_TRY(tg_split_init(&fit->train_split, fit->n_train, fit->train_rows,
                         data->labels, fit->plan.folds, tiles, options->seed));
    if (!test)
        return TG_OK;
    test_tiles = (fit->n_test + tg_split_max_rows(&fit->train_split) - 1) /
                 tg_split_max_rows(&fit->train_split);
    return tg_split_init(&fit->test_split, fit->n_test, fit->test_rows, NULL, 1,
                         test_tiles, 0);
}

/* ---- Progress --------------------------------------------------------- */

/* Work in multiply-adds, as far as this rank's tasks are a fair share. */
static void ask(void *context, double seconds, struct tg_progress_state *state)
{
    const struct fit *fit = context;
    const struct tg_plan *plan = &fit->plan;
    double d = (double)plan->features, b = (double)plan->block;
    double jobs = (double)(plan->folds > 1 ? plan->placement.jobs + 1 : 1);
    double ranks = fit->runtime->ranks, k = (double)plan->classes;
    double n = (double)fit->n_train, weight = plan->element == 1 ? 0.25 : 1;
    struct tg_tally tally;

    tg_tally_read(&tally);
    double gram = weight * n * d * d / 2, solve = jobs * d * d * d / 3;
    double scores = 2 * n * d * k * (jobs + 1) / (double)plan->folds;
    double blocks = (double)(plan->blocks * (plan->blocks + 1) / 2);
    double tiles = (double)fit->train_split.tiles;
    double grams = (double)tally.tasks[TG_STAGE_GRAM] / (blocks * tiles);
    double updates = (double)(tally.tasks[TG_STAGE_GEMM] +
                              tally.tasks[TG_STAGE_SYRK]) * b * b * b +
                     (double)tally.tasks[TG_STAGE_POTRF] * b * b * b / 3;
    double predicted = (double)tally.tasks[TG_STAGE_PREDICT] /
                       (2 * tiles + (double)fit->test_split.tiles);
    state->total = (gram + solve + scores) / ranks;
    state->done = grams * gram + updates + predicted * scores;
    state->what = "predict";
    if (grams < 1 / ranks) {
        state->what = "gram";
        state->rate = grams * n / seconds;
        state->unit = "samples";
    } else if (updates < 0.99 * solve / ranks) {
        state->what = "factorize";
    }
}

/* ---- Graph ------------------------------------------------------------ */

static double *fetch(struct tg_tiles *tiles)
{
    double *values = calloc(tiles->rows * tiles->cols, sizeof *values);

    if (values)
        tg_tiles_read(tiles, values);
    return values;
}

static int fetch_results(struct fit *fit, struct tg_fit *tiles)
{
    size_t k = fit->plan.classes;
    double *status = fetch(&tiles->status);
    double *chosen = fetch(&tiles->chosen);

    fit->v = fetch(&tiles->v);
    fit->train_counts = fetch(&tiles->train_confusion);
    if (fit->n_test)
        fit->test_counts = fetch(&tiles->test_confusion);
    if (fit->plan.folds > 1)
        fit->table = fetch(&tiles->table);
    bool ok = status && chosen && fit->v && fit->train_counts &&
              (fit->test_counts || !fit->n_test) &&
              (fit->table || fit->plan.folds == 1);
    if (ok) {
        fit->chosen[0] = chosen[0];
        fit->chosen[1] = chosen[1];
        fit->failed_pivot = status[k];
    }
    free(status);
    free(chosen);
    return ok ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for the results");
}

static void release_results(const struct fit *fit, struct tg_fit *tiles)
{
    tg_tiles_release(&tiles->v);
    tg_tiles_release(&tiles->status);
    tg_tiles_release(&tiles->chosen);
    tg_tiles_release(&tiles->moments);
    tg_tiles_release(&tiles->train_confusion);
    if (fit->n_test)
        tg_tiles_release(&tiles->test_confusion);
    if (fit->plan.folds > 1)
        tg_tiles_release(&tiles->table);
}

static int run_graph(struct fit *fit)
{
    struct tg_runtime *runtime = fit->runtime;
    const struct tg_dataset *test = test_data(fit);
    struct tg_reader reader = tg_command_reader(fit->train);
    struct tg_rows train = {0}, tested = {0};
    struct tg_fit tiles;
    int err = tg_rows_init(&train, &fit->plan, &fit->train_split, &reader,
                           fit->plan.keep);

    if (!err && test) {
        reader = tg_command_reader(test);
        err = tg_rows_init(&tested, &fit->plan, &fit->test_split, &reader,
                           false);
    }
    tg_progress_start(tg_command_progress(runtime, fit->options), ask, fit);
    if (!err)
        err = tg_graph_ridge(&fit->plan, &train, test ? &tested : NULL, &tiles);
    if (!err)
        tg_runtime_wait();
    tg_progress_stop();
    if (!err)
        err = tg_task_error();
    if (!err && runtime->rank == 0)
        err = fetch_results(fit, &tiles);
    if (!err)
        release_results(fit, &tiles);
    tg_rows_free(&train);
    if (test)
        tg_rows_free(&tested);
    return err;
}

/* ---- Results (rank 0) ------------------------------------------------- */

static int check_solution(const struct fit *fit)
{
    if (isnan(fit->chosen[0]))
        return tg_fail(TG_EDATA,
                       "the Gram is singular for every lambda given: no "
                       "factorization succeeded; give larger values, such as "
                       "--lambda 1, or --lambda auto");
    if (fit->failed_pivot != 0)
        return tg_fail(TG_EDATA,
                       "the Gram is singular with --lambda %g (at feature "
                       "%.0f of %zu, which is constant or depends on others); "
                       "give a larger value, such as --lambda 1, or --lambda "
                       "auto", fit->chosen[0], fit->failed_pivot - 1,
                       fit->plan.features);
    return TG_OK;
}

static int save_model(const struct fit *fit)
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
    model.lambda = fit->chosen[0];
    model.n_train = fit->n_train;
    int err = tg_model_save(&model, options->model);
    tg_model_free(&model);
    return err;
}

static void fill_cv(const struct fit *fit, struct tg_cv_row *cv)
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

static int report(const struct fit *fit, struct tg_result *result)
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

static int finish(const struct fit *fit, struct tg_result *result)
{
    const struct tg_options *options = fit->options;

    TG_TRY(check_solution(fit));
    if (options->model)
        TG_TRY(save_model(fit));
    result->lambda = fit->chosen[0];
    return report(fit, result);
}

static void describe(const struct fit *fit, double gram_seconds,
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

/* ---- The command ------------------------------------------------------ */

static int fit_on_ranks(struct fit *fit)
{
    struct tg_runtime *runtime = fit->runtime;
    struct tg_result result = {0};
    int err = open_data(fit);

    if (!err)
        err = make_plan(fit);
    TG_TRY(tg_runtime_agree(runtime, err));
    TG_TRY(tg_runtime_agree(runtime, tg_runtime_start_starpu(runtime)));
    tg_runtime_count_workers(runtime);
    tg_command_announce(runtime, fit->options);
    TG_TRY(tg_runtime_agree(runtime, run_graph(fit)));
    describe(fit, tg_command_seconds(runtime, fit->options,
                                     result.seconds), &result);
    tg_runtime_stop_starpu(runtime);
    return tg_runtime_agree(runtime,
                            runtime->rank == 0 ? finish(fit, &result) : TG_OK);
}

int tg_command_fit(struct tg_runtime *runtime, const struct tg_options *options)
{
    struct fit fit = {.options = options, .runtime = runtime};
    int err = fit_on_ranks(&fit);

    tg_runtime_stop_starpu(runtime); /* before what its tasks may still use */
    tg_split_free(&fit.train_split);
    tg_split_free(&fit.test_split);
    tg_dataset_close(fit.train);
    tg_dataset_close(fit.test);
    free(fit.train_rows);
    free(fit.test_rows);
    free(fit.v);
    free(fit.table);
    free(fit.train_counts);
    free(fit.test_counts);
    return err;
}
