/* mistakes: the most confident wrong predictions, for people to look at. */
#ifndef TG_CODELET_MISTAKES_H
#define TG_CODELET_MISTAKES_H

#include <stddef.h>

#include <starpu.h>

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
int tg_mistakes_insert(starpu_data_handle_t result, starpu_data_handle_t labels,
                       const size_t *rows, starpu_data_handle_t list);

/* Insert the mistakes of one list into another. Shapes: as above, alike. */
int tg_mistakes_merge_insert(starpu_data_handle_t from,
                             starpu_data_handle_t list);

#endif
