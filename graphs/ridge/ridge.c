#include "ridge.h"

#include <stdlib.h>

#include "cg.h"
#include "combine.h"
#include "dual.h"
#include "error.h"

/* Weights from all training samples, the factorization spread over ranks. */
static int train_model(const struct tg_plan *plan, struct tg_statistics *total,
                       struct tg_fit *fit)
{
    struct tg_system system;

    if (plan->trial) {
        tg_tiles_release(&total->gram);
        tg_tiles_release(&total->moments);
        return TG_OK;
    }
    TG_TRY(tg_tiles_init_one(&fit->v, plan->features + 1, plan->classes,
                             sizeof(double), &plan->placement, tg_owner_first,
                             0));
    TG_TRY(tg_zero_insert(tg_tile(&fit->v, 0, 0)));
    TG_TRY(tg_system_init(&system, plan, sizeof(double), tg_owner_grid, 0));
    TG_TRY(tg_graph_solve(plan, total, &fit->chosen, 0, &system, &fit->v));
    fit->status = system.status;
    system.status = (struct tg_tiles){0};
    fit->moments = total->moments;
    tg_system_release(&system);
    tg_tiles_release(&total->gram);
    return TG_OK;
}

/* Cross-validation, whose statistics are then given back. */
static int select_lambda(const struct tg_plan *plan, struct tg_rows *rows,
                         struct tg_statistics *lane,
                         struct tg_statistics *total, struct tg_fit *fit)
{
    if (plan->folds == 1)
        return tg_graph_choose(plan, fit, NULL, NULL);
    TG_TRY(tg_graph_select(plan, rows, lane, total, fit));
    for (size_t f = 0; f < plan->validated; f++) {
        tg_tiles_release(&lane[f].gram);
        tg_tiles_release(&lane[f].moments);
    }
    return TG_OK;
}

/* From the Gram of features; dual.h and cg.h have other ways. */
static int fit_primal(const struct tg_plan *plan, struct tg_rows *rows,
                      struct tg_fit *fit)
{
    struct tg_statistics *lane = calloc(plan->lanes, sizeof *lane), total;
    int err = lane ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for lanes");

    if (!err)
        err = tg_graph_gram(plan, rows, lane);
    if (!err)
        err = tg_graph_reduce(plan, lane, &total);
    if (!err)
        err = select_lambda(plan, rows, lane, &total, fit);
    if (!err)
        err = train_model(plan, &total, fit);
    free(lane);
    return err;
}

int tg_graph_ridge(const struct tg_plan *plan, struct tg_rows *train,
                   struct tg_rows *test, struct tg_fit *fit)
{
    int err;

    *fit = (struct tg_fit){0};
    err = plan->dual ? tg_graph_dual(plan, train, fit)
          : plan->cg ? tg_graph_cg(plan, train, fit)
                     : fit_primal(plan, train, fit);
    if (plan->trial)
        return err;
    if (!err && tg_plan_scores_training(plan, test != NULL))
        err = tg_graph_predict(plan, train, &fit->v, &fit->train_confusion);
    if (!err && test)
        err = tg_graph_predict(plan, test, &fit->v, &fit->test_confusion);
    if (!err && plan->mistakes)
        err = tg_graph_mistakes(plan, test ? test : train, &fit->v,
                                &fit->mistakes);
    return err;
}

void tg_fit_release(struct tg_fit *fit)
{
    tg_tiles_release(&fit->v);
    tg_tiles_release(&fit->status);
    tg_tiles_release(&fit->chosen);
    tg_tiles_release(&fit->lambdas);
    tg_tiles_release(&fit->table);
    tg_tiles_release(&fit->moments);
    tg_tiles_release(&fit->train_confusion);
    tg_tiles_release(&fit->test_confusion);
    tg_tiles_release(&fit->mistakes);
    tg_tiles_release(&fit->reached);
}
