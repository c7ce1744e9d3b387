#include "patches_f32.h"

#include <math.h>
#include <string.h>

#include "patches_f32_internal.h"

enum { GROUP = TG_PATCHES_GROUP };

/* Taken off every grey level, so that sums are small: what a whitener makes of
 * a patch is the same without it, for its sum is 0. */
#define MIDDLE 128.0f

/* ---- Variants --------------------------------------------------------- */

enum level { LEVEL_GENERIC, LEVEL_AVX2, LEVEL_AVX512 };

static enum level processor_level(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f"))
        return LEVEL_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return LEVEL_AVX2;
#endif
    return LEVEL_GENERIC;
}

const struct tg_patches_f32_variant *tg_patches_f32_variant(size_t index)
{
    static const struct tg_patches_f32_variant variants[] = {
        [LEVEL_GENERIC] = {"generic", false, tg_patches_f32_whiten_generic,
                           tg_patches_f32_pool_generic},
#if defined(__x86_64__)
        [LEVEL_AVX2] = {"avx2", true, tg_patches_f32_whiten_avx2,
                        tg_patches_f32_pool_avx2},
        [LEVEL_AVX512] = {"avx512", true, tg_patches_f32_whiten_avx512,
                          tg_patches_f32_pool_avx512},
#endif
    };
    size_t best = processor_level();

    return index <= best ? &variants[best - index] : NULL;
}

/* ---- What a map has learnt -------------------------------------------- */

/* Where everything is. Value: bytes. */
static size_t lay_out(char *block, struct tg_patches_f32 *p)
{
    const struct tg_patches_shape *shape = &p->shape;
    size_t m = tg_patches_values(shape), d = shape->dims, k = shape->filters;
    size_t dims = tg_patches_whole(d), filters = tg_patches_whole(k);
    size_t at = 0;

    p->softness = tg_patches_take(block, &at, 1, sizeof *p->softness);
    p->threshold = tg_patches_take(block, &at, 1, sizeof *p->threshold);
    p->whitener = tg_patches_take(block, &at, d * m, sizeof *p->whitener);
    p->bias = tg_patches_take(block, &at, d, sizeof *p->bias);
    p->filters = tg_patches_take(block, &at, k * d, sizeof *p->filters);
    p->weights = tg_patches_take(block, &at, dims * m, sizeof *p->weights);
    p->panels = tg_patches_take(block, &at, filters * dims, sizeof *p->panels);
    p->biases = tg_patches_take(block, &at, dims, sizeof *p->biases);
    return at;
}

size_t tg_patches_f32_bytes(const struct tg_patches_shape *shape)
{
    struct tg_patches_f32 patches = {.shape = *shape};

    return lay_out(NULL, &patches);
}

void tg_patches_f32_view(const struct tg_patches_shape *shape, void *block,
                         struct tg_patches_f32 *patches)
{
    patches->shape = *shape;
    lay_out(block, patches);
}

/* A vector in the lanes of one of a group: `values` apart from the next. */
static void pack_lane(size_t which, size_t values, float *packed, size_t at,
                      float value)
{
    packed[which / GROUP * GROUP * values + at * GROUP + which % GROUP] = value;
}

void tg_patches_f32_pack(struct tg_patches_f32 *p)
{
    const struct tg_patches_shape *shape = &p->shape;
    size_t m = tg_patches_values(shape), d = shape->dims, k = shape->filters;
    size_t dims = tg_patches_whole(d), area = shape->size * shape->size;

    memset(p->weights, 0, dims * m * sizeof *p->weights);
    memset(p->panels, 0, tg_patches_whole(k) * dims * sizeof *p->panels);
    memset(p->biases, 0, dims * sizeof *p->biases);
    memcpy(p->biases, p->bias, d * sizeof *p->biases);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < m; j++)
            pack_lane(i, m, p->weights, j % area * shape->channels + j / area,
                      p->whitener[i * m + j]);
    for (size_t f = 0; f < k; f++)
        for (size_t i = 0; i < d; i++)
            pack_lane(f, dims, p->panels, i, p->filters[f * d + i]);
}

/* ---- Scratch ---------------------------------------------------------- */

/* What a picture is worked on in. */
struct scratch {
    float *image;    /* [rows][columns][channels], MIDDLE less */
    size_t line;     /* distance of two rows */
    float *sum;      /* [line] of a patch's columns, and then [columns] */
    float *square;   /* of their squares */
    float *contrast; /* [columns] 1 / sqrt(variance + softness) */
    size_t *place;   /* [columns] of a row's patches in `whitened` */
    float *whitened; /* [positions, a cell's together][D] */
    float *sums;     /* [groups of K][2][cells][16] */
};

static size_t lay_scratch(const struct tg_patches_shape *shape, void *scratch,
                          struct scratch *to)
{
    size_t columns = tg_patches_columns(shape), rows = tg_patches_rows(shape);
    size_t dims = tg_patches_whole(shape->dims), at = 0;
    size_t sums = 2 * shape->grid * shape->grid;

    to->line = (columns + shape->size - 1) * shape->channels;
    to->image =
        tg_patches_take(scratch, &at, to->line * (rows + shape->size - 1),
                        sizeof *to->image);
    to->sum = tg_patches_take(scratch, &at, to->line, sizeof *to->sum);
    to->square = tg_patches_take(scratch, &at, to->line, sizeof *to->square);
    to->contrast = tg_patches_take(scratch, &at, columns, sizeof *to->contrast);
    to->place = tg_patches_take(scratch, &at, columns, sizeof *to->place);
    to->whitened = tg_patches_take(scratch, &at, columns * rows * dims,
                                   sizeof *to->whitened);
    to->sums =
        tg_patches_take(scratch, &at, sums * tg_patches_whole(shape->filters),
                        sizeof *to->sums);
    return at;
}

