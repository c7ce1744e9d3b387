#include <stdlib.h>

#include "centred.h"
#include "dense.h"
#include "dual_parts.h"
#include "error.h"

/* ---- Products ---------------------------------------------------------- */

/* Lanes by a tree, into the first. */
static int add_lanes(size_t lanes, struct tg_sums *lane)
{
    for (size_t width = 1; width < lanes; width *= 2)
        for (size_t at = 0; at + width < lanes; at += 2 * width)
            TG_TRY(tg_sums_add(1, 1, &lane[at + width], &lane[at]));
    for (size_t l = 1; l < lanes; l++)
        tg_sums_release(&lane[l]);
    return TG_OK;
}

/* scale, from sums over all samples; the moments stay. */
static int scale(struct tg_dual *dual, struct tg_tiles *moments)
{
    const struct tg_plan *plan = dual->plan;
    struct tg_sums *lane = calloc(plan->lanes, sizeof *lane);
    int err = lane ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for lanes");

    if (!err)
        err = tg_graph_sums(plan, dual->rows, lane);
    if (!err)
        err = add_lanes(plan->lanes, lane);
    if (!err)
        err = tg_tiles_init_one(&dual->scale, plan->features, 2, sizeof(double),
                                &plan->placement, tg_owner_first, 0);
    if (!err)
        err = tg_scale_insert(plan->units, plan->standardize,
                              tg_tile(&lane[0].moments, 0, 0),
                              tg_tile(&lane[0].squares, 0, 0),
                              tg_tile(&dual->scale, 0, 0));
    if (!err) {
        *moments = lane[0].moments;
        tg_tiles_release(&lane[0].squares);
    }
    free(lane);
    return err;
}

static int multiply(struct tg_dual *dual)
{
    const struct tg_plan *plan = dual->plan;
    struct tg_rows *rows = dual->rows;
    size_t b = dual->block, n = dual->tiles * b;

    TG_TRY(tg_tiles_init(&dual->k, n, n, b, b, plan->dual_element,
                         &plan->placement, tg_owner_grid, 0));
    for (size_t j = 0; j < dual->tiles; j++) {
        for (size_t i = j; i < dual->tiles; i++)
            TG_TRY(tg_product_insert(tg_rows_values(rows, i),
                                     tg_rows_values(rows, j),
                                     tg_tile(&dual->scale, 0, 0),
                                     tg_tile(&dual->scratch, 0, 0),
                                     tg_tile(&dual->k, i, j)));
    }
    for (size_t t = 0; t < dual->tiles; t++)
        tg_tile_flush(tg_rows_values(rows, t));
    return TG_OK;
}

/* ---- Model ------------------------------------------------------------- */

/* Z [V u], by lanes. Shapes: lane[L]. */
static int project(struct tg_dual *dual, struct tg_dual_system *system,
                   struct tg_tiles *lane)
{
    const struct tg_plan *plan = dual->plan;

    for (size_t l = 0; l < plan->lanes; l++) {
        TG_TRY(tg_tiles_init_one(&lane[l], plan->features, plan->classes + 1,
                                 sizeof(double), &plan->placement,
                                 tg_owner_row_lane, l));
        TG_TRY(tg_graph_zero(false, &lane[l]));
    }
    for (size_t t = 0; t < dual->tiles; t++) {
        size_t l = tg_placement_lane(&plan->placement, t);

        TG_TRY(tg_project_insert(tg_rows_values(dual->rows, t),
                                 tg_tile(&dual->scale, 0, 0),
                                 tg_tile(&system->y, t, 0),
                                 tg_tile(&dual->scratch, 0, 0),
                                 tg_tile(&lane[l], 0, 0)));
    }
    return tg_graph_sum(lane, plan->lanes);
}

static int find_weights(struct tg_dual *dual, struct tg_dual_system *system,
                        struct tg_tiles *v)
{
    const struct tg_plan *plan = dual->plan;
    struct tg_tiles *lane = calloc(plan->lanes, sizeof *lane);
    int err = lane ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for lanes");

    if (!err)
        err = project(dual, system, lane);
    if (!err)
        err = tg_tiles_init_one(v, plan->features + 1, plan->classes,
                                sizeof(double), &plan->placement,
                                tg_owner_first, 0);
    if (!err)
        err =
            tg_weights_insert(tg_tile(&dual->scale, 0, 0),
                              tg_tile(&lane[0], 0, 0),
                              tg_tile(&system->status, 0, 0), tg_tile(v, 0, 0));
    if (!err)
        tg_tiles_release(&lane[0]);
    free(lane);
    return err;
}

/* From all samples; K is not needed any more, and becomes the system. */
static int train_model(struct tg_dual *dual, struct tg_fit *fit)
{
    struct tg_dual_system system = {.a = dual->k};

    if (dual->plan->trial) {
        tg_tiles_release(&dual->k);
        return TG_OK;
    }
    dual->in_place = true;
    dual->k = (struct tg_tiles){0};
    TG_TRY(tg_dual_system_init(dual, dual->tiles, tg_owner_grid, 0, &system));
    TG_TRY(tg_dual_solve(dual, dual->plan->folds, &fit->chosen, &system));
    TG_TRY(find_weights(dual, &system, &fit->v));
    fit->status = system.status;
    system.status = (struct tg_tiles){0};
    tg_dual_system_release(&system);
    return TG_OK;
}

int tg_graph_dual(const struct tg_plan *plan, struct tg_rows *rows,
                  struct tg_fit *fit)
{
    struct tg_dual dual = {.plan = plan,
                           .rows = rows,
                           .tiles = rows->split->tiles,
                           .block = tg_split_max_rows(rows->split)};

    TG_TRY(tg_scratch_init(&dual.scratch,
                           tg_centred_scratch(dual.block, plan->classes + 1),
                           sizeof(double)));
    TG_TRY(scale(&dual, &fit->moments));
    TG_TRY(multiply(&dual));
    TG_TRY(tg_dual_choose(&dual, fit));
    TG_TRY(train_model(&dual, fit));
    tg_tiles_release(&dual.scale);
    tg_tiles_release(&dual.scratch);
    return TG_OK;
}
