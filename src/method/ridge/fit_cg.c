#include "fit_cg.h"

#include <stdio.h>

#include "cg.h"
#include "error.h"
#include "normal.h"

bool tg_fit_is_cg(const struct tg_fit_options *options)
{
    return options->solver == TG_SOLVER_CG ||
           options->solver == TG_SOLVER_BLOCK;
}

size_t tg_fit_cg_cache(const struct tg_ridge_fit *fit)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);

    if (options->solver == TG_SOLVER_CG && fit->choice.augment)
        return 0;
    return options->graph.cache << 20;
}

void tg_fit_cg_progress(const struct tg_ridge_fit *fit,
                        const struct tg_tally *tally, double seconds,
                        struct tg_progress_state *state)
{
    double copies = (double)(fit->choice.augment + 1);
    double tiles = (double)fit->train_split.tiles * copies / fit->job.ranks;
    double passes = (double)tally->tasks[tg_stage_normal.index] / tiles;

    snprintf(state->what, sizeof state->what, "pass %.0f", passes + 1);
    state->rate = passes * (double)fit->n_train / seconds;
    state->unit = "samples";
}

void tg_fit_cg_collect(struct tg_ridge_fit *fit)
{
    double reached[2];

    tg_tiles_read(&fit->tiles.reached, reached);
    fit->result.steps = reached[0];
    fit->result.residual = reached[1];
}

int tg_fit_cg_check(const struct tg_ridge_fit *fit)
{
    const struct tg_result *result = &fit->result;

    if (result->failed_pivot == 0)
        return TG_OK;
    return tg_fail(TG_EDATA,
                   "%s: with --lambda %g, %.0f steps of --solver %s end at a "
                   "residual of %g, which is no solution; give a larger value, "
                   "such as --lambda %g, or --solver %s",
                   fit->train->spec, result->lambda, result->steps,
                   result->descent ? "block" : "cg", result->residual,
                   result->lambda > 0 ? 100 * result->lambda : 1,
                   result->descent ? "cg" : "primal");
}
