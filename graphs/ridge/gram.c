#include "ridge.h"

#include "combine.h"
#include "error.h"
#include "gram_u8.h"
#include "statistics.h"

static int statistics_init(const struct tg_plan *plan, size_t lane,
                           struct tg_statistics *statistics)
{
    size_t d = plan->features, k = plan->classes, b = plan->block;

    TG_TRY(tg_tiles_init(&statistics->gram, d, d, b, b, sizeof(double),
                         &plan->placement, tg_owner_lane, lane));
    TG_TRY(tg_tiles_init(&statistics->moments, d + 1, k, d + 1, k,
                         sizeof(double), &plan->placement, tg_owner_lane,
                         lane));
    for (size_t j = 0; j < plan->blocks; j++)
        for (size_t i = j; i < plan->blocks; i++)
            TG_TRY(tg_zero_insert(tg_tile(&statistics->gram, i, j)));
    return tg_zero_insert(tg_tile(&statistics->moments, 0, 0));
}

/* The feature blocks of a tile; block b is tile (b, 0), or (0, b) packed. */
static int blocks_init(const struct tg_plan *plan, size_t t, size_t n,
                       struct tg_tiles *x)
{
    size_t d = plan->features, groups, panels;

    if (plan->element != 1)
        return tg_tiles_init(x, d, n, plan->block, n, plan->element,
                             &plan->placement, tg_owner_row_tile, t);
    groups = tg_packed_u8_size(1, n);
    panels = tg_packed_u8_size(d, n) / groups;
    return tg_tiles_init(x, groups, panels, groups,
                         tg_packed_u8_size(plan->block, n) / groups, 1,
                         &plan->placement, tg_owner_row_tile, t);
}

static starpu_data_handle_t block_tile(const struct tg_plan *plan,
                                       struct tg_tiles *x, size_t b)
{
    return plan->element == 1 ? tg_tile(x, 0, b) : tg_tile(x, b, 0);
}

static int add_tile(const struct tg_plan *plan, struct tg_rows *rows, size_t t,
                    starpu_data_handle_t sums, starpu_data_handle_t products,
                    struct tg_statistics *lane)
{
    size_t n = tg_split_rows(rows->split, t);
    starpu_data_handle_t raw;
    struct tg_tiles x;

    TG_TRY(tg_rows_load(rows, t));
    raw = tg_tile(&rows->raw[t], 0, 0);
    TG_TRY(tg_moments_insert(raw, tg_tile(&rows->labels[t], 0, 0), sums,
                             tg_tile(&lane->moments, 0, 0)));
    TG_TRY(blocks_init(plan, t, n, &x));
    for (size_t b = 0; b < plan->blocks; b++)
        TG_TRY(tg_features_insert(b * plan->block, tg_tile_rows(&lane->gram, b),
                                  raw, block_tile(plan, &x, b)));
    for (size_t j = 0; j < plan->blocks; j++)
        for (size_t i = j; i < plan->blocks; i++)
            TG_TRY(tg_gram_insert(n, block_tile(plan, &x, i),
                                  block_tile(plan, &x, j), products,
                                  tg_tile(&lane->gram, i, j)));
    tg_tiles_release(&x);
    tg_rows_release(rows, t);
    return TG_OK;
}

int tg_graph_gram(const struct tg_plan *plan, struct tg_rows *rows,
                  struct tg_statistics *lane)
{
    size_t side = plan->element == 1 ? 1 : plan->block, blocks = plan->blocks;
    size_t tasks = 2 + blocks + blocks * (blocks + 1) / 2;
    starpu_data_handle_t products = tg_scratch(side, side, sizeof(float));
    starpu_data_handle_t sums =
        tg_scratch(tg_moments_scratch(plan->features, plan->classes), 1, 2);

    for (size_t l = 0; l < plan->lanes; l++)
        TG_TRY(statistics_init(plan, l, &lane[l]));
    for (size_t t = 0; t < rows->split->tiles; t++) {
        TG_TRY(add_tile(plan, rows, t, sums, products, &lane[t % plan->lanes]));
        starpu_task_wait_for_n_submitted((unsigned)(plan->window * tasks));
    }
    starpu_data_unregister_submit(products);
    starpu_data_unregister_submit(sums);
    return TG_OK;
}
