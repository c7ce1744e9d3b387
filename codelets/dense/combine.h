/* fill and add: the tasks that reductions are made of. */
#ifndef TG_CODELET_COMBINE_H
#define TG_CODELET_COMBINE_H

#include <stddef.h>

#include <starpu.h>

enum { TG_FILL_MAX = 1024 }; /* values of one fill */

/* Insert Y = 0. Shapes: any matrix of doubles. */
int tg_zero_insert(starpu_data_handle_t y);

/* Insert Y = values, known to all ranks. Shapes: values[n], Y n x 1;
 * n <= TG_FILL_MAX. */
int tg_fill_insert(const double *values, size_t n, starpu_data_handle_t y);

/* Insert Y = alpha X + beta Y.
 * Shapes: X, Y of doubles, alike. */
int tg_add_insert(double alpha, double beta, starpu_data_handle_t x,
                  starpu_data_handle_t y);

#endif
