#include "patches_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AMX                                                                    \
    __attribute__((target("avx512f,avx512bw,avx512vl,amx-tile,amx-int8")))
#define INLINE static inline __attribute__((always_inline))

/* A tile register: 16 rows of 64 bytes. */
enum {
    GROUP = TG_PATCHES_GROUP,
    ROWS = 16,
    BYTES = TG_PATCHES_TILE,
    FIRST_WEIGHTS = 6, /* the register, when patches are whitened */
};

/* The intrinsics don't tell every compiler what memory they read or write. */
INLINE void settle(const void *memory)
{
    __asm__ volatile("" : : "r"(memory) : "memory");
}

/* Registers 0 to 3 are sums, 4 patches and 5 weights; 6 and 7 are the same for
 * the last bytes of a patch, if not a whole tile is left.  Whitening has no
 * such rest: 4 and 5 are patches, 6 and 7 weights. */
#define CONFIGURATION(rest)                                                    \
    {                                                                          \
        .palette = 1, .bytes = {64, 64, 64, 64, 64, 64, rest, 64},             \
        .rows = {16, 16, 16, 16, 16, 16, 16, rest / 4},                        \
    }

/* By the number of groups of dimensions that are left. */
_Alignas(64) static const struct configuration {
    uint8_t palette, start, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
} configurations[BYTES / GROUP] = {
    CONFIGURATION(64),
    CONFIGURATION(16),
    CONFIGURATION(32),
    CONFIGURATION(48),
};

/* ---- Whitening -------------------------------------------------------- */

/* The picture by columns, so that a patch's columns are runs of bytes. */
static void turn(const struct tg_patches_shape *shape,
                 struct tg_patches_scratch *s)
{
    size_t rows = s->plane / s->line, channels = shape->channels;

    for (size_t c = 0; c < channels; c++)
        for (size_t row = 0; row < rows; row++) {
            const uint8_t *from = s->image + c * s->plane + row * s->line;
            uint8_t *to = s->turned + row * channels + c;

            for (size_t i = 0; i < s->line; i++)
                to[i * rows * channels] = from[i];
        }
}

/* Columns of the patches of all rows. What a whole quad has too much meets
 * zeros; what a register has more than that is overwritten by the next. */
AMX static void stack(const struct tg_patches_shape *shape,
                      struct tg_patches_scratch *s)
{
    size_t height = tg_patches_stack(shape);
    size_t column = s->plane / s->line * shape->channels;
    uint8_t *to = s->stacks;

    for (size_t row = 0; row < tg_patches_rows(shape); row++) {
        const uint8_t *from = s->turned + row * shape->channels;

        for (size_t i = 0; i < s->line; i++, from += column, to += height)
            for (size_t j = 0; j < height; j += TG_PATCHES_PIECE)
                memcpy(to + j, from + j, TG_PATCHES_PIECE);
    }
}

/* A tile of patches times those of weights. */
#define MULTIPLY(patches, groups, high, low, next)                             \
    do {                                                                       \
        _tile_loadd(6, high, BYTES);                                           \
        _tile_dpbusd(0, patches, 6);                                           \
        _tile_loadd(7, low, BYTES);                                            \
        _tile_dpbuud(1, patches, 7);                                           \
        if (groups == 1)                                                       \
            break;                                                             \
        _tile_loadd(6, high + next, BYTES);                                    \
        _tile_dpbusd(2, patches, 6);                                           \
        _tile_loadd(7, low + next, BYTES);                                     \
        _tile_dpbuud(3, patches, 7);                                           \
    } while (0)

/* Products of 16 patches with a group of dimensions, or with two: high bytes
 * in registers 0 and 2, low ones in 1 and 3. Two tiles of patches are there
 * from the groups before, unless these are the first. */
