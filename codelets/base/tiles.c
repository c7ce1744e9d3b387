#include "tiles.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

/* Tags are counted up, and never used twice: a tile given back may be in use
 * for long after, by tasks that were submitted before. Main thread only. */
static starpu_mpi_tag_t next_tag;

void tg_placement_init(struct tg_placement *placement, int rank, int ranks,
                       size_t lanes, size_t jobs)
{
    int grid_rows = 1;

    for (int p = 1; p * p <= ranks; p++)
        if (ranks % p == 0)
            grid_rows = p;
    *placement = (struct tg_placement){
        .rank = rank,
        .ranks = ranks,
        .lane_ranks = lanes < (size_t)ranks ? (int)lanes : ranks,
        .grid_rows = grid_rows,
        .grid_cols = ranks / grid_rows,
        .lanes = lanes,
        .jobs = jobs,
    };
    placement->block_ranks = ranks / placement->lane_ranks;
}

int tg_owner_row_tile(const struct tg_placement *placement, size_t index,
                      size_t i, size_t j)
{
    size_t lane = index % placement->lanes, turn = index / placement->lanes;

    (void)i, (void)j;
    return tg_owner_lane(placement, lane, turn, 0);
}

int tg_owner_lane(const struct tg_placement *placement, size_t index, size_t i,
                  size_t j)
{
    return (int)(index % (size_t)placement->lane_ranks) +
           placement->lane_ranks *
               (int)((i + j) % (size_t)placement->block_ranks);
}

int tg_owner_job(const struct tg_placement *placement, size_t index, size_t i,
                 size_t j)
{
    (void)i, (void)j;
    /* Neighbouring jobs share a fold, hence its Gram: keep them together. */
    return (int)(index * (size_t)placement->ranks / placement->jobs);
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

int tg_tiles_init(struct tg_tiles *tiles, size_t rows, size_t cols,
                  size_t block_rows, size_t block_cols, size_t element,
                  const struct tg_placement *placement, tg_owner *owner,
                  size_t index)
{
    *tiles = (struct tg_tiles){
        .rows = rows,
        .cols = cols,
        .block_rows = block_rows,
        .block_cols = block_cols,
        .row_tiles = (rows + block_rows - 1) / block_rows,
        .col_tiles = (cols + block_cols - 1) / block_cols,
        .element = element,
        .placement = placement,
        .owner = owner,
        .index = index,
        .first_tag = next_tag,
    };
    size_t count = tiles->row_tiles * tiles->col_tiles;
    next_tag += (starpu_mpi_tag_t)count;
    tiles->handles = calloc(count, sizeof *tiles->handles);
    return tiles->handles ? TG_OK
                          : tg_fail(TG_EMEMORY,
                                    "out of memory for the "
                                    "handles of %zu tiles",
                                    count);
}

starpu_data_handle_t tg_tile(struct tg_tiles *tiles, size_t i, size_t j)
{
    size_t at = i + j * tiles->row_tiles;

    if (!tiles->handles[at]) {
        uint32_t rows = (uint32_t)tg_tile_rows(tiles, i);
        uint32_t cols = (uint32_t)tg_tile_cols(tiles, j);

        starpu_matrix_data_register(&tiles->handles[at], -1, 0, rows, rows,
                                    cols, tiles->element);
        starpu_mpi_data_register(tiles->handles[at],
                                 tiles->first_tag + (starpu_mpi_tag_t)at,
                                 tiles->owner(tiles->placement, tiles->index, i,
                                              j));
    }
    return tiles->handles[at];
}

void tg_tiles_renew(struct tg_tiles *tiles)
{
    size_t count = tiles->row_tiles * tiles->col_tiles;

    for (size_t at = 0; tiles->handles && at < count; at++) {
        if (tiles->handles[at])
            starpu_data_unregister_submit(tiles->handles[at]);
        tiles->handles[at] = NULL;
    }
    tiles->first_tag = next_tag;
    next_tag += (starpu_mpi_tag_t)count;
}

void tg_tiles_release(struct tg_tiles *tiles)
{
    size_t count = tiles->row_tiles * tiles->col_tiles;

    for (size_t at = 0; tiles->handles && at < count; at++)
        if (tiles->handles[at])
            starpu_data_unregister_submit(tiles->handles[at]);
    free(tiles->handles);
    tiles->handles = NULL;
}

size_t tg_tile_rows(const struct tg_tiles *tiles, size_t i)
{
    return i + 1 < tiles->row_tiles ? tiles->block_rows
                                    : tiles->rows - i * tiles->block_rows;
}

size_t tg_tile_cols(const struct tg_tiles *tiles, size_t j)
{
    return j + 1 < tiles->col_tiles ? tiles->block_cols
                                    : tiles->cols - j * tiles->block_cols;
}

void tg_tiles_read(struct tg_tiles *tiles, double *values)
{
    for (size_t j = 0; j < tiles->col_tiles; j++) {
        for (size_t i = 0; i < tiles->row_tiles; i++) {
            starpu_data_handle_t handle = tg_tile(tiles, i, j);
            size_t rows = tg_tile_rows(tiles, i);
            double *to = values + i * tiles->block_rows +
                         j * tiles->block_cols * tiles->rows;

            starpu_data_acquire(handle, STARPU_R);
            const double *from =
                (const double *)starpu_matrix_get_local_ptr(handle);
            size_t ld = starpu_matrix_get_local_ld(handle);
            for (size_t c = 0; c < tg_tile_cols(tiles, j); c++)
                memcpy(to + c * tiles->rows, from + c * ld, rows * sizeof *to);
            starpu_data_release(handle);
        }
    }
}

void tg_tiles_write(struct tg_tiles *tiles, const double *values)
{
    starpu_data_handle_t handle = tg_tile(tiles, 0, 0);

    starpu_data_acquire(handle, STARPU_W);
    memcpy((void *)starpu_matrix_get_local_ptr(handle), values,
           tiles->rows * tiles->cols * tiles->element);
    starpu_data_release(handle);
}

starpu_data_handle_t tg_scratch(size_t rows, size_t cols, size_t element)
{
    starpu_data_handle_t handle;

    starpu_matrix_data_register(&handle, -1, 0, (uint32_t)rows, (uint32_t)rows,
                                (uint32_t)cols, element);
    return handle;
}
