#include "units.h"

void tg_units_to_features(size_t d, size_t k, const double *v, double scale,
                          const struct tg_origin *origin, double *weights,
                          double *intercept)
{
    for (size_t c = 0; c < k; c++) {
        const double *from = v + c * (d + 1);
        double *to = weights + c * d;

        intercept[c] = from[d];
        for (size_t f = 0; f < d; f++) {
            to[f] = from[f] / scale;
            if (origin) {
                to[f] *= origin->factor[f];
                intercept[c] -= to[f] * origin->shift[f];
            }
        }
    }
}

void tg_units_to_values(size_t d, size_t k, const double *weights,
                        const double *intercept, double scale,
                        const struct tg_origin *origin, double *v)
{
    for (size_t c = 0; c < k; c++) {
        const double *from = weights + c * d;
        double *to = v + c * (d + 1);

        to[d] = intercept[c];
        for (size_t f = 0; f < d; f++) {
            to[f] = from[f] * scale;
            if (origin) {
                to[d] += to[f] * origin->shift[f];
                to[f] /= origin->factor[f];
            }
        }
    }
}

void tg_units_of(size_t d, double scale, const struct tg_origin *origin,
                 double *units)
{
    for (size_t f = 0; f < d; f++)
        units[f] = origin ? scale / origin->factor[f] : scale;
}
