#include "placement.h"

#include <stdbool.h>
#include <stdlib.h>

#include "error.h"

/* Row tiles of a lane take turns among the ranks that have most of it. */
enum { ROW_TURNS = 16 };

/* Beyond, no memory holds the Gram, nor this the owners of its blocks. */
enum { BLOCKS_MAX = 1 << 16, PAIRS_MAX = 1 << 28 };

/* A pair of a lane and a block, or a unit of some, and the work that it is. */
struct pair {
    double work;
    size_t index;
};

/* Blocks of the lower triangle, column by column. */
static size_t block_index(size_t blocks, size_t i, size_t j)
{
    return j * blocks - j * (j + 1) / 2 + i;
}

static size_t pairs_of_lane(const struct tg_placement *placement)
{
    return placement->blocks * (placement->blocks + 1) / 2;
}

double tg_placement_work(size_t features, size_t block, size_t i, size_t j)
{
    size_t rows = features - i * block, cols = features - j * block;

    rows = rows < block ? rows : block;
    cols = cols < block ? cols : block;
    return (i == j ? 0.5 : 1) * (double)rows * (double)cols;
}

static int largest_first(const void *a, const void *b)
{
    const struct pair *p = a, *q = b;

    if (p->work != q->work)
        return p->work < q->work ? 1 : -1;
    return p->index < q->index ? -1 : 1;
}

/* How many pairs of each size a rank has.  There are four sizes at the most: on
 * and off the diagonal, in the ragged last row or not. */
enum { SIZES = 4 };
struct deal {
    int ranks, sizes;
    double work[SIZES]; /* of a pair, descending */
    size_t count[SIZES];
    size_t (*have)[SIZES]; /* [ranks] */
    double *load;          /* [ranks] */
    int *heap;             /* [ranks] by load, least first */
};

static bool less(const struct deal *deal, int a, int b)
{
    double x = deal->load[deal->heap[a]], y = deal->load[deal->heap[b]];

    return x != y ? x < y : deal->heap[a] < deal->heap[b];
}

/* The first has got more: let it sink to its place. */
static void sink(struct deal *deal)
{
    for (int at = 0, child; (child = 2 * at + 1) < deal->ranks; at = child) {
        int rank = deal->heap[at];

        if (child + 1 < deal->ranks && less(deal, child + 1, child))
            child++;
        if (!less(deal, child, at))
            return;
        deal->heap[at] = deal->heap[child];
        deal->heap[child] = rank;
    }
}

static void give(struct deal *deal, int rank, int size, int n)
{
    deal->have[rank][size] += (size_t)n;
    deal->load[rank] += n * deal->work[size];
}

/* The largest first, each to the rank that has least. */
static void deal_largest_first(struct deal *deal)
{
    for (int r = 0; r < deal->ranks; r++)
        deal->heap[r] = r;
    for (int size = 0; size < deal->sizes; size++) {
        for (size_t p = 0; p < deal->count[size]; p++) {
            give(deal, deal->heap[0], size, 1);
            sink(deal);
        }
    }
}

/* Let the busiest give up to two pairs of a size to another, and get up to two
 * of another size from it, where both then have less than it has. */
static bool exchange(struct deal *deal, int busiest, int other)
{
    for (int give_size = 0; give_size < deal->sizes; give_size++)
        for (int get_size = 0; get_size < deal->sizes; get_size++)
            for (int n = 1; n <= 2; n++)
                for (int m = 0; m <= 2; m++) {
                    double less =
                        n * deal->work[give_size] - m * deal->work[get_size];

                    if (less <= 0 ||
                        deal->load[other] + less >= deal->load[busiest] ||
                        deal->have[busiest][give_size] < (size_t)n ||
                        deal->have[other][get_size] < (size_t)m)
                        continue;
                    give(deal, busiest, give_size, -n);
                    give(deal, other, give_size, n);
                    give(deal, busiest, get_size, m);
                    give(deal, other, get_size, -m);
                    return true;
                }
    return false;
}

static void improve(struct deal *deal)
{
    bool better = true;

    while (better) {
        int busiest = 0;

        better = false;
        for (int r = 1; r < deal->ranks; r++)
            if (deal->load[r] > deal->load[busiest])
                busiest = r;
        for (int r = 0; r < deal->ranks && !better; r++)
            better = r != busiest && exchange(deal, busiest, r);
    }
}

/* Of pairs of one size, a rank gets neighbours. */
static void hand_out(const struct deal *deal, const struct pair *unit,
                     int *owner)
{
    for (int size = 0; size < deal->sizes; size++)
        for (int r = 0; r < deal->ranks; r++)
            for (size_t p = 0; p < deal->have[r][size]; p++)
                owner[unit++->index] = r;
}

