#include "patches.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "processor.h"
#include "patches_internal.h"

enum { GROUP = TG_PATCHES_GROUP, AT_MOST = 4 /* groups in a kernel */ };

/* What a float of at most 2^22 is rounded to the nearest integer by, halves to
 * even, as lrintf does; but this is two additions of a register. */
#define ROUNDER 0x1.8p23f

/* ---- Whitened patches ------------------------------------------------- */

static inline int32_t nearest(float value, float limit)
{
    float low = value < limit ? value : limit;

    return (int32_t)((low > -limit ? low : -limit) + ROUNDER - ROUNDER);
}

/* A whitened patch in 8 bits, plus 128. */
static inline void to_bytes(size_t dims, const int32_t *projected,
                            float contrast, const float *gains,
                            const float *biases, uint8_t *restrict whitened)
{
    for (size_t i = 0; i < dims; i++)
        whitened[i] =
            (uint8_t)(nearest((float)projected[i] * contrast * gains[i] -
                                  biases[i],
                              127) +
                      128);
}

/* The same, of unit length; `projected` is overwritten. */
static inline void to_unit(size_t dims, int32_t *projected, float contrast,
                           const float *gains, const float *biases,
                           float length, uint8_t *restrict whitened)
{
    const float limit = 8 * TG_PATCHES_UNIT - 1, one = TG_PATCHES_UNIT;
    int32_t square = 0;

    for (size_t i = 0; i < dims; i++) {
        projected[i] =
            nearest((float)projected[i] * contrast * gains[i] - biases[i],
                    limit);
        square += projected[i] * projected[i];
    }
    length /= sqrtf((float)square + 0.1f * one * one);
    for (size_t i = 0; i < dims; i++)
        whitened[i] =
            (uint8_t)(nearest((float)projected[i] * length, 127) + 128);
}

/* Of processors that have no kernel of their own for it. */
TG_CLONES static void whiten_run(const struct tg_patches *patches, size_t n,
                                 int32_t *projected, const float *contrast,
                                 uint8_t *whitened)
{
    size_t dims = tg_patches_whole(patches->shape.dims);

    for (size_t p = 0; p < n; p++, projected += dims, whitened += dims)
        if (patches->shape.unit)
            to_unit(dims, projected, contrast[p], patches->gains,
                    patches->biases, *patches->length, whitened);
        else
            to_bytes(dims, projected, contrast[p], patches->gains,
                     patches->biases, whitened);
}

/* ---- Variants --------------------------------------------------------- */

const struct tg_patches_variant *tg_patches_variant(size_t index)
{
    static const struct tg_patches_variant variants[] = {
        [TG_LEVEL_GENERIC] = {"generic", tg_patches_project_generic, whiten_run,
                              tg_patches_pool_generic},
#if defined(__x86_64__)
        [TG_LEVEL_AVX2] = {"avx2", tg_patches_project_avx2, whiten_run,
                           tg_patches_pool_avx2},
        [TG_LEVEL_AVX512] = {"avx512-vnni", tg_patches_project_avx512,
                             tg_patches_whiten_avx512, tg_patches_pool_avx512},
        [TG_LEVEL_AMX] = {"amx-int8", tg_patches_project_amx,
                          tg_patches_whiten_avx512, tg_patches_pool_amx},
#endif
    };
    size_t best = tg_processor_level();

    return index <= best ? &variants[best - index] : NULL;
}

/* ---- A picture -------------------------------------------------------- */

/* A row of the picture, its mirror image or the half of either. */
TG_CLONES static void expand_row(size_t width, bool halve, bool mirror,
                                 const uint8_t *x, uint8_t *restrict to)
{
    if (!halve && !mirror)
        memcpy(to, x, width);
    else if (!halve)
        for (size_t i = 0; i < width; i++)
            to[i] = x[width - 1 - i];
    else
        for (size_t i = 0; i + 1 < width; i += 2) {
            const uint8_t *at = x + (mirror ? width - 2 - i : i);

            to[i / 2] =
                (uint8_t)((at[0] + at[1] + at[width] + at[width + 1] + 2) / 4);
        }
}

