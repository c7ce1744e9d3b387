#include "fourier_u8_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline))

/* A tile is a panel, in two halves, times 4 samples: 8 registers of sums.  The
 * instruction that multiplies bytes (vpmaddubsw) saturates; vpmaddwd on widened
 * bytes is exact. */
enum { SAMPLES = 4, HALVES = 2, HALF = LINE / 2, SUMS = SAMPLES * HALVES };

/* Add one group of values to the sums: values 0 and 2, then 1 and 3. */
AVX2 INLINE void add_group(const uint8_t *weights,
                           const uint8_t *const x[SAMPLES], size_t at,
                           __m256i sums[SUMS])
{
    const __m256i low = _mm256_set1_epi16(0x00ff);
    __m256i even[HALVES], odd[HALVES];

    UNROLL()
    for (int h = 0; h < HALVES; h++) {
        __m256i w = _mm256_loadu_si256((const void *)(weights + h * HALF));

        even[h] = _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8);
        odd[h] = _mm256_srai_epi16(w, 8);
    }
    UNROLL()
    for (int s = 0; s < SAMPLES; s++) {
        int32_t word;
        memcpy(&word, x[s] + at, sizeof word);
        __m256i values = _mm256_set1_epi32(word);
        __m256i v0 = _mm256_and_si256(values, low);
        __m256i v1 = _mm256_srli_epi16(values, 8);
        UNROLL()
        for (int h = 0; h < HALVES; h++) {
            __m256i sum = _mm256_add_epi32(_mm256_madd_epi16(even[h], v0),
                                           _mm256_madd_epi16(odd[h], v1));

            sums[s * HALVES + h] = _mm256_add_epi32(sums[s * HALVES + h], sum);
        }
    }
}

/* Add as many groups of values to the sums of a panel. */
AVX2 static __attribute__((noinline)) void add(size_t groups,
                                               const uint8_t *panel,
                                               const uint8_t *const x[SAMPLES],
                                               __m256i total[SUMS])
{
    __m256i sums[SUMS];

    UNROLL()
    for (int t = 0; t < SUMS; t++)
        sums[t] = total[t];
    for (size_t q = 0; q < groups; q++)
        add_group(panel + q * LINE, x, q * GROUP, sums);
    UNROLL()
    for (int t = 0; t < SUMS; t++)
        total[t] = sums[t];
}

/* Phases of 8 features, of 32 bits each. */
AVX2 INLINE __m256i phase(__m256i sums, const struct phases *phases, int half)
{
    __m256i multiplier = _mm256_set1_epi32(phases->step.multiplier);
    __m128i shift = _mm_cvtsi32_si128((int)phases->step.shift);
    __m256i even = _mm256_mul_epi32(sums, multiplier);
    __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(sums, 32), multiplier);
    const void *offsets = phases->offsets + half * PANEL / HALVES;

    even = _mm256_srl_epi64(even, shift);
    odd = _mm256_slli_epi64(_mm256_srl_epi64(odd, shift), 32);
    return _mm256_add_epi32(_mm256_blend_epi32(even, odd, 0xaa),
                            _mm256_loadu_si256(offsets));
}

/* 127.5 + 127.5 cos of 16 phases of 16 bits: see fourier_u8_internal.h. */
AVX2 INLINE __m256i cosine(__m256i s)
{
    __m256i u =
        _mm256_sub_epi16(_mm256_set1_epi16(QUARTER), _mm256_abs_epi16(s));
    __m256i twice = _mm256_adds_epi16(u, u);
    __m256i square = _mm256_mulhrs_epi16(twice, u);
    __m256i p = _mm256_mulhrs_epi16(square, _mm256_set1_epi16(C5));

    p = _mm256_add_epi16(p, _mm256_set1_epi16(C3));
    p = _mm256_mulhrs_epi16(square, p);
    p = _mm256_add_epi16(p, _mm256_set1_epi16(C1));
    p = _mm256_mulhrs_epi16(twice, p);
    p = _mm256_adds_epi16(p, _mm256_set1_epi16(QUARTER));
    return _mm256_mulhrs_epi16(p, _mm256_set1_epi16(255));
}

/* A sample's 16 features, of which the first d are stored. */
AVX2 INLINE void finish(__m256i low, __m256i high, const struct phases *phases,
                        size_t d, uint8_t *features)
{
    const __m256i halves = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    __m256i words =
        _mm256_packus_epi32(_mm256_srli_epi32(phase(low, phases, 0), 16),
                            _mm256_srli_epi32(phase(high, phases, 1), 16));

    words = cosine(words);
    words = _mm256_packus_epi16(words, words);
    words = _mm256_permutevar8x32_epi32(words, halves);
    __m128i bytes = _mm256_castsi256_si128(words);
    if (d >= PANEL)
        _mm_storeu_si128((void *)features, bytes);
    else
        memcpy(features, &bytes, d);
}

/* A panel of all samples. */
AVX2 static void tile(size_t values, size_t d, const uint8_t *panel,
                      const struct samples *samples)
{
    size_t groups = values / GROUP;
    __m256i sums[SUMS] = {{0}};

    add(groups, panel, samples->x, sums);
    if (values % GROUP)
        add(1, panel + groups * LINE, samples->last, sums);
    panel += groups_of(values) * LINE;
    for (size_t s = 0; s < SAMPLES; s++)
        finish(sums[s * HALVES], sums[s * HALVES + 1], (const void *)panel, d,
               samples->features[s]);
}

void tg_fourier_u8_avx2(size_t values, size_t n, const uint8_t *x, size_t ldx,
                        size_t d, const uint8_t *panels, uint8_t *features,
                        size_t ldf)
{
    for (size_t f = 0; f < d; f += PANEL) {
        for (size_t s = 0; s < n; s += SAMPLES) {
            struct samples samples;

            choose(SAMPLES, values, n - s, x + s * ldx, ldx,
                   features + f + s * ldf, ldf, &samples);
            tile(values, d - f, panels, &samples);
        }
        panels += tg_fourier_panel_size(values);
    }
}

#endif
