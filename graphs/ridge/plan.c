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
    ITERATED = 60, /* features for each model from which iteration is faster */
    TILE_BYTES = 32 << 20, /* of a row tile's features, about */
    TILE_ROWS_LEAST = 512,
    MAPPED_ROWS = 2, /* times as many: the Gram passes memory less often */
    SLOTS_BYTES = 1 << 30, /* of a rank, for systems in flight */
    DUAL_ROWS = 512,       /* of a row tile, at most, of the dual form ... */
    DUAL_ROWS_LEAST = 64,
    DUAL_TILES = 10, /* ... so that there are about as many, at least */
    DUAL_LANES = 16,
    CG_LANES = 8, /* each of d x TG_CG_SKETCH */
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
                   plan->block * tg_plan_validation_element(plan);

    plan->slots = (size_t)SLOTS_BYTES / bytes;
    if (plan->slots > SLOTS_MAX)
        plan->slots = SLOTS_MAX;
    if (plan->slots < 2)
        plan->slots = 2;
}

/* A factorization of a lambda takes d^3 / 3, conjugate gradients some 40 d^2 for
 * each class and lambda, at half the rate; the factor is there until the last
 * lambda is found. */
bool tg_plan_iterates(const struct tg_plan *plan)
{
    return plan->refine &&
           plan->features > ITERATED * tg_plan_rounds(plan) * plan->classes;
}

static void choose_iteration(struct tg_plan *plan)
{
    plan->iterate = tg_plan_iterates(plan) && plan->validated <= plan->slots;
    if (plan->iterate)
        plan->slots = plan->validated;
}

/* Blocks of the dual form are row tiles, and its matrix is of samples. */
static void choose_dual(struct tg_plan *plan, size_t samples, size_t *tiles,
                        size_t *lanes)
{
    size_t rows = ceil_div(samples, DUAL_TILES), folds = plan->folds, count;

    plan->block = plan->features;
    plan->blocks = 1;
    plan->dual_element =
        samples <= TG_DUAL_DOUBLE ? sizeof(double) : sizeof(float);
    *lanes = *lanes ? *lanes : DUAL_LANES;
    if (rows > DUAL_ROWS)
        rows = DUAL_ROWS;
    if (rows < DUAL_ROWS_LEAST)
        rows = DUAL_ROWS_LEAST;
    count = ceil_div(ceil_div(samples, rows), folds) * folds;
    if (!*tiles)
        *tiles = count < samples ? count : samples;
}

/* No Gram is cut into blocks. */
static void choose_cg(struct tg_plan *plan, size_t *lanes)
{
    plan->block = plan->features;
    plan->blocks = 1;
    *lanes = *lanes ? *lanes : CG_LANES;
}

static void choose_dual_slots(struct tg_plan *plan, size_t samples,
                              size_t ranks)
{
    size_t jobs = ceil_div(plan->validated * tg_plan_rounds(plan), ranks);
    size_t bytes = samples * samples / 2 * plan->dual_element + 1;

    plan->slots = (size_t)SLOTS_BYTES / bytes;
    if (plan->slots > SLOTS_MAX)
        plan->slots = SLOTS_MAX;
    if (plan->slots > jobs)
        plan->slots = jobs;
    if (plan->slots < 1)
        plan->slots = 1;
}

/* As many rows as suit the Gram, but for features of many blocks. */
static size_t tile_rows(const struct tg_plan *plan)
{
    size_t rows = tg_gram_tile_rows(plan->element);
    size_t most = TILE_BYTES / (plan->features * plan->element) + 1;

    if (!plan->mapped)
        return rows;
    rows *= MAPPED_ROWS;
    if (most >= rows)
        return rows;
    return most > TILE_ROWS_LEAST ? most : TILE_ROWS_LEAST;
}

/* One in each lane and fold, as far as there are samples. */
static size_t choose_tiles(const struct tg_plan *plan, size_t samples)
{
    size_t tiles = ceil_div(samples, tile_rows(plan));
    size_t least = plan->lanes > plan->folds ? plan->lanes : plan->folds;

    if (least > samples)
        least = samples;
    return tiles > least ? tiles : least;
}

/* All row tiles, or those that validation comes back to. */
static void choose_kept(struct tg_plan *plan, size_t samples, size_t bytes)
{
    size_t all = samples * plan->features * plan->element;

    plan->kept = 0;
    if (all <= bytes || plan->dual)
        plan->kept = plan->folds;
    else if (plan->mapped && plan->validated < plan->folds &&
             all / plan->folds * plan->validated <= bytes)
        plan->kept = plan->validated;
}

int tg_plan_init(struct tg_plan *plan, size_t samples, size_t *tiles,
                 size_t block, size_t lanes, size_t cache_bytes, int rank,
                 int ranks)
{
    if (!plan->validated)
        plan->validated = plan->folds;
    const size_t groups = tg_placement_groups(plan->folds, plan->validated);

    if (plan->dual)
        choose_dual(plan, samples, tiles, &lanes);
    else if (plan->cg)
        choose_cg(plan, &lanes);
    else
        choose_block(plan, block);
    if (tg_plan_rounds(plan) > TG_FILL_MAX)
        return tg_fail(TG_EUSAGE, "--lambda has %zu values; give at most %d",
                       plan->lambdas, TG_FILL_MAX);
    if (!lanes)
        lanes = ceil_div(CHAINS, plan->blocks * (plan->blocks + 1) / 2);
    plan->lanes = ceil_div(lanes, groups) * groups;
    if (!*tiles)
        *tiles = choose_tiles(plan, samples);
    if (plan->lanes > *tiles) /* a lane without a tile is of no use */
        plan->lanes = *tiles / groups * groups;
    if (!plan->lanes)
        plan->lanes = groups; /* too few tiles: the split will say so */
    plan->window = TILES_IN_FLIGHT;
    choose_kept(plan, ceil_div(samples, (size_t)ranks), cache_bytes);
    if (plan->dual) {
        choose_dual_slots(plan, samples, (size_t)ranks);
    } else if (!plan->cg) {
        choose_slots(plan);
        choose_iteration(plan);
    }
    return tg_placement_init(&plan->placement,
                             tg_distribution(plan->distribution), rank, ranks,
                             plan->lanes, plan->folds, plan->validated,
                             plan->validated * tg_plan_rounds(plan),
                             plan->features, plan->block);
}

void tg_plan_free(struct tg_plan *plan)
{
    tg_placement_free(&plan->placement);
}

bool tg_plan_scores_training(const struct tg_plan *plan, bool test)
{
    return !plan->mapped || plan->kept == plan->folds || !test;
}

size_t tg_plan_validation_element(const struct tg_plan *plan)
{
    return plan->mapped ? sizeof(float) : sizeof(double);
}
