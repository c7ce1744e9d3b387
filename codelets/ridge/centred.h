/* squares, scale, product, project, weights: what the dual form has to do with
 * features, which it takes centred and scaled,
 *   z = (x - mu) / sqrt(p),
 * with the means mu of all training samples, and p what the square of a weight
 * costs for lambda 1 (assemble.h): 1 / unit^2, or the variance.  They are made in
 * scratch, some hundred features of a row tile at a time, and never kept.
 */
#ifndef TG_CODELET_CENTRED_H
#define TG_CODELET_CENTRED_H

#include <stdbool.h>
#include <stddef.h>

#include "tally.h"
#include "tiles.h"

extern struct tg_stage tg_stage_product;

/* Insert Q += squares of a row tile's features; exact of 8-bit data.
 * Shapes: X d x n, u8 or f32; Q d x 1 doubles. */
int tg_squares_insert(struct tg_tile x, struct tg_tile q);

/* Insert S: means, then 1 / sqrt(p).  A constant feature has no variance, and
 * keeps its unit.
 * Shapes: units[d], alive until the task has run; M (d+1) x k; Q d x 1; S d x 2.
 */
int tg_scale_insert(const double *units, bool standardize,
                    struct tg_tile moments, struct tg_tile q,
                    struct tg_tile scale);

/* Insert K = Zi^T Zj; where xi is xj, the lower triangle.  Rows and columns
 * beyond the samples are 0.
 * In double precision; where K is of floats, in single: products over some
 * hundred features at a time, added in their order.
 * Shapes: xi d x ni, xj d x nj; S d x 2; scratch tg_centred_scratch; K b x b,
 * b >= ni, nj. */
int tg_product_insert(struct tg_tile xi, struct tg_tile xj,
                      struct tg_tile scale, struct tg_tile scratch,
                      struct tg_tile k);

/* Insert P += Z A, in double. Shapes: X d x n; A b x c, double or single, b >= n;
 * P d x c doubles. */
int tg_project_insert(struct tg_tile x, struct tg_tile scale, struct tg_tile a,
                      struct tg_tile scratch, struct tg_tile p);

/* Doubles of scratch for tiles of n samples, and A of so many columns. */
size_t tg_centred_scratch(size_t n, size_t columns);

/* Insert V, the weights of stored values over the intercepts, from P = Z A: see
 * dual_system.h for the last column.  A failed job (info) leaves NaN.
 * Shapes: S d x 2; P d x (k+1); status (k+1) x 1: offsets, then potrf's info;
 * V (d+1) x k. */
int tg_weights_insert(struct tg_tile scale, struct tg_tile p,
                      struct tg_tile status, struct tg_tile v);

#endif
