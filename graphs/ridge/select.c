#include "ridge.h"

#include <stdlib.h>

#include "combine.h"
#include "error.h"
#include "select.h"
#include "task.h"

/* What rounds work in. */
struct work {
    const struct tg_plan *plan;
    struct tg_rows *rows;
    struct tg_statistics *train, *total;
    struct tg_system *slot; /* [ranks x slots] */
    struct tg_tiles *v;     /* [V] (d+1) x (count k) */
};

/* Weights of a round's lambdas of a fold, from one factorization, that of the
 * lambda in the middle, which is there for the next round. */
static int iterate_fold(struct work *work, const struct tg_round *round,
                        size_t fold)
{
    const struct tg_plan *plan = work->plan;
    struct tg_statistics *train = &work->train[fold];
    int rank = tg_owner_fold(&plan->placement, fold, 0, 0);
    struct tg_system *system =
        &work->slot[(size_t)rank * plan->slots + fold % plan->slots];
    struct tg_tiles given;

    if (round->lambda)
        return tg_graph_lambdas(plan, train, round->lambda, system,
                                &work->v[fold]);
    TG_TRY(tg_fill_insert(&plan->lambda[round->count / 2], 1,
                          tg_tile(&system->lambda, 0, 0)));
    TG_TRY(tg_graph_factorize(plan, train, &system->lambda, system));
    TG_TRY(tg_tiles_init_one(&given, round->count, 1, sizeof(double),
                             &plan->placement, tg_owner_rank, (size_t)rank));
    TG_TRY(tg_fill_insert(plan->lambda, round->count, tg_tile(&given, 0, 0)));
    TG_TRY(tg_graph_lambdas(plan, train, &given, system, &work->v[fold]));
    tg_tiles_release(&given);
    return TG_OK;
}

/* Weights of a round's lambdas of a fold.  The systems take turns in a rank's
 * slots: a slot's next job waits, as data dependence, until its last one is
 * done. */
static int solve_fold(struct work *work, const struct tg_round *round,
                      size_t fold)
{
    const struct tg_plan *plan = work->plan;
    size_t n = plan->blocks, slots = plan->slots;
    size_t tasks =
        1 + n * (n + 1) * (n + 2) / 6 + n * (n + 1) / 2 + n * (n + 1) + 3 * n;

    TG_TRY(tg_zero_insert(tg_tile(&work->v[fold], 0, 0)));
    if (plan->iterate)
        return iterate_fold(work, round, fold);
    for (size_t l = 0; l < round->count; l++) {
        size_t job = fold * tg_plan_rounds(plan) + round->first + l;
        int rank = tg_owner_job(&plan->placement, job, 0, 0);
        struct tg_system *system =
            &work->slot[(size_t)rank * slots + job % slots];
        struct tg_tiles *lambda =
            round->lambda ? round->lambda : &system->lambda;

        if (!round->lambda)
            TG_TRY(tg_fill_insert(&plan->lambda[round->first + l], 1,
                                  tg_tile(lambda, 0, 0)));
        TG_TRY(tg_graph_solve(plan, &work->train[fold], lambda, l, system,
                              &work->v[fold]));
        tg_throttle(2 * slots * tasks);
    }
    return TG_OK;
}

/* Squared residuals on the held-out fold, from statistics alone. */
static int residual(struct work *work, size_t fold, struct tg_tile scratch,
                    struct tg_tiles *r)
{
    const struct tg_plan *plan = work->plan;
    struct tg_statistics *train = &work->train[fold], *total = work->total;
    struct tg_tile to = tg_tile(r, 0, 0);
    struct tg_tile weights = tg_tile(&work->v[fold], 0, 0);

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

static int validate_fold(struct work *work, const struct tg_round *round,
                         size_t fold, struct tg_tile scratch,
                         struct tg_tiles *table)
{
    const struct tg_plan *plan = work->plan;
    const struct tg_row_map *map = work->rows->map;
    size_t copies = map ? map->copies : 0;
    struct tg_tiles r, right;

    TG_TRY(tg_tiles_init_one(&r, round->count, 1, sizeof(double),
                             &plan->placement, tg_owner_row_lane, fold));
    TG_TRY(residual(work, fold, scratch, &r));
    TG_TRY(tg_graph_hits(plan, work->rows, fold, round->count, &work->v[fold],
                         &right));
    TG_TRY(tg_score_insert(fold, round->first,
                           tg_split_fold_rows(work->rows->split, fold), copies,
                           plan->classes, tg_tile(&right, 0, 0),
                           tg_tile(&r, 0, 0), tg_tile(table, 0, 0)));
    tg_tiles_release(&work->v[fold]);
    tg_tiles_release(&r);
    tg_tiles_release(&right);
    return TG_OK;
}

/* All solves are declared before the first validation, which may have to wait
 * for tiles that are loaded again. */
static int validate(void *what, const struct tg_round *round,
                    struct tg_tiles *table)
{
    struct work *work = what;
    const struct tg_plan *plan = work->plan;
    size_t d = plan->features, columns = round->count * plan->classes;
    struct tg_tiles scratch = {0};

    TG_TRY(tg_scratch_init(&scratch, tg_residual_scratch(plan->block, columns),
                           sizeof(double)));
    for (size_t f = 0; f < plan->validated; f++) {
        TG_TRY(tg_tiles_init_one(&work->v[f], d + 1, columns, sizeof(double),
                                 &plan->placement, tg_owner_fold, f));
        TG_TRY(solve_fold(work, round, f));
    }
    for (size_t f = 0; f < plan->validated; f++)
        TG_TRY(validate_fold(work, round, f, tg_tile(&scratch, 0, 0), table));
    tg_tiles_release(&scratch);
    return TG_OK;
}

int tg_graph_select(const struct tg_plan *plan, struct tg_rows *rows,
                    struct tg_statistics *train, struct tg_statistics *total,
                    struct tg_fit *fit)
{
    size_t count = (size_t)plan->placement.ranks * plan->slots;
    struct work work = {
        .plan = plan,
        .rows = rows,
        .train = train,
        .total = total,
        .slot = calloc(count, sizeof *work.slot),
        .v = calloc(plan->validated, sizeof *work.v),
    };
    int err = work.slot && work.v
                  ? TG_OK
                  : tg_fail(TG_EMEMORY, "out of memory for %zu systems", count);

    for (size_t s = 0; s < count && !err; s++)
        err = tg_system_init(&work.slot[s], plan,
                             tg_plan_validation_element(plan), tg_owner_rank,
                             s / plan->slots);
    if (!err)
        err = tg_graph_choose(plan, fit, validate, &work);
    for (size_t s = 0; s < count && !err; s++)
        tg_system_release(&work.slot[s]);
    free(work.v);
    free(work.slot);
    return err;
}
