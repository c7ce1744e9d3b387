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

/* Can `path` be written?  Leaves nothing behind: asked before long work, whose
 * results would otherwise be lost. NULL is fine. Errors: as tg_output_open. */
int tg_output_check(const char *path);

/* Remove the temporary files of all outputs still open; for a signal handler
 * that ends the process. */
void tg_output_abandon(void);

/* Drop what was written. Safe after a failed open or commit, and on zeroes. */
void tg_output_discard(struct tg_output *output);

#endif
