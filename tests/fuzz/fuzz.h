/* What the fuzz targets share.
 *
 * A target takes its input apart into a few bytes of choices and pieces that
 * become files, in a folder of its own that is the working directory, and
 * hands these to a reader.  What the reader accepts is then used whole; what
 * it refuses must come with a proper code and message.  libFuzzer and the
 * sanitizers find what crashes, leaks, hangs or takes too much memory;
 * fuzz_check() what is wrong.
 */
#ifndef TG_FUZZ_H
#define TG_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "dataset.h"

/* A part of the input, consumed from its start. */
struct fuzz_bytes {
    const uint8_t *at;
    size_t left;
};

/* Abort with the condition's text where it does not hold. */
#define fuzz_check(condition)                                                  \
    ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/* The next byte; 0 at the end. */
uint8_t fuzz_byte(struct fuzz_bytes *input);

/* What comes before the next FUZZ_CUT, or all that is left; FUZZ_CUT itself
 * is dropped. */
#define FUZZ_CUT "\xf5|\xf5|"
struct fuzz_bytes fuzz_piece(struct fuzz_bytes *input);

/* A file in the working directory. */
void fuzz_write(const char *name, const void *bytes, size_t n);

/* Remove all that is in the working directory. */
void fuzz_clean(void);

/* Where reports go that nobody reads. */
FILE *fuzz_sink(void);

/* Check the code and the message of a failure. */
void fuzz_refusal(int error);

/* Choices of how to read, from two bytes of the input. */
struct tg_dataset_options fuzz_options(struct fuzz_bytes *input);

/* Open both parts of a data set; check, describe and read what opens. */
void fuzz_dataset(const char *spec, const struct tg_dataset_options *options);

/* What libFuzzer calls. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
