/* What krylov.c and descent.c have of a system but for Z Z^T. */
#ifndef TG_KRYLOV_SYSTEM_H
#define TG_KRYLOV_SYSTEM_H

#include <stddef.h>

/* Of krylov.h: n, lambda, mu, s, m, t. */
struct tg_krylov_system {
    size_t d;
    double n, lambda;
    const double *mean, *scale, *own_mean, *own_scale;
};

/* Row f of o. */
static inline double tg_krylov_offset(const struct tg_krylov_system *a,
                                      size_t f)
{
    return (a->own_mean[f] - a->mean[f]) * a->scale[f];
}

/* Row f of A p, with q of Z Z^T p, and o^T p = op. */
static inline double tg_krylov_apply(const struct tg_krylov_system *a,
                                     double op, double p, double q, size_t f)
{
    double ratio = a->scale[f] / a->own_scale[f];

    return q - a->n * tg_krylov_offset(a, f) * op +
           a->lambda * ratio * ratio * p;
}

#endif