AMX INLINE void project_tiles(bool first, size_t groups, size_t tiles,
                              size_t height, const uint8_t *stacks,
                              const uint8_t *high, const uint8_t *low)
{
    const size_t tile = ROWS * BYTES, next = tiles * tile;

    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t t = 0; t < tiles; t += 2, high += 2 * tile, low += 2 * tile) {
        if (first || tiles > 2)
            _tile_loadd(4, stacks + t * BYTES, height);
        MULTIPLY(4, groups, high, low, next);
        if (t + 1 == tiles)
            break;
        if (first || tiles > 2)
            _tile_loadd(5, stacks + (t + 1) * BYTES, height);
        MULTIPLY(5, groups, high + tile, low + tile, next);
    }
}

AMX INLINE void store_tiles(size_t groups, int32_t sums[4][ROWS][GROUP])
{
    _tile_stored(0, sums[0], BYTES);
    _tile_stored(1, sums[1], BYTES);
    if (groups > 1) {
        _tile_stored(2, sums[2], BYTES);
        _tile_stored(3, sums[3], BYTES);
    }
    settle(sums);
}

/* What register 2 g and the one after it were stored as, in one number. */
AMX INLINE void join(size_t count, size_t groups, int32_t sums[4][ROWS][GROUP],
                     size_t dims, int32_t *y)
{
    for (size_t p = 0; p < count; p++)
        for (size_t g = 0; g < groups; g++) {
            __m512i high = _mm512_load_si512(sums[2 * g][p]);
            __m512i low = _mm512_load_si512(sums[2 * g + 1][p]);

            _mm512_storeu_si512(y + p * dims + g * GROUP,
                                _mm512_add_epi32(_mm512_slli_epi32(high, 8),
                                                 low));
        }
}

/* Positions that are taken together: a row's in equal parts. */
static size_t together(size_t columns)
{
    size_t parts = (columns + ROWS - 1) / ROWS;

    return (columns + parts - 1) / parts;
}

/* Of a row of positions. Sums are joined while the next are under way. */
AMX INLINE void project_row(size_t columns, size_t dims, size_t tiles,
                            size_t height, const uint8_t *stacks,
                            const uint8_t *parts, int32_t *y)
{
    _Alignas(64) int32_t sums[2][4][ROWS][GROUP];
    const size_t group = tiles * ROWS * BYTES, step = together(columns);
    const uint8_t *low = parts + dims * tiles * BYTES;
    size_t turn = 0, count = 0, groups = 0;
    int32_t *to = NULL;

    for (size_t p = 0; p < columns; p += step)
        for (size_t i = 0; i < dims / GROUP; i += 2, turn ^= 1) {
            size_t some = i + 1 < dims / GROUP ? 2 : 1;

            if (some == 2)
                project_tiles(i == 0, 2, tiles, height, stacks + p * height,
                              parts + i * group, low + i * group);
            else
                project_tiles(i == 0, 1, tiles, height, stacks + p * height,
                              parts + i * group, low + i * group);
            store_tiles(some, sums[turn]);
            if (to)
                join(count, groups, sums[turn ^ 1], dims, to);
            to = y + p * dims + i * GROUP;
            count = columns - p < step ? columns - p : step;
            groups = some;
        }
    join(count, groups, sums[turn ^ 1], dims, to);
}

/* Between a picture's rows registers stay as they are. */
AMX void tg_patches_project_amx(const struct tg_patches *patches, size_t row,
                                struct tg_patches_scratch *scratch)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t columns = tg_patches_columns(shape);
    size_t height = tg_patches_stack(shape);

    if (row == 0) {
        struct configuration configuration = configurations[0];

        memset(configuration.rows, (int)together(columns), FIRST_WEIGHTS);
        turn(shape, scratch);
        stack(shape, scratch);
        _tile_loadconfig(&configuration);
    }
    settle(scratch->stacks);
    project_row(columns, tg_patches_whole(shape->dims), tg_patches_tiles(shape),
                height, scratch->stacks + row * scratch->line * height,
                patches->parts, scratch->projected);
    if (row + 1 == tg_patches_rows(shape))
        _tile_release();
}

