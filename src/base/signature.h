/* What a file is that is not what was expected, by its first bytes and its name:
 * one table for all who read files. */
#ifndef TG_SIGNATURE_H
#define TG_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

enum { TG_SIGNATURE = 512 }; /* bytes that tell what a file is */

/* What a file is, "a web page", and what to do about it; false: nothing known.
 * Shapes: start[n]. */
bool tg_signature_find(const char *path, const unsigned char *start, size_t n,
                       const char **what, const char **remedy);

/* Refuse a file, and name what it is: "FILE: is not an IDX file, but a web page;
 * get the file again".
 * `not_what`: "is not an IDX file"; `remedy`: where it is nothing known.
 * Shapes: start[n]. Errors: TG_EDATA. */
int tg_fail_unlike(const char *path, const unsigned char *start, size_t n,
                   const char *not_what, const char *remedy);

#endif
