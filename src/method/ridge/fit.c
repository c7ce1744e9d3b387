/* The steps of a fit. */
#include "fit.h"
#include "fit_cg.h"
#include "fit_dual.h"
#include "fit_features.h"
#include "fit_search.h"

#include <stdlib.h>

#include "cholesky.h"
#include "error.h"
#include "gram.h"
#include "origin.h"
#include "plot.h"
#include "ridge_method.h"
#include "ridge_model.h"
#include "section_info.h"
#include "units.h"

enum {
    MISTAKES = 24,   /* that a report shows */
    MAPPED_CACHE = 4 /* times as much of features that took time to make */
};

/* What lambda is a multiple of: --lambda auto follows the features' variance,
 * where that is not known to be a pixel's or made 1; where it is made so of
 * features of any number, the number of samples. */
static double lambda_unit(const struct tg_ridge_fit *fit)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);

    if (options->lambda_auto && fit->plan.mapped)
        return (double)(fit->n_train * (fit->choice.augment + 1));
    return options->lambda_auto && !options->standardize && fit->origin
               ? fit->origin->variance
               : 1;
}

/* Of features that are mapped, --lambda auto has a grid of its own. */
static size_t lambdas(const struct tg_ridge_fit *fit, const double **list)
{
    static const double mapped[] = TG_LAMBDA_MAPPED;
    const struct tg_fit_options *options = tg_fit_options_of(fit);
    bool own = options->lambda_auto && tg_fit_mapped(fit);

    *list = own ? mapped : options->lambdas;
    return own ? sizeof mapped / sizeof *mapped : options->nlambdas;
}

static int set_lambdas(struct tg_ridge_fit *fit)
{
    const double *list;
    const size_t m = lambdas(fit, &list);

    fit->scale = fit->train->type == TG_U8 && !fit->plan.mapped ? 1.0 / 255 : 1;
    fit->lambda_unit = lambda_unit(fit);
    fit->lambdas = malloc(m * sizeof *fit->lambdas);
    if (!fit->lambdas)
        return tg_fail(TG_EMEMORY, "out of memory for %zu lambdas", m);
    for (size_t l = 0; l < m; l++)
        fit->lambdas[l] = list[l] * fit->lambda_unit;
    fit->plan.lambda = fit->lambdas;
    return TG_OK;
}

/* As many as features: made when it is known that there is memory for more.
 * The graph is declared again where it is calibrated. */
static int set_units(struct tg_ridge_fit *fit)
{
    const size_t d = fit->plan.features;

    if (fit->units)
        return TG_OK;
    fit->units = malloc(d * sizeof *fit->units);
    if (!fit->units)
        return tg_fail(TG_EMEMORY, "out of memory for %zu features", d);
    tg_units_of(d, fit->scale, fit->origin, fit->units);
    fit->plan.units = fit->units;
    return TG_OK;
}

/* A trial has two at least: something is held out. */
static size_t folds(const struct tg_ridge_fit *fit)
{
    const size_t given = tg_fit_folds(tg_fit_options_of(fit));

    if (fit->choice.folds)
        return fit->choice.folds;
    return fit->choice.trial && given < 2 ? 2 : given;
}

/* What the options say of the graph, and what follows where they don't. */
static void start_plan(struct tg_ridge_fit *fit)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);
    const struct tg_dataset *data = fit->train;
    const bool mapped = tg_fit_mapped(fit);
    const struct tg_row_map *rows = &fit->learnt.features.rows;
    const double *list;
    const size_t m = lambdas(fit, &list);
    const bool validated = m > 1 || fit->choice.trial;

    fit->plan = (struct tg_plan){
        .features = mapped ? rows->width : data->features,
        .classes = (size_t)data->classes,
        .element = mapped ? rows->element : tg_type_size(data->type),
        .mapped = mapped,
        .folds = validated ? folds(fit) : 1,
        .validated = validated ? fit->choice.folds ? fit->choice.folds
                                                   : tg_fit_validated(options)
                               : 1,
        .lambdas = m,
        .refine = mapped && options->lambda_auto,
        .standardize = options->standardize || mapped,
        .dual = !fit->choice.folds &&
                tg_fit_is_dual(fit, mapped ? rows->width : data->features),
        .cg = tg_fit_is_cg(options),
        .descent = options->solver == TG_SOLVER_BLOCK,
        .distribution = (size_t)options->distribute,
        .by_error = options->select == TG_SELECT_MSE,
        .mistakes = options->report && !fit->choice.trial ? MISTAKES : 0,
        .trial = fit->choice.trial,
    };
    if (mapped) {
        fit->plan.sample_bytes = data->features * tg_type_size(data->type);
        fit->plan.map_bytes = tg_features_bytes(&fit->learnt.features);
        fit->plan.map_scratch = tg_features_scratch(&fit->learnt.features);
    }
}

