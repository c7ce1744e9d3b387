#include "patches_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline))

/* Half a group is a register; the instruction that multiplies bytes saturates
 * in 16 bits, that which multiplies pairs of 16 bits is exact. */
enum { GROUP = TG_PATCHES_GROUP, HALF = GROUP / 2, AT_ONCE = 4 };

AVX2 INLINE __m256i load(const void *from)
{
    return _mm256_loadu_si256(from);
}

AVX2 INLINE __m256i broadcast(const void *from)
{
    int32_t four;

    memcpy(&four, from, sizeof four);
    return _mm256_set1_epi32(four);
}

AVX2 INLINE __m256i add_pairs(__m256i sum, __m256i a, __m256i b)
{
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}

/* ---- Whitening -------------------------------------------------------- */

/* `count` positions by a group of dimensions. */
AVX2 INLINE void project_some(size_t count, size_t rows, size_t size,
                              size_t dims, const int16_t *x, size_t length,
                              const int16_t *pairs, int32_t *y)
{
    __m256i sum[AT_ONCE][2];

    TG_UNROLL()
    for (size_t p = 0; p < count; p++)
        sum[p][0] = sum[p][1] = _mm256_setzero_si256();
    for (size_t row = 0; row < rows; row++, x += length)
        for (size_t j = 0; j < size; j += 2, pairs += 2 * dims) {
            __m256i a0 = load(pairs), a1 = load(pairs + GROUP);

            TG_UNROLL()
            for (size_t p = 0; p < count; p++) {
                __m256i b = broadcast(x + p + j);

                sum[p][0] = add_pairs(sum[p][0], a0, b);
                sum[p][1] = add_pairs(sum[p][1], a1, b);
            }
        }
    TG_UNROLL()
    for (size_t p = 0; p < count; p++) {
        _mm256_storeu_si256((void *)(y + p * dims), sum[p][0]);
        _mm256_storeu_si256((void *)(y + p * dims + HALF), sum[p][1]);
    }
}

AVX2 void tg_patches_project_avx2(const struct tg_patches *patches, size_t row,
                                  struct tg_patches_scratch *scratch)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t columns = tg_patches_columns(shape), size = shape->size;
    size_t dims = tg_patches_whole(shape->dims);
    size_t rows = shape->channels * size, length = columns + size;
    const int16_t *wide = scratch->wide;

    tg_patches_widen(shape, row, scratch);
    for (size_t i = 0; i < dims; i += GROUP) {
        size_t p = 0;

        for (; p + AT_ONCE <= columns; p += AT_ONCE)
            project_some(AT_ONCE, rows, size, dims, wide + p, length,
                         patches->pairs + 2 * i,
                         scratch->projected + p * dims + i);
        for (; p < columns; p++)
            project_some(1, rows, size, dims, wide + p, length,
                         patches->pairs + 2 * i,
                         scratch->projected + p * dims + i);
    }
}

/* ---- Filters ---------------------------------------------------------- */

/* Sums of max(z, upper), and of -min(z, lower), of half a group. */
AVX2 INLINE void pool_some(size_t count, size_t dims, const uint8_t *whitened,
                           const int8_t *quads, __m256i upper, __m256i lower,
                           __m256i *above, __m256i *below)
{
    const __m256i low = _mm256_set1_epi16(0x00ff);
    __m256i z[AT_ONCE];

    TG_UNROLL()
    for (size_t p = 0; p < count; p++)
        z[p] = _mm256_setzero_si256();
    for (size_t q = 0; q < dims / 4; q++, quads += 4 * GROUP) {
        __m256i w = load(quads);
        __m256i even = _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8);
        __m256i odd = _mm256_srai_epi16(w, 8);

        TG_UNROLL()
        for (size_t p = 0; p < count; p++) {
            __m256i x = broadcast(whitened + p * dims + 4 * q);

            z[p] = add_pairs(z[p], even, _mm256_and_si256(x, low));
            z[p] = add_pairs(z[p], odd, _mm256_srli_epi16(x, 8));
        }
    }
    TG_UNROLL()
    for (size_t p = 0; p < count; p++) {
        *above = _mm256_add_epi32(*above, _mm256_max_epi32(z[p], upper));
        *below = _mm256_sub_epi32(*below, _mm256_min_epi32(z[p], lower));
    }
}

/* What the limits add to all positions is taken off first: sums are modulo
 * 2^32, in which the last one fits. */
AVX2 static void pool_half(size_t n, size_t dims, const uint8_t *whitened,
                           const int8_t *quads, const int32_t *upper,
                           const int32_t *lower, uint32_t *above,
                           uint32_t *below)
{
    __m256i times = _mm256_set1_epi32((int32_t)n);
    __m256i up = load(upper), down = load(lower), a = load(above);
    __m256i b = load(below);
    size_t p = 0;

    a = _mm256_sub_epi32(a, _mm256_mullo_epi32(times, up));
    b = _mm256_add_epi32(b, _mm256_mullo_epi32(times, down));
    for (; p + AT_ONCE <= n; p += AT_ONCE)
        pool_some(AT_ONCE, dims, whitened + p * dims, quads, up, down, &a, &b);
    for (; p < n; p++)
        pool_some(1, dims, whitened + p * dims, quads, up, down, &a, &b);
    _mm256_storeu_si256((void *)above, a);
    _mm256_storeu_si256((void *)below, b);
}

AVX2 void tg_patches_pool_avx2(const struct tg_patches *patches, size_t first,
                               size_t groups, size_t n, const uint8_t *whitened,
                               uint32_t *sums)
{
    size_t dims = tg_patches_whole(patches->shape.dims);
    size_t half = tg_patches_half(&patches->shape);
    size_t last = (first + groups) * GROUP;

    for (size_t f = first * GROUP; f < last; f += GROUP, sums += 2 * half)
        for (size_t h = 0; h < GROUP; h += HALF)
            pool_half(n, dims, whitened, patches->quads + f * dims + 4 * h,
                      patches->upper + f + h, patches->lower + f + h, sums + h,
                      sums + half + h);
}

#endif
