#include "ridge.h"

#include "dense.h"
#include "error.h"

static int add(double alpha, double beta, struct tg_statistics *x,
               struct tg_statistics *y)
{
    TG_TRY(tg_graph_add(true, alpha, beta, &x->gram, &y->gram));
    return tg_graph_add(false, alpha, beta, &x->moments, &y->moments);
}

static void release(struct tg_statistics *statistics)
{
    tg_tiles_release(&statistics->gram);
    tg_tiles_release(&statistics->moments);
}

/* The lanes of one fold: f, f + F, f + 2F, ... into lane f. */
static int sum_fold(const struct tg_plan *plan, struct tg_statistics *lane,
                    size_t f)
{
    size_t folds = plan->folds, n = plan->lanes / folds;

    for (size_t width = 1; width < n; width *= 2) {
        for (size_t at = 0; at + width < n; at += 2 * width) {
            TG_TRY(add(1, 1, &lane[f + (at + width) * folds],
                       &lane[f + at * folds]));
            release(&lane[f + (at + width) * folds]);
        }
    }
    return TG_OK;
}

/* total = sum of folds, over ranks like a final factorization. */
static int sum_folds(const struct tg_plan *plan, struct tg_statistics *lane,
                     struct tg_statistics *total)
{
    size_t d = plan->features, k = plan->classes, b = plan->block;

    TG_TRY(tg_tiles_init(&total->gram, d, d, b, b, sizeof(double),
                         &plan->placement, tg_owner_grid, 0));
    TG_TRY(tg_tiles_init_one(&total->moments, d + 1, k, sizeof(double),
                             &plan->placement, tg_owner_first, 0));
    TG_TRY(tg_graph_zero(true, &total->gram));
    TG_TRY(tg_graph_zero(false, &total->moments));
    for (size_t f = 0; f < plan->folds; f++)
        TG_TRY(add(1, 1, &lane[f], total));
    for (size_t f = 0; f < plan->folds; f++)
        TG_TRY(add(1, -1, total, &lane[f]));
    return TG_OK;
}

int tg_graph_reduce(const struct tg_plan *plan, struct tg_statistics *lane,
                    struct tg_statistics *total)
{
    for (size_t f = 0; f < plan->folds; f++)
        TG_TRY(sum_fold(plan, lane, f));
    if (plan->folds > 1)
        return sum_folds(plan, lane, total);
    *total = lane[0];
    return TG_OK;
}
