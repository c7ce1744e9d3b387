#include "ridge.h"

#include <stdlib.h>

#include "dense.h"
#include "error.h"
#include "task.h"

/* Of the parts of a confusion matrix, together: it is classes^2. */
enum { COUNTS_BYTES = 256 << 20 };

/* Counts of tasks of one kind, in parts that are added by a tree. */
struct counts {
    size_t rows, cols;  /* of the counts */
    size_t first, step; /* tiles first, first + step, ... */
    size_t group;       /* parts are lanes of a group, this one; or ... */
    size_t groups;      /* ... of all, where there is but 1 to choose from */
    size_t parts;
    int (*insert)(struct tg_tile raw, struct tg_tile labels, struct tg_tile v,
                  struct tg_tile scratch, struct tg_tile counts);
};

/* Models, and their copies on the ranks that have row tiles. */
struct models {
    struct tg_tiles *v, *copy; /* copy[ranks] */
    size_t ranks;
};

static int models_init(struct models *models, struct tg_tiles *v,
                       struct tg_rows *rows, size_t first, size_t step)
{
    size_t ranks = (size_t)v->placement->ranks;
    bool *wanted = calloc(ranks, sizeof *wanted);

    *models = (struct models){v, calloc(ranks, sizeof *models->copy), ranks};
    int err = wanted && models->copy
                  ? TG_OK
                  : tg_fail(TG_EMEMORY, "out of memory for copies");
    for (size_t t = first; t < rows->split->tiles && !err; t += step)
        wanted[tg_tile_owner(tg_rows_values(rows, t))] = true;
    if (!err)
        err = tg_graph_copies(v, wanted, models->copy);
    free(wanted);
    return err;
}

static struct tg_tile models_for(const struct models *models,
                                 struct tg_rows *rows, size_t t)
{
    return tg_copy_on(models->v, models->copy,
                      tg_tile_owner(tg_rows_values(rows, t)));
}

static void models_release(struct models *models)
{
    for (size_t r = 0; models->copy && r < models->ranks; r++)
        tg_tiles_release(&models->copy[r]);
    free(models->copy);
}

/* Counts are integers: whichever part a tile is counted in, the sum is the
 * same; and so is the sum of errors, since parts are lanes. */
static int count_parts(const struct tg_plan *plan, struct tg_rows *rows,
                       const struct counts *c, struct models *v,
                       struct tg_tile scratch, struct tg_tiles *part)
{
    for (size_t p = 0; p < c->parts; p++) {
        TG_TRY(tg_tiles_init_one(&part[p], c->rows, c->cols, sizeof(double),
                                 &plan->placement, tg_owner_row_lane,
                                 c->group + p * c->groups));
        TG_TRY(tg_graph_zero(false, &part[p]));
    }
    for (size_t t = c->first; t < rows->split->tiles; t += c->step) {
        size_t lane = tg_placement_lane(&plan->placement, t);
        struct tg_tiles *to = &part[lane / c->groups % c->parts];

        TG_TRY(tg_rows_load(rows, t, 0));
        TG_TRY(c->insert(tg_rows_values(rows, t), tg_rows_labels(rows, t),
                         models_for(v, rows, t), scratch, tg_tile(to, 0, 0)));
        tg_rows_release(rows, t);
        if (!tg_rows_keep(rows, t))
            tg_throttle(plan->window * 2);
    }
    return TG_OK;
}

static int count(const struct tg_plan *plan, struct tg_rows *rows,
                 const struct counts *c, struct tg_tiles *v,
                 struct tg_tiles *sum)
{
    struct tg_tiles *part = calloc(c->parts, sizeof *part), scratch = {0};
    struct models models = {0};
    int err = part ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for lanes");

    if (!err)
        err = tg_scratch_init(&scratch,
                              tg_predict_scratch(plan->features, v->cols),
                              sizeof(double));
    if (!err)
        err = models_init(&models, v, rows, c->first, c->step);
    if (!err)
        err =
            count_parts(plan, rows, c, &models, tg_tile(&scratch, 0, 0), part);
    if (!err)
        err = tg_graph_sum(part, c->parts);
    if (!err)
        *sum = part[0];
    models_release(&models);
    tg_tiles_release(&scratch);
    free(part);
    return err;
}

size_t tg_plan_confusions(const struct tg_plan *plan)
{
    size_t k = plan->classes, parts = COUNTS_BYTES / (k * k * sizeof(double));

    if (parts > plan->lanes)
        return plan->lanes;
    return parts ? parts : 1;
}

int tg_graph_predict(const struct tg_plan *plan, struct tg_rows *rows,
                     struct tg_tiles *v, struct tg_tiles *confusion)
{
    const struct counts c = {.rows = plan->classes,
                             .cols = plan->classes,
                             .step = 1,
                             .groups = 1,
                             .parts = tg_plan_confusions(plan),
                             .insert = tg_predict_insert};

    TG_TRY(count(plan, rows, &c, v, confusion));
    return tg_graph_to_first(confusion);
}

/* Columns of right: hits, and with 2 squared residuals. */
static int judge(const struct tg_plan *plan, struct tg_rows *rows, size_t fold,
                 size_t models, size_t columns, struct tg_tiles *v,
                 struct tg_tiles *right)
{
    const struct counts c = {.rows = models,
                             .cols = columns,
                             .first = fold,
                             .step = plan->folds,
                             .group = fold,
                             .groups = plan->placement.groups,
                             .parts = plan->lanes / plan->placement.groups,
                             .insert = tg_hits_insert};

    return count(plan, rows, &c, v, right);
}

int tg_graph_hits(const struct tg_plan *plan, struct tg_rows *rows, size_t fold,
                  size_t models, struct tg_tiles *v, struct tg_tiles *right)
{
    return judge(plan, rows, fold, models, 1, v, right);
}

int tg_graph_errors(const struct tg_plan *plan, struct tg_rows *rows,
                    size_t fold, size_t models, struct tg_tiles *v,
                    struct tg_tiles *right)
{
    return judge(plan, rows, fold, models, 2, v, right);
}

int tg_graph_classify(const struct tg_plan *plan, struct tg_rows *rows,
                      struct tg_tiles *v, const struct tg_sink *sink)
{
    size_t k = plan->classes;
    struct tg_tiles order, result, scratch = {0};

    TG_TRY(tg_scratch_init(&scratch, tg_predict_scratch(plan->features, k),
                           sizeof(double)));
    TG_TRY(tg_tiles_init_one(&order, 1, 1, sizeof(double), &plan->placement,
                             tg_owner_first, 0));
    TG_TRY(tg_graph_zero(false, &order));
    for (size_t t = 0; t < rows->split->tiles; t++) {
        size_t n = tg_split_rows(rows->split, t);

        TG_TRY(tg_tiles_init_one(&result, k + 1, n, sizeof(double),
                                 &plan->placement, tg_owner_row_tile, t));
        TG_TRY(tg_rows_load(rows, t, 0));
        TG_TRY(tg_classify_insert(tg_rows_values(rows, t), tg_tile(v, 0, 0),
                                  tg_tile(&scratch, 0, 0),
                                  tg_tile(&result, 0, 0)));
        TG_TRY(tg_store_insert(sink, rows->split->offsets[t],
                               tg_tile(&result, 0, 0), tg_rows_labels(rows, t),
                               tg_tile(&order, 0, 0)));
        tg_tiles_release(&result);
        tg_rows_release(rows, t);
        tg_throttle(plan->window * 3);
    }
    tg_tiles_release(&order);
    tg_tiles_release(&scratch);
    return TG_OK;
}
