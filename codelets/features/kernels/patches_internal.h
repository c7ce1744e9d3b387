/* Between the files of the patches' kernels only. */
#ifndef TG_PATCHES_INTERNAL_H
#define TG_PATCHES_INTERNAL_H

#include "clones.h"
#include "patches.h"

static inline size_t tg_patches_whole(size_t n)
{
    return (n + TG_PATCHES_GROUP - 1) / TG_PATCHES_GROUP * TG_PATCHES_GROUP;
}

/* What a picture is worked on in. */
struct tg_patches_scratch {
    uint8_t *image;     /* [channels][rows][line], mirrored or half */
    size_t line, plane; /* distance of two rows, and channels */
    int16_t *wide;   /* [channels][size][columns + size] of a row's patches */
    uint8_t *turned; /* [columns][rows][channels], the image again */
    uint8_t *stacks; /* [rows of positions][columns][size][channels], the last
                        two in whole quads; and what a tile reads too much */
    int32_t *projected;                   /* [columns][D] */
    uint32_t *column_sum, *column_square; /* [line] of a row's patches */
    uint32_t *sum, *square;               /* [columns] of them, and squares */
    float *contrast;   /* [columns] 1 / sqrt(variance + softness) */
    uint8_t *whitened; /* [positions, a cell's together][D], + 128; and what
                           a tile reads too much */
    uint32_t *sums;    /* [groups of K][2][cells][16] */
};

size_t tg_patches_lay_scratch(const struct tg_patches_shape *shape,
                              void *scratch, struct tg_patches_scratch *to);

/* Room for n elements in a block, if there is one, from `*at` on. */
static inline void *tg_patches_take(char *block, size_t *at, size_t n,
                                    size_t element)
{
    void *place = block ? block + *at : NULL;

    *at += (n * element + 63) / 64 * 64;
    return place;
}

/* The first of n positions that lies in a cell. */
static inline size_t tg_patches_cell(size_t cell, size_t n, size_t grid)
{
    return (cell * n + grid - 1) / grid;
}

/* Positions in a cell. */
static inline size_t tg_patches_cell_size(size_t cell, size_t columns,
                                          size_t rows, size_t grid)
{
    size_t x = cell % grid, y = cell / grid;

    return (tg_patches_cell(x + 1, columns, grid) -
            tg_patches_cell(x, columns, grid)) *
           (tg_patches_cell(y + 1, rows, grid) -
            tg_patches_cell(y, rows, grid));
}

/* Number of a position where a cell's are together. */
static inline size_t tg_patches_place(size_t column, size_t row, size_t columns,
                                      size_t rows, size_t grid)
{
    size_t x = column * grid / columns, y = row * grid / rows;
    size_t left = tg_patches_cell(x, columns, grid);
    size_t width = tg_patches_cell(x + 1, columns, grid) - left;
    size_t above = tg_patches_cell(y, rows, grid);
    size_t height = tg_patches_cell(y + 1, rows, grid) - above;

    return above * columns + height * left + (row - above) * width + column -
           left;
}

/* Distances in a scratch's sums. */
static inline size_t tg_patches_half(const struct tg_patches_shape *shape)
{
    return shape->grid * shape->grid * TG_PATCHES_GROUP;
}

/* Before a loop of constant length over registers: unroll it whole. */
#if defined(__clang__)
#define TG_UNROLL() _Pragma("clang loop unroll(full)")
#else
#define TG_UNROLL() _Pragma("GCC unroll 16")
#endif

/* Patches of a row of positions in 16 bits.
 * A value past each is 0. */
static inline void tg_patches_widen(const struct tg_patches_shape *shape,
                                    size_t row, struct tg_patches_scratch *s)
{
    const uint8_t *x = s->image + row * s->line;
    int16_t *wide = s->wide;
    size_t length = tg_patches_columns(shape) + shape->size;

    for (size_t i = 0; i < shape->channels * shape->size; i++) {
        const uint8_t *from =
            x + i / shape->size * s->plane + i % shape->size * s->line;

        for (size_t p = 0; p + 1 < length; p++)
            wide[p] = from[p];
        wide[length - 1] = 0;
        wide += length;
    }
}

/* Bytes of a column of a patch, whole quads; of all columns, whole tiles.
 * Columns are copied by pieces. */
enum { TG_PATCHES_TILE = 64, TG_PATCHES_PIECE = 32 };

static inline size_t tg_patches_stack(const struct tg_patches_shape *shape)
{
    return (shape->size * shape->channels + 3) / 4 * 4;
}

static inline size_t tg_patches_tiles(const struct tg_patches_shape *shape)
{
    return (shape->size * tg_patches_stack(shape) + TG_PATCHES_TILE - 1) /
           TG_PATCHES_TILE;
}

/* As struct tg_patches_variant has them. */
#define TG_PATCHES_KERNELS(level)                                              \
    void tg_patches_project_##level(const struct tg_patches *patches,          \
                                    size_t row,                                \
                                    struct tg_patches_scratch *scratch);       \
    void tg_patches_pool_##level(const struct tg_patches *patches,             \
                                 size_t first, size_t groups, size_t n,        \
                                 const uint8_t *whitened, uint32_t *sums)

TG_PATCHES_KERNELS(generic);
#if defined(__x86_64__)
TG_PATCHES_KERNELS(avx2);
TG_PATCHES_KERNELS(avx512); /* F, BW, VL and VNNI */
TG_PATCHES_KERNELS(amx);    /* these, and 8-bit tiles */

void tg_patches_whiten_avx512(const struct tg_patches *patches, size_t n,
                              int32_t *projected, const float *contrast,
                              uint8_t *whitened);
#endif

#endif
