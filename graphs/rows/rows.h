/* Row tiles of one data set, loaded by tasks when asked for. */
#ifndef TG_GRAPH_ROWS_H
#define TG_GRAPH_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "load.h"
#include "split.h"
#include "tiles.h"

struct tg_rows;

/* Makes features of loaded samples, a row tile at a time. */
struct tg_row_map {
    size_t width, element; /* features, and bytes of one */
    size_t copies;         /* of each sample, that are made beside it */

    /* Insert the tasks that make row tile t's features, or those of its samples'
     * copies, 1, 2, ...; 0 is the samples themselves. */
    int (*insert)(const struct tg_row_map *map, struct tg_rows *rows, size_t t,
                  size_t copy, struct tg_tile raw, struct tg_tile values);
};

struct tg_rows {
    const struct tg_split *split;
    struct tg_reader reader;
    size_t
        kept; /* folds whose tiles stay until tg_rows_free; others, one use */
    const struct tg_row_map *map; /* NULL: raw samples are the features */
    struct tg_tiles *raw;         /* [tiles] as loaded, values x n */
    struct tg_tiles *made;   /* [tiles] by the map, d x n; NULL without one */
    struct tg_tiles *labels; /* [tiles] n x 1 */
    bool *loaded;            /* [tiles] raw is there, or on the way */
    bool *ready;             /* [tiles] ... and so are its own features */
};

/* Describe samples of so many values of `element` bytes; loads nothing. Tiles of
 * the first `kept` folds are kept: of a map, its features. The map is alive
 * until tg_rows_free.
 * Errors: TG_EMEMORY. */
int tg_rows_init(struct tg_rows *rows, const struct tg_split *split,
                 const struct tg_reader *reader, size_t values, size_t element,
                 size_t kept, const struct tg_row_map *map,
                 const struct tg_placement *placement);

/* Insert load(t), and what makes the features of its samples (copy 0) or of a
 * copy of each (1, ... map->copies), in the place of those before; unless they
 * are kept and there.  Features of the samples themselves come last. */
int tg_rows_load(struct tg_rows *rows, size_t t, size_t copy);

/* Features of tile t, once it is loaded, and its labels. */
struct tg_tile tg_rows_values(struct tg_rows *rows, size_t t);
struct tg_tile tg_rows_labels(struct tg_rows *rows, size_t t);

/* Is tile t kept? Its use is over: give it back unless it is. */
bool tg_rows_keep(const struct tg_rows *rows, size_t t);
void tg_rows_release(struct tg_rows *rows, size_t t);
void tg_rows_free(struct tg_rows *rows);

#endif
