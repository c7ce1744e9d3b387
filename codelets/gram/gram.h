/* moments, gram: from a raw tile and its feature blocks (blocks.h) to the
 * sufficient statistics.
 *
 * Raw tiles are d x n of u8 or f32, one column a sample.  Statistics are
 * doubles: of 8-bit data they are integers, exact up to 2^53 and so independent
 * of order, tiles and processor.
 */
#ifndef TG_CODELET_GRAM_H
#define TG_CODELET_GRAM_H

#include <stddef.h>

#include "tally.h"
#include "tiles.h"

extern struct tg_stage tg_stage_gram;

/* Insert M += class sums and counts of a raw tile.
 * Shapes: raw d x n; labels n x 1 uint16; M (d+1) x k, last row: counts;
 * scratch tg_moments_scratch(d, k) x 1 uint16. */
int tg_moments_insert(struct tg_tile raw, struct tg_tile labels,
                      struct tg_tile scratch, struct tg_tile moments);
size_t tg_moments_scratch(size_t d, size_t k);

/* Insert G(i,j) += X(i,t) X(j,t)^T.  On the diagonal xi is xj, and only the
 * lower triangle is meant.
 * 8-bit: exact.  Floating point: products in single precision over runs of
 * at most 2,048 samples, whose results are added in double.
 * Shapes: xi, xj feature blocks of n samples; G bi x bj doubles; scratch
 * tg_gram_scratch(block, element) floats. */
int tg_gram_insert(size_t n, struct tg_tile xi, struct tg_tile xj,
                   struct tg_tile scratch, struct tg_tile gram);
size_t tg_gram_scratch(size_t block, size_t element);

/* Rows of a tile that suit the Gram, for values of `element` bytes. */
size_t tg_gram_tile_rows(size_t element);

/* The time of a product, as a share of that in single precision, about. */
double tg_gram_weight(size_t element);

#endif
