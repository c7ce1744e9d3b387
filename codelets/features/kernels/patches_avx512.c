#include "patches_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define INLINE static inline __attribute__((always_inline))

enum { GROUP = TG_PATCHES_GROUP, AT_ONCE = 6, LINE = 4 * GROUP };

AVX512 INLINE __m512i broadcast(const void *from)
{
    int32_t four;

    memcpy(&four, from, sizeof four);
    return _mm512_set1_epi32(four);
}

/* ---- Whitening -------------------------------------------------------- */

/* `count` positions by `groups` registers of dimensions. */
AVX512 INLINE void project_some(size_t count, size_t groups, size_t rows,
                                size_t size, size_t dims, const int16_t *x,
                                size_t length, const int16_t *pairs, int32_t *y)
{
    __m512i sum[AT_ONCE][4];

    TG_UNROLL()
    for (size_t p = 0; p < count; p++)
        TG_UNROLL()
    for (size_t g = 0; g < groups; g++)
        sum[p][g] = _mm512_setzero_si512();
    for (size_t row = 0; row < rows; row++, x += length)
        for (size_t j = 0; j < size; j += 2, pairs += 2 * dims) {
            __m512i a[4];

            TG_UNROLL()
            for (size_t g = 0; g < groups; g++)
                a[g] = _mm512_loadu_si512(pairs + g * 2 * GROUP);
            TG_UNROLL()
            for (size_t p = 0; p < count; p++) {
                __m512i b = broadcast(x + p + j);

                TG_UNROLL()
                for (size_t g = 0; g < groups; g++)
                    sum[p][g] = _mm512_dpwssd_epi32(sum[p][g], a[g], b);
            }
        }
    TG_UNROLL()
    for (size_t p = 0; p < count; p++)
        TG_UNROLL()
    for (size_t g = 0; g < groups; g++)
        _mm512_storeu_si512(y + p * dims + g * GROUP, sum[p][g]);
}

/* The last positions are a step's too: what they share with others comes out
 * the same. */
AVX512 INLINE void project_row(size_t columns, size_t groups, size_t rows,
                               size_t size, size_t dims, const int16_t *x,
                               const int16_t *pairs, int32_t *y)
{
    size_t length = columns + size, p = 0;

    if (columns < AT_ONCE)
        for (; p < columns; p++)
            project_some(1, groups, rows, size, dims, x + p, length, pairs,
                         y + p * dims);
    while (p < columns) {
        if (p + AT_ONCE > columns)
            p = columns - AT_ONCE;
        project_some(AT_ONCE, groups, rows, size, dims, x + p, length, pairs,
                     y + p * dims);
        p += AT_ONCE;
    }
}

AVX512 void tg_patches_project_avx512(const struct tg_patches *patches,
                                      size_t row,
                                      struct tg_patches_scratch *scratch)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t columns = tg_patches_columns(shape), size = shape->size;
    size_t dims = tg_patches_whole(shape->dims);
    size_t rows = shape->channels * size, g = 0;

    tg_patches_widen(shape, row, scratch);
    for (; g + 4 <= dims / GROUP; g += 4)
        project_row(columns, 4, rows, size, dims, scratch->wide,
                    patches->pairs + g * 2 * GROUP,
                    scratch->projected + g * GROUP);
    for (; g < dims / GROUP; g++)
        project_row(columns, 1, rows, size, dims, scratch->wide,
                    patches->pairs + g * 2 * GROUP,
                    scratch->projected + g * GROUP);
}

/* ---- Filters ---------------------------------------------------------- */

/* Where z is above `upper`, or below `lower`, for some groups of filters. */
struct limits {
    __m512i upper[4], lower[4];
};

