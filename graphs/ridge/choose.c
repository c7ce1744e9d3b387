#include <string.h>

#include "combine.h"
#include "error.h"
#include "ridge.h"
#include "select.h"

/* A small matrix in one tile on rank 0. */
static int single(const struct tg_plan *plan, size_t rows, size_t cols,
                  struct tg_tiles *tiles)
{
    return tg_tiles_init_one(tiles, rows, cols, sizeof(double),
                             &plan->placement, tg_owner_first, 0);
}

/* Of the plan's lambdas' best, one between it and the better of its neighbours,
 * or beyond the last. */
static int refine(const struct tg_plan *plan, struct tg_fit *fit,
                  tg_validate *validate, void *what)
{
    struct tg_tiles refined;

    TG_TRY(single(plan, 1, 1, &refined));
    TG_TRY(tg_refine_insert(plan->by_error, tg_tile(&fit->table, 0, 0),
                            tg_tile(&fit->lambdas, 0, 0),
                            tg_tile(&refined, 0, 0)));
    TG_TRY(validate(what, &(struct tg_round){plan->lambdas, 1, &refined},
                    &fit->table));
    tg_tiles_release(&refined);
    return TG_OK;
}

int tg_graph_choose(const struct tg_plan *plan, struct tg_fit *fit,
                    tg_validate *validate, void *what)
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
    TG_TRY(tg_zero_insert(tg_tile(&fit->table, 0, 0)));
    TG_TRY(validate(what, &(struct tg_round){0, plan->lambdas, NULL},
                    &fit->table));
    if (plan->refine)
        TG_TRY(refine(plan, fit, validate, what));
    return tg_select_insert(plan->by_error, tg_tile(&fit->table, 0, 0),
                            tg_tile(&fit->lambdas, 0, 0),
                            tg_tile(&fit->chosen, 0, 0));
}
