/* Between the files of the Fourier maps only: what a block holds. */
#ifndef TG_CODELET_FOURIER_BLOCK_H
#define TG_CODELET_FOURIER_BLOCK_H

#include "fourier.h"

enum { TG_FOURIER_HEAD = 64 }; /* bytes before the weights: gamma, a line */

/* The weights of a block: panels (kernels/fourier_u8.h), or f32 columns of
 * directions over offsets, in turns. Shapes: (values + 1) x features */
static inline void *tg_fourier_weights(void *block)
{
    return (char *)block + TG_FOURIER_HEAD;
}

#endif
