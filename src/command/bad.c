#include "bad.h"

#include <stdlib.h>

#include "command.h"
#include "error.h"
#include "progress.h"
#include "view.h"

/* ---- Looking ---------------------------------------------------------- */

static void ask(void *context, double seconds, struct tg_progress_state *state)
{
    const struct tg_check *check = context;

    state->total = (double)(check->last - check->first);
    state->done = (double)check->done;
    state->rate = state->done / seconds;
    state->unit = "samples";
    snprintf(state->what, sizeof state->what, "check");
}

int tg_bad_look(struct tg_check *check, bool show, struct tg_bad_list *list)
{
    int error;

    tg_progress_start(show, ask, check);
    error = tg_check_run(check, list);
    tg_progress_stop();
    return error;
}

static bool show(const struct tg_runtime *runtime, const struct tg_job *job)
{
    return tg_command_progress(runtime, &job->options->common);
}

/* ---- Leaving out ------------------------------------------------------ */

/* Rows as bits, so many in a double: those of all ranks differ, so that their
 * sum is their union. */
enum { BITS = 48 };

static void set_bits(const struct tg_bad_list *list, double *bits)
{
    for (size_t i = 0; i < list->count; i++)
        bits[list->bad[i].row / BITS] +=
            (double)(UINT64_C(1) << list->bad[i].row % BITS);
}

static bool is_set(const double *bits, size_t row)
{
    return (uint64_t)bits[row / BITS] >> row % BITS & 1;
}

/* The rows that any rank has found bad; *rows is to be freed. */
static int share(const struct tg_runtime *runtime,
                 const struct tg_dataset *dataset, int error,
                 const struct tg_bad_list *list, size_t **rows, size_t *n)
{
    const size_t words = dataset->count / BITS + 1;
    double *bits = calloc(words, sizeof *bits);

    *n = 0;
    *rows = malloc(dataset->count * sizeof **rows);
    if (!error && (!bits || !*rows))
        error = tg_fail(TG_EMEMORY, "%s: out of memory", dataset->spec);
    error = tg_runtime_agree(runtime, error);
    if (!error) {
        set_bits(list, bits);
        tg_runtime_sum(runtime, bits, (int)words);
        for (size_t row = 0; row < dataset->count; row++)
            if (is_set(bits, row))
                (*rows)[(*n)++] = row;
    }
    free(bits);
    return error;
}

/* Each rank looks at its part of the rows. */
static int leave_out(const struct tg_runtime *runtime, struct tg_job *job,
                     const struct tg_job_input *input)
{
    const struct tg_dataset *dataset = *input->dataset;
    const size_t rank = (size_t)job->rank, ranks = (size_t)job->ranks;
    const size_t part = (dataset->count + ranks - 1) / ranks;
    const size_t first = rank * part, last = first + part;
    struct tg_check check = {
        .dataset = dataset,
        .first = first < dataset->count ? first : dataset->count,
        .last = last < dataset->count ? last : dataset->count,
        .threads = job->workers,
    };
    struct tg_bad_list list = {0};
    size_t *rows, n;
    int error = tg_bad_look(&check, show(runtime, job), &list);

    error = share(runtime, dataset, error, &list, &rows, &n);
    if (!error)
        error =
            tg_runtime_agree(runtime, tg_view_leave_out(input->dataset, n, rows,
                                                        input->train));
    tg_bad_free(&list);
    free(rows);
    return error;
}

int tg_bad_leave_out(const struct tg_runtime *runtime,
                     const struct tg_steps *steps, struct tg_job *job)
{
    struct tg_job_input inputs[TG_INPUTS_MAX];
    const size_t n = steps->inputs(job, inputs);

    for (size_t i = 0; i < n; i++)
        if (*inputs[i].dataset)
            TG_TRY(leave_out(runtime, job, &inputs[i]));
    return TG_OK;
}

/* ---- Explaining ------------------------------------------------------- */

/* Open what could not be opened, since its first sample is bad. */
static int open_again(const struct tg_job_input *input)
{
    struct tg_dataset_options reading = *input->reading;

    if (*input->dataset)
        return TG_OK;
    reading.tolerant = true;
    TG_TRY(tg_dataset_open(input->spec, input->part, &reading, input->dataset));
    return *input->dataset || input->part == TG_TRAIN
               ? TG_OK
               : tg_dataset_open(input->spec, TG_TRAIN, &reading,
                                 input->dataset);
}

/* Value: an error, with its message; TG_OK: all is well. */
static int tell(const struct tg_runtime *runtime, const struct tg_job *job,
                const struct tg_job_input *input)
{
    struct tg_check check = {.dataset = *input->dataset,
                             .last = (*input->dataset)->count,
                             .limit = TG_BAD_SHOWN + 1,
                             .threads = job->workers};
    struct tg_bad_list list;
    int error = tg_bad_look(&check, show(runtime, job), &list);

    if (!error && list.count) {
        tg_error_clear();
        error = tg_bad_fail(*input->dataset, &list);
    } else {
        error = TG_OK;
    }
    tg_bad_free(&list);
    return error;
}

static int explain(const struct tg_runtime *runtime,
                   const struct tg_steps *steps, struct tg_job *job)
{
    struct tg_job_input inputs[TG_INPUTS_MAX];
    const size_t n = steps->inputs(job, inputs);
    int error = TG_OK;

    for (size_t i = 0; i < n && !error; i++)
        if (!open_again(&inputs[i]) && *inputs[i].dataset)
            error = tell(runtime, job, &inputs[i]);
    return error;
}

int tg_bad_explain(const struct tg_runtime *runtime,
                   const struct tg_steps *steps, struct tg_job *job, int error)
{
    double failed = tg_check_is_bad(error) && tg_check_failed();
    int told;

    if (job->options->skip_bad) /* what says so has been told */
        return error;
    tg_runtime_sum(runtime, &failed, 1);
    if (failed == 0 || job->rank != 0)
        return error;
    told = explain(runtime, steps, job);
    return told ? told : error;
}
