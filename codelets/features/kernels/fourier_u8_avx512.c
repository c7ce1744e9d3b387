#include "fourier_u8_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define INLINE static inline __attribute__((always_inline))

/* A tile is 3 panels, 48 features, times 8 samples: 24 registers of sums. */
enum { PANELS = 3, SAMPLES = 8, TILE = PANELS * SAMPLES };

/* Add to the sums of P panels, of as many groups of values.  P is known to the
 * compiler, so that the sums live in registers while it adds. */
AVX512 INLINE void add(const int P, size_t groups, const uint8_t *panels,
                       size_t stride, const uint8_t *const x[SAMPLES],
                       __m512i total[TILE])
{
    __m512i sums[TILE];

    UNROLL()
    for (int s = 0; s < SAMPLES; s++) {
        UNROLL()
        for (int p = 0; p < P; p++)
            sums[s * P + p] = total[s * P + p];
    }
    for (size_t q = 0; q < groups; q++) {
        __m512i weights[PANELS];

        UNROLL()
        for (int p = 0; p < P; p++)
            weights[p] = _mm512_loadu_si512(panels + (size_t)p * stride);
        UNROLL()
        for (int s = 0; s < SAMPLES; s++) {
            int32_t word;
            memcpy(&word, x[s] + q * GROUP, sizeof word);
            __m512i values = _mm512_set1_epi32(word);
            UNROLL()
            for (int p = 0; p < P; p++)
                sums[s * P + p] =
                    _mm512_dpbusd_epi32(sums[s * P + p], values, weights[p]);
        }
        panels += LINE;
    }
    UNROLL()
    for (int s = 0; s < SAMPLES; s++) {
        UNROLL()
        for (int p = 0; p < P; p++)
            total[s * P + p] = sums[s * P + p];
    }
}

/* Never inlined: a compiler that merged two of them would lose the constant
 * and with it the registers. */
#define DEFINE_ADD(P)                                                          \
    AVX512 static __attribute__((noinline)) void add_##P(                      \
        size_t groups, const uint8_t *panels, size_t stride,                   \
        const uint8_t *const x[SAMPLES], __m512i total[TILE])                  \
    {                                                                          \
        add(P, groups, panels, stride, x, total);                              \
    }

DEFINE_ADD(1)
DEFINE_ADD(2)
DEFINE_ADD(3)

typedef void adder(size_t, const uint8_t *, size_t, const uint8_t *const *,
                   __m512i *);
static adder *const adders[] = {[1] = add_1, [2] = add_2, [3] = add_3};

/* Phases of 16 features, of 32 bits each. */
AVX512 INLINE __m512i phase(__m512i sums, const struct phases *phases)
{
    __m512i multiplier = _mm512_set1_epi32(phases->step.multiplier);
    __m128i shift = _mm_cvtsi32_si128((int)phases->step.shift);
    __m512i even = _mm512_mul_epi32(sums, multiplier);
    __m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(sums, 32), multiplier);

    even = _mm512_srl_epi64(even, shift);
    odd = _mm512_slli_epi64(_mm512_srl_epi64(odd, shift), 32);
    return _mm512_add_epi32(_mm512_mask_mov_epi32(even, 0xaaaa, odd),
                            _mm512_loadu_si512(phases->offsets));
}

/* 127.5 + 127.5 cos of 32 phases of 16 bits: see fourier_u8_internal.h. */
AVX512 INLINE __m512i cosine(__m512i s)
{
    __m512i u =
        _mm512_sub_epi16(_mm512_set1_epi16(QUARTER), _mm512_abs_epi16(s));
    __m512i twice = _mm512_adds_epi16(u, u);
    __m512i square = _mm512_mulhrs_epi16(twice, u);
    __m512i p = _mm512_mulhrs_epi16(square, _mm512_set1_epi16(C5));

    p = _mm512_add_epi16(p, _mm512_set1_epi16(C3));
    p = _mm512_mulhrs_epi16(square, p);
    p = _mm512_add_epi16(p, _mm512_set1_epi16(C1));
    p = _mm512_mulhrs_epi16(twice, p);
    p = _mm512_adds_epi16(p, _mm512_set1_epi16(QUARTER));
    return _mm512_mulhrs_epi16(p, _mm512_set1_epi16(255));
}

/* A panel's features of two samples, whose 16-bit phases are the lower and
 * upper halves of words. */
AVX512 INLINE void finish(__m512i first, __m512i second,
                          const struct phases *phases, size_t d,
                          uint8_t *features[2])
{
    __mmask16 mask = (__mmask16)(d < PANEL ? (1u << d) - 1 : 0xffff);
    __m512i low = _mm512_srli_epi32(phase(first, phases), 16);
    __m512i both =
        cosine(_mm512_mask_mov_epi16(low, 0xaaaaaaaa, phase(second, phases)));

    _mm_mask_storeu_epi8(features[0], mask, _mm512_cvtepi32_epi8(both));
    both = _mm512_srli_epi32(both, 16);
    _mm_mask_storeu_epi8(features[1], mask, _mm512_cvtepi32_epi8(both));
}

/* Some panels of all samples. */
AVX512 static void tile(size_t height, size_t values, size_t d,
                        const uint8_t *panels, const struct samples *samples)
{
    size_t stride = tg_fourier_panel_size(values), groups = values / GROUP;
    __m512i sums[TILE] = {{0}};

    adders[height](groups, panels, stride, samples->x, sums);
    if (values % GROUP)
        adders[height](1, panels + groups * LINE, stride, samples->last, sums);
    for (size_t p = 0; p < height; p++) {
        const uint8_t *phases = panels + (p + 1) * stride - PHASES;

        for (size_t s = 0; s < SAMPLES; s += 2) {
            uint8_t *to[] = {samples->features[s] + p * PANEL,
                             samples->features[s + 1] + p * PANEL};

            finish(sums[s * height + p], sums[(s + 1) * height + p],
                   (const void *)phases, d - p * PANEL, to);
        }
    }
}

void tg_fourier_u8_avx512(size_t values, size_t n, const uint8_t *x, size_t ldx,
                          size_t d, const uint8_t *panels, uint8_t *features,
                          size_t ldf)
{
    size_t left = (d + PANEL - 1) / PANEL, height;

    for (size_t f = 0; f < d; f += height * PANEL, left -= height) {
        /* 4 = 2 + 2: a single panel is the slowest. */
        height = left == 4 ? 2 : min_size(left, PANELS);
        for (size_t s = 0; s < n; s += SAMPLES) {
            struct samples samples;

            choose(SAMPLES, values, n - s, x + s * ldx, ldx,
                   features + f + s * ldf, ldf, &samples);
            tile(height, values, d - f, panels, &samples);
        }
        panels += height * tg_fourier_panel_size(values);
    }
}

#endif