/* The ranks that have most of a lane, for its row tiles in turn. */
static void place_rows(struct tg_placement *placement, size_t lane,
                       const struct pair *by_index, double *share)
{
    size_t n = pairs_of_lane(placement), turn = 0;
    const int *owner = placement->pair_owner + lane * n;
    int *rows = placement->row_owner + lane * ROW_TURNS;
    double most = 0;

    for (size_t p = 0; p < n; p++)
        share[owner[p]] = 0;
    for (size_t p = 0; p < n; p++) {
        double *mine = &share[owner[p]];

        *mine += by_index[lane * n + p].work;
        most = *mine > most ? *mine : most;
    }
    for (size_t p = 0; turn < ROW_TURNS; p = (p + 1) % n)
        if (share[owner[p]] == most)
            rows[turn++] = owner[p];
}

/* ---- Distributions ----------------------------------------------------- */

static size_t pairs(const struct tg_placement *placement)
{
    return placement->lanes * pairs_of_lane(placement);
}

static size_t pair_unit(const struct tg_placement *placement, size_t lane,
                        size_t block)
{
    return lane * pairs_of_lane(placement) + block;
}

static size_t lanes(const struct tg_placement *placement)
{
    return placement->lanes;
}

static size_t lane_unit(const struct tg_placement *placement, size_t lane,
                        size_t block)
{
    (void)placement, (void)block;
    return lane;
}

static size_t block_unit(const struct tg_placement *placement, size_t lane,
                         size_t block)
{
    (void)placement, (void)lane;
    return block;
}

static const struct tg_distribution distributions[] = {
    {"both", pairs, pair_unit},
    {"data", lanes, lane_unit},
    {"model", pairs_of_lane, block_unit},
};

const struct tg_distribution *tg_distribution(size_t index)
{
    return index < sizeof distributions / sizeof *distributions
               ? &distributions[index]
               : NULL;
}

/* ---- Dealing out ------------------------------------------------------- */

/* The work of every pair, and of every unit, those largest first. */
static void list_work(const struct tg_placement *placement, size_t features,
                      size_t block, struct pair *unit, struct pair *by_index)
{
    const struct tg_distribution *to = placement->distribution;
    size_t blocks = placement->blocks, n = to->units(placement);

    for (size_t u = 0; u < n; u++)
        unit[u] = (struct pair){0, u};
    for (size_t l = 0; l < placement->lanes; l++)
        for (size_t j = 0; j < blocks; j++)
            for (size_t i = j; i < blocks; i++) {
                size_t at = block_index(blocks, i, j);
                double work = tg_placement_work(features, block, i, j);

                by_index[pair_unit(placement, l, at)].work = work;
                unit[to->unit(placement, l, at)].work += work;
            }
    qsort(unit, n, sizeof *unit, largest_first);
}

static void count_sizes(struct deal *deal, const struct pair *unit, size_t n)
{
    for (size_t u = 0; u < n; u++) {
        if (u == 0 || unit[u].work != unit[u - 1].work)
            deal->work[deal->sizes++] = unit[u].work;
        deal->count[deal->sizes - 1]++;
    }
}

/* Owners of units become owners of pairs. */
static void place_pairs(struct tg_placement *placement, const int *unit_owner)
{
    size_t n = pairs_of_lane(placement);

    for (size_t l = 0; l < placement->lanes; l++)
        for (size_t b = 0; b < n; b++)
            placement->pair_owner[l * n + b] =
                unit_owner[placement->distribution->unit(placement, l, b)];
}

static int deal_out(struct tg_placement *placement, size_t features,
                    size_t block)
{
    size_t n = placement->distribution->units(placement);
    size_t ranks = (size_t)placement->ranks;
    struct pair *unit = calloc(n, sizeof *unit);
    struct pair *by_index = calloc(pairs(placement), sizeof *by_index);
    int *owner = calloc(n, sizeof *owner);
    struct deal deal = {.ranks = placement->ranks,
                        .have = calloc(ranks, sizeof *deal.have),
                        .load = calloc(ranks, sizeof *deal.load),
                        .heap = calloc(ranks, sizeof *deal.heap)};
    int err = TG_OK;

    if (!unit || !by_index || !owner || !deal.have || !deal.load ||
        !deal.heap) {
        err = tg_fail(TG_EMEMORY, "out of memory for %zu blocks of lanes", n);
        goto done;
    }
    list_work(placement, features, block, unit, by_index);
    count_sizes(&deal, unit, n);
    deal_largest_first(&deal);
    improve(&deal);
    hand_out(&deal, unit, owner);
    place_pairs(placement, owner);
    for (size_t l = 0; l < placement->lanes; l++)
        place_rows(placement, l, by_index, deal.load);
done:
    free(unit);
    free(by_index);
    free(owner);
    free(deal.have);
    free(deal.load);
    free(deal.heap);
    return err;
}

