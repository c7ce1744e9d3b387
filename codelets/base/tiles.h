/* A tiled matrix: shape, StarPU handles, MPI tags, and who owns which tile.
 *
 * Tiles are registered when first asked for and have no home: StarPU allocates
 * them where a task first writes, and frees them after their release.  Ragged
 * last tiles in both directions.
 */
#ifndef TG_TILES_H
#define TG_TILES_H

#include <stddef.h>

#include <starpu_mpi.h>

/* How tiles map to ranks: the only place that knows.
 * `lane_ranks` ranks share the lanes (data parallel: rows over ranks); where
 * there are more ranks than lanes, `block_ranks` ranks share the Gram blocks
 * of each lane (model parallel). */
struct tg_placement {
    int rank, ranks;
    int lane_ranks, block_ranks; /* product <= ranks */
    int grid_rows, grid_cols;    /* of the final factorization */
    size_t lanes;
    size_t jobs; /* (fold, lambda) factorizations */
};

void tg_placement_init(struct tg_placement *placement, int rank, int ranks,
                       size_t lanes, size_t jobs);

/* One function per tile family: owner(placement, index, i, j) -> rank. */
typedef int tg_owner(const struct tg_placement *placement, size_t index,
                     size_t i, size_t j);

tg_owner tg_owner_row_tile; /* index: row tile t */
tg_owner tg_owner_lane;     /* index: lane; (i, j): Gram block */
tg_owner tg_owner_job;      /* index: (fold, lambda) job, on one rank */
tg_owner tg_owner_rank;     /* index: the rank itself */
tg_owner tg_owner_grid;     /* 2D block-cyclic, whatever the index */
tg_owner tg_owner_first;    /* rank 0 */

struct tg_tiles {
    size_t rows, cols;             /* elements */
    size_t block_rows, block_cols; /* of a full tile */
    size_t row_tiles, col_tiles;
    size_t element; /* bytes of an element */
    const struct tg_placement *placement;
    tg_owner *owner;
    size_t index;                  /* handed to owner */
    starpu_data_handle_t *handles; /* [row_tiles x col_tiles], NULL: not yet */
    starpu_mpi_tag_t first_tag;
};

/* Describe a rows x cols matrix; allocates no tile.  All ranks must describe
 * the same matrices in the same order, since tags are counted up.
 * Errors: TG_EMEMORY. */
int tg_tiles_init(struct tg_tiles *tiles, size_t rows, size_t cols,
                  size_t block_rows, size_t block_cols, size_t element,
                  const struct tg_placement *placement, tg_owner *owner,
                  size_t index);

/* The handle of tile (i, j), registered on first use. */
starpu_data_handle_t tg_tile(struct tg_tiles *tiles, size_t i, size_t j);

/* Give the tiles back as soon as the tasks submitted so far have used them. */
void tg_tiles_release(struct tg_tiles *tiles);

/* The same, but the matrix stays described: its tiles are new ones when next
 * asked for.  All ranks must do so alike. */
void tg_tiles_renew(struct tg_tiles *tiles);

/* Rows of the tiles in tile row i, columns in tile column j. */
size_t tg_tile_rows(const struct tg_tiles *tiles, size_t i);
size_t tg_tile_cols(const struct tg_tiles *tiles, size_t j);

/* Copy a matrix of doubles that this rank owns, after its tasks have run.
 * Shapes: values rows x cols, column-major. */
void tg_tiles_read(struct tg_tiles *tiles, double *values);

/* The other way: give a matrix of doubles, in one tile that this rank owns,
 * its first values. */
void tg_tiles_write(struct tg_tiles *tiles, const double *values);

/* Scratch: a matrix that every task gets for itself, not shared over MPI. */
starpu_data_handle_t tg_scratch(size_t rows, size_t cols, size_t element);

#endif
