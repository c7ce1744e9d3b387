/* Whitened patches in 8 bits, by AVX-512: the operations of patches.c. */
#include "patches_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define INLINE static inline __attribute__((always_inline))

/* Patches whose lengths are taken together. */
enum { GROUP = TG_PATCHES_GROUP, LINE = 4 * GROUP, AT_ONCE = 4 };

/* To the nearest integer, halves to even, of at most 127; what is no number is
 * that. What is too low comes out below -127. */
AVX512 INLINE __m512i nearest_below(__m512 value)
{
    return _mm512_cvtps_epi32(_mm512_min_ps(value, _mm512_set1_ps(127)));
}

/* Between -limit and it. */
AVX512 INLINE __m512i nearest(__m512 value, float limit)
{
    __m512 low = _mm512_min_ps(value, _mm512_set1_ps(limit));

    return _mm512_cvtps_epi32(_mm512_max_ps(low, _mm512_set1_ps(-limit)));
}

/* A group of dimensions times contrast and gain, less the bias. */
AVX512 INLINE __m512 normal(const int32_t *projected, __m512 contrast,
                            const float *gains, const float *biases)
{
    __m512 value = _mm512_cvtepi32_ps(_mm512_loadu_si512(projected));

    value =
        _mm512_mul_ps(_mm512_mul_ps(value, contrast), _mm512_loadu_ps(gains));
    return _mm512_sub_ps(value, _mm512_loadu_ps(biases));
}

/* Four groups of such integers, at least -127, plus 128. */
AVX512 INLINE void store_line(const __m512i v[4], uint8_t *whitened)
{
    const __m512i order =
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    __m512i bytes = _mm512_packs_epi16(_mm512_packs_epi32(v[0], v[1]),
                                       _mm512_packs_epi32(v[2], v[3]));

    bytes = _mm512_max_epi8(_mm512_permutexvar_epi32(order, bytes),
                            _mm512_set1_epi8(-127));
    _mm512_storeu_si512(whitened,
                        _mm512_xor_si512(bytes, _mm512_set1_epi8(-128)));
}

AVX512 INLINE void store_group(__m512i v, uint8_t *whitened)
{
    __m128i bytes = _mm_max_epi8(_mm512_cvtsepi32_epi8(v), _mm_set1_epi8(-127));

    _mm_storeu_si128((__m128i *)(void *)whitened,
                     _mm_xor_si128(bytes, _mm_set1_epi8(-128)));
}

AVX512 INLINE void to_bytes(size_t dims, const int32_t *projected,
                            float contrast, const float *gains,
                            const float *biases, uint8_t *whitened)
{
    const __m512 c = _mm512_set1_ps(contrast);
    size_t i = 0;

    for (; i + LINE <= dims; i += LINE) {
        __m512i v[4];

        TG_UNROLL()
        for (size_t g = 0; g < 4; g++) {
            size_t at = i + g * GROUP;

            v[g] = nearest_below(
                normal(projected + at, c, gains + at, biases + at));
        }
        store_line(v, whitened + i);
    }
    for (; i < dims; i += GROUP)
        store_group(nearest_below(
                        normal(projected + i, c, gains + i, biases + i)),
                    whitened + i);
}

/* ---- Of unit length --------------------------------------------------- */

/* `projected` becomes integers. Value: sums of their squares. */
AVX512 INLINE __m512i to_integers(size_t dims, int32_t *projected,
                                  float contrast, const float *gains,
                                  const float *biases)
{
    const float limit = 8 * TG_PATCHES_UNIT - 1;
    const __m512 c = _mm512_set1_ps(contrast);
    __m512i square = _mm512_setzero_si512();
    size_t i = 0;

    for (; i + 2 * GROUP <= dims; i += 2 * GROUP) {
        size_t j = i + GROUP;
        __m512i a =
            nearest(normal(projected + i, c, gains + i, biases + i), limit);
        __m512i b =
            nearest(normal(projected + j, c, gains + j, biases + j), limit);
        __m512i both = _mm512_packs_epi32(a, b);

        square = _mm512_dpwssd_epi32(square, both, both);
        _mm512_storeu_si512(projected + i, a);
        _mm512_storeu_si512(projected + j, b);
    }
    if (i < dims) {
        __m512i a =
            nearest(normal(projected + i, c, gains + i, biases + i), limit);

        square = _mm512_add_epi32(square, _mm512_mullo_epi32(a, a));
        _mm512_storeu_si512(projected + i, a);
    }
    return square;
}

