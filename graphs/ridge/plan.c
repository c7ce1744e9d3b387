#include "ridge.h"

#include "blocks.h"
#include "combine.h"
#include "error.h"
#include "gram.h"

enum {
    BLOCK = 400, /* features, about */
    CHAINS = 48, /* independent chains of Gram tasks, about */
    TILES_IN_FLIGHT = 12,
    SLOTS_MAX = 32,
    SLOTS_BYTES = 1 << 30, /* of a rank, for systems in flight */
};

static size_t ceil_div(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

static void choose_block(struct tg_plan *plan, size_t block)
{
    size_t d = plan->features, panel = tg_block_panel();

    if (!block)
        block = ceil_div(d, ceil_div(d, BLOCK));
    block = ceil_div(block, panel) * panel; /* whole panels: none is split */
    plan->block = block < d ? block : d;
    plan->blocks = ceil_div(d, plan->block);
}

static void choose_slots(struct tg_plan *plan)
{
    size_t bytes = plan->blocks * (plan->blocks + 1) / 2 * plan->block *
                   plan->block * sizeof(double);

    plan->slots = (size_t)SLOTS_BYTES / bytes;
    if (plan->slots > SLOTS_MAX)
        plan->slots = SLOTS_MAX;
    if (plan->slots < 2)
        plan->slots = 2;
}

int tg_plan_init(struct tg_plan *plan, size_t samples, size_t *tiles,
                 size_t block, size_t lanes, size_t cache_bytes, int rank,
                 int ranks)
{
    if (!plan->map)
        plan->map = &tg_map_pixels;
    choose_block(plan, block);
    if (plan->lambdas > TG_FILL_MAX)
        return tg_fail(TG_EUSAGE, "--lambda has %zu values; give at most %d",
                       plan->lambdas, TG_FILL_MAX);
    if (!lanes)
        lanes = ceil_div(CHAINS, plan->blocks * (plan->blocks + 1) / 2);
    plan->lanes = ceil_div(lanes, plan->folds) * plan->folds;
    if (!*tiles) {
        *tiles = ceil_div(samples, tg_gram_tile_rows(plan->element));
        if (*tiles < plan->lanes)
            *tiles = plan->lanes < samples ? plan->lanes : samples;
    }
    if (plan->lanes > *tiles) /* a lane without a tile is of no use */
        plan->lanes = *tiles / plan->folds * plan->folds;
    if (!plan->lanes)
        plan->lanes = plan->folds; /* too few tiles: the split will say so */
    plan->window = TILES_IN_FLIGHT;
    plan->keep =
        ceil_div(samples, (size_t)ranks) * plan->features * plan->element <=
        cache_bytes;
    choose_slots(plan);
    return tg_placement_init(&plan->placement,
                             tg_distribution(plan->distribution), rank, ranks,
                             plan->lanes, plan->folds,
                             plan->folds * plan->lambdas, plan->features,
                             plan->block);
}

void tg_plan_free(struct tg_plan *plan)
{
    tg_placement_free(&plan->placement);
}
