#include "rows.h"

#include <stdlib.h>

#include "error.h"

int tg_rows_init(struct tg_rows *rows, const struct tg_split *split,
                 const struct tg_reader *reader, size_t d, size_t element,
                 bool keep, const struct tg_placement *placement)
{
    size_t tiles = split->tiles;

    *rows = (struct tg_rows){.split = split,
                             .reader = *reader,
                             .keep = keep,
                             .raw = calloc(tiles, sizeof *rows->raw),
                             .labels = calloc(tiles, sizeof *rows->labels),
                             .loaded = calloc(tiles, sizeof *rows->loaded)};
    if (!rows->raw || !rows->labels || !rows->loaded)
        return tg_fail(TG_EMEMORY, "out of memory for %zu tiles", tiles);
    for (size_t t = 0; t < tiles; t++) {
        size_t n = tg_split_rows(split, t);

        TG_TRY(tg_tiles_init_one(&rows->raw[t], d, n, element, placement,
                                 tg_owner_row_tile, t));
        TG_TRY(tg_tiles_init_one(&rows->labels[t], n, 1, sizeof(uint16_t),
                                 placement, tg_owner_row_tile, t));
    }
    return TG_OK;
}

int tg_rows_load(struct tg_rows *rows, size_t t)
{
    const struct tg_split *split = rows->split;

    if (rows->loaded[t])
        return TG_OK;
    rows->loaded[t] = true;
    return tg_load_insert(&rows->reader, split->rows + split->offsets[t],
                          tg_split_rows(split, t), tg_rows_raw(rows, t),
                          tg_rows_labels(rows, t));
}

struct tg_tile tg_rows_raw(struct tg_rows *rows, size_t t)
{
    return tg_tile(&rows->raw[t], 0, 0);
}

struct tg_tile tg_rows_labels(struct tg_rows *rows, size_t t)
{
    return tg_tile(&rows->labels[t], 0, 0);
}

void tg_rows_release(struct tg_rows *rows, size_t t)
{
    if (rows->keep)
        return;
    tg_tiles_renew(&rows->raw[t]);
    tg_tiles_renew(&rows->labels[t]);
    rows->loaded[t] = false;
}

void tg_rows_free(struct tg_rows *rows)
{
    for (size_t t = 0; rows->raw && rows->labels && t < rows->split->tiles;
         t++) {
        tg_tiles_release(&rows->raw[t]);
        tg_tiles_release(&rows->labels[t]);
    }
    free(rows->raw);
    free(rows->labels);
    free(rows->loaded);
    *rows = (struct tg_rows){0};
}
