#include <stdlib.h>

#include "cholesky.h"
#include "combine.h"
#include "dense.h"
#include "dual_parts.h"
#include "dual_system.h"
#include "error.h"
#include "select.h"
#include "task.h"

/* One held-out row tile under one lambda. */
static int try_tile(struct tg_dual *dual, size_t t, size_t l,
                    struct tg_dual_system *system, struct tg_tile right,
                    struct tg_tile r)
{
    const struct tg_plan *plan = dual->plan;
    struct tg_tiles result;

    TG_TRY(tg_tiles_init_one(&result, dual->block, plan->classes + 1,
                             plan->dual_element, &plan->placement,
                             tg_dual_spread(plan) ? tg_owner_row_tile
                                                  : system->status.owner,
                             tg_dual_spread(plan) ? t : system->status.index));
    TG_TRY(tg_zero_insert(tg_tile(&result, 0, 0)));
    for (size_t j = 0; j < system->y.row_tiles; j++) {
        size_t other = tg_dual_tile(plan, t % plan->folds, j);
        bool below = other > t; /* K(t, other) is the other way round */

        if (other < dual->tiles)
            TG_TRY(tg_gemm_left_insert(
                below, tg_tile(&dual->k, below ? other : t, below ? t : other),
                tg_tile(&system->y, j, 0), tg_tile(&result, 0, 0)));
    }
    TG_TRY(tg_dual_tally_insert(l, tg_tile(&result, 0, 0),
                                tg_rows_labels(dual->rows, t),
                                tg_tile(&system->status, 0, 0), right, r));
    tg_tiles_release(&result);
    return TG_OK;
}

/* Systems take turns in slots: the next one waits, as data dependence. */
static struct tg_dual_system *slot_of(struct tg_dual *dual, size_t job)
{
    const struct tg_plan *plan = dual->plan;
    int rank =
        tg_dual_spread(plan) ? 0 : tg_owner_job(&plan->placement, job, 0, 0);

    return &dual->slot[(size_t)rank * plan->slots + job % plan->slots];
}

static int try_lambdas(struct tg_dual *dual, const struct tg_round *round,
                       size_t fold, struct tg_tile right, struct tg_tile r)
{
    const struct tg_plan *plan = dual->plan;
    size_t n = tg_dual_blocks(dual);
    size_t tasks = n * (n + 1) * (n + 2) / 6 + n * (n + 1) +
                   (4 + dual->tiles / plan->folds) * n;
    size_t ahead = 2 * plan->slots * tasks;

    for (size_t l = 0; l < round->count; l++) {
        size_t job = fold * tg_plan_rounds(plan) + round->first + l;
        struct tg_dual_system *system = slot_of(dual, job);
        struct tg_tiles *lambda =
            round->lambda ? round->lambda : &system->lambda;

        if (!round->lambda)
            TG_TRY(tg_fill_insert(&plan->lambda[round->first + l], 1,
                                  tg_tile(lambda, 0, 0)));
        TG_TRY(tg_dual_solve(dual, fold, lambda, system));
        for (size_t t = fold; t < dual->tiles; t += plan->folds)
            TG_TRY(try_tile(dual, t, l, system, right, r));
        if (tg_dual_spread(plan))
            tg_dual_flush(&dual->k);
        tg_throttle(ahead < TG_DUAL_AHEAD ? ahead : TG_DUAL_AHEAD);
    }
    return TG_OK;
}

static int validate_fold(struct tg_dual *dual, const struct tg_round *round,
                         size_t fold, struct tg_tiles *table)
{
    const struct tg_placement *placement = &dual->plan->placement;
    struct tg_tiles right, r;

    TG_TRY(tg_tiles_init_one(&right, round->count, 1, sizeof(double), placement,
                             tg_owner_row_tile, fold));
    TG_TRY(tg_tiles_init_one(&r, round->count, 1, sizeof(double), placement,
                             tg_owner_row_tile, fold));
    TG_TRY(tg_graph_zero(false, &right));
    TG_TRY(tg_graph_zero(false, &r));
    TG_TRY(try_lambdas(dual, round, fold, tg_tile(&right, 0, 0),
                       tg_tile(&r, 0, 0)));
    TG_TRY(tg_score_insert(fold, round->first,
                           tg_split_fold_rows(dual->rows->split, fold), 0,
                           dual->plan->classes, tg_tile(&right, 0, 0),
                           tg_tile(&r, 0, 0), tg_tile(table, 0, 0)));
    tg_tiles_release(&right);
    tg_tiles_release(&r);
    return TG_OK;
}

static int validate(void *what, const struct tg_round *round,
                    struct tg_tiles *table)
{
    struct tg_dual *dual = what;

    for (size_t f = 0; f < dual->plan->validated; f++)
        TG_TRY(validate_fold(dual, round, f, table));
    return TG_OK;
}

int tg_dual_choose(struct tg_dual *dual, struct tg_fit *fit)
{
    const struct tg_plan *plan = dual->plan;
    bool over = tg_dual_spread(plan);
    size_t ranks = over ? 1 : (size_t)plan->placement.ranks;
    size_t slots = ranks * plan->slots, n = tg_dual_blocks(dual);
    int err = TG_OK;

    if (plan->folds == 1)
        return tg_graph_choose(plan, fit, NULL, NULL);
    dual->slot = calloc(slots, sizeof *dual->slot);
    if (!dual->slot)
        return tg_fail(TG_EMEMORY, "out of memory for %zu systems", slots);
    for (size_t s = 0; s < slots && !err; s++)
        err = tg_dual_system_init(dual, n, over ? tg_owner_grid : tg_owner_rank,
                                  s / plan->slots, &dual->slot[s]);
    if (!err)
        err = tg_graph_choose(plan, fit, validate, dual);
    for (size_t s = 0; s < slots && !err; s++)
        tg_dual_system_release(&dual->slot[s]);
    tg_dual_flush(&dual->k);
    free(dual->slot);
    return err;
}
