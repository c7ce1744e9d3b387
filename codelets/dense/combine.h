/* fill, copy and add: the tasks that reductions are made of. */
#ifndef TG_CODELET_COMBINE_H
#define TG_CODELET_COMBINE_H

#include <stddef.h>

#include "tally.h"
#include "tiles.h"

extern struct tg_stage tg_stage_add, tg_stage_fill;

enum { TG_FILL_MAX = 1024 }; /* values of one fill */

/* Insert Y = 0. Shapes: any matrix of doubles. */
int tg_zero_insert(struct tg_tile y);

/* Insert Y = values, known to all ranks. Shapes: values[n], Y n x 1;
 * n <= TG_FILL_MAX. */
int tg_fill_insert(const double *values, size_t n, struct tg_tile y);

/* Insert Y = X. Shapes: X, Y alike, of any element. */
int tg_copy_insert(struct tg_tile x, struct tg_tile y);

/* Insert Y = alpha X + beta Y.
 * Shapes: X, Y of doubles, alike. */
int tg_add_insert(double alpha, double beta, struct tg_tile x,
                  struct tg_tile y);

#endif
