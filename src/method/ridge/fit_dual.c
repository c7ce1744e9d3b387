#include "fit_dual.h"

#include <stdio.h>

#include "centred.h"
#include "cholesky.h"
#include "gram.h"
#include "normal.h"

/* Row tiles that auto takes as blocks: a factorization has some 50,000 tasks. */
enum { TILES_MAX = 64 };

bool tg_fit_is_dual(const struct tg_ridge_fit *fit, size_t d)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);

    return options->solver == TG_SOLVER_DUAL ||
           (options->solver == TG_SOLVER_AUTO && fit->n_train < d &&
            !fit->choice.augment && options->graph.tiles <= TILES_MAX);
}

void tg_fit_dual_progress(const struct tg_ridge_fit *fit,
                          const struct tg_tally *tally, double seconds,
                          struct tg_progress_state *state)
{
    const struct tg_plan *plan = &fit->plan;
    double n = (double)fit->n_train, d = (double)plan->features;
    double tiles = (double)fit->train_split.tiles, ranks = fit->job.ranks;
    double folds = (double)plan->folds, b = n / tiles;
    double left = folds > 1 ? n * (1 - 1 / folds) : 0;
    double jobs = (double)plan->placement.jobs;
    double map = plan->mapped ? tg_features_work(&fit->learnt.features) : 0;
    double products = n * n * d / 2 + n * map * tg_gram_weight(plan->element);
    double solve = (n * n * n + jobs * left * left * left) / 3;
    double made = (double)tally->tasks[tg_stage_product.index] /
                  (tiles * (tiles + 1) / 2);
    double updates = (double)(tally->tasks[tg_stage_gemm.index] +
                              tally->tasks[tg_stage_syrk.index]) *
                         b * b * b +
                     (double)tally->tasks[tg_stage_potrf.index] * b * b * b / 3;
    const char *what = "predict";

    state->total = (products + solve) / ranks;
    state->done = made * products + updates;
    if (made < 1 / ranks) {
        what = "gram";
        state->rate = made * n / seconds;
        state->unit = "samples";
    } else if (updates < 0.99 * solve / ranks) {
        what = "factorize";
    }
    snprintf(state->what, sizeof state->what, "%s", what);
}

const struct tg_stage *tg_fit_gram_stage(const struct tg_ridge_fit *fit)
{
    return fit->plan.cg     ? &tg_stage_normal
           : fit->plan.dual ? &tg_stage_product
                            : &tg_stage_gram;
}

double tg_fit_gram_work(const struct tg_ridge_fit *fit)
{
    const size_t copies = fit->choice.augment;
    double n = (double)(fit->n_train * (copies + 1));
    double d = (double)fit->plan.features;

    if (fit->plan.cg)
        return fit->job.notes[tg_stage_normal.index];
    return fit->plan.dual ? n * n * d : n * d * d;
}
