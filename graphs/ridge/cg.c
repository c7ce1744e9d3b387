#include "cg.h"

#include <assert.h>
#include <stdlib.h>

#include "centred.h"
#include "cg_parts.h"
#include "combine.h"
#include "dense.h"
#include "error.h"
#include "select.h"

/* ---- Statistics -------------------------------------------------------- */

/* The scale of sums, whose moments move to what has them. */
static int describe(struct tg_cg *cg, struct tg_sums *sums,
                    struct tg_cg_samples *samples)
{
    const struct tg_plan *plan = cg->plan;

    TG_TRY(tg_tiles_init_one(&samples->scale, plan->features, 2, sizeof(double),
                             &plan->placement, tg_owner_first, 0));
    TG_TRY(tg_scale_insert(plan->units, plan->standardize,
                           tg_tile(&sums->moments, 0, 0),
                           tg_tile(&sums->squares, 0, 0),
                           tg_tile(&samples->scale, 0, 0)));
    samples->moments = sums->moments;
    tg_tiles_release(&sums->squares);
    return TG_OK;
}

/* Lanes into groups, groups into the total, folds into what is left without
 * them: as the primal form has it. */
static int reduce(struct tg_cg *cg, struct tg_sums *lane, struct tg_sums *total)
{
    const struct tg_plan *plan = cg->plan;
    size_t groups = plan->placement.groups, n = plan->lanes / groups;
    size_t d = plan->features, k = plan->classes;

    for (size_t g = 0; g < groups; g++)
        for (size_t width = 1; width < n; width *= 2)
            for (size_t at = 0; at + width < n; at += 2 * width)
                TG_TRY(tg_sums_add(1, 1, &lane[g + (at + width) * groups],
                                   &lane[g + at * groups]));
    TG_TRY(tg_tiles_init_one(&total->moments, d + 1, k, sizeof(double),
                             &plan->placement, tg_owner_first, 0));
    TG_TRY(tg_tiles_init_one(&total->squares, d, 1, sizeof(double),
                             &plan->placement, tg_owner_first, 0));
    TG_TRY(tg_graph_zero(false, &total->moments));
    TG_TRY(tg_graph_zero(false, &total->squares));
    for (size_t g = 0; g < groups; g++)
        TG_TRY(tg_sums_add(1, 1, &lane[g], total));
    return TG_OK;
}

static int reduce_and_describe(struct tg_cg *cg, struct tg_sums *lane)
{
    const struct tg_plan *plan = cg->plan;
    size_t folds = plan->folds > 1 ? plan->validated : 0;
    struct tg_sums total;

    TG_TRY(tg_graph_sums(plan, cg->rows, lane));
    TG_TRY(reduce(cg, lane, &total));
    for (size_t f = 0; f < folds; f++) {
        TG_TRY(tg_sums_add(1, -1, &total, &lane[f]));
        TG_TRY(describe(cg, &lane[f], &cg->fold[f]));
    }
    for (size_t l = folds; l < plan->lanes; l++)
        tg_sums_release(&lane[l]);
    return describe(cg, &total, &cg->all);
}

static int sum_samples(struct tg_cg *cg)
{
    struct tg_sums *lane = calloc(cg->plan->lanes, sizeof *lane);
    int err = lane ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for lanes");

    if (!err)
        err = reduce_and_describe(cg, lane);
    free(lane);
    return err;
}

/* ---- Choice ------------------------------------------------------------ */

static int judge(struct tg_cg *cg, const struct tg_round *round, size_t fold,
                 struct tg_tiles *v, struct tg_tiles *table)
{
    struct tg_tiles right;

    TG_TRY(tg_graph_errors(cg->plan, cg->rows, fold, round->count, v, &right));
    TG_TRY(tg_score_insert(fold, round->first,
                           tg_split_fold_rows(cg->rows->split, fold), 0,
                           cg->plan->classes, tg_tile(&right, 0, 0),
                           tg_tile(&right, 0, 0), tg_tile(table, 0, 0)));
    tg_tiles_release(&right);
    tg_tiles_release(v);
    return TG_OK;
}

static int validate(void *what, const struct tg_round *round,
                    struct tg_tiles *table)
{
    struct tg_cg *cg = what;
    const struct tg_plan *plan = cg->plan;
    struct tg_tiles *v = calloc(plan->validated, sizeof *v), given = {0};
    struct tg_cg_solve solve = {.folds = plan->validated,
                                .lambdas =
                                    round->lambda ? round->lambda : &given,
                                .tolerance = cg->way->rough,
                                .v = v};
    int err = v ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for models");

    if (!err && !round->lambda)
        err = tg_tiles_init_one(&given, round->count, 1, sizeof(double),
                                &plan->placement, tg_owner_first, 0);
    if (!err && !round->lambda)
        err = tg_fill_insert(plan->lambda + round->first, round->count,
                             tg_tile(&given, 0, 0));
    if (!err)
        err = cg->way->solve(cg, &solve);
    for (size_t f = 0; f < plan->validated && !err; f++)
        err = judge(cg, round, f, &v[f], table);
    tg_tiles_release(&given);
    free(v);
    return err;
}

/* ---- Fit --------------------------------------------------------------- */

static void release(struct tg_cg_samples *samples)
{
    tg_tiles_release(&samples->moments);
    tg_tiles_release(&samples->scale);
}

/* From all training samples; not in a trial. */
static int train_model(struct tg_cg *cg, struct tg_fit *fit)
{
    const struct tg_cg_solve solve = {.lambdas = &fit->chosen,
                                      .tolerance = cg->way->fine,
                                      .v = &fit->v,
                                      .fit = fit};

    if (cg->plan->trial)
        return TG_OK;
    TG_TRY(cg->way->solve(cg, &solve));
    fit->moments = cg->all.moments;
    cg->all.moments = (struct tg_tiles){0};
    return TG_OK;
}

static int fit_all(struct tg_cg *cg, struct tg_fit *fit)
{
    const struct tg_plan *plan = cg->plan;
    struct tg_rows *rows = cg->rows;

    for (size_t t = 0; t < rows->split->tiles; t++)
        cg->wanted[tg_tile_owner(tg_rows_values(rows, t))] = true;
    TG_TRY(sum_samples(cg));
    TG_TRY(cg->way->prepare(cg));
    TG_TRY(tg_graph_choose(plan, fit, validate, cg));
    for (size_t f = 0; f < plan->validated; f++)
        release(&cg->fold[f]);
    TG_TRY(train_model(cg, fit));
    release(&cg->all);
    tg_tiles_release(&cg->basis);
    tg_tiles_release(&cg->values);
    return TG_OK;
}

int tg_graph_cg(const struct tg_plan *plan, struct tg_rows *rows,
                struct tg_fit *fit)
{
    struct tg_cg cg = {
        .plan = plan,
        .way = plan->descent ? &tg_cg_descent : &tg_cg_krylov,
        .rows = rows,
        .fold = calloc(plan->validated, sizeof *cg.fold),
        .wanted = calloc((size_t)plan->placement.ranks, sizeof *cg.wanted),
        .gate = fit->gate,
    };

    assert(!rows->map || !rows->map->copies || !rows->kept);
    int err = cg.fold && cg.wanted
                  ? fit_all(&cg, fit)
                  : tg_fail(TG_EMEMORY, "out of memory for folds");

    free(cg.fold);
    free(cg.wanted);
    return err;
}
