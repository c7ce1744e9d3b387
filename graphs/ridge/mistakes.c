#include "ridge.h"

#include <stdlib.h>

#include "dense.h"
#include "error.h"
#include "mistakes.h"
#include "task.h"

static int init_list(const struct tg_plan *plan, size_t lane,
                     struct tg_tiles *list)
{
    size_t m = plan->mistakes;

    TG_TRY(tg_tiles_init_one(list, TG_MISTAKE_VALUES, m, sizeof(double),
                             &plan->placement, tg_owner_row_lane, lane));
    return tg_graph_zero(false, list);
}

/* One row tile's mistakes, into its lane's list. */
static int look_at(const struct tg_plan *plan, struct tg_rows *rows, size_t t,
                   struct tg_tiles *v, struct tg_tile scratch,
                   struct tg_tiles *list)
{
    size_t n = tg_split_rows(rows->split, t), k = plan->classes;
    struct tg_tiles result;

    TG_TRY(tg_rows_load(rows, t, 0));
    TG_TRY(tg_tiles_init_one(&result, k + 1, n, sizeof(double),
                             &plan->placement, tg_owner_row_tile, t));
    TG_TRY(tg_classify_insert(tg_rows_values(rows, t), tg_tile(v, 0, 0),
                              scratch, tg_tile(&result, 0, 0)));
    TG_TRY(tg_mistakes_insert(tg_tile(&result, 0, 0), tg_rows_labels(rows, t),
                              rows->split->rows + rows->split->offsets[t],
                              tg_tile(list, 0, 0)));
    tg_tiles_release(&result);
    tg_rows_release(rows, t);
    if (!tg_rows_keep(rows, t))
        tg_throttle(plan->window * 3);
    return TG_OK;
}

int tg_graph_mistakes(const struct tg_plan *plan, struct tg_rows *rows,
                      struct tg_tiles *v, struct tg_tiles *mistakes)
{
    size_t lanes = plan->lanes;
    struct tg_tiles *list = calloc(lanes, sizeof *list);
    struct tg_tiles scratch = {0};
    int err = list ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for lanes");

    if (!err)
        err = tg_scratch_init(&scratch,
                              tg_predict_scratch(plan->features, plan->classes),
                              sizeof(double));
    for (size_t l = 0; l < lanes && !err; l++)
        err = init_list(plan, l, &list[l]);
    for (size_t t = 0; t < rows->split->tiles && !err; t++)
        err = look_at(plan, rows, t, v, tg_tile(&scratch, 0, 0),
                      &list[tg_placement_lane(&plan->placement, t)]);
    for (size_t l = 1; l < lanes && !err; l++) {
        err = tg_mistakes_merge_insert(tg_tile(&list[l], 0, 0),
                                       tg_tile(&list[0], 0, 0));
        tg_tiles_release(&list[l]);
    }
    if (!err)
        err = tg_graph_to_first(&list[0]);
    if (!err)
        *mistakes = list[0];
    tg_tiles_release(&scratch);
    free(list);
    return err;
}
