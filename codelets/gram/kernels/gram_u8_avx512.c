#include "gram_u8_x86.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define INLINE static inline __attribute__((always_inline))

enum {
    FEATURES = TG_PACK_U8_FEATURES,
    SAMPLES = TG_PACK_U8_SAMPLES,
    LINE = FEATURES * SAMPLES, /* bytes of one group of a panel: a register */
    HALF = FEATURES / 2,
    CHUNK = 1024, /* samples between two flushes */
    CHUNK_GROUPS = CHUNK / SAMPLES,
    STRIP = 1024,   /* columns whose corrections are held at once */
    ROW_PANELS = 3, /* a tile is 3 x 16 rows times 8 columns */
    TILE = ROW_PANELS * HALF,
    AHEAD = 8, /* groups that packing prefetches ahead */
};

/* vpdpbusd multiplies unsigned by signed bytes. Columns are unsigned, rows
 * are shifted to x - 128 and the shift is given back:
 *     Σ x_i x_j = Σ (x_i - 128) x_j + 128 Σ x_j.
 * Its 32-bit sums wrap around, hence only the final value has to fit, and that
 * is at most 255 * 255 times the samples of a chunk. */
_Static_assert(255LL * 255 * CHUNK <= INT32_MAX, "chunk too long for int32");
_Static_assert(STRIP % FEATURES == 0, "a strip is whole panels");

/* Where a tile goes: its first row and column in a bi x bj block g. */
struct place {
    size_t i, bi, j, bj;
    bool diagonal; /* row i is column j's panel: write rows >= column only */
    double *g;
    size_t ldg;
};

/* Four rows of 16 bytes, transposed to 16 features of 4 samples. */
AVX512 INLINE __m512i interleave(const __m128i r[SAMPLES])
{
    const __m128i transpose =
        _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i bytes = _mm512_broadcast_i32x4(transpose);
    const __m512i words = _mm512_cvtepi8_epi32(transpose);
    __m512i v = _mm512_castsi128_si512(r[0]);

    /* Masked broadcasts from memory spare the shuffle unit. */
    v = _mm512_mask_broadcast_i32x4(v, 0x00f0, r[1]);
    v = _mm512_mask_broadcast_i32x4(v, 0x0f00, r[2]);
    v = _mm512_mask_broadcast_i32x4(v, 0xf000, r[3]);
    return _mm512_shuffle_epi8(_mm512_permutexvar_epi32(words, v), bytes);
}

AVX512 void tg_pack_u8_avx512(size_t first, size_t b, size_t n,
                              const uint8_t *x, size_t ldx, uint8_t *packed)
{
    size_t panels = tg_pack_u8_panels(b);
    size_t groups = tg_pack_u8_groups(n);

    for (size_t q = 0; q < groups; q++) {
        const uint8_t *from = x + first + q * SAMPLES * ldx;
        size_t samples = min_size(n - q * SAMPLES, SAMPLES);
        bool prefetch = q + AHEAD < n / SAMPLES;

        for (size_t p = 0; p < panels; p++, from += FEATURES) {
            size_t count = min_size(b - p * FEATURES, FEATURES);
            __mmask16 mask = (__mmask16)((1u << count) - 1);
            __m128i r[SAMPLES];

            /* Once per 64 features; blocks break the hardware's streams. */
            if (prefetch && p % 4 == 0)
                for (size_t s = 0; s < SAMPLES; s++)
                    _mm_prefetch(from + (AHEAD * SAMPLES + s) * ldx,
                                 _MM_HINT_T0);
            UNROLL()
            for (size_t s = 0; s < SAMPLES; s++)
                r[s] = _mm_maskz_loadu_epi8(s < samples ? mask : 0,
                                            from + s * ldx);
            _mm512_storeu_si512(packed + (p * groups + q) * LINE,
                                interleave(r));
        }
    }
}

/* Add 16 rows of a column to G, those of the mask. */
AVX512 INLINE void add_column(__m512i sums, __mmask16 mask, double *g)
{
    __mmask8 m0 = (__mmask8)mask, m1 = (__mmask8)(mask >> 8);
    __m256i s0 = _mm512_castsi512_si256(sums);
    __m256i s1 = _mm512_extracti64x4_epi64(sums, 1);
    __m512d g0 = _mm512_maskz_loadu_pd(m0, g);
    __m512d g1 = _mm512_maskz_loadu_pd(m1, g + 8);

    g0 = _mm512_add_pd(g0, _mm512_cvtepi32_pd(s0));
    g1 = _mm512_add_pd(g1, _mm512_cvtepi32_pd(s1));
    _mm512_mask_storeu_pd(g, m0, g0);
    _mm512_mask_storeu_pd(g + 8, m1, g1);
}

