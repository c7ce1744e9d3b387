#include "patches_definition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIMS_MAX = 128 };

/* A value of the picture, its mirror image, or the half of either. */
static int64_t value(const struct tg_patches_shape *s, const uint8_t *x,
                     bool mirror, size_t column, size_t row, size_t channel)
{
    int64_t sum = 0;

    if (!s->halve)
        return x[(channel * s->height + row) * s->width +
                 (mirror ? s->width - 1 - column : column)];
    for (size_t j = 0; j < 4; j++) {
        size_t at = 2 * column + j % 2;

        if (mirror)
            at = s->width - 1 - at;
        sum += x[(channel * s->height + 2 * row + j / 2) * s->width + at];
    }
    return (sum + 2) / 4;
}

float tg_clipped(float v, float limit)
{
    return rintf(fmaxf(fminf(v, limit), -limit));
}

/* What a patch's values are multiplied by. */
static float contrast_of(const struct tg_patches *p, const int64_t *patch)
{
    int64_t m = (int64_t)tg_patches_values(&p->shape), sum = 0, square = 0;

    for (int64_t i = 0; i < m; i++) {
        sum += patch[i];
        square += patch[i] * patch[i];
    }
    return 1 /
           sqrtf((float)((double)(m * square - sum * sum) / (double)(m * m)) +
                 *p->softness);
}

/* A patch in 8 bits. */
static void whiten(const struct tg_patches *p, const int64_t *patch,
                   int64_t *whitened)
{
    size_t m = tg_patches_values(&p->shape), dims = p->shape.dims;
    float limit = p->shape.unit ? 8 * TG_PATCHES_UNIT - 1 : 127;
    float contrast = contrast_of(p, patch);
    int64_t square = 0;

    for (size_t i = 0; i < dims; i++) {
        int64_t y = 0;

        for (size_t j = 0; j < m; j++)
            y += p->whitener[i * m + j] * patch[j];
        whitened[i] =
            (int64_t)tg_clipped((float)y * contrast * p->gain[i] - p->bias[i],
                                limit);
        square += whitened[i] * whitened[i];
    }
    if (p->shape.unit) {
        float one = TG_PATCHES_UNIT;
        float length = *p->length / sqrtf((float)square + 0.1f * (one * one));

        for (size_t i = 0; i < dims; i++)
            whitened[i] = (int64_t)tg_clipped((float)whitened[i] * length, 127);
    }
}

/* Where a pooled sum lies. */
static size_t place(const struct tg_patches_shape *s, size_t filter,
                    bool negative, size_t cell)
{
    size_t cells = s->grid * s->grid, first = filter / 16 * 16;
    size_t width = s->filters - first < 16 ? s->filters - first : 16;

    return first * 2 * cells + (negative * cells + cell) * width + filter -
           first;
}

/* What the patch at a position adds. */
static void add_position(const struct tg_patches *p, const uint8_t *x,
                         bool mirror, size_t column, size_t row, int64_t *sums)
{
    const struct tg_patches_shape *s = &p->shape;
    size_t size = s->size, m = tg_patches_values(s);
    size_t cell = row * s->grid / tg_patches_rows(s) * s->grid +
                  column * s->grid / tg_patches_columns(s);
    int64_t *patch = malloc(m * sizeof *patch), whitened[DIMS_MAX];

    if (patch == NULL)
        abort();

    for (size_t i = 0; i < m; i++)
        patch[i] = value(s, x, mirror, column + i % size, row + i / size % size,
                         i / (size * size));
    whiten(p, patch, whitened);
    for (size_t f = 0; f < s->filters; f++) {
        int64_t z = 0, t = p->threshold[f];

        for (size_t i = 0; i < s->dims; i++)
            z += p->filters[f * s->dims + i] * whitened[i];
        if (z > t)
            sums[place(s, f, false, cell)] += z - t;
        if (-z > t)
            sums[place(s, f, true, cell)] += -z - t;
    }
    free(patch);
}

void tg_sums_by_definition(const struct tg_patches *p, const uint8_t *x,
                           int64_t *sums)
{
    memset(sums, 0, tg_patches_width(&p->shape) * sizeof *sums);
    for (int mirror = 0; mirror <= p->shape.mirror; mirror++)
        for (size_t row = 0; row < tg_patches_rows(&p->shape); row++)
            for (size_t c = 0; c < tg_patches_columns(&p->shape); c++)
                add_position(p, x, mirror, c, row, sums);
}
