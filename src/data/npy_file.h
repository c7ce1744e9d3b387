/* One .npy file: its header, and labels in it; private to npy*.c and
 * shards.c.
 * Source: numpy.lib.format, versions 1.0 to 3.0. */
#ifndef TG_DATASET_NPY_FILE_H
#define TG_DATASET_NPY_FILE_H

#include "formats.h"

enum { TG_NPY_DIMS = 8, TG_NPY_DESCR = 32 };

struct tg_npy_header {
    char descr[TG_NPY_DESCR]; /* as in the file: "<f4" */
    char kind;                /* b, i, u, f, U, ... as in numpy's dtype.kind */
    bool big;                 /* big-endian */
    uint64_t item;   /* bytes of an element (of a character, for U and S) */
    uint64_t length; /* characters of an element, for U and S; else 1 */
    bool fortran;    /* column-major, in more than one dimension */
    int ndims;
    uint64_t dims[TG_NPY_DIMS];
    uint64_t first; /* offset of the data */
};

/* Open a .npy file of any elements.  To be closed with tg_source_close, also
 * after a failure.
 * Errors: TG_ENOINPUT, TG_EDATA, TG_EIO, TG_EMEMORY. */
int tg_npy_open(const char *path, struct tg_source *source,
                struct tg_npy_header *header);

/* Refuse a file that does not hold as many bytes as its header says; to be asked
 * for elements that are read. Errors: TG_EDATA. */
int tg_npy_check_size(const struct tg_source *source,
                      const struct tg_npy_header *header);

/* What to save instead, by the kind of elements that can't be read; a list ends
 * with kind 0, which is for all others. */
struct tg_npy_advice {
    char kind;
    const char *what, *save;
};

/* Refuse elements that can't be read, of `what`: "features".
 * Errors: TG_EDATA. */
int tg_npy_refuse_dtype(const char *path, const struct tg_npy_header *header,
                        const char *what, const struct tg_npy_advice *advice);

/* Labels of samples that follow one another. */
struct tg_npy_label_file {
    const char *path;
    const char *samples; /* whose they are, in messages */
    size_t count;        /* of these */
};

/* Read the labels of all samples, from one file or from several in turn, and
 * name the classes: integers, in decimal, or texts.
 * Errors: as tg_npy_open. */
int tg_npy_labels(struct tg_dataset *base,
                  const struct tg_npy_label_file *files, size_t n);

#endif
