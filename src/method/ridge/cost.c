#include "cost.h"

#include <math.h>

/* Features of which factorizations run at half the rate of very many: tiles in
 * flight are fewer, and what is not multiplication weighs more. */
static const double half_rate = 4000;

/* Graphs wait at their ends, for learning's single tasks, say. */
static const double waiting = 1.05;

/* At `x`, of the line through two points, no part of it below 0. */
static double line(double x0, double y0, double x1, double y1, double x)
{
    double slope = x1 > x0 ? fmax((y1 - y0) / (x1 - x0), 0) : 0;

    return fmax(y1 - slope * x1, 0) + slope * x;
}

double tg_cost_seconds(const struct tg_trial *small,
                       const struct tg_trial *large,
                       const struct tg_extent_of_fit *fit)
{
    const struct tg_extent_of_fit *s = &small->extent, *l = &large->extent;
    const double *phase = large->phase;
    const double wide = fit->features / l->features;
    double learning =
        line(s->features, small->phase[TG_PHASE_FEATURES] - small->mapping,
             l->features, phase[TG_PHASE_FEATURES] - large->mapping,
             fit->features);
    double mapping = line(s->features, small->mapping / s->passed, l->features,
                          large->mapping / l->passed, fit->features);
    double waits = fmax(large->seconds, 0);

    for (int p = 0; p < TG_PHASES; p++)
        waits = fmax(waits - phase[p], 0);
    return waits + learning +
           waiting *
               (mapping * fit->passed +
                phase[TG_PHASE_LOAD] * fit->passed / l->passed +
                phase[TG_PHASE_GRAM] * fit->rows / l->rows * wide * wide +
                phase[TG_PHASE_REDUCE] * wide * wide +
                phase[TG_PHASE_SOLVE] * fit->folds / l->folds * wide * wide +
                phase[TG_PHASE_FACTORIZE] * fit->factors / l->factors * wide *
                    wide * (fit->features + half_rate) /
                    (l->features + half_rate) +
                phase[TG_PHASE_PREDICT] * fit->scored / l->scored * wide);
}
