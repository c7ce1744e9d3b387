/* What a file is that is not what was expected, by its first bytes; private to
 * this folder. */
#ifndef TG_DATASET_SIGNATURE_H
#define TG_DATASET_SIGNATURE_H

#include "formats.h"

enum { TG_SIGNATURE = 512 }; /* bytes that tell what a file is */

/* Read the start of a file; *n is how many bytes there are.
 * Shapes: start[TG_SIGNATURE]. Errors: TG_EIO. */
int tg_signature_read(const struct tg_source *source, unsigned char *start,
                      size_t *n);

/* Refuse a file, and name what it is: "FILE: is not an IDX file, but an HTML
 * page; get the file again".
 * `not_what`: "is not an IDX file"; `remedy`: where it is nothing known.
 * Shapes: start[n]. Errors: TG_EDATA. */
int tg_fail_unlike(const char *path, const unsigned char *start, size_t n,
                   const char *not_what, const char *remedy);

/* The same of what has not been opened yet; only files are read. */
int tg_fail_unlike_file(const char *path, const char *not_what,
                        const char *remedy);

/* Is it one of the known files that `not_what` may be mistaken for? */
bool tg_signature_is_known(const char *path, const unsigned char *start,
                           size_t n);

#endif
