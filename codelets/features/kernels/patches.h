/*
 * Features of random whitened patches: a picture's patches, normalised in
 * contrast and whitened, are multiplied by filters, rectified both ways and
 * pooled over a grid, all in one pass: nothing but pooled values is written.
 * docs/features.md has the formulas.  Pure kernels: no allocation, no state.
 *
 * All is exact integers, or single IEEE operations in a fixed order: the same
 * bytes from every variant.
 */
#ifndef TG_PATCHES_H
#define TG_PATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TG_PATCHES_GROUP = 16, /* filters in a register, and dimensions */
    TG_PATCHES_UNIT = 256, /* a whitened value of 1, before its patch is made
                              of unit length */
};

/* What a map is, and pictures it is for. */
struct tg_patches_shape {
    size_t width, height, channels; /* of a picture */
    size_t size;                    /* S: a patch is S x S x channels */
    size_t grid;                    /* G: cells a side */
    size_t dims;                    /* D: of a whitened patch */
    size_t filters;                 /* K */
    bool halve;                     /* the picture by a 2 x 2 box first */
    bool mirror;                    /* f(x) + f(Mx), M: left and right */
    bool unit;                      /* whitened patches of unit length */
    bool compand;                   /* 8 bits of pooled sums' square roots */
};

/* The sizes that follow.  Values are in the order (column, row, channel). */
size_t tg_patches_columns(const struct tg_patches_shape *shape);
size_t tg_patches_rows(const struct tg_patches_shape *shape);
size_t tg_patches_values(const struct tg_patches_shape *shape); /* of a patch */
size_t tg_patches_width(const struct tg_patches_shape *shape);  /* features */

/* Could a sum over a cell pass 32 bits?  Then the grid is too coarse. */
bool tg_patches_fit(const struct tg_patches_shape *shape);

/* What a map has learnt: a view of one block of bytes.
 * Shapes: m = tg_patches_values, D, K and d = tg_patches_width as above. */
struct tg_patches {
    struct tg_patches_shape shape;
    float *softness; /* [1] c, added to a patch's variance, in grey levels^2 */
    float *length;   /* [1] a patch's length in 8 bits, with unit */
    int16_t *whitener;  /* [D x m], a dimension's values together; their sum
                           is 0, that of their sizes at most 2^24 */
    float *gain;        /* [D] of a dimension, to 8 bits or TG_PATCHES_UNIT */
    float *bias;        /* [D] subtracted then */
    int8_t *filters;    /* [K x D], a filter's values together */
    int32_t *threshold; /* [K] of the rectifier */
    float *quantum;     /* [d] a pooled sum times it is the feature, with
                           compand its square */

    /* The same as kernels take it, made by tg_patches_pack. D and K are whole
     * groups of 16: what was not there is 0. */
    int16_t *pairs; /* [pairs of m][D][2] */
    uint8_t *parts; /* [high, low 8 bits][groups of D][quads of m][16][4] */
    int8_t *quads;  /* [groups of K][D / 4][16][4] */
    float *gains, *biases;
    int32_t *upper; /* [K] 128 times a filter's sum, plus its threshold */
    int32_t *lower; /* [K] minus its threshold */
};

/* Bytes of the block, and its view; a block is aligned to 64 bytes. */
size_t tg_patches_bytes(const struct tg_patches_shape *shape);
void tg_patches_view(const struct tg_patches_shape *shape, void *block,
                     struct tg_patches *patches);

/* Make what kernels take of the rest; the quanta need not be there. */
void tg_patches_pack(struct tg_patches *patches);

/* Bytes of scratch, aligned to 64. */
size_t tg_patches_scratch(const struct tg_patches_shape *shape);

/*
 * Features of n pictures.  Value: how many were above 255, and became it.
 * Shapes: x ldx x n; features ldf x n, in groups of 16 filters (the last one
 * what is left), each [positive, negative][cell][filter]. scratch of
 * tg_patches_scratch bytes.
 * Units: x grey levels; features round(quantum * pooled sum), with compand
 * round(sqrt(quantum * pooled sum)).
 * Source: Coates, Lee, Ng, "An Analysis of Single-Layer Networks in
 * Unsupervised Feature Learning", AISTATS 2011; Recht et al., "Do CIFAR-10
 * Classifiers Generalize to CIFAR-10?", 2018.
 */
size_t tg_patches_u8(const struct tg_patches *patches, size_t n,
                     const uint8_t *x, size_t ldx, uint8_t *features,
                     size_t ldf, void *scratch);

/* Pooled sums themselves, before they are features: to learn the quanta.
 * Shapes: sums lds x n. */
void tg_patches_sums(const struct tg_patches *patches, size_t n,
                     const uint8_t *x, size_t ldx, uint32_t *sums, size_t lds,
                     void *scratch);

struct tg_patches_scratch; /* patches_internal.h */

/* A processor's kernels. D and K are whole groups here. */
struct tg_patches_variant {
    const char *name;

    /* Of the patches of a row of positions: whitener * patch.  The first row
     * of a picture comes first. */
    void (*project)(const struct tg_patches *patches, size_t row,
                    struct tg_patches_scratch *scratch);

    /* A run of n whitened patches in 8 bits, plus 128; `projected` is
     * overwritten.
     * Shapes: projected, whitened [n][D]; contrast [n], 1 over what a patch's
     * values are divided by. */
    void (*whiten)(const struct tg_patches *patches, size_t n,
                   int32_t *projected, const float *contrast,
                   uint8_t *whitened);

    /* Over n positions: sums_f += max(z - t_f, 0), sums_f' += max(-z - t_f, 0)
     * where z = filter f times a whitened patch, t_f its threshold.
     * Shapes: whitened [n][D], 128 more than it is; filters of `groups` groups
     * from `first` on, at most 4; sums of the cell, as a scratch has them, of
     * the first group. */
    void (*pool)(const struct tg_patches *patches, size_t first, size_t groups,
                 size_t n, const uint8_t *whitened, uint32_t *sums);
};

/* Those that this processor can run, fastest first; NULL past the last. */
const struct tg_patches_variant *tg_patches_variant(size_t index);

/* tg_patches_u8 by a variant of choice: for tests and benchmarks. */
size_t tg_patches_u8_by(const struct tg_patches_variant *variant,
                        const struct tg_patches *patches, size_t n,
                        const uint8_t *x, size_t ldx, uint8_t *features,
                        size_t ldf, void *scratch);

#endif
