#include "ridge.h"

#include <stdlib.h>

#include "error.h"

int tg_rows_init(struct tg_rows *rows, const struct tg_plan *plan,
                 const struct tg_split *split, const struct tg_reader *reader,
                 bool keep)
{
    size_t tiles = split->tiles, d = plan->features;

    *rows = (struct tg_rows){plan,
                             split,
                             *reader,
                             keep,
                             calloc(tiles, sizeof *rows->raw),
                             calloc(tiles, sizeof *rows->labels)};
    if (!rows->raw || !rows->labels)
        return tg_fail(TG_EMEMORY, "out of memory for %zu tiles", tiles);
    for (size_t t = 0; t < tiles; t++) {
        size_t n = tg_split_rows(split, t);

        TG_TRY(tg_tiles_init(&rows->raw[t], d, n, d, n, plan->element,
                             &plan->placement, tg_owner_row_tile, t));
        TG_TRY(tg_tiles_init(&rows->labels[t], n, 1, n, 1, 2, &plan->placement,
                             tg_owner_row_tile, t));
    }
    return TG_OK;
}

int tg_rows_load(struct tg_rows *rows, size_t t)
{
    const struct tg_split *split = rows->split;

    if (rows->raw[t].handles[0])
        return TG_OK;
    return tg_load_insert(&rows->reader, split->rows + split->offsets[t],
                          tg_split_rows(split, t), tg_tile(&rows->raw[t], 0, 0),
                          tg_tile(&rows->labels[t], 0, 0));
}

void tg_rows_release(struct tg_rows *rows, size_t t)
{
    if (rows->keep)
        return;
    tg_tiles_renew(&rows->raw[t]);
    tg_tiles_renew(&rows->labels[t]);
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
    rows->raw = rows->labels = NULL;
}
