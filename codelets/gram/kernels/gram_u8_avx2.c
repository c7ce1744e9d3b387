#include "gram_u8_x86.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline))

enum {
    FEATURES = TG_PACK_U8_FEATURES,
    SAMPLES = TG_PACK_U8_SAMPLES,
    LINE = FEATURES * SAMPLES, /* bytes of one group of a panel */
    WIDE = 2 * LINE,           /* the same in 16 bits */
    CHUNK = 512,               /* samples between two flushes */
    CHUNK_GROUPS = CHUNK / SAMPLES,
    TILE_COLUMNS = 4,
};

/* A 32-bit sum over a chunk can't overflow. The instruction that multiplies
 * bytes (vpmaddubsw) saturates in 16 bits; vpmaddwd on widened bytes is
 * exact: |pair| <= 2 * 255 * 255. */
_Static_assert(255LL * 255 * CHUNK <= INT32_MAX, "chunk too long for int32");

static __m128i load_bytes(const uint8_t *from, size_t count)
{
    __m128i v = _mm_setzero_si128();

    if (count == FEATURES)
        v = _mm_loadu_si128((const void *)from);
    else
        memcpy(&v, from, count);
    return v;
}

static void interleave_sse2(const __m128i r[SAMPLES], uint8_t *to)
{
    __m128i low01 = _mm_unpacklo_epi8(r[0], r[1]);
    __m128i high01 = _mm_unpackhi_epi8(r[0], r[1]);
    __m128i low23 = _mm_unpacklo_epi8(r[2], r[3]);
    __m128i high23 = _mm_unpackhi_epi8(r[2], r[3]);
    __m128i *out = (__m128i *)to;

    _mm_storeu_si128(out, _mm_unpacklo_epi16(low01, low23));
    _mm_storeu_si128(out + 1, _mm_unpackhi_epi16(low01, low23));
    _mm_storeu_si128(out + 2, _mm_unpacklo_epi16(high01, high23));
    _mm_storeu_si128(out + 3, _mm_unpackhi_epi16(high01, high23));
}

void tg_pack_u8_sse2(size_t first, size_t b, size_t n, const uint8_t *x,
                     size_t ldx, uint8_t *packed)
{
    size_t panels = tg_pack_u8_panels(b);
    size_t groups = tg_pack_u8_groups(n);

    for (size_t q = 0; q < groups; q++) {
        const uint8_t *from = x + first + q * SAMPLES * ldx;
        size_t samples = min_size(n - q * SAMPLES, SAMPLES);

        for (size_t p = 0; p < panels; p++, from += FEATURES) {
            size_t count = min_size(b - p * FEATURES, FEATURES);
            __m128i r[SAMPLES];

            for (size_t s = 0; s < SAMPLES; s++)
                r[s] = s < samples ? load_bytes(from + s * ldx, count)
                                   : _mm_setzero_si128();
            interleave_sse2(r, packed + (p * groups + q) * LINE);
        }
    }
}

/* A panel's groups in 16 bits: samples 0 and 2 of features 0 to 7, samples 1
 * and 3 of the same, then both for features 8 to 15. */
AVX2 static void widen_panel(size_t groups, const uint8_t *packed,
                             uint8_t *wide)
{
    const __m256i low = _mm256_set1_epi16(0x00ff);

    for (size_t v = 0; v < 2 * groups; v++) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)packed + v);
        __m256i *to = (__m256i *)wide + 2 * v;

        _mm256_store_si256(to, _mm256_and_si256(bytes, low));
        _mm256_store_si256(to + 1, _mm256_srli_epi16(bytes, 8));
    }
}

AVX2 INLINE __m256i broadcast_pair(const uint8_t *p)
{
    int32_t pair;

    memcpy(&pair, p, sizeof(pair));
    return _mm256_set1_epi32(pair);
}

/* 16 rows times 4 columns; sums[c] is column c. */
AVX2 static void tile_16x4(size_t groups, const uint8_t *rows,
                           const uint8_t *columns,
                           int32_t sums[TILE_COLUMNS][FEATURES])
{
    __m256i acc[2 * TILE_COLUMNS];

    UNROLL()
    for (int t = 0; t < 2 * TILE_COLUMNS; t++)
        acc[t] = _mm256_setzero_si256();
    for (size_t q = 0; q < groups; q++) {
        const __m256i *row = (const __m256i *)rows;
        /* Even samples, then odd ones: half as many rows in registers. */
        UNROLL()
        for (int odd = 0; odd < 2; odd++) {
            __m256i r0 = _mm256_load_si256(row + odd);
            __m256i r1 = _mm256_load_si256(row + 2 + odd);

            UNROLL()
            for (int c = 0; c < TILE_COLUMNS; c++) {
                __m256i y = broadcast_pair(columns + 32 * odd + 4 * c);
                __m256i p0 = _mm256_madd_epi16(r0, y);
                __m256i p1 = _mm256_madd_epi16(r1, y);

                acc[2 * c] = _mm256_add_epi32(acc[2 * c], p0);
                acc[2 * c + 1] = _mm256_add_epi32(acc[2 * c + 1], p1);
            }
        }
        rows += WIDE;
        columns += WIDE;
    }
    UNROLL()
    for (int t = 0; t < 2 * TILE_COLUMNS; t++)
        _mm256_store_si256((__m256i *)sums[t / 2] + t % 2, acc[t]);
}

/* One panel of rows times one panel of columns; the first row and column
 * are numbers i and j of the block, of which g is the first element. */
AVX2 static void panel_product(size_t groups, const uint8_t *rows,
                               const uint8_t *columns, size_t i, size_t bi,
                               size_t j, size_t bj, bool diagonal, double *g,
                               size_t ldg)
{
    _Alignas(32) int32_t sums[TILE_COLUMNS][FEATURES];
    size_t height = min_size(bi - i, FEATURES);
    size_t width = min_size(bj - j, FEATURES);

    for (size_t c = 0; c < width; c++) {
        double *to = g + i + (j + c) * ldg;

        /* Column c of the panel: its half, then its pair in the half. */
        if (c % TILE_COLUMNS == 0)
            tile_16x4(groups, rows, columns + c / 8 * LINE + c % 8 * 4, sums);
        for (size_t r = diagonal && i == j ? c : 0; r < height; r++)
            to[r] += sums[c % TILE_COLUMNS][r];
    }
}

AVX2 void tg_gram_u8_avx2(size_t bi, size_t bj, size_t n, const uint8_t *pi,
                          const uint8_t *pj, bool diagonal, double *g,
                          size_t ldg)
{
    _Alignas(32) uint8_t rows[WIDE * CHUNK_GROUPS];
    _Alignas(32) uint8_t columns[WIDE * CHUNK_GROUPS];
    size_t groups = tg_pack_u8_groups(n);

    for (size_t q = 0; q < groups; q += CHUNK_GROUPS) {
        size_t length = min_size(groups - q, CHUNK_GROUPS);

        for (size_t j = 0; j < bj; j += FEATURES) {
            size_t line = j / FEATURES * groups + q;

            widen_panel(length, pj + line * LINE, columns);
            for (size_t i = diagonal ? j : 0; i < bi; i += FEATURES) {
                line = i / FEATURES * groups + q;
                widen_panel(length, pi + line * LINE, rows);
                panel_product(length, rows, columns, i, bi, j, bj, diagonal, g,
                              ldg);
            }
        }
    }
}

#endif
