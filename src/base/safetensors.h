/* Reading safetensors: 8 bytes of length, a JSON header, and the tensors' data.
 * Every length in a file may lie: nothing is allocated that is larger than the
 * file.  Knows neither what the tensors mean nor StarPU, MPI or BLAS.
 * Source: https://huggingface.co/docs/safetensors (format section).
 */
#ifndef TG_SAFETENSORS_H
#define TG_SAFETENSORS_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "tensor.h"

struct tg_safetensors {
    const char *path;
    FILE *file;
    uint64_t start, size; /* of the data in the file, in bytes */
    json_t *header;
    json_t *metadata; /* part of the header; NULL where there is none */
};

/* Open a file, parse its header, and check that its tensors fill the data
 * without gap or overlap, as the format demands.  `path` is not copied.
 * Errors: TG_ENOINPUT, TG_EIO, TG_EDATA, TG_EMEMORY; nothing to close then. */
int tg_safetensors_open(struct tg_safetensors *source, const char *path);

/* Read a tensor of the header. One of a type or a number of dimensions that
 * struct tg_tensor does not hold is not ours: its name is NULL then.
 * Errors: TG_EIO, TG_EMEMORY; TG_EDATA: a shape that lies. */
int tg_safetensors_read(struct tg_safetensors *source, const char *name,
                        struct tg_tensor *tensor);

/* Between the order of bytes in files and in memory, either way. */
void tg_safetensors_turn(void *values, size_t n, size_t size);

/* Close and free. Safe after a failed open. */
void tg_safetensors_close(struct tg_safetensors *source);

#endif
