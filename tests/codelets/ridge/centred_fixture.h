/* What tests of samples that are centred and scaled share. */
#ifndef TG_CENTRED_FIXTURE_H
#define TG_CENTRED_FIXTURE_H

#include "harness.h"

static inline struct matrix features_new(size_t d, size_t n, size_t element)
{
    struct matrix x = matrix_new(d, n, element);

    matrix_random(&x);
    matrix_remember(&x);
    return x;
}

static inline double value(const struct matrix *x, size_t f, size_t s)
{
    size_t at = f + s * x->rows;

    return x->element == 1 ? matrix_bytes(x)[at] : (double)matrix_floats(x)[at];
}

/* Means and scales of any size, as products take them. */
static inline struct matrix scale_new(size_t d)
{
    struct matrix scale = matrix_new(d, 2, 8);

    matrix_random(&scale);
    matrix_remember(&scale);
    return scale;
}

static inline double centred(const struct matrix *x, const struct matrix *scale,
                             size_t f, size_t s)
{
    const double *values = matrix_doubles(scale);

    return (value(x, f, s) - values[f]) * values[x->rows + f];
}

#endif
