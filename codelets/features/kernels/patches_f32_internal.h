/* Between the files of the patches' kernels in single precision only. */
#ifndef TG_PATCHES_F32_INTERNAL_H
#define TG_PATCHES_F32_INTERNAL_H

#include "patches_f32.h"
#include "patches_internal.h"

/* As struct tg_patches_f32_variant has them. */
#define TG_PATCHES_F32_KERNELS(level)                                          \
    void tg_patches_f32_whiten_##level(const struct tg_patches_f32 *patches,   \
                                       const float *x, size_t line,            \
                                       const float *contrast,                  \
                                       const size_t *place, float *whitened);  \
    void tg_patches_f32_pool_##level(const struct tg_patches_f32 *patches,     \
                                     size_t n, const float *whitened,          \
                                     float *sums)

TG_PATCHES_F32_KERNELS(generic);
#if defined(__x86_64__)
TG_PATCHES_F32_KERNELS(avx2);   /* and FMA */
TG_PATCHES_F32_KERNELS(avx512); /* AVX-512 F */
#endif

#endif