int tg_placement_init(struct tg_placement *placement,
                      const struct tg_distribution *distribution, int rank,
                      int ranks, size_t lanes, size_t folds, size_t validated,
                      size_t jobs, size_t features, size_t block)
{
    int grid_rows = 1;

    for (int p = 1; p * p <= ranks; p++)
        if (ranks % p == 0)
            grid_rows = p;
    *placement = (struct tg_placement){
        .distribution = distribution,
        .rank = rank,
        .ranks = ranks,
        .grid_rows = grid_rows,
        .grid_cols = ranks / grid_rows,
        .lanes = lanes,
        .blocks = (features + block - 1) / block,
        .folds = folds,
        .validated = validated,
        .groups = tg_placement_groups(folds, validated),
        .jobs = jobs,
    };
    size_t n = lanes * pairs_of_lane(placement);

    if (placement->blocks > BLOCKS_MAX || n > PAIRS_MAX)
        return TG_OK;
    placement->pair_owner = calloc(n, sizeof *placement->pair_owner);
    placement->row_owner =
        calloc(lanes, ROW_TURNS * sizeof *placement->row_owner);
    int err = placement->pair_owner && placement->row_owner
                  ? TG_OK
                  : tg_fail(TG_EMEMORY, "out of memory for %zu lanes", lanes);
    if (!err && ranks > 1) /* all zeroes for one */
        err = deal_out(placement, features, block);
    if (err)
        tg_placement_free(placement);
    return err;
}

void tg_placement_free(struct tg_placement *placement)
{
    free(placement->pair_owner);
    free(placement->row_owner);
    placement->pair_owner = placement->row_owner = NULL;
}

size_t tg_placement_groups(size_t folds, size_t validated)
{
    return validated < folds ? validated + 1 : folds;
}

/* Row tiles of all groups in turn, as if each group had as many: those of a
 * group go around its lanes. */
static size_t place(const struct tg_placement *placement, size_t t)
{
    size_t folds = placement->folds, held = placement->validated;
    size_t turn = t / folds, fold = t % folds;

    if (held >= folds)
        return t;
    if (fold < held)
        return turn * placement->groups + fold;
    return (turn * (folds - held) + fold - held) * placement->groups + held;
}

size_t tg_placement_lane(const struct tg_placement *placement, size_t t)
{
    return place(placement, t) % placement->lanes;
}

int tg_owner_row_tile(const struct tg_placement *placement, size_t index,
                      size_t i, size_t j)
{
    size_t at = place(placement, index), lane = at % placement->lanes;

    (void)i, (void)j;
    return placement
        ->row_owner[lane * ROW_TURNS + at / placement->lanes % ROW_TURNS];
}

int tg_owner_row_lane(const struct tg_placement *placement, size_t index,
                      size_t i, size_t j)
{
    (void)i, (void)j;
    return placement->row_owner[index * ROW_TURNS];
}

int tg_owner_lane(const struct tg_placement *placement, size_t index, size_t i,
                  size_t j)
{
    return placement->pair_owner[index * pairs_of_lane(placement) +
                                 block_index(placement->blocks, i, j)];
}

int tg_owner_job(const struct tg_placement *placement, size_t index, size_t i,
                 size_t j)
{
    (void)i, (void)j;
    /* Neighbouring jobs share a fold, hence its Gram: keep them together. */
    return (int)(index * (size_t)placement->ranks / placement->jobs);
}

int tg_owner_fold(const struct tg_placement *placement, size_t index, size_t i,
                  size_t j)
{
    size_t jobs = placement->jobs / placement->validated;

    return tg_owner_job(placement, (index + 1) * jobs - 1, i, j);
}

int tg_owner_rank(const struct tg_placement *placement, size_t index, size_t i,
                  size_t j)
{
    (void)placement, (void)i, (void)j;
    return (int)index;
}

int tg_owner_grid(const struct tg_placement *placement, size_t index, size_t i,
                  size_t j)
{
    (void)index;
    return (int)(i % (size_t)placement->grid_rows) * placement->grid_cols +
           (int)(j % (size_t)placement->grid_cols);
}

int tg_owner_first(const struct tg_placement *placement, size_t index, size_t i,
                   size_t j)
{
    (void)placement, (void)index, (void)i, (void)j;
    return 0;
}
