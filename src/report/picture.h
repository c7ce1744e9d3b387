/* What is drawn of a result: the confusion matrix and the weights, as labelled
 * PNGs of their own, and the colours and pixels that the HTML page shares.
 *
 * Names are shortened to their room; bytes of them that are no UTF-8 become
 * '?'.  Knows neither StarPU, MPI nor BLAS.
 */
#ifndef TG_PICTURE_H
#define TG_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "confusion.h"

/* Draw a confusion matrix with counts, as far as they fit: rows are true
 * classes, columns predicted ones; darker is a larger share of the true class.
 * Of more than 2,000 classes, neighbours are drawn as one.
 * `path` "-": standard output.
 * Errors: TG_ECANTCREAT, TG_EIO, TG_EMEMORY. */
int tg_picture_confusion(const char *path,
                         const struct tg_confusion *confusion);

/* What a sample is: a picture, or a plain vector of width 0. */
struct tg_shape {
    int width, height, channels;
    size_t features; /* values of a sample */
};

/* Draw each class's weights, laid out as the samples are (see
 * tg_picture_panes); of more than 2,000 classes, or 500 of vectors, the first
 * ones.
 * Shapes: weights features x k, one column a class.
 * Errors: as tg_picture_confusion. */
int tg_picture_weights(const char *path, const struct tg_shape *shape, int k,
                       char *const *class_names, const double *weights);

struct tg_color {
    uint8_t red, green, blue;
};

/* From strong blue (-1 and below) over white (0) to strong red (1 and above).
 */
struct tg_color tg_picture_diverging(double value);

/* How dark a share (0 to 1) is drawn, 0 to 1: its square root, so that one
 * sample in a hundred can be seen. */
double tg_picture_shade(double share);

/* The colour of a shade on white, and whether text on it must be white. */
struct tg_color tg_picture_heat(double shade);
bool tg_picture_dark(double shade);

/* The pictures that show one class's weights.  One a channel for up to three
 * channels, side by side, since a class may be for red and against blue at the
 * same place; the mean over channels for more.  A vector is a strip, one pixel
 * high, in which a pixel is the mean of `group` neighbours. */
struct tg_panes {
    int width, height; /* of one */
    int count;         /* 1 to 3 */
    size_t group;      /* values that a pixel is the mean of ... */
    size_t stride;     /* ... this far apart */
};
struct tg_panes tg_picture_panes(const struct tg_shape *shape);

/* Paint one of them. Shapes: weights[shape->features]; planes width x height x
 * 3. `limit`: what is drawn in the strongest colour. */
void tg_picture_pane(const struct tg_shape *shape, const double *weights,
                     int pane, double limit, uint8_t *planes);

/* A limit that leaves out the largest hundredth of |weights|, of which a
 * hundred thousand, evenly spaced, are looked at; > 0.  Falls back on 1 when
 * memory is short or all are zero. */
double tg_picture_limit(size_t n, const double *weights);

#endif