AVX512 INLINE void flush(const int P, const int Q, const __m512i acc[TILE],
                         const struct place *at)
{
    size_t width = at->bj - at->j;
    double *g = at->g + at->i + at->j * at->ldg;
    __mmask16 rows[ROW_PANELS];

    UNROLL()
    for (int p = 0; p < P; p++) {
        size_t height = at->bi - at->i - (size_t)p * FEATURES;
        rows[p] = (__mmask16)(height < FEATURES ? (1u << height) - 1 : 0xffff);
    }
    UNROLL()
    for (int c = 0; c < Q; c++) {
        __mmask16 top = rows[0];

        if ((size_t)c >= width)
            break;
        if (at->diagonal)
            top &= (__mmask16)(0xffffu << (at->j + (size_t)c - at->i));
        UNROLL()
        for (int p = 0; p < P; p++)
            add_column(acc[c * P + p], p == 0 ? top : rows[p],
                       g + p * FEATURES);
        g += at->ldg;
    }
}

/* P panels of rows times Q columns, both known to the compiler, so that acc
 * lives in registers: 24 of them for 3 x 8. The rows of one group are
 * consecutive lines, stride bytes from the next group's. */
AVX512 INLINE void tile(const int P, const int Q, size_t groups, size_t stride,
                        const uint8_t *rows, const uint8_t *columns,
                        const int32_t *corrections, const struct place *at)
{
    const double *g = at->g + at->i + at->j * at->ldg;
    __m512i acc[TILE];

    UNROLL()
    for (int c = 0; c < Q; c++) {
        UNROLL()
        for (int p = 0; p < P; p++) {
            /* The whole product hides the way from G's memory. */
            _mm_prefetch(g + p * FEATURES, _MM_HINT_T0);
            _mm_prefetch(g + p * FEATURES + 8, _MM_HINT_T0);
            acc[c * P + p] = _mm512_set1_epi32(corrections[c]);
        }
        g += (size_t)c + 1 < at->bj - at->j ? at->ldg : 0;
    }
    for (size_t q = 0; q < groups; q++) {
        __m512i row[ROW_PANELS];

        UNROLL()
        for (int p = 0; p < P; p++)
            row[p] = _mm512_load_si512(rows + p * LINE);
        UNROLL()
        for (int c = 0; c < Q; c++) {
            int32_t samples;
            memcpy(&samples, columns + c * SAMPLES, sizeof(samples));
            __m512i y = _mm512_set1_epi32(samples);
            UNROLL()
            for (int p = 0; p < P; p++)
                acc[c * P + p] = _mm512_dpbusd_epi32(acc[c * P + p], y, row[p]);
        }
        rows += stride;
        columns += LINE;
    }
    flush(P, Q, acc, at);
}

/* Never inlined: a compiler that merged two of them would lose the constants
 * and with them the registers. */
#define DEFINE_TILE(P, Q)                                                      \
    AVX512 static __attribute__((noinline)) void tile_##P##x##Q(               \
        size_t groups, size_t stride, const uint8_t *rows,                     \
        const uint8_t *columns, const int32_t *corrections,                    \
        const struct place *at)                                                \
    {                                                                          \
        tile(P, Q, groups, stride, rows, columns, corrections, at);            \
    }

DEFINE_TILE(1, 16)
DEFINE_TILE(2, 8)
DEFINE_TILE(3, 8)

/* One panel of columns in tiles of 8, or of 16 where one panel of rows alone
 * would not fill the pipeline. */
static void panel_product(size_t panels, size_t groups, size_t stride,
                          const uint8_t *rows, const uint8_t *columns,
                          const int32_t *corrections, struct place at)
{
    if (panels == 1) {
        tile_1x16(groups, stride, rows, columns, corrections, &at);
        return;
    }
    for (int half = 0; half < 2 && at.j < at.bj; half++) {
        if (panels == 2)
            tile_2x8(groups, stride, rows, columns, corrections, &at);
        else
            tile_3x8(groups, stride, rows, columns, corrections, &at);
        columns += HALF * SAMPLES;
        corrections += HALF;
        at.j += HALF;
    }
}

