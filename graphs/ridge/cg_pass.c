#include <stdlib.h>

#include "cg_parts.h"
#include "combine.h"
#include "dense.h"
#include "error.h"

static int add_tile(struct tg_cg *cg, struct tg_cg_pass *pass, size_t t,
                    struct tg_tiles *copy_of)
{
    const struct tg_plan *plan = cg->plan;
    struct tg_rows *rows = cg->rows;
    size_t columns = pass->fold_columns, from = 0, to = 0;
    size_t copies = rows->map ? rows->map->copies : 0;
    int rank = tg_tile_owner(tg_rows_values(rows, t));
    size_t l = tg_placement_lane(&plan->placement, t);

    if (columns && t % plan->folds < plan->validated) {
        from = t % plan->folds * columns;
        to = from + columns;
    }
    if (to - from == pass->columns) /* nobody's */
        return TG_OK;
    for (size_t copy = copies + 1; copy-- > 0;) {
        TG_TRY(tg_rows_load(rows, t, copy));
        TG_TRY(pass->insert(cg, pass, t, from, to,
                            tg_copy_on(pass->p, copy_of, rank),
                            tg_tile(&pass->lane[l], 0, 0)));
    }
    tg_rows_release(rows, t);
    tg_throttle(plan->window * 4 * (copies + 1));
    return TG_OK;
}

static int run(struct tg_cg *cg, struct tg_cg_pass *pass, struct tg_tiles *copy)
{
    const struct tg_plan *plan = cg->plan;

    for (size_t l = 0; l < plan->lanes; l++)
        TG_TRY(tg_zero_insert(tg_tile(&pass->lane[l], 0, 0)));
    TG_TRY(tg_graph_copies(pass->p, cg->wanted, copy));
    for (size_t t = 0; t < cg->rows->split->tiles; t++)
        TG_TRY(add_tile(cg, pass, t, copy));
    TG_TRY(tg_graph_sum_kept(pass->lane, plan->lanes));
    for (int r = 0; r < plan->placement.ranks; r++)
        tg_tiles_release(&copy[r]);
    return TG_OK;
}

int tg_cg_run(struct tg_cg *cg, struct tg_cg_pass *pass)
{
    size_t ranks = (size_t)cg->plan->placement.ranks;
    struct tg_tiles *copy = calloc(ranks, sizeof *copy);
    int err = copy ? run(cg, pass, copy)
                   : tg_fail(TG_EMEMORY, "out of memory for copies");

    free(copy);
    return err;
}

int tg_cg_lanes(struct tg_cg *cg, size_t rows, size_t columns,
                struct tg_tiles *lane)
{
    const struct tg_plan *plan = cg->plan;

    for (size_t l = 0; l < plan->lanes; l++)
        TG_TRY(tg_tiles_init_one(&lane[l], rows, columns, sizeof(double),
                                 &plan->placement, tg_owner_row_lane, l));
    return TG_OK;
}
