/* What the readers of data sets share; private to this folder. */
#ifndef TG_DATASET_FORMATS_H
#define TG_DATASET_FORMATS_H

#include <dirent.h>

#include "dataset.h"
#include "signature.h"

/* A file read at random, by offset. All zero but fd = -1 is closed. */
struct tg_source {
    char *path;
    int fd;
    unsigned char *bytes; /* the whole content, instead of fd; or NULL */
    uint64_t size;        /* bytes */
};

/* Open a regular file. Errors: TG_ENOINPUT, TG_EMEMORY. */
int tg_source_open(const char *path, struct tg_source *source);

/* Read exactly n bytes. Thread-safe. Errors: TG_EIO. */
int tg_source_read(const struct tg_source *source, uint64_t offset, size_t n,
                   void *buffer);

/* Read the start of a file, which tells what it is; *n is how many bytes there
 * are.
 * Shapes: start[TG_SIGNATURE]. Errors: TG_EIO. */
int tg_source_start(const struct tg_source *source, unsigned char *start,
                    size_t *n);

/* Read rows of `size` bytes each, which start at offset `first`; neighbours
 * are read at once.
 * Shapes: rows[n] ascending; samples n x size bytes. Thread-safe.
 * Errors: TG_EIO. */
int tg_source_rows(const struct tg_source *source, uint64_t first, size_t size,
                   const size_t *rows, size_t n, void *samples);

/* Makes a sample of a row as it is in the file; an error ends the reading.
 * `raw` is a buffer, which may be changed. */
struct tg_converter {
    int (*convert)(const struct tg_converter *self, size_t row,
                   unsigned char *raw, void *sample);
    size_t raw, sample; /* bytes of a row in the file, of a sample */
    const void *dataset;
};

/* As tg_source_rows, with every row passed through a converter.
 * Errors: TG_EIO, TG_EMEMORY, the converter's. */
int tg_source_convert(const struct tg_source *source, uint64_t first,
                      const struct tg_converter *converter, const size_t *rows,
                      size_t n, void *samples);

void tg_source_close(struct tg_source *source);

/* The product of `n` sizes; false when one is zero or it does not fit. */
bool tg_sizes_product(const uint64_t *sizes, int n, uint64_t *product);

/* The distinct values of a list of labels, of `width` bytes each. */
struct tg_classes {
    size_t width;
    int (*compare)(const void *a, const void *b, size_t width);
    unsigned char *keys; /* [capacity], in order of arrival */
    uint16_t *order;     /* [capacity], arrivals in ascending order */
    int count, capacity;
};

/* Start a list of integers (keys are int64_t). */
void tg_classes_numbers(struct tg_classes *classes);

/* Add a value; *id is its number in order of arrival.
 * Errors: TG_EDATA (more than 65,535 classes), TG_EMEMORY. */
int tg_classes_add(struct tg_classes *classes, const char *path,
                   const void *key, uint16_t *id);

/* Number the classes in ascending order, in dataset->labels too, and name
 * them: by `name` (returns malloc'ed text), or in decimal when it is NULL.
 * Errors: TG_EMEMORY. */
int tg_classes_finish(const struct tg_classes *classes,
                      char *(*name)(const void *key, size_t width),
                      struct tg_dataset *dataset);

void tg_classes_free(struct tg_classes *classes);

/* Record that memory ran out while `path` was read; TG_EMEMORY. */
int tg_fail_memory(const char *path);

/* Open a folder to be read. Errors: TG_ENOINPUT. */
int tg_folder_open(const char *path, DIR **dir);

/* Refuse classes whose names look the same but are not; note some that differ
 * in case alone. Errors: TG_EDATA,
 * TG_EMEMORY. */
int tg_dataset_check_alike(struct tg_dataset *dataset);

/* Is it the name of a file that a format reads in a folder: by its end, in any
 * case? */
bool tg_format_reads(const struct tg_format *format, const char *name);

/* The formats, in the order in which a SPEC is tried: X(NAME) stands for
 * tg_format_NAME, which the file of the format defines. */
#define TG_FORMATS(X) X(synth) X(npy) X(idx) X(cifar) X(shards) X(pictures)

#define X(name) extern const struct tg_format tg_format_##name;
TG_FORMATS(X)
#undef X

enum {
#define X(name) TG_FORMAT_##name,
    TG_FORMATS(X)
#undef X
        TG_FORMATS_N
};

/* All of them, and NULL at the end. */
extern const struct tg_format *const tg_formats[TG_FORMATS_N + 1];

#endif
