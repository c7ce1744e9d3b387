#include "fourier_f32.h"

#include <math.h>

#include "clones.h"

/* The sine of a quarter turn less the angle, between -1/4 and 1/4: Taylor's
 * series to x^11, of which the rest is below 6e-8. */
static inline float cosine(float turns)
{
    turns = fabsf(turns) < 0x1p23f ? turns : 0; /* else there is no fraction */
    float x = (0.25f - fabsf(turns - rintf(turns))) * (float)(2 * M_PI);
    float y = x * x, sum = -1.0f / 39916800;

    sum = sum * y + 1.0f / 362880;
    sum = sum * y - 1.0f / 5040;
    sum = sum * y + 1.0f / 120;
    sum = sum * y - 1.0f / 6;
    return x + x * y * sum;
}

TG_CLONES void tg_fourier_f32(size_t d, size_t n, float *z, size_t ldz)
{
    for (size_t s = 0; s < n; s++)
        for (size_t f = 0; f < d; f++)
            z[f + s * ldz] = cosine(z[f + s * ldz]);
}
