/* Output files appear whole or not at all: a temporary name, then rename. */
#ifndef TG_OUTPUT_H
#define TG_OUTPUT_H

#include <stdio.h>

struct tg_output {
    FILE *file;
    char *path;      /* the final name */
    char *temporary; /* beside it, or NULL: "-", standard output, and what is
                        not a regular file (/dev/full, a pipe) */
};

/* Start writing `path`. Errors: TG_ECANTCREAT, TG_EMEMORY. */
int tg_output_open(struct tg_output *output, const char *path);

/* Flush, sync and rename.  On failure nothing is left behind.
 * Errors: TG_EIO. */
int tg_output_commit(struct tg_output *output);

/* Drop what was written. Safe after a failed open or commit, and on zeroes. */
void tg_output_discard(struct tg_output *output);

#endif
