/* Row tiles of one data set, loaded by tasks when asked for. */
#ifndef TG_GRAPH_ROWS_H
#define TG_GRAPH_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "load.h"
#include "split.h"
#include "tiles.h"

struct tg_rows {
    const struct tg_split *split;
    struct tg_reader reader;
    bool keep;               /* until tg_rows_free, rather than one use */
    struct tg_tiles *raw;    /* [tiles] d x n */
    struct tg_tiles *labels; /* [tiles] n x 1 */
    bool *loaded;            /* [tiles] there, or on the way */
};

/* Describe d values of `element` bytes a sample; loads nothing.
 * Errors: TG_EMEMORY. */
int tg_rows_init(struct tg_rows *rows, const struct tg_split *split,
                 const struct tg_reader *reader, size_t d, size_t element,
                 bool keep, const struct tg_placement *placement);

/* Insert load(t), unless the tile is kept and there. */
int tg_rows_load(struct tg_rows *rows, size_t t);

/* Tile t, once it is loaded. */
struct tg_tile tg_rows_raw(struct tg_rows *rows, size_t t);
struct tg_tile tg_rows_labels(struct tg_rows *rows, size_t t);

/* Tile t's use is over: give it back unless it is kept. */
void tg_rows_release(struct tg_rows *rows, size_t t);
void tg_rows_free(struct tg_rows *rows);

#endif
