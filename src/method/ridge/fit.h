/* A fit in progress; private to fit*.c: input, graph, and what rank 0 makes of
 * it. */
#ifndef TG_RIDGE_FIT_H
#define TG_RIDGE_FIT_H

#include <string.h>

#include "fit_options.h"
#include "learnt.h"
#include "method.h"
#include "origin.h"
#include "reader.h"
#include "result.h"
#include "ridge.h"
#include "trials.h"

struct tg_auto;

/* What a fit holds; all zero is empty. */
struct tg_ridge_fit {
    struct tg_job job;               /* first */
    struct tg_choice choice;         /* what this graph is for */
    struct tg_trials *trials;        /* before it, or NULL; kept on rank 0 */
    struct tg_auto *search;          /* where --features auto is */
    double begun;                    /* this graph; seconds of the job's */
    struct tg_dataset *train, *test; /* test NULL: held out, or none */
    struct tg_dataset_options reading, test_reading; /* how they are opened */
    struct tg_origin *origin; /* of floating-point features, or NULL */
    double *lambdas;          /* tried, ascending */
    double *units;            /* [features], see tg_plan */
    struct tg_input train_input, test_input; /* as tasks read them */
    size_t *train_rows, *test_rows;          /* of a hold-out, or NULL */
    double scale;                            /* feature = value * scale */
    double lambda_unit;                      /* of --lambda auto */
    size_t n_all;                            /* that there are to train on */
    size_t n_train, n_test;                  /* that this graph takes */
    struct tg_split train_split, test_split;
    struct tg_learnt learnt; /* features, of plan.mapped */
    size_t *sample_rows;     /* ... are learnt from these */
    struct tg_split sample_split;
    struct tg_plan plan;
    struct tg_rows train_rows_in, test_rows_in; /* the graph's */
    struct tg_fit tiles;                        /* what it leaves */
    struct tg_result result;                    /* the same on the host */
};

static inline const struct tg_fit_options *
tg_fit_options_of(const struct tg_ridge_fit *fit)
{
    return (const struct tg_fit_options *)fit->job.options;
}

/* Are features made of samples, other than their own values? */
static inline bool tg_fit_mapped(const struct tg_ridge_fit *fit)
{
    return strcmp(fit->choice.features, "pixels") != 0;
}

/* The data set that is tested on: that of the training, when samples are held
 * out; NULL: none. */
static inline const struct tg_dataset *
tg_ridge_test_data(const struct tg_ridge_fit *fit)
{
    if (fit->choice.trial)
        return NULL;
    return fit->test_rows ? fit->train : fit->test;
}

/* fit_open.c */
int tg_ridge_fit_open(struct tg_job *job);
size_t tg_ridge_fit_inputs(struct tg_job *job,
                           struct tg_job_input inputs[TG_INPUTS_MAX]);
int tg_ridge_fit_note(struct tg_job *job, struct tg_facts *facts,
                      const char **subject);

/* Divide the samples: those to train on, and those to test on.
 * Errors: TG_EUSAGE, TG_EMEMORY. */
int tg_ridge_fit_divide(struct tg_ridge_fit *fit);

/* Of the samples that are left when those for testing are held out, too: are
 * there two classes? Errors: TG_EDATA. */
int tg_ridge_check_classes(const struct tg_ridge_fit *fit);

/* fit_result.c */
int tg_ridge_fit_collect(struct tg_job *job);
int tg_ridge_fit_save(struct tg_job *job);
int tg_ridge_fit_report_all(struct tg_job *job);
void tg_ridge_fit_clear(struct tg_ridge_fit *fit); /* the result */

#endif
