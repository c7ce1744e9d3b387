#include "fit_search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "error.h"
#include "feature_lists.h"
#include "patch_map.h"

/* Set the choice to what options say, of no trial. */
static void choose_given(struct tg_ridge_fit *fit)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);

    fit->choice = (struct tg_choice){.mirror = options->mirror,
                                     .augment = options->augment};
}

/* ---- One graph --------------------------------------------------------- */

static int given_first(struct tg_ridge_fit *fit)
{
    choose_given(fit);
    return tg_feature_lists_at(tg_fit_options_of(fit)->features, 0,
                               fit->choice.features, TG_CHOICE_TEXT);
}

static const struct tg_search given = {given_first, NULL};

/* ---- Lists ------------------------------------------------------------- */

static int lists_first(struct tg_ridge_fit *fit)
{
    TG_TRY(given_first(fit));
    fit->choice.trial = true;
    return TG_OK;
}

static int lists_next(struct tg_ridge_fit *fit)
{
    struct tg_trials *trials = fit->trials;
    const char *text = tg_fit_options_of(fit)->features;

    if (trials->count < tg_feature_lists_count(text))
        return tg_feature_lists_at(text, trials->count, fit->choice.features,
                                   TG_CHOICE_TEXT);
    trials->chosen = tg_trials_best(trials);
    if (trials->chosen < trials->count)
        fit->choice = trials->trial[trials->chosen].choice;
    fit->choice.trial = false;
    return TG_OK;
}

static const struct tg_search lists = {lists_first, lists_next};

/* ---- Steps ------------------------------------------------------------- */

/* The search that options ask for. */
static const struct tg_search *search_of(const struct tg_fit_options *options)
{
    if (tg_fit_is_auto(options))
        return &tg_search_auto;
    return tg_feature_lists_count(options->features) > 1 ? &lists : &given;
}

int tg_fit_search_begin(struct tg_ridge_fit *fit)
{
    const struct tg_search *search = search_of(tg_fit_options_of(fit));

    if (search->next) {
        fit->trials = calloc(1, sizeof *fit->trials);
        if (!fit->trials)
            return tg_fail(TG_EMEMORY, "out of memory for trials");
    }
    return search->first(fit);
}

/* All lambdas of a fold together, or one by one; of maps in single precision. */
static double factors(const struct tg_ridge_fit *fit)
{
    const struct tg_plan *plan = &fit->plan;
    const double each = plan->mapped ? 1 : TG_DOUBLE_FACTOR;

    return each * (double)(plan->validated *
                           (plan->iterate ? 1 : tg_plan_rounds(plan)));
}

/* Samples that are held out once. */
static double validated(const struct tg_ridge_fit *fit)
{
    return (double)fit->n_train * (double)fit->plan.validated /
           (double)fit->plan.folds;
}

/* How large a trial is. */
static void set_extent(const struct tg_ridge_fit *fit,
                       struct tg_extent_of_fit *extent)
{
    const struct tg_plan *plan = &fit->plan;
    double rows = (double)(fit->n_train * (fit->choice.augment + 1));
    double held = validated(fit);

    *extent = (struct tg_extent_of_fit){
        .rows = rows,
        .passed = rows + (plan->kept < plan->validated ? held : 0),
        .scored = held * (double)tg_plan_rounds(plan),
        .features = (double)plan->features,
        .factors = factors(fit),
        .folds = (double)plan->validated,
    };
}

/* What the graph that has run found, as a trial. */
static void record(struct tg_ridge_fit *fit)
{
    struct tg_trials *trials = fit->trials;
    struct tg_trial *trial = &trials->trial[trials->count++];
    const struct tg_result *result = &fit->result;
    const struct tg_run *run = &fit->job.run;

    *trial = (struct tg_trial){.choice = fit->choice,
                               .lambda = result->lambda,
                               .accuracy = NAN,
                               .error = NAN,
                               .seconds = run->total - fit->begun};
    set_extent(fit, &trial->extent);
    for (size_t l = 0; l < result->nlambdas; l++)
        if (result->cv[l].lambda == result->lambda) {
            trial->accuracy = result->cv[l].accuracy;
            trial->error =
                sqrt(trial->accuracy * (1 - trial->accuracy) / validated(fit));
        }
    for (size_t p = 0; p < run->ntimes; p++)
        trial->phase[p] = run->times[p].seconds;
    if (tg_stage_features.index)
        trial->mapping = fit->job.seconds[tg_stage_features.index] /
                         (double)run->platform.workers;
}

/* With --verbose, what a trial found, at once. */
static void announce(const struct tg_ridge_fit *fit)
{
    const struct tg_trial *trial = &fit->trials->trial[fit->trials->count - 1];
    const struct tg_choice *choice = &trial->choice;

    if (fit->job.options->common.verbosity == TG_VERBOSE)
        fprintf(
            stderr,
            "trial      %.2f %% of %.0f samples, %.2f s: %s%s, %zu copies\n",
            100 * trial->accuracy, trial->extent.rows, trial->seconds,
            choice->features, choice->mirror ? ", mirrored" : "",
            choice->augment);
}

int tg_ridge_fit_next(struct tg_job *job, struct tg_next *next)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;
    const struct tg_search *search = search_of(tg_fit_options_of(fit));

    next->choice = &fit->choice;
    next->bytes = sizeof fit->choice;
    next->more = fit->choice.trial;
    if (!next->more || job->rank != 0)
        return TG_OK;
    record(fit);
    announce(fit);
    TG_TRY(search->next(fit));
    fit->trials->last = fit->choice;
    fit->begun = job->run.total;
    return TG_OK;
}
