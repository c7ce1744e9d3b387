/* The samples of one .npy file; private to npy.c and shards.c. */
#ifndef TG_DATASET_NPY_ARRAY_H
#define TG_DATASET_NPY_ARRAY_H

#include "layout.h"
#include "npy_file.h"
#include "npy_number.h"

/* `source` and `header` are of tg_npy_open; `axes` and `features` of
 * tg_layout_find. */
struct tg_npy_array {
    struct tg_source source;
    struct tg_npy_header header;
    const struct tg_npy_number *number;
    struct tg_axes axes;
    size_t features;
};

/* Refuse elements that can't be samples, and a file without all of them.
 * Errors: TG_EDATA. */
int tg_npy_array_check(struct tg_npy_array *array);

/* Set the format and the type of a data set of such elements. */
void tg_npy_array_describe(const struct tg_npy_array *array,
                           struct tg_dataset *base);

/* Bytes of a value as it is read: those of a byte, or of a double. */
size_t tg_npy_array_value(const struct tg_npy_array *array);

/* Read some samples, in the order of features, as bytes or double, whatever the
 * type of the data set is. Thread-safe.
 * Shapes: as the hooks of struct tg_dataset.
 * Errors: TG_EIO, TG_EMEMORY. */
int tg_npy_array_read(const struct tg_npy_array *array, const size_t *rows,
                      size_t n, void *samples);

#endif
