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
    int16_t *image;     /* [channels][rows][line]; a value more a row */
    size_t line, plane; /* distance of two rows, and channels */
    int32_t *projected; /* [columns][dims] */
    uint32_t *sum;      /* [line] of a patch's columns */
    uint32_t *square;   /* [line] of their squares */
    float *contrast;    /* [columns] 1 / sqrt(variance + softness) */
    int8_t *whitened;   /* [positions, a cell's together][dims] */
    int32_t *offset;    /* [positions] see pool */
    uint32_t *sums;     /* [groups][2][cells][16] */
};

size_t tg_patches_lay_scratch(const struct tg_patches_shape *shape,
                              void *scratch, struct tg_patches_scratch *to);

#if defined(__x86_64__)
/* As struct tg_patches_variant has them; AVX-512 F, BW, VL and VNNI. */
void tg_patches_project_avx512(size_t columns, size_t channels, size_t size,
                               size_t dims, const int16_t *x, size_t line,
                               size_t plane, const int16_t *pairs, int32_t *y);
void tg_patches_pool_avx512(size_t n, size_t dims, const int8_t *patches,
                            const int32_t *offset, const uint8_t *quads,
                            size_t stride, size_t groups,
                            const int32_t *threshold, uint32_t *sums,
                            size_t step, size_t half);
#endif

#endif