static int split(struct tg_ridge_fit *fit, size_t tiles)
{
    size_t rows, test_tiles;

    TG_TRY(tg_split_init(&fit->train_split, fit->n_train, fit->train_rows,
                         fit->train->labels, fit->plan.folds, tiles,
                         tg_fit_options_of(fit)->seed));
    if (!tg_ridge_test_data(fit))
        return TG_OK;
    rows = tg_split_max_rows(&fit->train_split);
    test_tiles = (fit->n_test + rows - 1) / rows;
    return tg_split_init(&fit->test_split, fit->n_test, fit->test_rows, NULL, 1,
                         test_tiles, 0);
}

/* Give back what `plan` has made. */
static void unplan(struct tg_ridge_fit *fit)
{
    tg_fit_features_close(fit);
    tg_plan_free(&fit->plan);
    tg_split_free(&fit->train_split);
    tg_split_free(&fit->test_split);
    tg_origin_free(fit->origin);
    free(fit->lambdas);
    free(fit->units);
    free(fit->train_rows);
    free(fit->test_rows);
    fit->origin = NULL;
    fit->lambdas = fit->units = NULL;
    fit->train_rows = fit->test_rows = NULL;
}

static int plan(struct tg_job *job)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;
    const struct tg_fit_options *options = tg_fit_options_of(fit);
    size_t tiles = options->graph.tiles;

    unplan(fit);
    if (!*fit->choice.features)
        TG_TRY(tg_fit_search_begin(fit));
    TG_TRY(tg_ridge_fit_divide(fit));
    if (tg_fit_mapped(fit))
        TG_TRY(tg_fit_features_plan(fit));
    start_plan(fit);
    TG_TRY(tg_ridge_check_classes(fit));
    if (fit->n_train < fit->plan.folds)
        return tg_fail(TG_EUSAGE,
                       "--folds %zu is more than the %zu training samples",
                       fit->plan.folds, fit->n_train);
    TG_TRY(tg_plan_init(&fit->plan, fit->n_train, &tiles, options->graph.block,
                        options->graph.lanes,
                        tg_fit_cg_cache(fit) *
                            (tg_fit_mapped(fit) ? MAPPED_CACHE : 1),
                        job->rank, job->ranks));
    if (options->report)
        TG_TRY(tg_plot_check());
    if (!fit->plan.mapped)
        TG_TRY(tg_origin_find(fit->train, &fit->origin));
    TG_TRY(set_lambdas(fit));
    fit->train_input = (struct tg_input){fit->train, fit->origin};
    fit->test_input = (struct tg_input){tg_ridge_test_data(fit), fit->origin};
    return split(fit, tiles);
}

static size_t memory(struct tg_job *job, struct tg_memory_need *needs,
                     char *what, size_t size)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;
    const struct tg_extent extent = {
        .tile_rows = tg_split_max_rows(&fit->train_split),
        .samples = fit->n_train,
        .tests = fit->n_test,
        .workers = job->workers,
        .learning = tg_features_learning(&fit->learnt.features,
                                         fit->sample_split.count, job->workers),
    };

    snprintf(what, size, "%s: training on %zu features, %zu classes",
             fit->train->spec, fit->plan.features, fit->plan.classes);
    return tg_plan_needs(&fit->plan, &extent, needs);
}

/* Work in multiply-adds, as far as this rank's tasks are a fair share. */
static void progress(struct tg_job *job, double seconds,
                     struct tg_progress_state *state)
{
    const struct tg_ridge_fit *fit = (const struct tg_ridge_fit *)job;
    const struct tg_plan *plan = &fit->plan;
    double d = (double)plan->features, b = (double)plan->block;
    double jobs = (double)(plan->folds == 1 ? 1
                           : plan->iterate  ? plan->validated + 1
                                            : plan->placement.jobs + 1);
    double ranks = job->ranks, k = (double)plan->classes;
    double copies = (double)(fit->choice.augment + 1);
    double n = (double)fit->n_train * copies;
    struct tg_tally tally;

