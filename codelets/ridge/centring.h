/* Features of a row tile, centred and scaled (centred.h), some hundred of them
 * at a time, in scratch: what kernels here share. */
#ifndef TG_RIDGE_CENTRING_H
#define TG_RIDGE_CENTRING_H

#include <stddef.h>

enum { TG_CENTRING_CHUNK = 512 }; /* features that are centred at a time */

/* A row tile's features, and what centres and scales them. */
struct tg_centring {
    const void *x;
    size_t d, n, ld, element;
    const double *mean, *scale;
};

/* Of a task's buffers: X d x n, S d x 2. */
struct tg_centring tg_centring_of(void *raw, void *scale);

/* Z of `rows` features from `first` on, in double or single precision.
 * Shapes: z rows x n, of values of `element` bytes. */
void tg_centring_make(const struct tg_centring *of, size_t first, size_t rows,
                      size_t element, void *z);

/* Features from `first` on that are centred together. */
size_t tg_centring_chunk(const struct tg_centring *of, size_t first);

#endif
