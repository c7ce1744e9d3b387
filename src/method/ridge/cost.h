/* What a fit costs, from trials of the same kind of map. */
#ifndef TG_RIDGE_COST_H
#define TG_RIDGE_COST_H

#include "trials.h"

/* A factorization in double precision, in those of single precision. */
#define TG_DOUBLE_FACTOR 2.5

/* Seconds of a fit, by two trials that differ in their number of features:
 * these take a time for each sample and one for each sample and feature, the
 * Gram n d^2, factorizations nearly d^3, the rest d^2, for
 * each validated fold or once, or samples. */
double tg_cost_seconds(const struct tg_trial *small,
                       const struct tg_trial *large,
                       const struct tg_extent_of_fit *fit);

#endif
