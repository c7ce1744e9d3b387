/*
 * The x86-64 variants of the 8-bit Gram kernel; for gram_u8.c only, which
 * checks the processor's features before it hands them out.
 */
#ifndef TG_GRAM_U8_X86_H
#define TG_GRAM_U8_X86_H

#include "gram_u8.h"

/* Before a loop of constant length over registers: unroll it whole. */
#if defined(__clang__)
#define UNROLL() _Pragma("clang loop unroll(full)")
#else
#define UNROLL() _Pragma("GCC unroll 16")
#endif

static inline size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Panels and groups that cover b features and n samples. */
static inline size_t tg_pack_u8_panels(size_t b)
{
    return (b + TG_PACK_U8_FEATURES - 1) / TG_PACK_U8_FEATURES;
}

static inline size_t tg_pack_u8_groups(size_t n)
{
    return (n + TG_PACK_U8_SAMPLES - 1) / TG_PACK_U8_SAMPLES;
}

#if defined(__x86_64__)

/*
 * As tg_pack_u8() and tg_gram_u8(). The avx512 functions need AVX-512 F, BW,
 * VL and VNNI, the avx2 one AVX2, the sse2 one nothing more than x86-64.
 */
void tg_pack_u8_avx512(size_t first, size_t b, size_t n, const uint8_t *x,
                       size_t ldx, uint8_t *packed);
void tg_pack_u8_sse2(size_t first, size_t b, size_t n, const uint8_t *x,
                     size_t ldx, uint8_t *packed);
void tg_gram_u8_amx(size_t bi, size_t bj, size_t n, const uint8_t *pi,
                    const uint8_t *pj, bool diagonal, double *g, size_t ldg);
void tg_gram_u8_avx512(size_t bi, size_t bj, size_t n, const uint8_t *pi,
                       const uint8_t *pj, bool diagonal, double *g, size_t ldg);
void tg_gram_u8_avx2(size_t bi, size_t bj, size_t n, const uint8_t *pi,
                     const uint8_t *pj, bool diagonal, double *g, size_t ldg);

#endif
#endif
