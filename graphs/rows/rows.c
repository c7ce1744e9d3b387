#include "rows.h"

#include <stdlib.h>

#include "error.h"

static int describe(struct tg_rows *rows, size_t values, size_t element,
                    const struct tg_placement *placement)
{
    const struct tg_row_map *map = rows->map;

    for (size_t t = 0; t < rows->split->tiles; t++) {
        size_t n = tg_split_rows(rows->split, t);

        TG_TRY(tg_tiles_init_one(&rows->raw[t], values, n, element, placement,
                                 tg_owner_row_tile, t));
        TG_TRY(tg_tiles_init_one(&rows->labels[t], n, 1, sizeof(uint16_t),
                                 placement, tg_owner_row_tile, t));
        if (map)
            TG_TRY(tg_tiles_init_one(&rows->made[t], map->width, n,
                                     map->element, placement, tg_owner_row_tile,
                                     t));
    }
    return TG_OK;
}

int tg_rows_init(struct tg_rows *rows, const struct tg_split *split,
                 const struct tg_reader *reader, size_t values, size_t element,
                 size_t kept, const struct tg_row_map *map,
                 const struct tg_placement *placement)
{
    size_t tiles = split->tiles;

    *rows = (struct tg_rows){.split = split,
                             .reader = *reader,
                             .kept = kept,
                             .map = map,
                             .raw = calloc(tiles, sizeof *rows->raw),
                             .made = calloc(tiles, sizeof *rows->made),
                             .labels = calloc(tiles, sizeof *rows->labels),
                             .loaded = calloc(tiles, sizeof *rows->loaded),
                             .ready = calloc(tiles, sizeof *rows->ready)};
    if (!rows->raw || !rows->made || !rows->labels || !rows->loaded ||
        !rows->ready)
        return tg_fail(TG_EMEMORY, "out of memory for %zu tiles", tiles);
    return describe(rows, values, element, placement);
}

static struct tg_tile raw_tile(struct tg_rows *rows, size_t t)
{
    return tg_tile(&rows->raw[t], 0, 0);
}

int tg_rows_load(struct tg_rows *rows, size_t t, size_t copy)
{
    const struct tg_split *split = rows->split;

    if (rows->ready[t])
        return TG_OK;
    if (!rows->loaded[t])
        TG_TRY(tg_load_insert(&rows->reader, split->rows + split->offsets[t],
                              tg_split_rows(split, t), raw_tile(rows, t),
                              tg_rows_labels(rows, t)));
    rows->loaded[t] = true;
    rows->ready[t] = copy == 0;
    if (!rows->map)
        return TG_OK;
    tg_tiles_renew(&rows->made[t]);
    return rows->map->insert(rows->map, rows, t, copy, raw_tile(rows, t),
                             tg_rows_values(rows, t));
}

struct tg_tile tg_rows_values(struct tg_rows *rows, size_t t)
{
    return rows->map ? tg_tile(&rows->made[t], 0, 0) : raw_tile(rows, t);
}

struct tg_tile tg_rows_labels(struct tg_rows *rows, size_t t)
{
    return tg_tile(&rows->labels[t], 0, 0);
}

bool tg_rows_keep(const struct tg_rows *rows, size_t t)
{
    return t % rows->split->folds < rows->kept;
}

void tg_rows_release(struct tg_rows *rows, size_t t)
{
    if (!tg_rows_keep(rows, t) || rows->map)
        tg_tiles_renew(&rows->raw[t]);
    if (tg_rows_keep(rows, t))
        return;
    tg_tiles_renew(&rows->labels[t]);
    if (rows->map)
        tg_tiles_renew(&rows->made[t]);
    rows->loaded[t] = rows->ready[t] = false;
}

void tg_rows_free(struct tg_rows *rows)
{
    for (size_t t = 0;
         rows->raw && rows->made && rows->labels && t < rows->split->tiles;
         t++) {
        tg_tiles_release(&rows->raw[t]);
        tg_tiles_release(&rows->made[t]);
        tg_tiles_release(&rows->labels[t]);
    }
    free(rows->raw);
    free(rows->made);
    free(rows->labels);
    free(rows->loaded);
    free(rows->ready);
    *rows = (struct tg_rows){0};
}
