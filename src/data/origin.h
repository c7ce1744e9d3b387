/* The origin of floating-point features: what is subtracted from them as they
 * are loaded, so that single precision goes to their spread and not to their
 * distance from zero (years, kelvins, seconds since 1970).
 *
 * A shift changes nothing but the intercept, which nobody penalises; with the
 * weights w of the shifted features it is b' - w.origin for the raw ones. */
#ifndef TG_ORIGIN_H
#define TG_ORIGIN_H

#include "dataset.h"

/* Find the origin of a data set: for each feature the median of some samples,
 * evenly spread, where it is larger than their spread (then differences are
 * exact, or nearly); 0 elsewhere. A pure function of the data: all ranks find
 * the same.  Of the training data: what is tested is loaded from that, too.
 * Shapes: (*origin)[features], to be freed; NULL for 8-bit samples, whose sums
 * are exact anyhow.
 * Errors: those of reading samples, TG_EMEMORY. */
int tg_origin_find(const struct tg_dataset *dataset, double **origin);

#endif
