/* rff, orf: random Fourier features, whose inner products tend to a Gaussian
 * kernel.
 *
 * A feature is cos(w.x + b), w normal of variance 2 gamma a value, b even over
 * a turn: the mean of 2 cos cos over d features is exp(-gamma |x - y|^2), but
 * for an error that falls as 1/sqrt(d).  orf: the directions of each run of
 * `values` features are orthogonal, their lengths those of independent normal
 * directions, which makes that error smaller.  Weights are a pure function of
 * seed, feature and gamma: a model keeps gamma alone.  Of 8-bit samples all is
 * exact (kernels/fourier_u8.h): the same bytes on every processor, in any tile;
 * in single precision it is what sgemm gives, the same bytes in any tile on
 * processors for which it has the same kernels.
 * Source: Rahimi, Recht, "Random Features for Large-Scale Kernel Machines",
 * NIPS 2007, algorithm 1; Yu, Suresh, Choromanski, Holtmann-Rice, Kumar,
 * "Orthogonal Random Features", NIPS 2016, equation 5.
 */
#ifndef TG_CODELET_FOURIER_H
#define TG_CODELET_FOURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tiles.h"

/* A map.  Maps of the same seed have the same weights: give each its own. */
struct tg_fourier {
    size_t values, features; /* of a sample; of 8 bits, at most
                                TG_FOURIER_VALUES_MAX values (fourier_u8.h) */
    size_t line;             /* samples are pictures of this width, whose mirror
                                images count as they do; 0: as they are */
    bool orthogonal;         /* orf */
    bool single;             /* features are f32, of u8 or f32 samples;
                                false: u8, of u8 samples */
    uint64_t seed;
    double unit; /* of a stored value, in those of gamma: 1/255 of a pixel */
};

/* The block of a map: gamma, a double, comes first, then the weights.
 * Units: bytes. */
size_t tg_fourier_bytes(const struct tg_fourier *map);

/* Scratch of the tasks below. Units: bytes. */
size_t tg_fourier_median_scratch(void);
size_t tg_fourier_weights_scratch(const struct tg_fourier *map);
size_t tg_fourier_scratch(const struct tg_fourier *map);

/* Insert gamma as given. Shapes: block tg_fourier_bytes x 1 of u8. */
int tg_fourier_gamma_insert(double gamma, struct tg_tile block);

/* Insert a part of the sample that gamma is chosen from: its columns from the
 * first on, in that order. Shapes: raw values x n; sample values x N. */
int tg_fourier_sample_insert(size_t first, struct tg_tile raw,
                             struct tg_tile sample);

/* Insert the choice of gamma: 1 / the median of |x - y|^2 over all pairs of the
 * sample, or over 4,096 that the seed draws where there are more.  Where that
 * is no number above 0 (most pairs are equal, or there is none): 1 / values, so
 * that the largest |x - y|^2 of pictures is 1 / gamma.
 * Shapes: sample values x n, u8 or f32; block tg_fourier_bytes x 1 of u8.
 * Source: the heuristic of Schoelkopf, Smola, as in Garreau, Jitkrittum,
 * Kanagawa, "Large sample analysis of the median heuristic", 2017. */
int tg_fourier_median_insert(const struct tg_fourier *map,
                             struct tg_tile sample, struct tg_tile scratch,
                             struct tg_tile block);

/* Insert the making of the weights, from the gamma in the block. */
int tg_fourier_weights_insert(const struct tg_fourier *map,
                              struct tg_tile scratch, struct tg_tile block);

/* Insert the features of a tile: its rows from the first on.  Where first is 0
 * the tile begins: what it held is lost.  So the map of the first rows goes
 * first.
 * Shapes: raw values x n; block, with weights; features d x n.
 * Units: u8 features 127.5 + 127.5 cos; f32 features cos; of mirror images,
 * too, the mean of both, a half of 8 bits up. */
int tg_fourier_insert(const struct tg_fourier *map, size_t first,
                      struct tg_tile raw, struct tg_tile block,
                      struct tg_tile scratch, struct tg_tile features);

#endif