static void expand(const struct tg_patches_shape *shape, bool mirror,
                   const uint8_t *x, struct tg_patches_scratch *to)
{
    size_t rows = to->plane / to->line;
    size_t step = shape->halve ? 2 : 1;

    for (size_t c = 0; c < shape->channels; c++)
        for (size_t row = 0; row < rows; row++)
            expand_row(shape->width, shape->halve, mirror,
                       x + (c * shape->height + step * row) * shape->width,
                       to->image + c * to->plane + row * to->line);
}

/* Add `times` (1, or -1 in 32 bits) values to sums, and their squares. */
TG_CLONES static void add_row(size_t n, const uint8_t *x, uint32_t times,
                              uint32_t *restrict sum, uint32_t *restrict square)
{
    for (size_t p = 0; p < n; p++) {
        uint32_t v = x[p];

        sum[p] += times * v;
        square[p] += times * v * v;
    }
}

/* Sums of the columns of a row's patches: those of the row before, but for
 * what they don't share. */
static void add_columns(const struct tg_patches_shape *shape, size_t row,
                        struct tg_patches_scratch *to)
{
    size_t first = row ? row + shape->size - 1 : 0, last = row + shape->size;

    if (row == 0) {
        memset(to->column_sum, 0, to->line * sizeof *to->column_sum);
        memset(to->column_square, 0, to->line * sizeof *to->column_square);
    }
    for (size_t c = 0; c < shape->channels; c++) {
        const uint8_t *x = to->image + c * to->plane;

        for (size_t i = first; i < last; i++)
            add_row(to->line, x + i * to->line, 1, to->column_sum,
                    to->column_square);
        if (row > 0)
            add_row(to->line, x + (row - 1) * to->line, UINT32_MAX,
                    to->column_sum, to->column_square);
    }
}

/* Sums of `size` neighbours. */
TG_CLONES static void add_neighbours(size_t n, size_t size, const uint32_t *x,
                                     uint32_t *restrict sum)
{
    memset(sum, 0, n * sizeof *sum);
    for (size_t j = 0; j < size; j++)
        for (size_t p = 0; p < n; p++)
            sum[p] += x[p + j];
}

/* 1 / sqrt(variance + softness) of patches of m values. */
TG_CLONES static void to_contrast(size_t n, double m, float softness,
                                  const uint32_t *sum, const uint32_t *square,
                                  float *restrict contrast)
{
    for (size_t p = 0; p < n; p++) {
        double s = sum[p], q = square[p];

        contrast[p] = 1 / sqrtf((float)((m * q - s * s) / (m * m)) + softness);
    }
}

/* Of the patches of a row of positions. */
static void contrasts(const struct tg_patches *patches, size_t row,
                      struct tg_patches_scratch *to)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t columns = tg_patches_columns(shape), size = shape->size;

    add_columns(shape, row, to);
    add_neighbours(columns, size, to->column_sum, to->sum);
    add_neighbours(columns, size, to->column_square, to->square);
    to_contrast(columns, (double)tg_patches_values(shape), *patches->softness,
                to->sum, to->square, to->contrast);
}

/* All patches of a picture, a cell's together. */
static void whiten(const struct tg_patches_variant *variant,
                   const struct tg_patches *patches,
                   struct tg_patches_scratch *to)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t g = shape->grid, dims = tg_patches_whole(shape->dims);
    size_t columns = tg_patches_columns(shape), rows = tg_patches_rows(shape);

    for (size_t row = 0; row < rows; row++) {
        size_t y = row * g / rows, above = tg_patches_cell(y, rows, g);
        size_t height = tg_patches_cell(y + 1, rows, g) - above;
        size_t left = 0, right;

        variant->project(patches, row, to);
        contrasts(patches, row, to);
        for (size_t c = 0; c < g; c++, left = right) {
            right = tg_patches_cell(c + 1, columns, g);

            size_t width = right - left;
            size_t at = above * columns + height * left + (row - above) * width;

            variant->whiten(patches, width, to->projected + left * dims,
                            to->contrast + left, to->whitened + at * dims);
        }
    }
}

