#include "ridge.h"

#include "blocks.h"
#include "dense.h"
#include "error.h"
#include "gram.h"
#include "pack.h"
#include "task.h"

static int statistics_init(const struct tg_plan *plan, size_t lane,
                           struct tg_statistics *statistics)
{
    size_t d = plan->features, k = plan->classes, b = plan->block;

    TG_TRY(tg_tiles_init(&statistics->gram, d, d, b, b, sizeof(double),
                         &plan->placement, tg_owner_lane, lane));
    TG_TRY(tg_tiles_init_one(&statistics->moments, d + 1, k, sizeof(double),
                             &plan->placement, tg_owner_row_lane, lane));
    TG_TRY(tg_graph_zero(true, &statistics->gram));
    return tg_graph_zero(false, &statistics->moments);
}

/* Scratch of the tasks: sums of moments, products of the Gram. */
struct scratch {
    struct tg_tiles sums, products;
};

static int scratch_init(const struct tg_plan *plan, struct scratch *scratch)
{
    size_t sums = tg_moments_scratch(plan->features, plan->classes);
    size_t products = tg_gram_scratch(plan->block, plan->element);

    TG_TRY(tg_scratch_init(&scratch->sums, sums, sizeof(uint16_t)));
    return tg_scratch_init(&scratch->products, products, sizeof(float));
}

/* Features of a row tile, packed in blocks. */
static int pack(const struct tg_plan *plan, struct tg_tile values,
                struct tg_tiles *x)
{
    size_t d = plan->features, b = plan->block;

    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_pack_insert(i * b, d - i * b < b ? d - i * b : b, values,
                              tg_block(x, i)));
    return TG_OK;
}

static int add_tile(const struct tg_plan *plan, struct tg_rows *rows, size_t t,
                    size_t copy, struct scratch *scratch,
                    struct tg_statistics *lane)
{
    size_t n = tg_split_rows(rows->split, t);
    struct tg_tile products = tg_tile(&scratch->products, 0, 0);
    struct tg_tiles x;

    TG_TRY(tg_rows_load(rows, t, copy));
    TG_TRY(tg_moments_insert(tg_rows_values(rows, t), tg_rows_labels(rows, t),
                             tg_tile(&scratch->sums, 0, 0),
                             tg_tile(&lane->moments, 0, 0)));
    TG_TRY(tg_blocks_init(&x, plan->features, n, plan->block, plan->element,
                          &plan->placement, tg_owner_row_tile, t));
    TG_TRY(pack(plan, tg_rows_values(rows, t), &x));
    for (size_t j = 0; j < plan->blocks; j++)
        for (size_t i = j; i < plan->blocks; i++)
            TG_TRY(tg_gram_insert(n, tg_block(&x, i), tg_block(&x, j), products,
                                  tg_tile(&lane->gram, i, j)));
    tg_tiles_release(&x);
    return TG_OK;
}

int tg_graph_gram(const struct tg_plan *plan, struct tg_rows *rows,
                  struct tg_statistics *lane)
{
    size_t blocks = plan->blocks;
    size_t copies = rows->map ? rows->map->copies : 0;
    size_t tasks = 2 + blocks + blocks * (blocks + 1) / 2;
    struct scratch scratch = {0};

    TG_TRY(scratch_init(plan, &scratch));
    for (size_t l = 0; l < plan->lanes; l++)
        TG_TRY(statistics_init(plan, l, &lane[l]));
    for (size_t t = 0; t < rows->split->tiles; t++) {
        struct tg_statistics *to =
            &lane[tg_placement_lane(&plan->placement, t)];

        for (size_t copy = copies + 1; copy-- > 0;) {
            TG_TRY(add_tile(plan, rows, t, copy, &scratch, to));
            tg_throttle(plan->window * tasks);
        }
        tg_rows_release(rows, t);
    }
    tg_tiles_release(&scratch.products);
    tg_tiles_release(&scratch.sums);
    return TG_OK;
}