size_t tg_patches_f32_scratch(const struct tg_patches_shape *shape)
{
    struct scratch scratch;

    return lay_scratch(shape, NULL, &scratch);
}

/* ---- A picture -------------------------------------------------------- */

/* A row of a channel of the picture, its mirror image or the half of either:
 * sums in an order in which a picture's mirror image has the same. */
static void expand_row(const struct tg_patches_shape *shape, bool mirror,
                       const float *x, float *restrict to)
{
    size_t w = shape->width, step = shape->halve ? 2 : 1;

    for (size_t i = 0; i + step <= w; i += step, to += shape->channels) {
        const float *at = x + (mirror ? w - step - i : i);

        *to = shape->halve
                  ? ((at[0] + at[1]) + (at[w] + at[w + 1])) / 4 - MIDDLE
                  : at[0] - MIDDLE;
    }
}

static void expand(const struct tg_patches_shape *shape, bool mirror,
                   const float *x, struct scratch *to)
{
    size_t rows = tg_patches_rows(shape) + shape->size - 1;
    size_t step = shape->halve ? 2 : 1;

    for (size_t row = 0; row < rows; row++)
        for (size_t c = 0; c < shape->channels; c++)
            expand_row(shape, mirror,
                       x + (c * shape->height + row * step) * shape->width,
                       to->image + row * to->line + c);
}

/* Sums of the columns of a row's patches. */
TG_CLONES static void add_rows(size_t size, size_t line, const float *x,
                               float *restrict sum, float *restrict square)
{
    memset(sum, 0, line * sizeof *sum);
    memset(square, 0, line * sizeof *square);
    for (size_t row = 0; row < size; row++, x += line)
        for (size_t i = 0; i < line; i++) {
            sum[i] += x[i];
            square[i] += x[i] * x[i];
        }
}

/* 1 / sqrt(variance + softness) of a row's patches. */
static void contrasts(const struct tg_patches_shape *shape, float softness,
                      const float *x, struct scratch *to)
{
    size_t columns = tg_patches_columns(shape);
    size_t run = shape->size * shape->channels;
    double m = (double)tg_patches_values(shape);

    add_rows(shape->size, to->line, x, to->sum, to->square);
    for (size_t p = 0; p < columns; p++) {
        const float *sum = to->sum + p * shape->channels;
        const float *square = to->square + p * shape->channels;
        double s = 0, q = 0;

        for (size_t i = 0; i < run; i++) {
            s += (double)sum[i];
            q += (double)square[i];
        }
        to->contrast[p] =
            1 / sqrtf((float)((m * q - s * s) / (m * m)) + softness);
    }
}

/* All patches of a picture, a cell's together. */
static void whiten(const struct tg_patches_f32_variant *variant,
                   const struct tg_patches_f32 *patches, struct scratch *to)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t columns = tg_patches_columns(shape), rows = tg_patches_rows(shape);
    size_t g = shape->grid;

    for (size_t row = 0; row < rows; row++) {
        const float *x = to->image + row * to->line;

        contrasts(shape, *patches->softness, x, to);
        for (size_t p = 0; p < columns; p++)
            to->place[p] = tg_patches_place(p, row, columns, rows, g);
        variant->whiten(patches, x, to->line, to->contrast, to->place,
                        to->whitened);
    }
}

/* Add a view's means to the features. */
static void pool(const struct tg_patches_f32_variant *variant,
                 const struct tg_patches_f32 *patches, struct scratch *to,
                 float *features)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t columns = tg_patches_columns(shape), rows = tg_patches_rows(shape);
    size_t g = shape->grid, cells = 2 * g * g, at = 0;

    memset(to->sums, 0,
           cells * tg_patches_whole(shape->filters) * sizeof *to->sums);
    for (size_t cell = 0; cell < g * g; cell++) {
        size_t n = tg_patches_cell_size(cell, columns, rows, g);

        variant->pool(patches, n,
                      to->whitened + at * tg_patches_whole(shape->dims),
                      to->sums + cell * GROUP);
        at += n;
    }
    for (size_t f = 0; f < shape->filters; f += GROUP)
        for (size_t c = 0; c < cells; c++) {
            size_t n = tg_patches_cell_size(c % (g * g), columns, rows, g);
            const float *from = to->sums + f * cells + c * GROUP;

            for (size_t i = f; i < f + GROUP && i < shape->filters; i++)
                *features++ += *from++ / (float)(n > 0 ? n : 1);
        }
}

/* ---- Features --------------------------------------------------------- */

void tg_patches_f32_by(const struct tg_patches_f32_variant *variant,
                       const struct tg_patches_f32 *patches, size_t n,
                       const float *x, size_t ldx, float *features, size_t ldf,
                       void *scratch)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t width = tg_patches_width(shape);
    struct scratch in;

    lay_scratch(shape, scratch, &in);
    for (size_t s = 0; s < n; s++) {
        memset(features + s * ldf, 0, width * sizeof *features);
        for (int mirror = 0; mirror <= shape->mirror; mirror++) {
            expand(shape, mirror, x + s * ldx, &in);
            whiten(variant, patches, &in);
            pool(variant, patches, &in, features + s * ldf);
        }
    }
}

void tg_patches_f32(const struct tg_patches_f32 *patches, size_t n,
                    const float *x, size_t ldx, float *features, size_t ldf,
                    void *scratch)
{
    tg_patches_f32_by(tg_patches_f32_variant(0), patches, n, x, ldx, features,
                      ldf, scratch);
}
