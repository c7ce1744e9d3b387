/* A data set seen otherwise: without some of its samples, or with its pictures
 * brought to another shape, colour and brightness.
 *
 * What is seen takes the place of the data set, which it owns from then on.
 */
#ifndef TG_VIEW_H
#define TG_VIEW_H

#include "dataset.h"

/* What pictures are to be. */
struct tg_view_picture {
    int width, height, channels; /* channels 1 or 3 */
    bool invert;                 /* a value v becomes 255 - v */
    bool binary; /* then 255 where v / 255 > threshold, else 0 */
    double threshold;
};

/* Bring 8-bit pictures to what they are to be, by the functions of image.h: the
 * same bytes as of a picture file of these pixels.  A note says what is made
 * of what. Nothing is done where nothing is to be, nor to what are no 8-bit
 * pictures of 1 or 3 channels, nor to those of as many values in another shape,
 * which are more likely misunderstood than meant to be distorted: who has use
 * for such alone looks at the shape.
 * Errors: TG_EMEMORY. */
int tg_view_pictures(struct tg_dataset **dataset,
                     const struct tg_view_picture *wanted);

/* Leave samples out, as if they had never been there; a note says how many, and
 * names the first.
 * Shapes: out[count], ascending rows.
 * Errors: TG_EDATA (all; with `classes`, all of one class), TG_EMEMORY. */
int tg_view_leave_out(struct tg_dataset **dataset, size_t count,
                      const size_t *out, bool classes);

#endif
