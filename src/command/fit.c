#include "fit.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "cholesky.h"
#include "error.h"
#include "gram.h"
#include "memory.h"
#include "origin.h"
#include "output.h"
#include "plot.h"
#include "progress.h"
#include "task.h"

enum {
    MISTAKES = 24,    /* that a report shows */
    CALIBRATIONS = 20 /* runs: StarPU wants 10 measurements of every kind */
};

static const struct tg_dataset *test_data(const struct tg_fit_job *fit)
{
    return fit->test_rows ? fit->train : fit->test;
}

/* ---- Input ------------------------------------------------------------ */

static int check_training(const struct tg_fit_job *fit)
{
    const struct tg_dataset *data = fit->train;

    if (!data->labels)
        return tg_fail(TG_EDATA, "%s: no labels to train on; %s", data->spec,
                       data->kind->remedy);
    return TG_OK;
}

/* Of the samples that are left when those for testing are held out, too. */
static int check_classes(const struct tg_fit_job *fit)
{
    const struct tg_dataset *data = fit->train;
    const size_t *rows = fit->train_rows;
    const uint16_t *labels = data->labels;

    if (fit->n_train < 2)
        return tg_fail(TG_EDATA, "%s: %zu samples are too few to train on",
                       data->spec, fit->n_train);
    for (size_t i = 1; i < fit->n_train; i++)
        if (labels[rows ? rows[i] : i] != labels[rows ? rows[0] : 0])
            return TG_OK;
    return tg_fail(TG_EDATA,
                   "%s: all %zu samples are of one class, '%s'; "
                   "a classifier needs two or more",
                   data->spec, fit->n_train,
                   data->class_names[labels[rows ? rows[0] : 0]]);
}

static int open_test(struct tg_fit_job *fit)
{
    const struct tg_fit_options *options = fit->options;
    const char *spec = options->test;
    struct tg_dataset_options reading = options->reading;

    reading.implied = true;
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
        return tg_fail(TG_EDATA, "%s: the test set has no labels; %s",
                       fit->test->spec, fit->test->kind->remedy);
    if (fit->test->features != fit->train->features ||
        fit->test->type != fit->train->type)
        return tg_fail(TG_EDATA,
                       "%s: test samples have %zu %s values, training samples "
                       "%zu %s ones; give a test set of the same kind",
                       fit->test->spec, fit->test->features,
                       fit->test->type == TG_U8 ? "8-bit" : "float",
                       fit->train->features,
                       fit->train->type == TG_U8 ? "8-bit" : "float");
    if (!tg_dataset_has_shape(fit->test, fit->train->width, fit->train->height,
                              fit->train->channels))
        return tg_fail(TG_EDATA,
                       "%s: test samples are %dx%dx%d, training samples "
                       "%dx%dx%d; give a test set of the same shape",
                       fit->test->spec, fit->test->width, fit->test->height,
                       fit->test->channels, fit->train->width,
                       fit->train->height, fit->train->channels);
    return tg_dataset_match(fit->test, fit->train->classes,
                            fit->train->class_names);
}