/* Copied for the first-level cache, line by line as the tiles read them, and
 * shifted to signed: x - 128 is x with its highest bit flipped. */
AVX512 static void copy_rows(size_t panels, size_t groups, const uint8_t *p,
                             size_t ldp, uint8_t *rows)
{
    const __m512i sign = _mm512_set1_epi8(INT8_MIN);

    for (size_t q = 0; q < groups; q++)
        for (size_t i = 0; i < panels; i++) {
            __m512i v = _mm512_loadu_si512(p + i * ldp + q * LINE);

            _mm512_store_si512(rows, _mm512_xor_si512(v, sign));
            rows += LINE;
        }
}

/* corrections[j] = 128 Σ x_j, of the chunk. */
AVX512 static void correct_columns(size_t panels, size_t groups,
                                   const uint8_t *p, size_t ldp,
                                   int32_t *corrections)
{
    const __m512i scale = _mm512_set1_epi8(64);

    for (size_t j = 0; j < panels; j++, p += ldp) {
        /* Two chains, since one would wait for each sum. */
        __m512i even = _mm512_setzero_si512(), odd = even;

        for (size_t q = 0; q < groups; q += 2) {
            const uint8_t *from = p + q * LINE;

            even = _mm512_dpbusd_epi32(even, _mm512_loadu_si512(from), scale);
            if (q + 1 < groups)
                odd = _mm512_dpbusd_epi32(odd, _mm512_loadu_si512(from + LINE),
                                          scale);
        }
        even = _mm512_add_epi32(even, odd);
        _mm512_store_si512(corrections + j * FEATURES,
                           _mm512_add_epi32(even, even));
    }
}

/* Copied rows times a strip of columns of the block. */
static void row_product(size_t panels, size_t groups, const uint8_t *rows,
                        const uint8_t *columns, size_t ldp,
                        const int32_t *corrections, struct place at)
{
    size_t i = at.i, stride = panels * LINE;
    bool diagonal = at.diagonal;

    for (size_t j = at.j; j < at.bj; j += FEATURES) {
        size_t above = diagonal && j > i ? (j - i) / FEATURES : 0;

        if (above >= panels)
            break;
        at.i = i + above * FEATURES;
        at.j = j;
        at.diagonal = diagonal && at.i == j;
        panel_product(panels - above, groups, stride, rows + above * LINE,
                      columns, corrections, at);
        columns += ldp;
        corrections += FEATURES;
    }
}

AVX512 void tg_gram_u8_avx512(size_t bi, size_t bj, size_t n, const uint8_t *pi,
                              const uint8_t *pj, bool diagonal, double *g,
                              size_t ldg)
{
    _Alignas(LINE) uint8_t rows[ROW_PANELS * LINE * CHUNK_GROUPS];
    _Alignas(LINE) int32_t corrections[STRIP];
    size_t panels = tg_pack_u8_panels(bi);
    size_t groups = tg_pack_u8_groups(n), ldp = groups * LINE;
    size_t chunks = (groups + CHUNK_GROUPS - 1) / CHUNK_GROUPS;
    size_t chunk = chunks > 0 ? (groups + chunks - 1) / chunks : 0;

    for (size_t j = 0; j < bj; j += STRIP)
        for (size_t q = 0; q < groups; q += chunk) {
            const uint8_t *columns = pj + j / FEATURES * ldp + q * LINE;
            size_t last = min_size(bj, j + STRIP), height;
            size_t length = min_size(groups - q, chunk);

            correct_columns(tg_pack_u8_panels(last - j), length, columns, ldp,
                            corrections);
            for (size_t p = diagonal ? j / FEATURES : 0; p < panels;
                 p += height) {
                struct place at = {p * FEATURES, bi, j, last, diagonal, g, ldg};

                /* 4 = 2 + 2: a single panel is the slowest. */
                height = panels - p == 4 ? 2 : min_size(panels - p, ROW_PANELS);
                copy_rows(height, length, pi + p * ldp + q * LINE, ldp, rows);
                row_product(height, length, rows, columns, ldp, corrections,
                            at);
            }
        }
}

#endif
