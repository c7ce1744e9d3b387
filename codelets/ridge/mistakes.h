/* mistakes: the most confident wrong predictions, for people to look at. */
#ifndef TG_CODELET_MISTAKES_H
#define TG_CODELET_MISTAKES_H

#include <stddef.h>

#include "tiles.h"

/* One mistake is a column of these. */
enum {
    TG_MISTAKE_ROW,       /* 1 + the sample's row; 0: no mistake */
    TG_MISTAKE_TRUTH,     /* its class ... */
    TG_MISTAKE_PREDICTED, /* ... and the class taken for it */
    TG_MISTAKE_MARGIN,    /* the score of that one less the true one's */
    TG_MISTAKE_VALUES
};

/* Insert the mistakes of a tile into a list that keeps those of the largest
 * margins, in that order, equal ones by row: whatever the order of insertion.
 * Shapes: R (k+1) x n, as tg_classify_insert leaves it; labels n x 1 uint16;
 * rows[n], alive until the task has run; list TG_MISTAKE_VALUES x m doubles,
 * zero at first. */
int tg_mistakes_insert(struct tg_tile result, struct tg_tile labels,
                       const size_t *rows, struct tg_tile list);

/* Insert the mistakes of one list into another. Shapes: as above, alike. */
int tg_mistakes_merge_insert(struct tg_tile from, struct tg_tile list);

#endif
