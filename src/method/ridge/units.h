/* Between the graph's units and a model's: the only place that knows both.
 *
 * The graph works on stored values: pixels 0..255, or what is read from an
 * origin of its own (origin.h); a model is of features (value * scale).
 */
#ifndef TG_RIDGE_UNITS_H
#define TG_RIDGE_UNITS_H

#include <stddef.h>

#include "origin.h"

/* Shapes: v (d+1) x k, the intercepts last; weights d x k; intercept[k];
 * origin: of the stored values, or NULL. */
void tg_units_to_features(size_t d, size_t k, const double *v, double scale,
                          const struct tg_origin *origin, double *weights,
                          double *intercept);

/* The other way. */
void tg_units_to_values(size_t d, size_t k, const double *weights,
                        const double *intercept, double scale,
                        const struct tg_origin *origin, double *v);

/* How large a feature's unit is, whose stored value is 1. Shapes: units[d]. */
void tg_units_of(size_t d, double scale, const struct tg_origin *origin,
                 double *units);

#endif
