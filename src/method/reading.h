/* How samples are read that a model is asked about: as those that it was
 * trained on. */
#ifndef TG_READING_H
#define TG_READING_H

#include "dataset.h"

/* How to open a data set whose pictures are to be as those of `like` were read,
 * of this shape (0: no pictures).  `invert`: they will be inverted. */
struct tg_dataset_options tg_reading_like(const struct tg_dataset_options *like,
                                          int width, int height, int channels,
                                          bool invert);

/* Bring pictures that have been opened so, of any format, to their shape, and
 * note it.
 * Errors: TG_EUSAGE (invert what are no pictures), TG_EMEMORY. */
int tg_reading_apply(struct tg_dataset **dataset,
                     const struct tg_dataset_options *reading, int channels,
                     bool binary, bool invert);

#endif