/* The sum of each of four registers. */
AVX512 INLINE __m128i sums(const __m512i x[AT_ONCE])
{
    __m512i a = _mm512_add_epi32(_mm512_unpacklo_epi32(x[0], x[1]),
                                 _mm512_unpackhi_epi32(x[0], x[1]));
    __m512i b = _mm512_add_epi32(_mm512_unpacklo_epi32(x[2], x[3]),
                                 _mm512_unpackhi_epi32(x[2], x[3]));
    __m512i all = _mm512_add_epi32(_mm512_unpacklo_epi64(a, b),
                                   _mm512_unpackhi_epi64(a, b));
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(all),
                                    _mm512_extracti64x4_epi64(all, 1));

    return _mm_add_epi32(_mm256_castsi256_si128(half),
                         _mm256_extracti128_si256(half, 1));
}

AVX512 INLINE void shorten(size_t dims, const int32_t *integers, float length,
                           uint8_t *whitened)
{
    const __m512 times = _mm512_set1_ps(length);
    size_t i = 0;

    for (; i + LINE <= dims; i += LINE) {
        __m512i v[4];

        TG_UNROLL()
        for (size_t g = 0; g < 4; g++) {
            __m512 x = _mm512_cvtepi32_ps(
                _mm512_loadu_si512(integers + i + g * GROUP));

            v[g] = nearest_below(_mm512_mul_ps(x, times));
        }
        store_line(v, whitened + i);
    }
    for (; i < dims; i += GROUP) {
        __m512 x = _mm512_cvtepi32_ps(_mm512_loadu_si512(integers + i));

        store_group(nearest_below(_mm512_mul_ps(x, times)), whitened + i);
    }
}

/* `count` patches, at most four: one square root and one division. */
AVX512 INLINE void to_unit(const struct tg_patches *patches, size_t count,
                           size_t dims, int32_t *projected,
                           const float *contrast, uint8_t *whitened)
{
    const float one = TG_PATCHES_UNIT;
    __m512i squares[AT_ONCE];
    float length[AT_ONCE];
    __m128 square;

    TG_UNROLL()
    for (size_t p = 0; p < AT_ONCE; p++)
        squares[p] = p < count
                         ? to_integers(dims, projected + p * dims, contrast[p],
                                       patches->gains, patches->biases)
                         : _mm512_setzero_si512();
    square = _mm_add_ps(_mm_cvtepi32_ps(sums(squares)),
                        _mm_set1_ps(0.1f * one * one));
    _mm_storeu_ps(length, _mm_div_ps(_mm_set1_ps(*patches->length),
                                     _mm_sqrt_ps(square)));
    TG_UNROLL()
    for (size_t p = 0; p < count; p++)
        shorten(dims, projected + p * dims, length[p], whitened + p * dims);
}

AVX512 void tg_patches_whiten_avx512(const struct tg_patches *patches, size_t n,
                                     int32_t *projected, const float *contrast,
                                     uint8_t *whitened)
{
    size_t dims = tg_patches_whole(patches->shape.dims), p = 0;

    if (!patches->shape.unit)
        for (; p < n; p++)
            to_bytes(dims, projected + p * dims, contrast[p], patches->gains,
                     patches->biases, whitened + p * dims);
    for (; p + AT_ONCE <= n; p += AT_ONCE)
        to_unit(patches, AT_ONCE, dims, projected + p * dims, contrast + p,
                whitened + p * dims);
    for (; p < n; p++)
        to_unit(patches, 1, dims, projected + p * dims, contrast + p,
                whitened + p * dims);
}

#endif
