/* Cosines of phases in single precision, for random Fourier features of samples
 * that are not bytes.
 */
#ifndef TG_FOURIER_F32_H
#define TG_FOURIER_F32_H

#include <stddef.h>

/* z = cos(2 pi z), to 3e-7; rounded z is off by more where it is large, and 1
 * where it is no number.
 * Shapes: z is d x n, ldz apart.  Units: turns. */
void tg_fourier_f32(size_t d, size_t n, float *z, size_t ldz);

#endif
