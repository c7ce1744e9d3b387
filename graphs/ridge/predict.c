#include "ridge.h"

#include <stdlib.h>

#include "combine.h"
#include "error.h"

/* One lane's counts, for lanes first, first + step, ...: tiles of a lane
 * follow one another. */
static int predict_lanes(const struct tg_plan *plan, struct tg_rows *rows,
                         size_t first, size_t step, struct tg_tiles *v,
                         starpu_data_handle_t scratch, struct tg_tiles *part)
{
    size_t k = plan->classes, columns = v->cols;

    for (size_t l = first; l < plan->lanes; l += step) {
        TG_TRY(tg_tiles_init(&part[l / step], k, columns, k, columns,
                             sizeof(double), &plan->placement, tg_owner_lane,
                             l));
        TG_TRY(tg_zero_insert(tg_tile(&part[l / step], 0, 0)));
    }
    for (size_t t = first; t < rows->split->tiles; t += step) {
        struct tg_tiles *counts = &part[t % plan->lanes / step];

        TG_TRY(tg_rows_load(rows, t));
        TG_TRY(tg_predict_insert(tg_tile(&rows->raw[t], 0, 0),
                                 tg_tile(&rows->labels[t], 0, 0),
                                 tg_tile(v, 0, 0), scratch,
                                 tg_tile(counts, 0, 0)));
        tg_rows_release(rows, t);
        if (!rows->keep)
            starpu_task_wait_for_n_submitted((unsigned)plan->window * 2);
    }
    return TG_OK;
}

int tg_graph_predict(const struct tg_plan *plan, struct tg_rows *rows,
                     size_t first, size_t step, struct tg_tiles *v,
                     struct tg_tiles *confusion)
{
    size_t lanes = plan->lanes / step;
    struct tg_tiles *part = calloc(lanes, sizeof *part);
    starpu_data_handle_t scratch =
        tg_scratch(tg_predict_scratch(plan->features, v->cols), 1,
                   sizeof(double));
    int err = part ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for lanes");

    if (!err)
        err = predict_lanes(plan, rows, first, step, v, scratch, part);
    if (!err)
        err = tg_graph_sum(part, lanes);
    if (!err)
        *confusion = part[0];
    starpu_data_unregister_submit(scratch);
    free(part);
    return err;
}

int tg_graph_classify(const struct tg_plan *plan, struct tg_rows *rows,
                      struct tg_tiles *v, const struct tg_sink *sink)
{
    size_t k = plan->classes;
    struct tg_tiles order, result;
    starpu_data_handle_t scratch =
        tg_scratch(tg_predict_scratch(plan->features, k), 1, sizeof(double));

    TG_TRY(tg_tiles_init(&order, 1, 1, 1, 1, sizeof(double), &plan->placement,
                         tg_owner_first, 0));
    TG_TRY(tg_zero_insert(tg_tile(&order, 0, 0)));
    for (size_t t = 0; t < rows->split->tiles; t++) {
        size_t n = tg_split_rows(rows->split, t);

        TG_TRY(tg_tiles_init(&result, k + 1, n, k + 1, n, sizeof(double),
                             &plan->placement, tg_owner_row_tile, t));
        TG_TRY(tg_rows_load(rows, t));
        TG_TRY(tg_classify_insert(tg_tile(&rows->raw[t], 0, 0),
                                  tg_tile(v, 0, 0), scratch,
                                  tg_tile(&result, 0, 0)));
        TG_TRY(tg_store_insert(sink, rows->split->offsets[t],
                               tg_tile(&result, 0, 0),
                               tg_tile(&rows->labels[t], 0, 0),
                               tg_tile(&order, 0, 0)));
        tg_tiles_release(&result);
        tg_rows_release(rows, t);
        starpu_task_wait_for_n_submitted((unsigned)plan->window * 3);
    }
    tg_tiles_release(&order);
    starpu_data_unregister_submit(scratch);
    return TG_OK;
}
