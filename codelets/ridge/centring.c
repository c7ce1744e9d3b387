#include "centring.h"

#include <stdint.h>

#include "task.h"

/* z = (x - mean) * scale. Shapes: x rows x n in steps of ldx; z rows x n. */
#define CENTRE(name, from, to)                                                 \
    TG_CLONES static void name(size_t rows, size_t n, const from *x,           \
                               size_t ldx, const double *mean,                 \
                               const double *scale, to *z)                     \
    {                                                                          \
        for (size_t s = 0; s < n; s++)                                         \
            for (size_t f = 0; f < rows; f++)                                  \
                z[f + s * rows] =                                              \
                    (to)(((double)x[f + s * ldx] - mean[f]) * scale[f]);       \
    }

CENTRE(bytes_to_doubles, uint8_t, double)
CENTRE(bytes_to_floats, uint8_t, float)
CENTRE(floats_to_doubles, float, double)
CENTRE(floats_to_floats, float, float)

struct tg_centring tg_centring_of(void *raw, void *scale)
{
    const double *s = TG_PTR(double, scale);

    return (struct tg_centring){.x = TG_PTR(void, raw),
                                .d = TG_ROWS(raw),
                                .n = TG_COLS(raw),
                                .ld = TG_LD(raw),
                                .element = TG_ELEMENT(raw),
                                .mean = s,
                                .scale = s + TG_ROWS(scale)};
}

void tg_centring_make(const struct tg_centring *of, size_t first, size_t rows,
                      size_t element, void *z)
{
    const double *mean = of->mean + first, *scale = of->scale + first;
    const void *x = (const char *)of->x + first * of->element;
    size_t n = of->n, ld = of->ld;

    if (of->element == 1 && element == sizeof(double))
        bytes_to_doubles(rows, n, x, ld, mean, scale, z);
    else if (of->element == 1)
        bytes_to_floats(rows, n, x, ld, mean, scale, z);
    else if (element == sizeof(double))
        floats_to_doubles(rows, n, x, ld, mean, scale, z);
    else
        floats_to_floats(rows, n, x, ld, mean, scale, z);
}

size_t tg_centring_chunk(const struct tg_centring *of, size_t first)
{
    return of->d - first < TG_CENTRING_CHUNK ? of->d - first
                                             : TG_CENTRING_CHUNK;
}
