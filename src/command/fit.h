/* A fit in progress, shared by fit.c (input, graph) and fit_result.c
 * (what rank 0 makes of it); private to them. */
#ifndef TG_FIT_H
#define TG_FIT_H

#include "command.h"
#include "fit_options.h"
#include "result.h"
#include "ridge.h"

/* What a fit holds; all zero is empty. */
struct tg_fit_job {
    const struct tg_fit_options *options;
    struct tg_runtime *runtime;
    struct tg_dataset *train, *test; /* test NULL: held out, or none */
    double *origin;                  /* of floating-point features, or NULL */
    struct tg_input train_input, test_input; /* as tasks read them */
    size_t *train_rows, *test_rows;          /* of a hold-out, or NULL */
    size_t n_train, n_test;
    struct tg_split train_split, test_split;
    struct tg_plan plan;
    double *v;           /* (d+1) x k, on rank 0 */
    double *table;       /* m x 2F */
    double chosen;       /* lambda */
    double failed_pivot; /* 0: none; else 1 + its feature */
    double *train_counts, *test_counts;
    double *mistakes;          /* as tg_graph_mistakes leaves them */
    struct tg_worker *workers; /* all ranks' */
    size_t uncalibrated;       /* tasks without a performance model */
    int calibrations;          /* runs that --calibrate has begun */
};

/* What is known of the result without its values; gram_seconds as from
 * tg_command_seconds. Collective, before StarPU stops. */
void tg_fit_describe(const struct tg_fit_job *fit, double gram_seconds,
                     struct tg_result *result);

/* Rank 0: check the solution, save the model, report.
 * Errors: TG_EDATA (singular), those of the files written. */
int tg_fit_finish(const struct tg_fit_job *fit, struct tg_result *result);

#endif
