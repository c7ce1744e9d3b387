#include "tiles.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* Tags are counted up, and never used twice: a tile given back may be in use
 * for long after, by tasks that were submitted before. Main thread only. */
static starpu_mpi_tag_t next_tag;

/* Rows of scratch: StarPU counts a matrix' sides in 32 bits, and elements may
 * be more. */
enum { SCRATCH_ROWS = 1 << 16 };

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

    assert(block_rows <= UINT32_MAX && block_cols <= UINT32_MAX);
    next_tag += (starpu_mpi_tag_t)count;
    tiles->handles = calloc(count, sizeof *tiles->handles);
    return tiles->handles ? TG_OK
                          : tg_fail(TG_EMEMORY,
                                    "out of memory for the "
                                    "handles of %zu tiles",
                                    count);
}

int tg_tiles_init_one(struct tg_tiles *tiles, size_t rows, size_t cols,
                      size_t element, const struct tg_placement *placement,
                      tg_owner *owner, size_t index)
{
    return tg_tiles_init(tiles, rows, cols, rows, cols, element, placement,
                         owner, index);
}

int tg_scratch_init(struct tg_tiles *scratch, size_t elements, size_t element)
{
    size_t rows = elements < SCRATCH_ROWS ? elements : SCRATCH_ROWS;
    size_t cols = rows ? (elements + rows - 1) / rows : 0;

    return tg_tiles_init_one(scratch, rows ? rows : 1, cols ? cols : 1, element,
                             NULL, NULL, 0);
}

struct tg_tile tg_tile(struct tg_tiles *tiles, size_t i, size_t j)
{
    return (struct tg_tile){tiles, i, j};
}

static starpu_data_handle_t *place(struct tg_tile tile)
{
    return &tile.of->handles[tile.i + tile.j * tile.of->row_tiles];
}

size_t tg_tile_rows(struct tg_tile tile)
{
    return tg_tiles_rows(tile.of, tile.i);
}

size_t tg_tile_cols(struct tg_tile tile)
{
    return tg_tiles_cols(tile.of, tile.j);
}

int tg_tile_owner(struct tg_tile tile)
{
    return tile.of->owner(tile.of->placement, tile.of->index, tile.i, tile.j);
}

bool tg_tile_same(struct tg_tile a, struct tg_tile b)
{
    return a.of == b.of && a.i == b.i && a.j == b.j;
}

bool tg_tile_known(struct tg_tile tile)
{
    return *place(tile) != NULL;
}

starpu_data_handle_t tg_tile_handle(struct tg_tile tile)
{
    starpu_data_handle_t *handle = place(tile);

    if (*handle)
        return *handle;
    uint32_t rows = (uint32_t)tg_tile_rows(tile);

    starpu_matrix_data_register(handle, -1, 0, rows, rows,
                                (uint32_t)tg_tile_cols(tile), tile.of->element);
    if (tile.of->owner)
        starpu_mpi_data_register(
            *handle,
            tile.of->first_tag +
                (starpu_mpi_tag_t)(tile.i + tile.j * tile.of->row_tiles),
            tg_tile_owner(tile));
    return *handle;
}

void tg_tile_flush(struct tg_tile tile)
{
    if (tg_tile_known(tile))
        starpu_mpi_cache_flush(MPI_COMM_WORLD, *place(tile));
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

size_t tg_tiles_rows(const struct tg_tiles *tiles, size_t i)
{
    return i + 1 < tiles->row_tiles ? tiles->block_rows
                                    : tiles->rows - i * tiles->block_rows;
}

size_t tg_tiles_cols(const struct tg_tiles *tiles, size_t j)
{
    return j + 1 < tiles->col_tiles ? tiles->block_cols
                                    : tiles->cols - j * tiles->block_cols;
}

void tg_tiles_read(struct tg_tiles *tiles, void *values)
{
    const size_t element = tiles->element, line = tiles->rows * element;

    for (size_t j = 0; j < tiles->col_tiles; j++) {
        for (size_t i = 0; i < tiles->row_tiles; i++) {
            starpu_data_handle_t handle = tg_tile_handle(tg_tile(tiles, i, j));
            char *to = (char *)values + i * tiles->block_rows * element +
                       j * tiles->block_cols * line;

            starpu_data_acquire(handle, STARPU_R);
            const char *from =
                (const char *)starpu_matrix_get_local_ptr(handle);
            size_t ld = starpu_matrix_get_local_ld(handle) * element;
            for (size_t c = 0; c < tg_tiles_cols(tiles, j); c++)
                memcpy(to + c * line, from + c * ld,
                       tg_tiles_rows(tiles, i) * element);
            starpu_data_release(handle);
        }
    }
}

void tg_tiles_write(struct tg_tiles *tiles, const void *values)
{
    starpu_data_handle_t handle = tg_tile_handle(tg_tile(tiles, 0, 0));

    starpu_data_acquire(handle, STARPU_W);
    memcpy((void *)starpu_matrix_get_local_ptr(handle), values,
           tiles->rows * tiles->cols * tiles->element);
    starpu_data_release(handle);
}
