/* Between the files of the Fourier kernels only. */
#ifndef TG_FOURIER_U8_INTERNAL_H
#define TG_FOURIER_U8_INTERNAL_H

#include <string.h>

#include "fourier_u8.h"

/* Before a loop of constant length over registers: unroll it whole. */
#if defined(__clang__)
#define UNROLL() _Pragma("clang loop unroll(full)")
#else
#define UNROLL() _Pragma("GCC unroll 16")
#endif

enum {
    PANEL = TG_FOURIER_PANEL,
    GROUP = TG_FOURIER_GROUP,
    LINE = PANEL * GROUP, /* bytes of one group of a panel */
    SAMPLES_MAX = 8,      /* of a tile */
};

/* What lies behind a panel's groups, in two lines. */
struct phases {
    uint32_t offsets[PANEL]; /* 2^-32 turns */
    struct tg_fourier_step step;
    uint8_t unused[LINE - sizeof(struct tg_fourier_step)];
};

enum { PHASES = sizeof(struct phases) };
_Static_assert(PHASES == 2 * LINE, "a panel is whole lines");

/* The cosine in fixed point: with s = the signed upper 16 bits of the phase,
 * u = 2^14 - |s| is a quarter turn less the angle, in 2^-14 quarters, so that
 * cos = sin(pi / 2 u) = u (C1 + C3 u^2 + C5 u^4), C1 in units of 2^-14, C3 of
 * 2^-15, C5 of 2^-16.  Products of 16-bit numbers are rounded after 15 bits, as
 * vpmulhrsw does.  Coefficients: of least largest error over all s, with these
 * roundings. */
enum { C1 = 25728, C3 = -21040, C5 = 4708, QUARTER = 1 << 14 };

static inline size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t groups_of(size_t values)
{
    return (values + GROUP - 1) / GROUP;
}

/* Samples of a tile, and where their features go; the values that don't make a
 * group are in words of their own, padded with zeroes. */
struct samples {
    const uint8_t *x[SAMPLES_MAX];
    uint8_t *features[SAMPLES_MAX];
    const uint8_t *last[SAMPLES_MAX]; /* of words */
    uint32_t words[SAMPLES_MAX];
};

/* The next `count` samples of n; those past the last are the last. */
static inline void choose(size_t count, size_t values, size_t n,
                          const uint8_t *x, size_t ldx, uint8_t *features,
                          size_t ldf, struct samples *samples)
{
    size_t whole = values / GROUP * GROUP;

    memset(samples->words, 0, sizeof samples->words);
    for (size_t s = 0; s < count; s++) {
        size_t column = min_size(s, n - 1);

        samples->x[s] = x + column * ldx;
        samples->features[s] = features + column * ldf;
        memcpy(&samples->words[s], samples->x[s] + whole, values - whole);
        samples->last[s] = (const uint8_t *)&samples->words[s];
    }
}

#if defined(__x86_64__)
/* As struct tg_fourier_variant has them; AVX-512 F, BW, VL and VNNI; AVX2. */
void tg_fourier_u8_avx512(size_t values, size_t n, const uint8_t *x, size_t ldx,
                          size_t d, const uint8_t *panels, uint8_t *features,
                          size_t ldf);
void tg_fourier_u8_avx2(size_t values, size_t n, const uint8_t *x, size_t ldx,
                        size_t d, const uint8_t *panels, uint8_t *features,
                        size_t ldf);
#endif

#endif
