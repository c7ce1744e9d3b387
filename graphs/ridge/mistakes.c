#include "ridge.h"

#include <stdlib.h>

#include "combine.h"
#include "error.h"
#include "mistakes.h"

static int init_list(const struct tg_plan *plan, size_t lane,
                     struct tg_tiles *list)
{
    size_t m = plan->mistakes;

    TG_TRY(tg_tiles_init(list, TG_MISTAKE_VALUES, m, TG_MISTAKE_VALUES, m,
                         sizeof(double), &plan->placement, tg_owner_lane,
                         lane));
    return tg_zero_insert(tg_tile(list, 0, 0));
}

/* One row tile's mistakes, into its lane's list. */
static int look_at(struct tg_rows *rows, size_t t, struct tg_tiles *v,
                   starpu_data_handle_t scratch, struct tg_tiles *list)
{
    const struct tg_plan *plan = rows->plan;
    size_t n = tg_split_rows(rows->split, t), k = plan->classes;
    struct tg_tiles result;

    TG_TRY(tg_rows_load(rows, t));
    TG_TRY(tg_tiles_init(&result, k + 1, n, k + 1, n, sizeof(double),
                         &plan->placement, tg_owner_row_tile, t));
    TG_TRY(tg_classify_insert(tg_tile(&rows->raw[t], 0, 0), tg_tile(v, 0, 0),
                              scratch, tg_tile(&result, 0, 0)));
    TG_TRY(tg_mistakes_insert(tg_tile(&result, 0, 0),
                              tg_tile(&rows->labels[t], 0, 0),
                              rows->split->rows + rows->split->offsets[t],
                              tg_tile(list, 0, 0)));
    tg_tiles_release(&result);
    tg_rows_release(rows, t);
    if (!rows->keep)
        starpu_task_wait_for_n_submitted((unsigned)plan->window * 3);
    return TG_OK;
}

int tg_graph_mistakes(const struct tg_plan *plan, struct tg_rows *rows,
                      struct tg_tiles *v, struct tg_tiles *mistakes)
{
    size_t lanes = plan->lanes;
    struct tg_tiles *list = calloc(lanes, sizeof *list);
    starpu_data_handle_t scratch =
        tg_scratch(tg_predict_scratch(plan->features, plan->classes), 1,
                   sizeof(double));
    int err = list ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for lanes");

    for (size_t l = 0; l < lanes && !err; l++)
        err = init_list(plan, l, &list[l]);
    for (size_t t = 0; t < rows->split->tiles && !err; t++)
        err = look_at(rows, t, v, scratch, &list[t % lanes]);
    for (size_t l = 1; l < lanes && !err; l++) {
        err = tg_mistakes_merge_insert(tg_tile(&list[l], 0, 0),
                                       tg_tile(&list[0], 0, 0));
        tg_tiles_release(&list[l]);
    }
    if (!err)
        *mistakes = list[0];
    starpu_data_unregister_submit(scratch);
    free(list);
    return err;
}