static int open_data(struct tg_fit_job *fit)
{
    const struct tg_fit_options *options = fit->options;

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

/* A picture folder may begin with a camera's full resolution: say so before
 * anything of that size is asked for. */
static int check_memory(const struct tg_fit_job *fit)
{
    const struct tg_plan *plan = &fit->plan;
    double d = (double)plan->features, ranks = fit->runtime->ranks;
    double slots = (double)plan->slots, jobs = (double)plan->placement.jobs;
    double systems = plan->folds > 1 ? fmin(slots, jobs / ranks) : 1 / ranks;
    double grams = (double)(plan->lanes + 1) / ranks;
    char what[256];

    snprintf(what, sizeof what, "%s: training on %zu features, %zu classes",
             fit->train->spec, plan->features, plan->classes);
    return tg_memory_check((grams + systems) * 4 * d * d, what);
}

static int make_plan(struct tg_fit_job *fit)
{
    const struct tg_fit_options *options = fit->options;
    const struct tg_dataset *data = fit->train;
    const struct tg_dataset *test = test_data(fit);
    size_t tiles = options->graph.tiles, test_tiles;

    fit->plan = (struct tg_plan){
        .features = data->features,
        .classes = (size_t)data->classes,
        .element = tg_type_size(data->type),
        .scale = data->type == TG_U8 ? 1.0 / 255 : 1,
        .folds = options->nlambdas > 1 ? options->folds : 1,
        .lambdas = options->nlambdas,
        .lambda = options->lambdas,
        .by_error = options->select == TG_SELECT_MSE,
        .mistakes = options->report ? MISTAKES : 0,
    };
    TG_TRY(check_classes(fit));
    if (fit->n_train < fit->plan.folds)
        return tg_fail(TG_EUSAGE,
                       "--folds %zu is more than the %zu training samples",
                       fit->plan.folds, fit->n_train);
    TG_TRY(tg_plan_init(&fit->plan, fit->n_train, &tiles, options->graph.block,
                        options->graph.lanes, options->graph.cache << 20,
                        fit->runtime->rank, fit->runtime->ranks));
    TG_TRY(check_memory(fit));
    TG_TRY(tg_origin_find(data, &fit->origin));
    fit->train_input = (struct tg_input){data, fit->origin};
    fit->test_input = (struct tg_input){test, fit->origin};
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
    const struct tg_fit_job *fit = context;
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
    double grams = (double)tally.tasks[tg_stage_gram.index] / (blocks * tiles);
    double updates =
        (double)(tally.tasks[tg_stage_gemm.index] + tally.tasks[tg_stage_syrk.index]) * b *
            b * b +
        (double)tally.tasks[tg_stage_potrf.index] * b * b * b / 3;
    double predicted = (double)tally.tasks[tg_stage_predict.index] /
                       (2 * tiles + (double)fit->test_split.tiles);
    const char *what = "predict";
    state->total = (gram + solve + scores) / ranks;
    state->done = grams * gram + updates + predicted * scores;
    if (grams < 1 / ranks) {
        what = "gram";
        state->rate = grams * n / seconds;
        state->unit = "samples";
    } else if (updates < 0.99 * solve / ranks) {
        what = "factorize";
    }
    if (fit->calibrations)
        snprintf(state->what, sizeof state->what, "calibration %d: %s",
                 fit->calibrations, what);
    else
        snprintf(state->what, sizeof state->what, "%s", what);
}

/* ---- Graph ------------------------------------------------------------ */

static double *fetch(struct tg_tiles *tiles)
{
    double *values = calloc(tiles->rows * tiles->cols, sizeof *values);

    if (values)
        tg_tiles_read(tiles, values);
    return values;
}

static int fetch_results(struct tg_fit_job *fit, struct tg_fit *tiles)
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
    if (fit->plan.mistakes)
        fit->mistakes = fetch(&tiles->mistakes);
    bool ok = status && chosen && fit->v && fit->train_counts &&
              (fit->test_counts || !fit->n_test) &&
              (fit->table || fit->plan.folds == 1) &&
              (fit->mistakes || !fit->plan.mistakes);
    if (ok) {
        fit->chosen = *chosen;
        fit->failed_pivot = status[k];
    }
    free(status);
    free(chosen);
    return ok ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for the results");
}

static void free_results(struct tg_fit_job *fit)
{
    free(fit->v);
    free(fit->table);
    free(fit->train_counts);
    free(fit->test_counts);
    free(fit->mistakes);
    fit->v = fit->table = fit->train_counts = fit->test_counts = NULL;
    fit->mistakes = NULL;
}

