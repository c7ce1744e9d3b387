#include "ridge.h"

#include <stdlib.h>
#include <string.h>

#include "combine.h"
#include "error.h"

/* A small matrix in one tile on rank 0. */
static int single(const struct tg_plan *plan, size_t rows, size_t cols,
                  struct tg_tiles *tiles)
{
    return tg_tiles_init_one(tiles, rows, cols, sizeof(double),
                             &plan->placement, tg_owner_first, 0);
}

/* chosen = the lambda to train with: selected by validation, or the only one.
 */
static int choose(const struct tg_plan *plan, struct tg_rows *rows,
                  struct tg_statistics *lane, struct tg_statistics *total,
                  struct tg_fit *fit)
{
    size_t m = tg_plan_rounds(plan);
    double lambdas[TG_FILL_MAX] = {0};

    TG_TRY(single(plan, 1, 1, &fit->chosen));
    if (plan->folds == 1)
        return tg_fill_insert(plan->lambda, 1, tg_tile(&fit->chosen, 0, 0));
    memcpy(lambdas, plan->lambda, plan->lambdas * sizeof *lambdas);
    TG_TRY(single(plan, m, 1, &fit->lambdas));
    TG_TRY(single(plan, m, 2 * plan->validated, &fit->table));
    TG_TRY(tg_fill_insert(lambdas, m, tg_tile(&fit->lambdas, 0, 0)));
    TG_TRY(tg_graph_select(plan, rows, lane, total, &fit->lambdas, &fit->table,
                           &fit->chosen));
    for (size_t f = 0; f < plan->validated; f++) {
        tg_tiles_release(&lane[f].gram);
        tg_tiles_release(&lane[f].moments);
    }
    return TG_OK;
}

/* Weights from all training samples, the factorization spread over ranks. */
static int train_model(const struct tg_plan *plan, struct tg_statistics *total,
                       struct tg_fit *fit)
{
    struct tg_system system;

    TG_TRY(single(plan, plan->features + 1, plan->classes, &fit->v));
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

int tg_graph_ridge(const struct tg_plan *plan, struct tg_rows *train,
                   struct tg_rows *test, struct tg_fit *fit)
{
    struct tg_statistics *lane = calloc(plan->lanes, sizeof *lane), total;
    int err = lane ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for lanes");

    *fit = (struct tg_fit){0};
    if (!err)
        err = tg_graph_gram(plan, train, lane);
    if (!err)
        err = tg_graph_reduce(plan, lane, &total);
    if (!err)
        err = choose(plan, train, lane, &total, fit);
    if (!err)
        err = train_model(plan, &total, fit);
    if (!err && tg_plan_scores_training(plan, test != NULL))
        err = tg_graph_predict(plan, train, &fit->v, &fit->train_confusion);
    if (!err && test)
        err = tg_graph_predict(plan, test, &fit->v, &fit->test_confusion);
    if (!err && plan->mistakes)
        err = tg_graph_mistakes(plan, test ? test : train, &fit->v,
                                &fit->mistakes);
    free(lane);
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
}
