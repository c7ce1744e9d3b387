/* Where rows of results go: one sample after another, into a file that appears
 * whole or not at all.
 *
 * A kind of sink is a file and a line of the table in sink.c.
 */
#ifndef TG_SINK_H
#define TG_SINK_H

#include <stdbool.h>
#include <stddef.h>

/* What a row says of a sample. */
struct tg_row {
    size_t sample;
    const char *file;      /* its own, or NULL */
    const char *predicted; /* the name of its class */
    const char *truth;     /* the same, or NULL */
    const double *scores;  /* one a class, or NULL */
};

/* What all rows have. */
struct tg_row_head {
    bool files, truth;
    size_t nscores; /* 0: none */
    char *const *classes;
};

struct tg_sink_kind;
struct tg_sink_file {
    const struct tg_sink_kind *kind; /* NULL: nothing is open */
    struct tg_row_head head;
    void *state;
};

struct tg_sink_kind {
    const char *prefix; /* "csv": csv:PATH */
    int (*open)(struct tg_sink_file *sink, const char *path);
    int (*row)(struct tg_sink_file *sink, const struct tg_row *row);
    int (*commit)(struct tg_sink_file *sink);
    void (*discard)(struct tg_sink_file *sink); /* after a commit, too */
};

extern const struct tg_sink_kind tg_sink_csv;

/* The file that a spec names: what follows the prefix, if there is one. */
const char *tg_sink_path(const char *spec);

/* Open by prefix; without one, the first kind.
 * Errors: TG_ECANTCREAT, TG_EMEMORY. */
int tg_sink_open(struct tg_sink_file *sink, const char *spec,
                 const struct tg_row_head *head);

/* Errors: TG_EIO. */
int tg_sink_row(struct tg_sink_file *sink, const struct tg_row *row);
int tg_sink_commit(struct tg_sink_file *sink);

/* Drop what was not committed, and free; zeroes are fine. */
void tg_sink_discard(struct tg_sink_file *sink);

#endif
