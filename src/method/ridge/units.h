/* Between the graph's units and a model's: the only place that knows both.
 *
 * The graph works on stored values (a pixel is 0..255) less an origin of its
 * own; a model is of features (value * scale).
 */
#ifndef TG_RIDGE_UNITS_H
#define TG_RIDGE_UNITS_H

#include <stddef.h>

/* Shapes: v (d+1) x k, the intercepts last; weights d x k; intercept[k];
 * origin[d], or NULL. */
void tg_units_to_features(size_t d, size_t k, const double *v, double scale,
                          const double *origin, double *weights,
                          double *intercept);

/* The other way. */
void tg_units_to_values(size_t d, size_t k, const double *weights,
                        const double *intercept, double scale,
                        const double *origin, double *v);

#endif
