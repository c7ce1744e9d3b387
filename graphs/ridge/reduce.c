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

/* The lanes of one group: g, g + G, g + 2G, ... into lane g. */
static int sum_group(const struct tg_plan *plan, struct tg_statistics *lane,
                     size_t g)
{
    size_t groups = plan->placement.groups, n = plan->lanes / groups;

    for (size_t width = 1; width < n; width *= 2) {
        for (size_t at = 0; at + width < n; at += 2 * width) {
            TG_TRY(add(1, 1, &lane[g + (at + width) * groups],
                       &lane[g + at * groups]));
            release(&lane[g + (at + width) * groups]);
        }
    }
    return TG_OK;
}

/* A total of its own, over ranks like a final factorization. */
static int start_total(const struct tg_plan *plan, struct tg_statistics *total)
{
    size_t d = plan->features, k = plan->classes, b = plan->block;

    TG_TRY(tg_tiles_init(&total->gram, d, d, b, b, sizeof(double),
                         &plan->placement, tg_owner_grid, 0));
    TG_TRY(tg_tiles_init_one(&total->moments, d + 1, k, sizeof(double),
                             &plan->placement, tg_owner_first, 0));
    TG_TRY(tg_graph_zero(true, &total->gram));
    return tg_graph_zero(false, &total->moments);
}

/* total = sum of groups: in the place of the last one, where that is of folds
 * that are never held out, so that there is no Gram more. */
static int sum_groups(const struct tg_plan *plan, struct tg_statistics *lane,
                      struct tg_statistics *total)
{
    if (plan->validated < plan->placement.groups) {
        *total = lane[plan->validated];
        lane[plan->validated] = (struct tg_statistics){0};
    } else {
        TG_TRY(start_total(plan, total));
    }
    for (size_t f = 0; f < plan->validated; f++)
        TG_TRY(add(1, 1, &lane[f], total));
    for (size_t f = 0; f < plan->validated; f++)
        TG_TRY(add(1, -1, total, &lane[f]));
    return TG_OK;
}

int tg_graph_reduce(const struct tg_plan *plan, struct tg_statistics *lane,
                    struct tg_statistics *total)
{
    for (size_t g = 0; g < plan->placement.groups; g++)
        TG_TRY(sum_group(plan, lane, g));
    if (plan->folds > 1)
        return sum_groups(plan, lane, total);
    *total = lane[0];
    return TG_OK;
}
