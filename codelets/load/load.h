/* load: samples and labels of a row tile come from their source. */
#ifndef TG_CODELET_LOAD_H
#define TG_CODELET_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "tiles.h"

/* Where samples come from; the same shape as a data set's own reader, so that
 * codelets need not know data sets. */
struct tg_reader {
    int (*read)(const void *context, const size_t *rows, size_t n,
                void *samples);
    const void *context;
    const uint16_t *labels; /* by row, or NULL: zeroes are loaded */
    uint32_t kind;          /* equal where equal tiles cost the same */
};

/* Insert load(t).
 * Shapes: rows[n] stays alive until the task has run; samples d x n of u8 or
 * f32; labels n x 1 of uint16.
 * Errors: the reader's, kept for tg_task_error(); TG_ESOFTWARE. */
int tg_load_insert(const struct tg_reader *reader, const size_t *rows, size_t n,
                   struct tg_tile samples, struct tg_tile labels);

#endif
