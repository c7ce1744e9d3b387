/*
 * Exact Gram blocks of 8-bit data: packing, and one product per block and
 * tile. Pure kernels: no allocation, safe to call from any thread, no state but
 * whether the operating system grants AMX, which it is asked once.
 */
#ifndef TG_GRAM_U8_H
#define TG_GRAM_U8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Features in a panel, and samples in a group, of the packed layout. */
#define TG_PACK_U8_FEATURES 16
#define TG_PACK_U8_SAMPLES 4

/*
 * Size of a packed block of b features and n samples.
 * Shapes: ceil(b / 16) panels of ceil(n / 4) groups of 16 x 4.
 * Units: bytes; always a multiple of 64; 0 where b or n is 0.
 */
size_t tg_packed_u8_size(size_t b, size_t n);

/*
 * Pack features [first, first + b) of a raw tile for tg_gram_u8(). Every
 * kernel's packing writes the same bytes. Any alignment works; packed is best
 * aligned to 64 bytes.
 * Shapes: x is ldx x n (a sample is a column), first + b <= ldx; packed is
 * [panel][group of samples][16 features][4 samples], padded with zeros, of
 * tg_packed_u8_size(b, n) bytes.
 * Units: raw 8-bit values.
 */
void tg_pack_u8(size_t first, size_t b, size_t n, const uint8_t *x, size_t ldx,
                uint8_t *packed);

/*
 * Add a tile's product to a block of the Gram: G += Xi Xjᵀ. With diagonal
 * (pi == pj and bi == bj) only the lower triangle (row >= column) is
 * computed; elements above it are neither read nor written.
 * Exact, and therefore the same bytes for every kernel, tile size and order,
 * while the elements of G are integers and stay below 2^53.
 * Shapes: pi, pj packed blocks of bi x n and bj x n; g is bi x bj,
 * column-major, ldg >= bi.
 * Units: products of raw values.
 * Source: G = Σ x xᵀ; loops after Goto, van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication", ACM TOMS 34(3), 2008.
 */
void tg_gram_u8(size_t bi, size_t bj, size_t n, const uint8_t *pi,
                const uint8_t *pj, bool diagonal, double *g, size_t ldg);

/* Name of the kernel that tg_gram_u8() uses on this processor. */
const char *tg_gram_u8_kernel(void);

/* A kernel: its name for reports, and the functions above. */
struct tg_gram_u8_variant {
    const char *name; /* "amx-int8", "avx512-vnni", "avx2", "generic" */
    void (*pack)(size_t first, size_t b, size_t n, const uint8_t *x, size_t ldx,
                 uint8_t *packed);
    void (*gram)(size_t bi, size_t bj, size_t n, const uint8_t *pi,
                 const uint8_t *pj, bool diagonal, double *g, size_t ldg);
};

/*
 * The kernels that this processor can run, fastest first: for tests and
 * benchmarks.
 * Shapes: index = 0, 1, ...
 * Errors: NULL past the last one; index 0 always exists.
 */
const struct tg_gram_u8_variant *tg_gram_u8_variant(size_t index);

#endif
