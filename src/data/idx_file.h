/* One IDX file, plain or compressed with gzip; private to idx.c.
 * Source: the MNIST file format, http://yann.lecun.com/exdb/mnist/. */
#ifndef TG_DATASET_IDX_FILE_H
#define TG_DATASET_IDX_FILE_H

#include "formats.h"

enum { TG_IDX_DIMS = 4 };

/* The header of an IDX file of unsigned bytes. */
struct tg_idx_header {
    int ndims;
    uint64_t dims[TG_IDX_DIMS];
    uint64_t first; /* offset of the data */
    uint64_t size;  /* bytes of header and data */
};

/* Open a file whose size is what its header says; a compressed one, whatever its
 * name, is decompressed into memory, as gunzip does: all of its members.
 * `gz`: its name says that it is compressed.  To be closed with tg_source_close, also after a
 * failure.
 * Errors: TG_ENOINPUT, TG_EDATA, TG_EIO, TG_EMEMORY. */
int tg_idx_open(const char *path, bool gz, struct tg_source *source,
                struct tg_idx_header *header);

#endif
