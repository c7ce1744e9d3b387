/* Are pictures inverted against those that a model was trained on? */
#ifndef TG_RIDGE_BRIGHTNESS_H
#define TG_RIDGE_BRIGHTNESS_H

#include "dataset.h"

/* Look at some pictures, evenly spread, and note if they seem to be dark where
 * the training data are light: the mean of the scores lies beyond where that of
 * any samples of the classes should, and would be among them if they were
 * inverted.  Of other data than 8-bit pictures nothing is said.
 * Shapes: weights d x k and intercept[k], of values / 255; `inverted`: they
 * have been inverted already.
 * Errors: those of reading samples, TG_EMEMORY. */
int tg_ridge_note_brightness(struct tg_dataset *dataset, size_t classes,
                             const double *weights, const double *intercept,
                             bool inverted);

#endif
