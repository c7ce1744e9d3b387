/* What a method is: what it learns from data, and what its models do.
 *
 * A method is a table of steps for each graph that it runs; the life of a job,
 * which takes them in their order on all ranks, is written once for all
 * (command/job.c).  A step returns TG_OK or an error, of which every rank is
 * told before the next one; none knows MPI or other ranks.
 */
#ifndef TG_METHOD_H
#define TG_METHOD_H

#include <stdbool.h>
#include <stdio.h>

#include "facts.h"
#include "model.h"
#include "needs.h"
#include "sections.h"
#include "shared_options.h"
#include "tally.h"

enum { TG_NEEDS_MAX = 16 };

/* A job: the state of its steps begins with one. */
struct tg_job {
    const struct tg_graph_options *options; /* the command's own begin so */
    struct tg_model *model;                 /* to predict with, or NULL */
    int rank, ranks;
    size_t workers; /* of this rank, as far as can be told before they start */
    double memory;  /* bytes that it may still take, when a graph has run */
    struct tg_run run;             /* as far as it has come */
    double seconds[TG_STAGES_MAX]; /* of each stage, all workers' sum */
    double notes[TG_STAGES_MAX];   /* what its tasks have counted */
    FILE *tables;                  /* for results on a terminal, or NULL */
    int color;                     /* ... in colour */
};

/* A data set that a job reads. */
struct tg_job_input {
    struct tg_dataset **dataset; /* NULL in it: not open, or not there */
    const char *spec;
    enum tg_part part;
    const struct tg_dataset_options *reading; /* how it is opened */
    bool train; /* to be learnt from: each class needs a sample */
};

enum { TG_INPUTS_MAX = 2 };

/* Whether another graph of a job follows one that has run, and what it is for:
 * decided on rank 0, and then the same on all. */
struct tg_next {
    bool more;
    void *choice; /* a part of the state without pointers */
    size_t bytes; /* ... of so many */
};

struct tg_steps {
    size_t size;               /* of the state, zero at first */
    const char *const *phases; /* of its stages, as shown; to NULL */

    int (*open)(struct tg_job *job); /* data sets; all ranks */

    /* What is open, or would be: of these, all bad samples are told, or they
     * are left out before the next step. Value: their number. */
    size_t (*inputs)(struct tg_job *job,
                     struct tg_job_input inputs[TG_INPUTS_MAX]);

    /* Note what all ranks must have opened alike; *subject: what to call it. */
    int (*note)(struct tg_job *job, struct tg_facts *facts,
                const char **subject);

    int (*plan)(struct tg_job *job); /* sizes, splits; all checks of input */

    /* The memory that this rank is going to take, in at most TG_NEEDS_MAX
     * parts; `what` names the work for a message. Value: their number. */
    size_t (*memory)(struct tg_job *job, struct tg_memory_need *needs,
                     char *what, size_t size);

    /* Rank 0: what results go to, before anything is computed; or NULL. */
    int (*begin)(struct tg_job *job);

    int (*declare)(struct tg_job *job); /* the graph, whole */

    /* How far the tasks are, `seconds` after the start; from another thread. */
    void (*progress)(struct tg_job *job, double seconds,
                     struct tg_progress_state *state);

    int (*collect)(struct tg_job *job);  /* rank 0: tiles into results */
    void (*release)(struct tg_job *job); /* what declare described */

    /* Is there another graph?  Then `plan` comes again.  NULL: never. */
    int (*next)(struct tg_job *job, struct tg_next *next);
    int (*save)(struct tg_job *job);   /* rank 0: models, rows */
    int (*report)(struct tg_job *job); /* rank 0: pages, tables, pictures */
    void (*close)(struct tg_job *job); /* everything, whatever came before */
};

struct tg_method {
    const char *name;               /* as models name it */
    const struct tg_steps *fit;     /* its command's */
    const struct tg_steps *predict; /* samples, with a model of it */

    /* What `info` says of a model. Errors: TG_EDATA, it is none. */
    int (*describe)(FILE *out, const struct tg_model *model);
};

#endif
