/* A look at every sample of a data set: which can't be read, and why.
 */
#ifndef TG_CHECK_H
#define TG_CHECK_H

#include <stdatomic.h>

#include "dataset.h"

struct tg_bad {
    size_t row;
    int error;
    char *why; /* the message: "FILE: reason; remedy" */
};

/* Bad samples, in ascending order of rows; all zero is none. */
struct tg_bad_list {
    struct tg_bad *bad;
    size_t count;
};

/* What to look at. */
struct tg_check {
    const struct tg_dataset *dataset;
    size_t first, last; /* rows first to last - 1 */
    size_t limit;       /* enough are as many bad ones, the first; 0: all */
    size_t threads;     /* 0: as many as there are cores for this process */
    atomic_size_t done; /* samples so far: for whoever waits, from 0 */
};

/* Does an error say that a sample is bad, and no more? */
bool tg_check_is_bad(int error);

/* Read the samples, and list the bad ones: the same list, whatever the number
 * of threads.
 * Errors: those that don't say that a sample is bad (TG_EMEMORY); the list is
 * to be freed even so. */
int tg_check_run(struct tg_check *check, struct tg_bad_list *list);

void tg_bad_free(struct tg_bad_list *list);

/* A bad sample's reason, without the remedy: the bytes of `why`. */
int tg_bad_reason(const struct tg_bad *bad);

enum { TG_BAD_SHOWN = 20 }; /* bad samples that a message names */

/* Say of bad samples, at least one, which they are, and what to do; where there
 * are more than TG_BAD_SHOWN, that there are more.
 * Value: the error of the first. */
int tg_bad_fail(const struct tg_dataset *dataset,
                const struct tg_bad_list *list);

/* Note that reading a sample has failed, and forward the error; and has it, in
 * this process? */
int tg_check_read(int error);
bool tg_check_failed(void);

#endif