/* Sums of max(z, upper), and of -min(z, lower). */
AVX512 INLINE void pool_some(size_t count, size_t groups, size_t dims,
                             const uint8_t *whitened, const int8_t *quads,
                             const struct limits *limits, __m512i *above,
                             __m512i *below)
{
    __m512i z[AT_ONCE][4];

    TG_UNROLL()
    for (size_t p = 0; p < count; p++)
        TG_UNROLL()
    for (size_t g = 0; g < groups; g++)
        z[p][g] = _mm512_setzero_si512();
    for (size_t q = 0; q < dims / 4; q++, quads += LINE) {
        __m512i w[4];

        TG_UNROLL()
        for (size_t g = 0; g < groups; g++)
            w[g] = _mm512_loadu_si512(quads + g * GROUP * dims);
        TG_UNROLL()
        for (size_t p = 0; p < count; p++) {
            __m512i x = broadcast(whitened + p * dims + 4 * q);

            TG_UNROLL()
            for (size_t g = 0; g < groups; g++)
                z[p][g] = _mm512_dpbusd_epi32(z[p][g], x, w[g]);
        }
    }
    TG_UNROLL()
    for (size_t p = 0; p < count; p++)
        TG_UNROLL()
    for (size_t g = 0; g < groups; g++) {
        __m512i up = _mm512_max_epi32(z[p][g], limits->upper[g]);
        __m512i down = _mm512_min_epi32(z[p][g], limits->lower[g]);

        above[g] = _mm512_add_epi32(above[g], up);
        below[g] = _mm512_sub_epi32(below[g], down);
    }
}

/* What the limits add to all positions is taken off first: sums are modulo
 * 2^32, in which the last one fits. */
AVX512 INLINE void pool_groups(size_t n, size_t groups, size_t dims,
                               const uint8_t *whitened, const int8_t *quads,
                               const int32_t *upper, const int32_t *lower,
                               uint32_t *sums, size_t half)
{
    const __m512i times = _mm512_set1_epi32((int32_t)n);
    __m512i above[4], below[4];
    struct limits limits;
    size_t p = 0;

    TG_UNROLL()
    for (size_t g = 0; g < groups; g++) {
        __m512i up = _mm512_loadu_si512(upper + g * GROUP);
        __m512i low = _mm512_loadu_si512(lower + g * GROUP);

        above[g] = _mm512_loadu_si512(sums + g * 2 * half);
        below[g] = _mm512_loadu_si512(sums + g * 2 * half + half);
        above[g] = _mm512_sub_epi32(above[g], _mm512_mullo_epi32(times, up));
        below[g] = _mm512_add_epi32(below[g], _mm512_mullo_epi32(times, low));
        limits.upper[g] = up;
        limits.lower[g] = low;
    }
    for (; p + AT_ONCE <= n; p += AT_ONCE)
        pool_some(AT_ONCE, groups, dims, whitened + p * dims, quads, &limits,
                  above, below);
    for (; p + 3 <= n; p += 3)
        pool_some(3, groups, dims, whitened + p * dims, quads, &limits, above,
                  below);
    for (; p < n; p++)
        pool_some(1, groups, dims, whitened + p * dims, quads, &limits, above,
                  below);
    TG_UNROLL()
    for (size_t g = 0; g < groups; g++) {
        _mm512_storeu_si512(sums + g * 2 * half, above[g]);
        _mm512_storeu_si512(sums + g * 2 * half + half, below[g]);
    }
}

AVX512 void tg_patches_pool_avx512(const struct tg_patches *patches,
                                   size_t first, size_t groups, size_t n,
                                   const uint8_t *whitened, uint32_t *sums)
{
    size_t dims = tg_patches_whole(patches->shape.dims);
    size_t half = tg_patches_half(&patches->shape);
    const int8_t *quads = patches->quads + first * GROUP * dims;
    const int32_t *upper = patches->upper + first * GROUP;
    const int32_t *lower = patches->lower + first * GROUP;

    if (groups == 4)
        pool_groups(n, 4, dims, whitened, quads, upper, lower, sums, half);
    else
        for (size_t g = 0; g < groups; g++)
            pool_groups(n, 1, dims, whitened, quads + g * GROUP * dims,
                        upper + g * GROUP, lower + g * GROUP,
                        sums + g * 2 * half, half);
}

#endif
