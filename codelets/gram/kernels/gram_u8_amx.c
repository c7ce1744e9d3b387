#include "gram_u8_x86.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AMX                                                                    \
    __attribute__((target("avx512f,avx512bw,avx512vl,amx-tile,amx-int8")))
#define INLINE static inline __attribute__((always_inline))

enum {
    FEATURES = TG_PACK_U8_FEATURES,
    SAMPLES = TG_PACK_U8_SAMPLES,
    LINE = FEATURES * SAMPLES, /* bytes of one group of a panel */
    GROUPS = 16,               /* in a tile register */
    TILE = GROUPS * LINE,      /* bytes of one */
    CHUNK = 1024,              /* samples between two flushes */
    STEPS = CHUNK / SAMPLES / GROUPS,
    CHUNK_GROUPS = STEPS * GROUPS,
    PAIR = 2 * FEATURES, /* a product is of two panels by two */
};

/*
 * tdpbuud multiplies a tile of 16 rows by one of 16 columns, both of 64
 * samples. The latter is 16 groups of a panel, as they are packed. The former
 * has each row's samples one after the other: it is transposed from them. Since
 * the sums come row by row and G is column-major, the columns of G take the
 * part of a product's rows.
 */
_Static_assert(255LL * 255 * CHUNK <= INT32_MAX, "chunk too long for int32");
_Static_assert(FEATURES == 16 && SAMPLES == 4, "not what a tile holds");

/* The part of two panels' samples that is multiplied at once: steps of 16
 * groups. The last one ends with the part: it may begin with groups of the step
 * before, in whose place the transposed tile has zeros. */
struct part {
    size_t groups, steps, ldp; /* ldp: bytes from a panel to the next */
    ptrdiff_t last;            /* bytes from the first group to the last step */
};

/* A product, a line a column, that is still to be added to G. */
struct pending {
    int32_t sums[PAIR][PAIR];
    double *g; /* first row of the next column */
    size_t ldg, next, columns;
    uint32_t rows; /* a bit a row */
    bool diagonal; /* rows >= column only */
};

/* The intrinsics don't tell every compiler what memory they read. */
INLINE void settle(const void *written)
{
    __asm__ volatile("" : : "r"(written) : "memory");
}

/* Registers 0 to 3 are sums, 4 and 5 columns, 6 and 7 rows; `groups` of the
 * 16 are used. */
AMX static void configure(size_t groups)
{
    struct {
        uint8_t palette, start, reserved[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } config = {.palette = 1};

    for (int t = 0; t < 8; t++) {
        config.bytes[t] = LINE;
        config.rows[t] = FEATURES;
    }
    config.bytes[4] = config.bytes[5] = (uint16_t)(SAMPLES * groups);
    config.rows[6] = config.rows[7] = (uint8_t)groups;
    settle(&config);
    _tile_loadconfig(&config);
}

/* 16 groups of 16 features, transposed to 16 features of 16 groups. */
AMX static void transpose(const uint8_t *from, uint8_t *to)
{
    for (int quarter = 0; quarter < 4; quarter++) {
        __m512i v[4], w[4];

        UNROLL()
        for (int m = 0; m < 4; m++) {
            const __m128i *p = (const __m128i *)(from + m * LINE) + quarter;
            const int next = 4 * LINE / (int)sizeof(*p);

            /* Masked broadcasts from memory spare the shuffle unit. */
            v[m] = _mm512_castsi128_si512(_mm_loadu_si128(p));
            v[m] = _mm512_mask_broadcast_i32x4(v[m], 0x00f0,
                                               _mm_loadu_si128(p + next));
            v[m] = _mm512_mask_broadcast_i32x4(v[m], 0x0f00,
                                               _mm_loadu_si128(p + 2 * next));
            v[m] = _mm512_mask_broadcast_i32x4(v[m], 0xf000,
                                               _mm_loadu_si128(p + 3 * next));
        }
        w[0] = _mm512_unpacklo_epi32(v[0], v[1]);
        w[1] = _mm512_unpacklo_epi32(v[2], v[3]);
        w[2] = _mm512_unpackhi_epi32(v[0], v[1]);
        w[3] = _mm512_unpackhi_epi32(v[2], v[3]);
        _mm512_store_si512(to, _mm512_unpacklo_epi64(w[0], w[1]));
        _mm512_store_si512(to + LINE, _mm512_unpackhi_epi64(w[0], w[1]));
        _mm512_store_si512(to + 2 * LINE, _mm512_unpacklo_epi64(w[2], w[3]));
        _mm512_store_si512(to + 3 * LINE, _mm512_unpackhi_epi64(w[2], w[3]));
        to += 4 * LINE;
    }
}

/* A panel's part, transposed: every second tile of `to`. */
AMX static void transpose_panel(const struct part *part, const uint8_t *from,
                                uint8_t *to)
{
    size_t whole = part->groups / GROUPS, rest = part->groups % GROUPS;

    for (size_t s = 0; s < whole; s++, to += 2 * TILE)
        transpose(from + s * TILE, to);
    if (rest > 0) {
        _Alignas(LINE) uint8_t lines[TILE] = {0};
        ptrdiff_t before = (ptrdiff_t)(whole * TILE) - part->last;

        memcpy(lines + before, from + whole * TILE, rest * LINE);
        transpose(lines, to);
    }
}

AMX INLINE void flush_column(const int32_t *sums, uint32_t rows, double *g)
{
    UNROLL()
    for (int i = 0; i < PAIR; i += 8) {
        __mmask8 mask = (__mmask8)(rows >> i);
        __m256i v = _mm256_load_si256((const __m256i *)(sums + i));
        __m512d sum = _mm512_maskz_loadu_pd(mask, g + i);

        sum = _mm512_add_pd(sum, _mm512_cvtepi32_pd(v));
        _mm512_mask_storeu_pd(g + i, mask, sum);
        /* The next product's: G comes from afar where it has many blocks. */
        _mm_prefetch(g + PAIR + i, _MM_HINT_T1);
    }
}

AMX INLINE void flush(struct pending *p, size_t columns)
{
    size_t end = min_size(p->next + columns, p->columns);

    for (; p->next < end; p->next++, p->g += p->ldg)
        flush_column(p->sums[p->next],
                     p->diagonal ? p->rows & UINT32_MAX << p->next : p->rows,
                     p->g);
}

/* C panels of columns, transposed, times R of rows, both numbers known to the
 * compiler. While the tiles are busy the product before is added to G. Rows
 * are streamed: in the first-level cache they would displace the columns, which
 * all rows need. */
AMX INLINE void multiply(const int C, const int R, const struct part *part,
                         const uint8_t *columns, const uint8_t *rows,
                         struct pending *pending)
{
    const int line = sizeof(pending->sums[0]);
    size_t share = (PAIR + part->steps - 1) / part->steps;

    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t s = 1; s <= part->steps; s++, columns += 2 * TILE) {
        const uint8_t *row =
            s == part->steps ? rows + part->last : rows + (s - 1) * TILE;

        _tile_loadd(4, columns, LINE);
        if (C == 2)
            _tile_loadd(5, columns + TILE, LINE);
        _tile_stream_loadd(6, row, LINE);
        if (R == 2)
            _tile_stream_loadd(7, row + part->ldp, LINE);
        _tile_dpbuud(0, 4, 6);
        if (C == 2)
            _tile_dpbuud(2, 5, 6);
        if (R == 2)
            _tile_dpbuud(1, 4, 7);
        if (C == 2 && R == 2)
            _tile_dpbuud(3, 5, 7);
        flush(pending, share);
    }
    _tile_stored(0, &pending->sums[0][0], line);
    _tile_stored(1, &pending->sums[0][FEATURES], line);
    _tile_stored(2, &pending->sums[FEATURES][0], line);
    _tile_stored(3, &pending->sums[FEATURES][FEATURES], line);
}

