/* normal, descend, diagonals: what solvers without a Gram ask of a row tile,
 * whose features they take centred and scaled (centred.h).  In double; some
 * hundred samples at a time, so that what is centred stays near.
 */
#ifndef TG_CODELET_NORMAL_H
#define TG_CODELET_NORMAL_H

#include <stddef.h>

#include "centring.h"
#include "tally.h"
#include "tiles.h"

/* Counts multiplications and additions. */
extern struct tg_stage tg_stage_normal;

/* Doubles of scratch for so many columns. */
size_t tg_normal_scratch(size_t columns);

/* Insert Q += Z Z^T P, but for columns [from, to), which stay.
 * Shapes: X d x n; S d x 2; P, Q d x c doubles; scratch tg_normal_scratch(c).
 */
int tg_normal_insert(size_t from, size_t to, struct tg_tile x,
                     struct tg_tile scale, struct tg_tile p,
                     struct tg_tile scratch, struct tg_tile q);

/* Insert H += the blocks of Z Z^T on its diagonal, of TG_CENTRING_CHUNK
 * features each, side by side, lower triangles.
 * Shapes: H TG_CENTRING_CHUNK x d doubles; scratch tg_normal_scratch(0). */
int tg_diagonals_insert(struct tg_tile x, struct tg_tile scale,
                        struct tg_tile scratch, struct tg_tile h);

/* Insert a visit of block coordinate descent: T += Zb^T D of the block of
 * features before, which begins at `before` (d: none), then Q += Zi T of this
 * one, from `first` on; but for columns [from, to), which stay.
 * Shapes: D, Q TG_CENTRING_CHUNK x c, of which rows are used as there are
 * features; T n x c; scratch tg_normal_scratch(0). */
struct tg_descend {
    size_t before, first, from, to;
};
int tg_descend_insert(const struct tg_descend *visit, struct tg_tile x,
                      struct tg_tile scale, struct tg_tile delta,
                      struct tg_tile scratch, struct tg_tile t,
                      struct tg_tile q);

#endif
