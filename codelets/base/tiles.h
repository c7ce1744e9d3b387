/* A tiled matrix: shape, StarPU handles, MPI tags, and who owns which tile.
 *
 * A tile is named by its matrix and place, and becomes a handle only where a
 * task that concerns this rank is inserted (task.h): a rank knows nothing of
 * tiles that it has no part in.  Tiles have no home: StarPU allocates them
 * where a task first writes, and frees them after their release.  Ragged last
 * tiles in both directions.
 */
#ifndef TG_TILES_H
#define TG_TILES_H

#include <stdbool.h>
#include <stddef.h>

#include <starpu_mpi.h>

#include "placement.h"

struct tg_tiles {
    size_t rows, cols;             /* elements */
    size_t block_rows, block_cols; /* of a full tile */
    size_t row_tiles, col_tiles;
    size_t element; /* bytes of an element */
    const struct tg_placement *placement;
    tg_owner *owner;               /* NULL: scratch, of each task its own */
    size_t index;                  /* handed to owner */
    starpu_data_handle_t *handles; /* [row_tiles x col_tiles], NULL: not yet */
    starpu_mpi_tag_t first_tag;
};

/* A tile: what insert functions take. */
struct tg_tile {
    struct tg_tiles *of;
    size_t i, j;
};

/* Describe a rows x cols matrix; allocates no tile.  All ranks must describe
 * the same matrices in the same order, since tags are counted up.
 * Errors: TG_EMEMORY. */
int tg_tiles_init(struct tg_tiles *tiles, size_t rows, size_t cols,
                  size_t block_rows, size_t block_cols, size_t element,
                  const struct tg_placement *placement, tg_owner *owner,
                  size_t index);

/* The same, of one tile. */
int tg_tiles_init_one(struct tg_tiles *tiles, size_t rows, size_t cols,
                      size_t element, const struct tg_placement *placement,
                      tg_owner *owner, size_t index);

/* Describe scratch, a tile of at least `elements` that every task gets for
 * itself, not shared over MPI. Errors: TG_EMEMORY. */
int tg_scratch_init(struct tg_tiles *scratch, size_t elements, size_t element);

/* Tile (i, j). */
struct tg_tile tg_tile(struct tg_tiles *tiles, size_t i, size_t j);

/* Its shape, and the rank that owns it. */
size_t tg_tile_rows(struct tg_tile tile);
size_t tg_tile_cols(struct tg_tile tile);
int tg_tile_owner(struct tg_tile tile);
bool tg_tile_same(struct tg_tile a, struct tg_tile b);

/* Does this rank know the tile, since a task that concerns it uses it? */
bool tg_tile_known(struct tg_tile tile);

/* Its handle, registered on first use. */
starpu_data_handle_t tg_tile_handle(struct tg_tile tile);

/* Give copies of a tile that others own back, once the tasks submitted so far
 * have used them.  All ranks must do so alike. */
void tg_tile_flush(struct tg_tile tile);

/* Give the tiles back as soon as the tasks submitted so far have used them;
 * zeroes and what is given back already are fine. */
void tg_tiles_release(struct tg_tiles *tiles);

/* The same, but the matrix stays described: its tiles are new ones when next
 * asked for.  All ranks must do so alike. */
void tg_tiles_renew(struct tg_tiles *tiles);

/* Rows of the tiles in tile row i, columns in tile column j. */
size_t tg_tiles_rows(const struct tg_tiles *tiles, size_t i);
size_t tg_tiles_cols(const struct tg_tiles *tiles, size_t j);

/* Copy a matrix that this rank owns, after its tasks have run.
 * Shapes: values rows x cols, column-major, of tiles->element bytes. */
void tg_tiles_read(struct tg_tiles *tiles, void *values);

/* The other way: give a matrix, in one tile that this rank owns, its first
 * values. */
void tg_tiles_write(struct tg_tiles *tiles, const void *values);

#endif
