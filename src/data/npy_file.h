/* One .npy file: its header, and labels in it; private to npy*.c.
 * Source: numpy.lib.format, versions 1.0 to 3.0. */
#ifndef TG_DATASET_NPY_FILE_H
#define TG_DATASET_NPY_FILE_H

#include "formats.h"

enum { TG_NPY_DIMS = 4 };

struct tg_npy_header {
    char kind;       /* b, i, u, f, U, ... as in numpy's dtype.kind */
    uint64_t item;   /* bytes of an element (of a character, for U) */
    uint64_t length; /* characters of an element, for U; else 1 */
    bool fortran;    /* column-major, in more than one dimension */
    int ndims;
    uint64_t dims[TG_NPY_DIMS];
    uint64_t first; /* offset of the data */
};

/* Open a .npy file of little-endian numbers or text, whose size is what its
 * header says.  To be closed with tg_source_close, also after a failure.
 * Errors: TG_ENOINPUT, TG_EDATA, TG_EIO, TG_EMEMORY. */
int tg_npy_open(const char *path, struct tg_source *source,
                struct tg_npy_header *header);

/* Read labels, and name the classes: integers, in decimal, or texts.
 * `samples` is the path of the samples, which must be as many.
 * Errors: as tg_npy_open. */
int tg_npy_labels(struct tg_dataset *base, const char *samples,
                  const char *path);

#endif
