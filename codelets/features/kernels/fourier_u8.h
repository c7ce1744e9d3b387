/* Random Fourier features of 8-bit samples, in exact integers.
 *
 * A feature is cos(w.x + b), w normal of variance 2 gamma, b even over a turn:
 * the mean of 2 cos cos over the features tends to exp(-gamma |x - y|^2).
 * Here w is in 127ths of 5 standard deviations, beyond which there is 6e-7 of
 * it: rounding adds 1.3e-4 to its variance, which is as if gamma were larger by
 * that, and changes the kernel by less than 1e-4.  w.x is exact in 32 bits, the
 * phase a fraction of a turn in 32 bits, and the feature
 * round(127.5 + 127.5 cos), from a polynomial in 16-bit fixed point, which is
 * within 0.03 before it is rounded.  Pure kernels: no allocation, no state.
 * Source: Rahimi, Recht, "Random Features for Large-Scale Kernel Machines",
 * NIPS 2007, algorithm 1.
 */
#ifndef TG_FOURIER_U8_H
#define TG_FOURIER_U8_H

#include <stddef.h>
#include <stdint.h>

/* Features in a panel of packed weights, and values in a group. */
#define TG_FOURIER_PANEL 16
#define TG_FOURIER_GROUP 4

/* Values of a sample at most: 32-bit sums hold 255 * 127 times so many. */
#define TG_FOURIER_VALUES_MAX 65536

/* Size of a panel: ceil(values / 4) groups of [16 features][4 values], then
 * what turns sums into phases.  Units: bytes; a multiple of 64. */
size_t tg_fourier_panel_size(size_t values);

/* How far a sum turns: turns * 2^32 = (sum * multiplier) >> shift, modulo 2^32.
 */
struct tg_fourier_step {
    int32_t multiplier;
    uint32_t shift; /* 0 to 32 */
};

/* The step of a kernel, to 2^-30 of it.
 * Units: gamma: of distances squared; unit: of a stored value, in theirs. */
struct tg_fourier_step tg_fourier_step(double gamma, double unit);

/* Begin a panel: no weights, no offsets, this step. */
void tg_fourier_start(size_t values, struct tg_fourier_step step,
                      uint8_t *panel);

/* Give one of a panel's features its direction and offset.
 * Shapes: feature < 16; w[values].
 * Units: w: standard deviations; offset: 2^-32 turns. */
void tg_fourier_pack(size_t values, size_t feature, const double *w,
                     uint32_t offset, uint8_t *panel);

/* Features of samples. Every variant writes the same bytes.  Panels are aligned
 * to 4 bytes.
 * Shapes: x values x n, ldx apart, a sample a column; panels: ceil(d / 16) of
 * them, each tg_fourier_panel_size(values) bytes; features d x n, ldf apart.
 * Units: x: stored values; features: 127.5 + 127.5 cos. */
void tg_fourier_u8(size_t values, size_t n, const uint8_t *x, size_t ldx,
                   size_t d, const uint8_t *panels, uint8_t *features,
                   size_t ldf);

/* A kernel: its name for reports, and the function above. */
struct tg_fourier_variant {
    const char *name; /* "avx512-vnni", "avx2" or "generic" */
    void (*features)(size_t values, size_t n, const uint8_t *x, size_t ldx,
                     size_t d, const uint8_t *panels, uint8_t *features,
                     size_t ldf);
};

/* The kernels that this processor can run, fastest first: for tests and
 * benchmarks.
 * Shapes: index = 0, 1, ...
 * Errors: NULL past the last one; index 0 always exists. */
const struct tg_fourier_variant *tg_fourier_variant(size_t index);

#endif
