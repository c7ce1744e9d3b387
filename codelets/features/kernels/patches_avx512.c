#include "patches_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define INLINE static inline __attribute__((always_inline))

/* Before a loop of constant length over registers: unroll it whole. */
#if defined(__clang__)
#define UNROLL() _Pragma("clang loop unroll(full)")
#else
#define UNROLL() _Pragma("GCC unroll 16")
#endif

enum { GROUP = TG_PATCHES_GROUP, AT_ONCE = 6 };

/* ---- Whitening -------------------------------------------------------- */

/* `count` positions by `groups` registers of dimensions. */
AVX512 INLINE void project_some(size_t count, size_t groups, size_t channels,
                                size_t size, size_t dims, const int16_t *x,
                                size_t line, size_t plane, const int16_t *pairs,
                                int32_t *y)
{
    __m512i sum[AT_ONCE][4];

    UNROLL()
    for (size_t p = 0; p < count; p++)
        UNROLL()
    for (size_t g = 0; g < groups; g++)
        sum[p][g] = _mm512_setzero_si512();
    for (size_t row = 0; row < channels * size; row++) {
        const int16_t *from = x + row / size * plane + row % size * line;

        for (size_t j = 0; j < size; j += 2, pairs += 2 * dims) {
            __m512i a[4];

            UNROLL()
            for (size_t g = 0; g < groups; g++)
                a[g] = _mm512_loadu_si512(pairs + g * 2 * GROUP);
            UNROLL()
            for (size_t p = 0; p < count; p++) {
                int32_t two;
                memcpy(&two, from + p + j, sizeof two);
                __m512i b = _mm512_set1_epi32(two);
                UNROLL()
                for (size_t g = 0; g < groups; g++)
                    sum[p][g] = _mm512_dpwssd_epi32(sum[p][g], a[g], b);
            }
        }
    }
    UNROLL()
    for (size_t p = 0; p < count; p++)
        UNROLL()
    for (size_t g = 0; g < groups; g++)
        _mm512_storeu_si512(y + p * dims + g * GROUP, sum[p][g]);
}

AVX512 INLINE void project_row(size_t columns, size_t groups, size_t channels,
                               size_t size, size_t dims, const int16_t *x,
                               size_t line, size_t plane, const int16_t *pairs,
                               int32_t *y)
{
    size_t p = 0;

    for (; p + AT_ONCE <= columns; p += AT_ONCE)
        project_some(AT_ONCE, groups, channels, size, dims, x + p, line, plane,
                     pairs, y + p * dims);
    for (; p < columns; p++)
        project_some(1, groups, channels, size, dims, x + p, line, plane, pairs,
                     y + p * dims);
}

AVX512 void tg_patches_project_avx512(size_t columns, size_t channels,
                                      size_t size, size_t dims,
                                      const int16_t *x, size_t line,
                                      size_t plane, const int16_t *pairs,
                                      int32_t *y)
{
    size_t g = 0, groups = dims / GROUP;

    for (; g + 4 <= groups; g += 4)
        project_row(columns, 4, channels, size, dims, x, line, plane,
                    pairs + g * 2 * GROUP, y + g * GROUP);
    for (; g < groups; g++)
        project_row(columns, 1, channels, size, dims, x, line, plane,
                    pairs + g * 2 * GROUP, y + g * GROUP);
}

/* ---- Filters ---------------------------------------------------------- */

/* Rectified sums of some patches by some groups of filters. */
AVX512 INLINE void pool_some(size_t count, size_t groups, size_t dims,
                             const int8_t *patches, const int32_t *offset,
                             const uint8_t *quads, size_t stride,
                             const __m512i *threshold, __m512i *above,
                             __m512i *below)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i z[AT_ONCE][4];

    UNROLL()
    for (size_t p = 0; p < count; p++)
        UNROLL()
    for (size_t g = 0; g < groups; g++)
        z[p][g] = _mm512_set1_epi32(-offset[p]);
    for (size_t q = 0; q < dims / 4; q++, quads += 4 * stride) {
        __m512i w[4];

        UNROLL()
        for (size_t g = 0; g < groups; g++)
            w[g] = _mm512_loadu_si512(quads + g * 4 * GROUP);
        UNROLL()
        for (size_t p = 0; p < count; p++) {
            int32_t four;
            memcpy(&four, patches + p * dims + 4 * q, sizeof four);
            __m512i x = _mm512_set1_epi32(four);
            UNROLL()
            for (size_t g = 0; g < groups; g++)
                z[p][g] = _mm512_dpbusd_epi32(z[p][g], w[g], x);
        }
    }
    UNROLL()
    for (size_t p = 0; p < count; p++)
        UNROLL()
    for (size_t g = 0; g < groups; g++) {
        __m512i up = _mm512_sub_epi32(z[p][g], threshold[g]);
        __m512i down = _mm512_add_epi32(z[p][g], threshold[g]);

        above[g] = _mm512_add_epi32(above[g], _mm512_max_epi32(up, zero));
        below[g] = _mm512_sub_epi32(below[g], _mm512_min_epi32(down, zero));
    }
}

AVX512 INLINE void pool_groups(size_t n, size_t groups, size_t dims,
                               const int8_t *patches, const int32_t *offset,
                               const uint8_t *quads, size_t stride,
                               const int32_t *threshold, uint32_t *sums,
                               size_t step, size_t half)
{
    __m512i t[4], above[4], below[4];
    size_t p = 0;

    UNROLL()
    for (size_t g = 0; g < groups; g++) {
        t[g] = _mm512_loadu_si512(threshold + g * GROUP);
        above[g] = _mm512_loadu_si512(sums + g * step);
        below[g] = _mm512_loadu_si512(sums + g * step + half);
    }
    for (; p + AT_ONCE <= n; p += AT_ONCE)
        pool_some(AT_ONCE, groups, dims, patches + p * dims, offset + p, quads,
                  stride, t, above, below);
    for (; p + 2 <= n; p += 2)
        pool_some(2, groups, dims, patches + p * dims, offset + p, quads,
                  stride, t, above, below);
    for (; p < n; p++)
        pool_some(1, groups, dims, patches + p * dims, offset + p, quads,
                  stride, t, above, below);
    UNROLL()
    for (size_t g = 0; g < groups; g++) {
        _mm512_storeu_si512(sums + g * step, above[g]);
        _mm512_storeu_si512(sums + g * step + half, below[g]);
    }
}

AVX512 void tg_patches_pool_avx512(size_t n, size_t dims, const int8_t *patches,
                                   const int32_t *offset, const uint8_t *quads,
                                   size_t stride, size_t groups,
                                   const int32_t *threshold, uint32_t *sums,
                                   size_t step, size_t half)
{
    if (groups == 4) {
        pool_groups(n, 4, dims, patches, offset, quads, stride, threshold, sums,
                    step, half);
        return;
    }
    for (size_t g = 0; g < groups; g++)
        pool_groups(n, 1, dims, patches, offset, quads + g * 4 * GROUP, stride,
                    threshold + g * GROUP, sums + g * step, step, half);
}

#endif