    tg_tally_read(&tally);
    if (plan->dual) {
        tg_fit_dual_progress(fit, &tally, seconds, state);
        return;
    }
    if (plan->cg) {
        tg_fit_cg_progress(fit, &tally, seconds, state);
        return;
    }
    double map = plan->mapped ? tg_features_work(&fit->learnt.features) : 0;
    double gram = tg_gram_weight(plan->element) * n * (d * d / 2 + map),
           solve = jobs * d * d * d / 3;
    double scores = 2 * n * d * k * (jobs + 1) / (double)plan->folds;
    double blocks = (double)(plan->blocks * (plan->blocks + 1) / 2);
    double tiles = (double)fit->train_split.tiles;
    double grams =
        (double)tally.tasks[tg_stage_gram.index] / (blocks * tiles * copies);
    double updates = (double)(tally.tasks[tg_stage_gemm.index] +
                              tally.tasks[tg_stage_syrk.index]) *
                         b * b * b +
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
    snprintf(state->what, sizeof state->what, "%s%s",
             fit->choice.trial ? "trial: " : "", what);
}

static int declare(struct tg_job *job)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;
    const struct tg_plan *plan = &fit->plan;
    struct tg_reader reader = tg_method_reader(&fit->train_input);
    bool test = tg_ridge_test_data(fit) != NULL;
    size_t element = tg_type_size(fit->train->type);

    if (!plan->placement.pair_owner)
        return tg_fail(TG_EUSAGE,
                       "--block %zu: too many blocks of %zu features; give a "
                       "larger one",
                       plan->block, plan->features);
    TG_TRY(set_units(fit));
    TG_TRY(tg_fit_features_declare(fit));
    TG_TRY(tg_rows_init(&fit->train_rows_in, &fit->train_split, &reader,
                        fit->train->features, element, plan->kept,
                        tg_fit_features_rows(fit), &plan->placement));
    if (test) {
        reader = tg_method_reader(&fit->test_input);
        TG_TRY(tg_rows_init(&fit->test_rows_in, &fit->test_split, &reader,
                            fit->train->features, element, 0,
                            tg_fit_features_rows(fit), &plan->placement));
    }
    return tg_graph_ridge(plan, &fit->train_rows_in,
                          test ? &fit->test_rows_in : NULL, &fit->tiles);
}

static void release(struct tg_job *job)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;

    tg_fit_release(&fit->tiles);
    tg_fit_features_release(fit);
    tg_rows_free(&fit->train_rows_in);
    tg_rows_free(&fit->test_rows_in);
}

static void close_all(struct tg_job *job)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;

    tg_ridge_fit_clear(fit);
    unplan(fit);
    tg_dataset_close(fit->train);
    tg_dataset_close(fit->test);
    free(fit->trials);
    free(fit->search);
}

const char *const tg_ridge_phases[] = {"load",    "features",  "gram",
                                       "reduce",  "factorize", "solve",
                                       "predict", NULL};

const struct tg_steps tg_ridge_fit_steps = {
    .size = sizeof(struct tg_ridge_fit),
    .phases = tg_ridge_phases,
    .open = tg_ridge_fit_open,
    .inputs = tg_ridge_fit_inputs,
    .note = tg_ridge_fit_note,
    .plan = plan,
    .memory = memory,
    .declare = declare,
    .progress = progress,
    .collect = tg_ridge_fit_collect,
    .release = release,
    .next = tg_ridge_fit_next,
    .save = tg_ridge_fit_save,
    .report = tg_ridge_fit_report_all,
    .close = close_all,
};

static int describe(FILE *out, const struct tg_model *model)
{
    struct tg_ridge_model ridge;
    struct tg_learnt learnt = {0};
    int err;

    TG_TRY(tg_ridge_model_view(model, &ridge));
    if (ridge.mapped)
        TG_TRY(tg_learnt_load(model, ridge.features, &learnt));
    err = tg_report_text(out, &tg_info_model_report,
                         &(struct tg_info_model){model->path, model, &ridge,
                                                 ridge.mapped ? &learnt : NULL},
                         0);
    tg_learnt_free(&learnt);
    return err;
}

const struct tg_method tg_ridge_method = {
    .name = "ridge",
    .fit = &tg_ridge_fit_steps,
    .predict = &tg_ridge_predict_steps,
    .describe = describe,
};
