/* Which rank owns which tile: the only place that knows.
 *
 * The Gram's work is pairs of a lane and a block of its lower triangle.  A
 * distribution says which of them stay together as a unit; units are dealt out
 * whole, the largest first, each to the rank that has least; of units of one
 * size a rank gets neighbours, so that the samples of a lane go to few ranks.
 */
#ifndef TG_PLACEMENT_H
#define TG_PLACEMENT_H

#include <stddef.h>

struct tg_placement;

/* What stays together: a line of the table in placement.c. */
struct tg_distribution {
    const char *name;
    size_t (*units)(const struct tg_placement *placement);
    size_t (*unit)(const struct tg_placement *placement, size_t lane,
                   size_t block);
};

/* By its number, 0, 1, ...: "both" (pairs), "data" (lanes, hence rows over
 * ranks), "model" (blocks over ranks); NULL past the last. */
const struct tg_distribution *tg_distribution(size_t index);

struct tg_placement {
    const struct tg_distribution *distribution;
    int rank, ranks;
    int grid_rows, grid_cols; /* of the final factorization */
    size_t lanes, blocks;
    size_t folds, validated; /* of the samples; the first ones, held out */
    size_t groups;           /* of folds that are summed together */
    size_t jobs;             /* (fold, lambda) factorizations, by fold */
    int *pair_owner;         /* [lanes x blocks (blocks + 1) / 2] */
    int *row_owner; /* [lanes x ROW_TURNS], of a lane's row tiles in turn */
};

/* Deal out.  A fold that is held out is a group of its own, and those that never
 * are are one; lane l is of group l mod groups.  A Gram of more blocks than any
 * memory holds is not dealt out, and pair_owner is NULL.
 * Shapes: a Gram of `features` in blocks of `block`; `lanes` of them.
 * Errors: TG_EMEMORY. */
int tg_placement_init(struct tg_placement *placement,
                      const struct tg_distribution *distribution, int rank,
                      int ranks, size_t lanes, size_t folds, size_t validated,
                      size_t jobs, size_t features, size_t block);
void tg_placement_free(struct tg_placement *placement);

/* Groups of folds. */
size_t tg_placement_groups(size_t folds, size_t validated);

/* Lane of row tile t, which is of fold t mod folds. */
size_t tg_placement_lane(const struct tg_placement *placement, size_t t);

/* One function per tile family: owner(placement, index, i, j) -> rank. */
typedef int tg_owner(const struct tg_placement *placement, size_t index,
                     size_t i, size_t j);

tg_owner tg_owner_row_tile; /* index: row tile t, where most of its lane is */
tg_owner tg_owner_row_lane; /* index: lane; as that of its first row tile */
tg_owner tg_owner_lane;     /* index: lane; (i, j): Gram block, i >= j */
tg_owner tg_owner_job;      /* index: (fold, lambda) job, on one rank */
tg_owner tg_owner_fold;     /* index: fold; where its last job is */
tg_owner tg_owner_rank;     /* index: the rank itself */
tg_owner tg_owner_grid;     /* 2D block-cyclic, whatever the index */
tg_owner tg_owner_first;    /* rank 0 */

/* Work of a pair, in elements of its block: half of them on the diagonal. */
double tg_placement_work(size_t features, size_t block, size_t i, size_t j);

#endif