#define DEFINE_PRODUCT(C, R)                                                   \
    AMX static __attribute__((noinline)) void product_##C##x##R(               \
        const struct part *part, const uint8_t *columns, const uint8_t *rows,  \
        struct pending *pending)                                               \
    {                                                                          \
        multiply(C, R, part, columns, rows, pending);                          \
    }

DEFINE_PRODUCT(1, 1)
DEFINE_PRODUCT(1, 2)
DEFINE_PRODUCT(2, 1)
DEFINE_PRODUCT(2, 2)

/* Two panels of columns, transposed, times all rows from `rows` on, of which
 * there are `height`; the first product is on the diagonal or none is. */
static void column_product(const struct part *part, size_t height, size_t width,
                           const uint8_t *columns, const uint8_t *rows,
                           bool diagonal, double *g, size_t ldg,
                           struct pending *pending)
{
    bool two = width > FEATURES;

    for (size_t i = 0; i < height; i += PAIR) {
        size_t left = height - i;

        if (left > FEATURES)
            (two ? product_2x2 : product_1x2)(part, columns, rows, pending);
        else
            (two ? product_2x1 : product_1x1)(part, columns, rows, pending);
        pending->g = g + i;
        pending->ldg = ldg;
        pending->next = 0;
        pending->columns = min_size(width, PAIR);
        pending->rows = left < PAIR ? (1u << left) - 1 : UINT32_MAX;
        pending->diagonal = diagonal && i == 0;
        rows += 2 * part->ldp;
    }
}

AMX void tg_gram_u8_amx(size_t bi, size_t bj, size_t n, const uint8_t *pi,
                        const uint8_t *pj, bool diagonal, double *g, size_t ldg)
{
    _Alignas(LINE) uint8_t columns[2 * TILE * STEPS];
    _Alignas(LINE) struct pending pending;
    size_t groups = tg_pack_u8_groups(n), tile = min_size(groups, GROUPS);
    struct part part = {.ldp = groups * LINE};

    if (groups == 0)
        return;
    configure(tile);
    pending.next = pending.columns = 0;
    for (size_t q = 0; q < groups; q += CHUNK_GROUPS) {
        part.groups = min_size(groups - q, CHUNK_GROUPS);
        part.steps = (part.groups + GROUPS - 1) / GROUPS;
        part.last = ((ptrdiff_t)part.groups - (ptrdiff_t)tile) * LINE;
        for (size_t j = 0; j < bj; j += PAIR) {
            const uint8_t *from = pj + j / FEATURES * part.ldp + q * LINE;
            size_t i = diagonal ? j : 0;

            transpose_panel(&part, from, columns);
            if (bj - j > FEATURES)
                transpose_panel(&part, from + part.ldp, columns + TILE);
            settle(columns);
            column_product(&part, bi - i, bj - j, columns,
                           pi + i / FEATURES * part.ldp + q * LINE, diagonal,
                           g + i + j * ldg, ldg, &pending);
        }
    }
    flush(&pending, PAIR);
    _tile_release();
}

#endif