static int run_graph(struct tg_fit_job *fit)
{
    struct tg_runtime *runtime = fit->runtime;
    const struct tg_dataset *test = test_data(fit);
    struct tg_reader reader = tg_command_reader(&fit->train_input);
    struct tg_rows train = {0}, tested = {0};
    struct tg_fit tiles;
    const struct tg_plan *plan = &fit->plan;
    int err = tg_rows_init(&train, &fit->train_split, &reader, plan->features,
                           plan->element, plan->keep, &plan->placement);

    if (!err && test) {
        reader = tg_command_reader(&fit->test_input);
        err = tg_rows_init(&tested, &fit->test_split, &reader, plan->features,
                           plan->element, false, &plan->placement);
    }
    tg_progress_start(tg_command_progress(runtime, &fit->options->graph), ask,
                      fit);
    if (!err)
        err = tg_graph_ridge(&fit->plan, &train, test ? &tested : NULL, &tiles);
    bool submitted = !err;
    if (submitted)
        tg_runtime_wait();
    tg_progress_stop();
    if (!submitted)
        tg_runtime_fail(runtime, err);
    if (!err)
        err = tg_task_error();
    if (!err && runtime->rank == 0)
        err = fetch_results(fit, &tiles);
    if (submitted)
        tg_fit_release(&tiles);
    tg_rows_free(&train);
    if (test)
        tg_rows_free(&tested);
    return err;
}

/* Run until every task began with a performance model that StarPU trusts;
 * without --calibrate, once. */
static int run(struct tg_fit_job *fit)
{
    struct tg_runtime *runtime = fit->runtime;
    int runs = fit->options->graph.calibrate ? CALIBRATIONS : 1;

    do {
        fit->calibrations += fit->options->graph.calibrate;
        free_results(fit);
        tg_command_tally(&fit->options->graph);
        TG_TRY(tg_runtime_agree(runtime, run_graph(fit)));
        fit->uncalibrated = tg_command_uncalibrated(runtime);
    } while (fit->uncalibrated && --runs > 0);
    return TG_OK;
}

/* ---- The command ------------------------------------------------------ */

/* What would fail after the work had better fail before it. */
static int check_outputs(const struct tg_fit_options *options)
{
    TG_TRY(tg_output_check(options->model));
    TG_TRY(tg_output_check(options->json));
    TG_TRY(tg_output_check(options->report));
    TG_TRY(tg_output_check(options->confusion));
    TG_TRY(tg_output_check(options->weights));
    return options->report ? tg_plot_check() : TG_OK;
}

static int fit_on_ranks(struct tg_fit_job *fit)
{
    struct tg_runtime *runtime = fit->runtime;
    struct tg_time times[TG_PHASES];
    struct tg_result result = {.run = {.times = times, .ntimes = TG_PHASES}};
    int err;

    TG_TRY(tg_runtime_agree(runtime, open_data(fit)));
    TG_TRY(
        tg_command_same_data(runtime, "training", fit->train, fit->test, NULL));
    err = make_plan(fit);
    if (!err && runtime->rank == 0)
        err = check_outputs(fit->options);
    TG_TRY(tg_runtime_agree(runtime, err));
    TG_TRY(tg_command_start(runtime, &fit->options->graph));
    TG_TRY(run(fit));
    TG_TRY(tg_runtime_agree(runtime,
                            tg_command_workers(runtime, &fit->options->graph,
                                               &fit->workers)));
    tg_fit_describe(fit,
                    tg_command_seconds(runtime, &fit->options->graph, times),
                    &result);
    TG_TRY(tg_command_stop(runtime, &fit->options->graph));
    return tg_runtime_agree(runtime, runtime->rank == 0
                                         ? tg_fit_finish(fit, &result)
                                         : TG_OK);
}

int tg_command_fit(struct tg_runtime *runtime, const struct tg_options *options)
{
    struct tg_fit_job fit = {.options = (const void *)options,
                             .runtime = runtime};
    int err = fit_on_ranks(&fit);

    tg_runtime_stop_starpu(runtime); /* before what its tasks may still use */
    tg_plan_free(&fit.plan);
    tg_split_free(&fit.train_split);
    tg_split_free(&fit.test_split);
    tg_dataset_close(fit.train);
    tg_dataset_close(fit.test);
    free(fit.origin);
    free(fit.train_rows);
    free(fit.test_rows);
    free_results(&fit);
    free(fit.workers);
    return err;
}
