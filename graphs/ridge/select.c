#include "ridge.h"

#include <stdlib.h>

#include "combine.h"
#include "error.h"
#include "select.h"
#include "task.h"

/* Weights of all lambdas of a fold.  The systems take turns in a rank's slots:
 * a slot's next job waits, as data dependence, until its last one is done. */
static int solve_fold(const struct tg_plan *plan, size_t fold,
                      struct tg_statistics *train, struct tg_system *slot,
                      struct tg_tiles *v)
{
    size_t n = plan->blocks, slots = plan->slots;
    size_t tasks =
        1 + n * (n + 1) * (n + 2) / 6 + n * (n + 1) / 2 + n * (n + 1) + 3 * n;

    TG_TRY(tg_zero_insert(tg_tile(v, 0, 0)));
    for (size_t l = 0; l < plan->lambdas; l++) {
        size_t job = fold * plan->lambdas + l;
        int rank = tg_owner_job(&plan->placement, job, 0, 0);
        struct tg_system *system = &slot[(size_t)rank * slots + job % slots];

        TG_TRY(tg_fill_insert(&plan->lambda[l], 1,
                              tg_tile(&system->lambda, 0, 0)));
        TG_TRY(tg_graph_solve(plan, train, &system->lambda, l, system, v));
        tg_throttle(2 * slots * tasks);
    }
    return TG_OK;
}

/* Squared residuals on the held-out fold, from statistics alone. */
static int residual(const struct tg_plan *plan, struct tg_statistics *train,
                    struct tg_statistics *total, struct tg_tiles *v,
                    struct tg_tile scratch, struct tg_tiles *r)
{
    struct tg_tile to = tg_tile(r, 0, 0), weights = tg_tile(v, 0, 0);

    TG_TRY(tg_residual_moments_insert(tg_tile(&train->moments, 0, 0),
                                      tg_tile(&total->moments, 0, 0), weights,
                                      to));
    for (size_t j = 0; j < plan->blocks; j++)
        for (size_t i = j; i < plan->blocks; i++)
            TG_TRY(tg_residual_gram_insert(i * plan->block, j * plan->block,
                                           tg_tile(&train->gram, i, j),
                                           tg_tile(&total->gram, i, j), weights,
                                           scratch, to));
    return TG_OK;
}

static int validate_fold(const struct tg_plan *plan, struct tg_rows *rows,
                         size_t fold, struct tg_statistics *train,
                         struct tg_statistics *total, struct tg_tiles *v,
                         struct tg_tile scratch, struct tg_tiles *table)
{
    size_t m = plan->lambdas;
    struct tg_tiles r, right;

    TG_TRY(tg_tiles_init_one(&r, m, 1, sizeof(double), &plan->placement,
                             tg_owner_row_lane, fold));
    TG_TRY(residual(plan, train, total, v, scratch, &r));
    TG_TRY(tg_graph_hits(plan, rows, fold, v, &right));
    TG_TRY(tg_score_insert(fold, tg_split_fold_rows(rows->split, fold),
                           plan->classes, tg_tile(&right, 0, 0),
                           tg_tile(&r, 0, 0), tg_tile(table, 0, 0)));
    tg_tiles_release(v);
    tg_tiles_release(&r);
    tg_tiles_release(&right);
    return TG_OK;
}

/* All solves are declared before the first validation, which may have to wait
 * for tiles that are loaded again. */
static int validate(const struct tg_plan *plan, struct tg_rows *rows,
                    struct tg_statistics *train, struct tg_statistics *total,
                    struct tg_system *slot, struct tg_tiles *v,
                    struct tg_tiles *table)
{
    size_t d = plan->features, columns = plan->lambdas * plan->classes;
    size_t count = (size_t)plan->placement.ranks * plan->slots;
    struct tg_tiles scratch = {0};

    TG_TRY(tg_scratch_init(&scratch, tg_residual_scratch(plan->block, columns),
                           sizeof(double)));
    for (size_t s = 0; s < count; s++)
        TG_TRY(tg_system_init(&slot[s], plan, tg_plan_validation_element(plan),
                              tg_owner_rank, s / plan->slots));
    for (size_t f = 0; f < plan->validated; f++) {
        TG_TRY(tg_tiles_init_one(&v[f], d + 1, columns, sizeof(double),
                                 &plan->placement, tg_owner_fold, f));
        TG_TRY(solve_fold(plan, f, &train[f], slot, &v[f]));
    }
    for (size_t s = 0; s < count; s++)
        tg_system_release(&slot[s]);
    for (size_t f = 0; f < plan->validated; f++)
        TG_TRY(validate_fold(plan, rows, f, &train[f], total, &v[f],
                             tg_tile(&scratch, 0, 0), table));
    tg_tiles_release(&scratch);
    return TG_OK;
}

int tg_graph_select(const struct tg_plan *plan, struct tg_rows *rows,
                    struct tg_statistics *train, struct tg_statistics *total,
                    struct tg_tiles *lambdas, struct tg_tiles *table,
                    struct tg_tiles *chosen)
{
    size_t count = (size_t)plan->placement.ranks * plan->slots;
    struct tg_system *slot = calloc(count, sizeof *slot);
    struct tg_tiles *v = calloc(plan->validated, sizeof *v);
    int err = slot && v
                  ? TG_OK
                  : tg_fail(TG_EMEMORY, "out of memory for %zu systems", count);

    if (!err)
        err = tg_zero_insert(tg_tile(table, 0, 0));
    if (!err)
        err = validate(plan, rows, train, total, slot, v, table);
    if (!err)
        err = tg_select_insert(plan->by_error, tg_tile(table, 0, 0),
                               tg_tile(lambdas, 0, 0), tg_tile(chosen, 0, 0));
    free(v);
    free(slot);
    return err;
}
