/* Output files appear whole or not at all.
 *
 * They are written without a name where the file system can do that (Linux,
 * O_TMPFILE), so that nothing is left of them even after kill -9, and under a
 * temporary name elsewhere. An old file of the name is replaced by rename. */
#ifndef TG_OUTPUT_H
#define TG_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct tg_output {
    FILE *file;
    char *path;      /* the final name */
    char *temporary; /* room for a name beside it, or NULL: "-", standard
                        output, and what is not a regular file (/dev/full, a
                        pipe) */
    bool named;      /* the file is there, under the temporary name */
};

/* Is it a name of standard output: "-", /dev/stdout and the like? */
bool tg_output_is_stdout(const char *path);

/* Start writing `path`. What is open already ("-", /dev/stdout, /dev/fd/N) is
 * written to from where it is; a pipe must have a reader.
 * Errors: TG_ECANTCREAT, TG_EMEMORY. */
int tg_output_open(struct tg_output *output, const char *path);

/* Flush, sync and give it its name.  On failure nothing is left behind.
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
