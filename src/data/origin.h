/* The origin of floating-point features: what is subtracted from them as they
 * are loaded, and a power of two by which the rest is multiplied, so that
 * single precision goes to their spread and not to their distance from zero
 * (years, kelvins, seconds since 1970), and holds their squares, whatever their
 * unit (nanoseconds, parts per billion).
 *
 * A shift changes nothing but the intercept, which nobody penalises; with the
 * weights w of the shifted features it is b' - w.shift for the raw ones.  A
 * factor changes nothing but lambda, feature by feature, and exactly.
 */
#ifndef TG_ORIGIN_H
#define TG_ORIGIN_H

#include "dataset.h"

struct tg_origin {
    double *shift;   /* [features] */
    double *factor;  /* [features] powers of two */
    double variance; /* typical, of a feature: the median of those that vary
                        among the samples looked at; 1: none does */
};

/* Find the origin of a data set from some samples, evenly spread: for each
 * feature the median, where it is larger than their spread (then differences
 * are exact, or nearly), 0 elsewhere; and the factor that makes the largest
 * difference 1 to 2, or, where there is none, the constant itself, or, where
 * that is 0, what does it for most other features.  Where samples do not tell,
 * since they are next to nothing (below 1e-15), or nothing where others are so,
 * or large, all are read.  A pure function of the data: all ranks find the
 * same, and of data times a power of two the same shifts and variance up to
 * that.  Of the training data: what is tested is loaded from that, too.
 * Shapes: *origin to be freed; NULL for 8-bit samples, whose sums are exact
 * anyhow.
 * Errors: those of reading samples; TG_EDATA: a feature's squares leave double
 * precision; TG_EMEMORY. */
int tg_origin_find(const struct tg_dataset *dataset, struct tg_origin **origin);

void tg_origin_free(struct tg_origin *origin); /* NULL is allowed */

#endif
