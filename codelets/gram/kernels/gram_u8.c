#include "gram_u8.h"

#include <assert.h>

#include "processor.h"
#include "gram_u8_x86.h"

enum {
    FEATURES = TG_PACK_U8_FEATURES,
    SAMPLES = TG_PACK_U8_SAMPLES,
    PANEL_GROUP = FEATURES * SAMPLES, /* bytes of one group of a panel */
    CHUNK = 512,                      /* samples between two flushes */
};

/* A 32-bit sum over a chunk can't overflow. */
_Static_assert(255LL * 255 * CHUNK <= INT32_MAX, "chunk too long for int32");

size_t tg_packed_u8_size(size_t b, size_t n)
{
    return tg_pack_u8_panels(b) * tg_pack_u8_groups(n) * PANEL_GROUP;
}

static void pack_generic(size_t first, size_t b, size_t n, const uint8_t *x,
                         size_t ldx, uint8_t *packed)
{
    size_t panels = tg_pack_u8_panels(b);
    size_t groups = tg_pack_u8_groups(n);

    for (size_t p = 0; p < panels; p++)
        for (size_t q = 0; q < groups; q++)
            for (size_t f = 0; f < FEATURES; f++)
                for (size_t s = 0; s < SAMPLES; s++) {
                    size_t i = p * FEATURES + f;
                    size_t j = q * SAMPLES + s;
                    bool inside = i < b && j < n;
                    *packed++ = inside ? x[first + i + j * ldx] : 0;
                }
}

/* Rows of int16, one per feature: the shape of which compilers make
 * multiply-and-add-pairs instructions. */
static void unpack_panel(size_t groups, const uint8_t *restrict packed,
                         int16_t rows[restrict FEATURES][CHUNK])
{
    for (size_t q = 0; q < groups; q++)
        for (size_t f = 0; f < FEATURES; f++)
            for (size_t s = 0; s < SAMPLES; s++)
                rows[f][q * SAMPLES + s] = *packed++;
}

/* Four columns at once, so that each load of a row serves four products. */
static void dot_by_4(size_t samples, const int16_t *restrict row,
                     int16_t columns[restrict 4][CHUNK], int32_t sums[4])
{
    int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;

    for (size_t s = 0; s < samples; s++) {
        s0 += row[s] * columns[0][s];
        s1 += row[s] * columns[1][s];
        s2 += row[s] * columns[2][s];
        s3 += row[s] * columns[3][s];
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
}

/* One panel of rows times one panel of columns; the first row and column
 * are numbers i0 and j0 of the block, of which g is the first element. */
static void tile_generic(size_t samples, int16_t rows[FEATURES][CHUNK],
                         int16_t columns[FEATURES][CHUNK], size_t i0, size_t bi,
                         size_t j0, size_t bj, bool diagonal, double *g,
                         size_t ldg)
{
    for (size_t i = i0; i < bi && i < i0 + FEATURES; i++)
        for (size_t j = j0; j < bj && j < j0 + FEATURES; j += 4) {
            int32_t sums[4];

            if (diagonal && j > i)
                break;
            dot_by_4(samples, rows[i - i0], columns + (j - j0), sums);
            for (size_t c = 0; c < 4 && j + c < bj; c++)
                if (!diagonal || j + c <= i)
                    g[i + (j + c) * ldg] += sums[c];
        }
}

static void gram_generic(size_t bi, size_t bj, size_t n, const uint8_t *pi,
                         const uint8_t *pj, bool diagonal, double *g,
                         size_t ldg)
{
    enum { CHUNK_GROUPS = CHUNK / SAMPLES };
    int16_t rows[FEATURES][CHUNK], columns[FEATURES][CHUNK];
    size_t groups = tg_pack_u8_groups(n);

    for (size_t q = 0; q < groups; q += CHUNK_GROUPS) {
        size_t left = groups - q;
        size_t length = left < CHUNK_GROUPS ? left : CHUNK_GROUPS;

        for (size_t j = 0; j < bj; j += FEATURES) {
            size_t panel = j / FEATURES * groups + q;

            unpack_panel(length, pj + panel * PANEL_GROUP, columns);
            for (size_t i = diagonal ? j : 0; i < bi; i += FEATURES) {
                panel = i / FEATURES * groups + q;
                unpack_panel(length, pi + panel * PANEL_GROUP, rows);
                tile_generic(length * SAMPLES, rows, columns, i, bi, j, bj,
                             diagonal, g, ldg);
            }
        }
    }
}

const struct tg_gram_u8_variant *tg_gram_u8_variant(size_t index)
{
    static const struct tg_gram_u8_variant variants[] =
    { [TG_LEVEL_GENERIC] = {"generic", pack_generic, gram_generic},
#if defined(__x86_64__)
      [TG_LEVEL_AVX2] = {"avx2", tg_pack_u8_sse2, tg_gram_u8_avx2},
      [TG_LEVEL_AVX512] = {"avx512-vnni", tg_pack_u8_avx512, tg_gram_u8_avx512},
      [TG_LEVEL_AMX] = {"amx-int8", tg_pack_u8_avx512, tg_gram_u8_amx},
#endif
    };
    size_t best = tg_processor_level();

    return index <= best ? &variants[best - index] : NULL;
}

void tg_pack_u8(size_t first, size_t b, size_t n, const uint8_t *x, size_t ldx,
                uint8_t *packed)
{
    assert(first + b <= ldx);
    tg_gram_u8_variant(0)->pack(first, b, n, x, ldx, packed);
}

void tg_gram_u8(size_t bi, size_t bj, size_t n, const uint8_t *pi,
                const uint8_t *pj, bool diagonal, double *g, size_t ldg)
{
    assert(ldg >= bi);
    assert(!diagonal || (pi == pj && bi == bj));
    tg_gram_u8_variant(0)->gram(bi, bj, n, pi, pj, diagonal, g, ldg);
}

const char *tg_gram_u8_kernel(void)
{
    return tg_gram_u8_variant(0)->name;
}
