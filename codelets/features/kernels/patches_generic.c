/* Plain C, in the shapes of which compilers make instructions that multiply
 * pairs and add. */
#include <string.h>

#include "patches_internal.h"

enum { GROUP = TG_PATCHES_GROUP, BY = 4, CHUNK = 256 };

/* A row of weights times four patches: each load of it serves four products. */
static void dot_by_4(size_t n, const int16_t *restrict w,
                     int16_t x[restrict BY][CHUNK], int32_t sums[BY])
{
    int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;

    for (size_t i = 0; i < n; i++) {
        s0 += w[i] * x[0][i];
        s1 += w[i] * x[1][i];
        s2 += w[i] * x[2][i];
        s3 += w[i] * x[3][i];
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
}

/* ---- Whitening -------------------------------------------------------- */

/* Values [from, from + n) of a patch. */
static void gather(const struct tg_patches_shape *shape, size_t from, size_t n,
                   const uint8_t *x, size_t line, size_t plane, int16_t *to)
{
    size_t size = shape->size;

    for (size_t i = from; i < from + n; i++)
        *to++ =
            x[i / (size * size) * plane + i / size % size * line + i % size];
}

/* Modulo 2^32: the last sum fits. */
static void add(int32_t *sum, int32_t value)
{
    *sum = (int32_t)((uint32_t)*sum + (uint32_t)value);
}

/* Of at most four positions. */
static void project_some(const struct tg_patches *patches, size_t count,
                         const uint8_t *x, size_t line, size_t plane,
                         int32_t *y)
{
    size_t m = tg_patches_values(&patches->shape);
    size_t dims = tg_patches_whole(patches->shape.dims);
    int16_t patch[BY][CHUNK] = {0};

    memset(y, 0, count * dims * sizeof *y);
    for (size_t from = 0; from < m; from += CHUNK) {
        size_t n = m - from < CHUNK ? m - from : CHUNK;

        for (size_t p = 0; p < count; p++)
            gather(&patches->shape, from, n, x + p, line, plane, patch[p]);
        for (size_t i = 0; i < patches->shape.dims; i++) {
            int32_t sums[BY];

            dot_by_4(n, patches->whitener + i * m + from, patch, sums);
            for (size_t p = 0; p < count; p++)
                add(&y[p * dims + i], sums[p]);
        }
    }
}

void tg_patches_project_generic(const struct tg_patches *patches, size_t row,
                                struct tg_patches_scratch *scratch)
{
    const uint8_t *x = scratch->image + row * scratch->line;
    size_t columns = tg_patches_columns(&patches->shape);
    size_t dims = tg_patches_whole(patches->shape.dims);

    for (size_t p = 0; p < columns; p += BY)
        project_some(patches, columns - p < BY ? columns - p : BY, x + p,
                     scratch->line, scratch->plane,
                     scratch->projected + p * dims);
}

/* ---- Filters ---------------------------------------------------------- */

/* A group's filters times at most four patches, for `n` dimensions. */
static void multiply(size_t n, int16_t w[GROUP][CHUNK],
                     int16_t x[restrict BY][CHUNK], int32_t z[BY][GROUP])
{
    for (size_t f = 0; f < GROUP; f++) {
        int32_t sums[BY];

        dot_by_4(n, w[f], x, sums);
        for (size_t p = 0; p < BY; p++)
            z[p][f] += sums[p];
    }
}

static void unpack(size_t n, const int8_t *quads, int16_t w[GROUP][CHUNK])
{
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < GROUP; f++)
            w[f][i] = quads[i / 4 * 4 * GROUP + f * 4 + i % 4];
}

static void rectify(size_t count, int32_t z[restrict BY][GROUP],
                    const int32_t *upper, const int32_t *lower,
                    uint32_t *restrict above, uint32_t *restrict below)
{
    for (size_t p = 0; p < count; p++)
        for (size_t f = 0; f < GROUP; f++) {
            above[f] += (uint32_t)(z[p][f] > upper[f] ? z[p][f] - upper[f] : 0);
            below[f] += (uint32_t)(z[p][f] < lower[f] ? lower[f] - z[p][f] : 0);
        }
}

static void pool_group(size_t dims, size_t n, const uint8_t *whitened,
                       const int8_t *quads, const int32_t *upper,
                       const int32_t *lower, uint32_t *above, uint32_t *below)
{
    int16_t w[GROUP][CHUNK], x[BY][CHUNK] = {0};

    if (dims <= CHUNK)
        unpack(dims, quads, w);
    for (size_t p = 0; p < n; p += BY) {
        size_t count = n - p < BY ? n - p : BY;
        int32_t z[BY][GROUP] = {0};

        for (size_t from = 0; from < dims; from += CHUNK) {
            size_t some = dims - from < CHUNK ? dims - from : CHUNK;

            if (dims > CHUNK)
                unpack(some, quads + from * GROUP, w);
            for (size_t j = 0; j < count; j++)
                for (size_t i = 0; i < some; i++)
                    x[j][i] = whitened[(p + j) * dims + from + i];
            multiply(some, w, x, z);
        }
        rectify(count, z, upper, lower, above, below);
    }
}

void tg_patches_pool_generic(const struct tg_patches *patches, size_t first,
                             size_t groups, size_t n, const uint8_t *whitened,
                             uint32_t *sums)
{
    size_t dims = tg_patches_whole(patches->shape.dims);
    size_t half = tg_patches_half(&patches->shape);

    for (size_t g = first; g < first + groups; g++, sums += 2 * half)
        pool_group(dims, n, whitened, patches->quads + g * GROUP * dims,
                   patches->upper + g * GROUP, patches->lower + g * GROUP, sums,
                   sums + half);
}
