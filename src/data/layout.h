/* How the axes of an array of samples are understood; private to this folder.
 */
#ifndef TG_DATASET_LAYOUT_H
#define TG_DATASET_LAYOUT_H

#include "formats.h"

enum { TG_LAYOUT_DIMS = 8 };

/* An array as its file describes it. */
struct tg_array {
    const char *path;
    int ndims;
    uint64_t dims[TG_LAYOUT_DIMS]; /* the samples' axis first */
    bool fortran;                  /* the first axis is the fastest */
};

/* Where the features of a sample lie in it: axes, the fastest first, of which
 * those that follow each other without a gap are one. */
struct tg_axes {
    int n;
    size_t extent[TG_LAYOUT_DIMS];
    size_t step[TG_LAYOUT_DIMS]; /* elements from a value to the next */
};

/* Find what the axes of an array are: as --layout says, or by their sizes, which
 * is noted where they leave a choice.  Sets the count, features, width, height
 * and channels of the data set.
 * Errors: TG_EDATA, TG_EMEMORY. */
int tg_layout_find(const struct tg_array *array,
                   const struct tg_dataset_options *options,
                   struct tg_dataset *base, struct tg_axes *axes);

/* "120 x 3 x 32 x 24", to be freed; NULL: no memory. */
char *tg_layout_shape(const struct tg_array *array);

/* Do the features lie in a sample as they are used, one after the other? */
bool tg_axes_are_plain(const struct tg_axes *axes);

/* Elements from a sample's first one to feature f. */
size_t tg_axes_offset(const struct tg_axes *axes, size_t f);

#endif
