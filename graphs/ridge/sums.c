#include "centred.h"
#include "dense.h"
#include "error.h"
#include "gram.h"
#include "ridge.h"
#include "task.h"

static int init(const struct tg_plan *plan, size_t lane, struct tg_sums *sums)
{
    size_t d = plan->features, k = plan->classes;

    TG_TRY(tg_tiles_init_one(&sums->moments, d + 1, k, sizeof(double),
                             &plan->placement, tg_owner_row_lane, lane));
    TG_TRY(tg_tiles_init_one(&sums->squares, d, 1, sizeof(double),
                             &plan->placement, tg_owner_row_lane, lane));
    TG_TRY(tg_graph_zero(false, &sums->moments));
    return tg_graph_zero(false, &sums->squares);
}

static int add_tile(struct tg_rows *rows, size_t t, size_t copy,
                    struct tg_tile scratch, struct tg_sums *lane)
{
    TG_TRY(tg_rows_load(rows, t, copy));
    TG_TRY(tg_moments_insert(tg_rows_values(rows, t), tg_rows_labels(rows, t),
                             scratch, tg_tile(&lane->moments, 0, 0)));
    return tg_squares_insert(tg_rows_values(rows, t),
                             tg_tile(&lane->squares, 0, 0));
}

int tg_graph_sums(const struct tg_plan *plan, struct tg_rows *rows,
                  struct tg_sums *lane)
{
    size_t copies = rows->map ? rows->map->copies : 0;
    struct tg_tiles scratch;

    TG_TRY(tg_scratch_init(&scratch,
                           tg_moments_scratch(plan->features, plan->classes),
                           sizeof(uint16_t)));
    for (size_t l = 0; l < plan->lanes; l++)
        TG_TRY(init(plan, l, &lane[l]));
    for (size_t t = 0; t < rows->split->tiles; t++) {
        size_t l = tg_placement_lane(&plan->placement, t);

        for (size_t copy = copies + 1; copy-- > 0;)
            TG_TRY(add_tile(rows, t, copy, tg_tile(&scratch, 0, 0), &lane[l]));
        tg_rows_release(rows, t);
        if (!tg_rows_keep(rows, t))
            tg_throttle(plan->window * 4 * (copies + 1));
    }
    tg_tiles_release(&scratch);
    return TG_OK;
}

int tg_sums_add(double alpha, double beta, struct tg_sums *x, struct tg_sums *y)
{
    TG_TRY(tg_graph_add(false, alpha, beta, &x->moments, &y->moments));
    return tg_graph_add(false, alpha, beta, &x->squares, &y->squares);
}

void tg_sums_release(struct tg_sums *sums)
{
    tg_tiles_release(&sums->moments);
    tg_tiles_release(&sums->squares);
}