/* ---- Filters ---------------------------------------------------------- */

/* 16 patches times a group of filters. */
AMX INLINE void multiply(size_t dims, const uint8_t *whitened,
                         const int8_t *quads, int32_t z[ROWS][GROUP])
{
    size_t i = 0;

    _tile_zero(0);
    for (; i + BYTES <= dims; i += BYTES, quads += BYTES * GROUP) {
        _tile_loadd(4, whitened + i, dims);
        _tile_loadd(5, quads, BYTES);
        _tile_dpbusd(0, 4, 5);
    }
    if (i < dims) {
        _tile_loadd(6, whitened + i, dims);
        _tile_loadd(7, quads, BYTES);
        _tile_dpbusd(0, 6, 7);
    }
    _tile_stored(0, z, BYTES);
    settle(z);
}

/* Sums of max(z, upper), and of -min(z, lower), over some positions. */
AMX INLINE void rectify(size_t count, int32_t z[ROWS][GROUP],
                        const int32_t *upper, const int32_t *lower,
                        uint32_t *above, uint32_t *below)
{
    __m512i up = _mm512_loadu_si512(upper), low = _mm512_loadu_si512(lower);
    __m512i a = _mm512_loadu_si512(above), b = _mm512_loadu_si512(below);

    for (size_t p = 0; p < count; p++) {
        __m512i v = _mm512_load_si512(z[p]);

        a = _mm512_add_epi32(a, _mm512_max_epi32(v, up));
        b = _mm512_sub_epi32(b, _mm512_min_epi32(v, low));
    }
    _mm512_storeu_si512(above, a);
    _mm512_storeu_si512(below, b);
}

/* What the limits add to all positions is taken off: sums are modulo 2^32, in
 * which the last one fits. */
AMX INLINE void take_off(size_t n, const int32_t *upper, const int32_t *lower,
                         uint32_t *above, uint32_t *below)
{
    const __m512i times = _mm512_set1_epi32((int32_t)n);
    __m512i up = _mm512_loadu_si512(upper), low = _mm512_loadu_si512(lower);
    __m512i a = _mm512_loadu_si512(above), b = _mm512_loadu_si512(below);

    a = _mm512_sub_epi32(a, _mm512_mullo_epi32(times, up));
    b = _mm512_add_epi32(b, _mm512_mullo_epi32(times, low));
    _mm512_storeu_si512(above, a);
    _mm512_storeu_si512(below, b);
}

/* A group's products are summed right before those of the next patches take
 * their place: meanwhile others are under way. */
AMX void tg_patches_pool_amx(const struct tg_patches *patches, size_t first,
                             size_t groups, size_t n, const uint8_t *whitened,
                             uint32_t *sums)
{
    _Alignas(64) int32_t z[4][ROWS][GROUP];
    size_t dims = tg_patches_whole(patches->shape.dims);
    size_t half = tg_patches_half(&patches->shape);
    const int8_t *quads = patches->quads + first * GROUP * dims;
    const int32_t *upper = patches->upper + first * GROUP;
    const int32_t *lower = patches->lower + first * GROUP;

    _tile_loadconfig(&configurations[dims % BYTES / GROUP]);
    settle(whitened);
    for (size_t p = 0; p < n + ROWS; p += ROWS)
        for (size_t g = 0; g < groups; g++) {
            uint32_t *to = sums + g * 2 * half;
            size_t f = g * GROUP;

            if (p > 0 && p <= n)
                rectify(ROWS, z[g], upper + f, lower + f, to, to + half);
            else if (p > 0)
                rectify(n + ROWS - p, z[g], upper + f, lower + f, to,
                        to + half);
            if (p < n)
                multiply(dims, whitened + p * dims, quads + f * dims, z[g]);
            else
                take_off(n, upper + f, lower + f, to, to + half);
        }
    _tile_release();
}

#endif