/* Add a view's pooled sums. */
static void pool(const struct tg_patches_variant *variant,
                 const struct tg_patches *patches,
                 struct tg_patches_scratch *to)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t g = shape->grid, dims = tg_patches_whole(shape->dims);
    size_t groups = tg_patches_whole(shape->filters) / GROUP;
    size_t columns = tg_patches_columns(shape), rows = tg_patches_rows(shape);
    size_t step = 2 * tg_patches_half(shape), at = 0, n;

    for (size_t cell = 0; cell < g * g; cell++, at += n) {
        n = tg_patches_cell_size(cell, columns, rows, g);
        for (size_t first = 0; first < groups; first += AT_MOST) {
            size_t some = groups - first < AT_MOST ? groups - first : AT_MOST;

            variant->pool(patches, first, some, n, to->whitened + at * dims,
                          to->sums + first * step + cell * GROUP);
        }
    }
}

/* Pooled sums of a picture and, with mirror, of its mirror image. */
static void map(const struct tg_patches_variant *variant,
                const struct tg_patches *patches, const uint8_t *x,
                struct tg_patches_scratch *to)
{
    const struct tg_patches_shape *shape = &patches->shape;

    memset(to->sums, 0,
           2 * shape->grid * shape->grid * tg_patches_whole(shape->filters) *
               sizeof *to->sums);
    for (int mirror = 0; mirror <= shape->mirror; mirror++) {
        expand(shape, mirror, x, to);
        whiten(variant, patches, to);
        pool(variant, patches, to);
    }
}

/* ---- Features --------------------------------------------------------- */

static inline size_t quantise_by(bool compand, size_t n, size_t width,
                                 const uint32_t *sums, const float *quantum,
                                 uint8_t *restrict features)
{
    uint32_t above = 0;

    for (size_t i = 0; i < n; i++, sums += GROUP)
        for (size_t f = 0; f < width; f++) {
            float v = (float)sums[f] * *quantum++;

            v = compand ? sqrtf(v) : v;
            above += v >= 255.5f;
            *features++ =
                (uint8_t)(int)((v < 255 ? v : 255) + ROUNDER - ROUNDER);
        }
    return above;
}

/* Features of sums that lie in groups of 16, of which `width` are meant.
 * Value: how many are too large. */
TG_CLONES static size_t quantise(bool compand, size_t n, size_t width,
                                 const uint32_t *sums, const float *quantum,
                                 uint8_t *restrict features)
{
    return compand ? quantise_by(true, n, width, sums, quantum, features)
                   : quantise_by(false, n, width, sums, quantum, features);
}

size_t tg_patches_u8_by(const struct tg_patches_variant *variant,
                        const struct tg_patches *patches, size_t n,
                        const uint8_t *x, size_t ldx, uint8_t *features,
                        size_t ldf, void *scratch)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t cells = 2 * shape->grid * shape->grid, above = 0;
    size_t whole = shape->filters / GROUP * cells;
    struct tg_patches_scratch in;

    tg_patches_lay_scratch(shape, scratch, &in);
    for (size_t s = 0; s < n; s++) {
        uint8_t *to = features + s * ldf;

        map(variant, patches, x + s * ldx, &in);
        above += quantise(shape->compand, 1, whole * GROUP, in.sums,
                          patches->quantum, to);
        above += quantise(shape->compand, cells, shape->filters % GROUP,
                          in.sums + whole * GROUP,
                          patches->quantum + whole * GROUP, to + whole * GROUP);
    }
    return above;
}

size_t tg_patches_u8(const struct tg_patches *patches, size_t n,
                     const uint8_t *x, size_t ldx, uint8_t *features,
                     size_t ldf, void *scratch)
{
    return tg_patches_u8_by(tg_patches_variant(0), patches, n, x, ldx, features,
                            ldf, scratch);
}

void tg_patches_sums(const struct tg_patches *patches, size_t n,
                     const uint8_t *x, size_t ldx, uint32_t *sums, size_t lds,
                     void *scratch)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t cells = 2 * shape->grid * shape->grid;
    struct tg_patches_scratch in;

    tg_patches_lay_scratch(shape, scratch, &in);
    for (size_t s = 0; s < n; s++) {
        uint32_t *to = sums + s * lds;

        map(tg_patches_variant(0), patches, x + s * ldx, &in);
        for (size_t f = 0; f < shape->filters; f += GROUP) {
            size_t left = shape->filters - f;
            size_t width = left < GROUP ? left : GROUP;

            for (size_t c = 0; c < cells; c++, to += width)
                memcpy(to, in.sums + f * cells + c * GROUP, width * sizeof *to);
        }
    }
}
