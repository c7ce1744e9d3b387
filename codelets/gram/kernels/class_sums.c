#include "class_sums.h"

#include <assert.h>
#include <stdbool.h>

/* Samples whose sum can't overflow 16 bits. */
enum { PENDING_MAX = UINT16_MAX / UINT8_MAX };

/* Distance of two columns of the scratch: whole cache lines. */
static size_t column_stride(size_t d)
{
    return (d + 31) / 32 * 32;
}

/* One column of partial sums per class, then a count of samples per class. */
size_t tg_class_sums_u8_scratch(size_t d, size_t k)
{
    return k * column_stride(d) + k;
}

/* The first sample of a class overwrites what an earlier use left behind. */
static void add_sample(size_t d, bool first, const uint8_t *restrict x,
                       uint16_t *restrict partial)
{
    if (first)
        for (size_t i = 0; i < d; i++)
            partial[i] = x[i];
    else
        for (size_t i = 0; i < d; i++)
            partial[i] = (uint16_t)(partial[i] + x[i]);
}

static void flush_class(size_t d, const uint16_t *restrict partial,
                        uint16_t *restrict count, double *restrict sums)
{
    for (size_t i = 0; i < d; i++)
        sums[i] += partial[i];
    sums[d] += *count;
    *count = 0;
}

void tg_class_sums_u8(size_t d, size_t n, size_t k, const uint8_t *x,
                      size_t ldx, const uint16_t *labels, uint16_t *scratch,
                      double *sums, size_t ld)
{
    size_t stride = column_stride(d);
    uint16_t *counts = scratch + k * stride;

    assert(ldx >= d && ld > d);
    for (size_t c = 0; c < k; c++)
        counts[c] = 0;
    for (size_t s = 0; s < n; s++) {
        size_t c = labels[s];
        uint16_t *partial = scratch + c * stride;

        assert(c < k);
        add_sample(d, counts[c] == 0, x + s * ldx, partial);
        if (++counts[c] == PENDING_MAX)
            flush_class(d, partial, &counts[c], sums + c * ld);
    }
    for (size_t c = 0; c < k; c++)
        if (counts[c] > 0)
            flush_class(d, scratch + c * stride, &counts[c], sums + c * ld);
}

void tg_class_sums_f32(size_t d, size_t n, size_t k, const float *x, size_t ldx,
                       const uint16_t *labels, double *sums, size_t ld)
{
    assert(ldx >= d && ld > d);
    (void)k;
    for (size_t s = 0; s < n; s++) {
        const float *restrict from = x + s * ldx;
        double *restrict to = sums + labels[s] * ld;

        assert(labels[s] < k);
        for (size_t i = 0; i < d; i++)
            to[i] += (double)from[i];
        to[d] += 1.0;
    }
}
