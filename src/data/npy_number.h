/* The numbers that .npy files hold, by dtype; private to npy*.c. */
#ifndef TG_DATASET_NPY_NUMBER_H
#define TG_DATASET_NPY_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tg_npy_number {
    char kind;     /* numpy's dtype.kind */
    uint64_t item; /* bytes */
    bool single;   /* float32 holds all its values exactly */

    /* To double, rounded to nearest.
     * Shapes: raw[n], `step` bytes apart, big-endian or not; values[n]. */
    void (*read)(const unsigned char *raw, size_t step, bool big, size_t n,
                 double *values);
};

/* The number of a dtype; NULL: it is none that is read. */
const struct tg_npy_number *tg_npy_number_find(char kind, uint64_t item);

#endif
