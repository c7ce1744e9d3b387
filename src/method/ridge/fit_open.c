/* What a fit trains on, and tests on. */
#include <stdlib.h>

#include "dataset_facts.h"
#include "error.h"
#include "fit.h"
#include "reading.h"

static int check_training(const struct tg_ridge_fit *fit)
{
    const struct tg_dataset *data = fit->train;

    if (!data->labels)
        return tg_fail(TG_EDATA, "%s: no labels to train on; %s", data->spec,
                       data->kind->remedy);
    return TG_OK;
}

/* Of the samples that are left when those for testing are held out, too. */
int tg_ridge_check_classes(const struct tg_ridge_fit *fit)
{
    const struct tg_dataset *data = fit->train;
    const size_t *rows = fit->train_rows;
    const uint16_t *labels = data->labels;

    if (fit->n_train < 2)
        return tg_fail(TG_EDATA, "%s: %s too few to train on", data->spec,
                       fit->n_train ? "1 sample is" : "0 samples are");
    for (size_t i = 1; i < fit->n_train; i++)
        if (labels[rows ? rows[i] : i] != labels[rows ? rows[0] : 0])
            return TG_OK;
    return tg_fail(TG_EDATA,
                   "%s: all %zu samples are of one class, '%s'; "
                   "a classifier needs two or more",
                   data->spec, fit->n_train,
                   data->class_names[labels[rows ? rows[0] : 0]]);
}

/* How the test set is opened: as the training set is, pictures of any size and
 * colour brought to what its own are. */
static void set_test_reading(struct tg_ridge_fit *fit)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);

    fit->test_reading =
        tg_reading_like(&fit->reading, fit->train->width, fit->train->height,
                        fit->train->channels, options->invert);
    fit->test_reading.shared = true;
    if (!options->test)
        fit->test_reading.labels = options->reading.labels;
}

static int open_test(struct tg_ridge_fit *fit)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);
    const struct tg_dataset_options *reading = &fit->test_reading;
    const char *spec = options->test ? options->test : options->data;

    set_test_reading(fit);
    TG_TRY(tg_dataset_open(spec, TG_TEST, reading, &fit->test));
    if (!fit->test && options->test)
        TG_TRY(tg_dataset_open(spec, TG_TRAIN, reading, &fit->test));
    if (fit->test)
        TG_TRY(tg_reading_apply(&fit->test, reading, fit->train->channels,
                                fit->reading.binary, options->invert));
    if (!fit->test)
        return TG_OK;
    if (!fit->test->labels)
        return tg_fail(TG_EDATA, "%s: the test set has no labels; %s",
                       fit->test->spec, fit->test->kind->remedy);
    TG_TRY(tg_dataset_check_values(fit->test, "training samples have",
                                   fit->train->features, fit->train->type, ""));
    TG_TRY(tg_dataset_check_shape(fit->test, "training samples are",
                                  fit->train->width, fit->train->height,
                                  fit->train->channels));
    return tg_dataset_match(fit->test, fit->train->classes,
                            fit->train->class_names);
}

int tg_ridge_fit_open(struct tg_job *job)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;
    const struct tg_fit_options *options = tg_fit_options_of(fit);

    fit->reading = options->reading;
    fit->reading.tolerant = options->graph.skip_bad;
    fit->reading.shared = options->test != NULL;
    TG_TRY(
        tg_dataset_open(options->data, TG_TRAIN, &fit->reading, &fit->train));
    TG_TRY(check_training(fit));
    return options->holdout > 0 ? TG_OK : open_test(fit);
}

size_t tg_ridge_fit_inputs(struct tg_job *job,
                           struct tg_job_input inputs[TG_INPUTS_MAX])
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;
    const struct tg_fit_options *options = tg_fit_options_of(fit);

    inputs[0] = (struct tg_job_input){&fit->train, options->data, TG_TRAIN,
                                      &fit->reading, true};
    inputs[1] =
        (struct tg_job_input){&fit->test,
                              options->test ? options->test : options->data,
                              TG_TEST, &fit->test_reading, false};
    /* without the training set, it isn't known how the test set is read */
    return fit->train && options->holdout <= 0 ? 2 : 1;
}

/* Of those to train on, as many as were chosen, spread evenly. */
static int thin_out(struct tg_ridge_fit *fit)
{
    const size_t n = fit->choice.samples;

    if (!n || n >= fit->n_all)
        return TG_OK;
    size_t *rows = malloc(n * sizeof *rows);

    if (!rows)
        return tg_fail(TG_EMEMORY, "out of memory for %zu sample indices", n);
    for (size_t i = 0; i < n; i++) {
        size_t at = i * fit->n_all / n;

        rows[i] = fit->train_rows ? fit->train_rows[at] : at;
    }
    free(fit->train_rows);
    fit->train_rows = rows;
    fit->n_train = n;
    return TG_OK;
}

int tg_ridge_fit_divide(struct tg_ridge_fit *fit)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);

    fit->n_train = fit->train->count;
    fit->n_test = fit->test ? fit->test->count : 0;
    if (options->holdout > 0)
        TG_TRY(tg_split_holdout(fit->train->count, fit->train->labels,
                                options->holdout, options->seed,
                                &fit->train_rows, &fit->n_train,
                                &fit->test_rows, &fit->n_test));
    fit->n_all = fit->n_train;
    if (!fit->choice.trial)
        return TG_OK;
    fit->n_test = 0;
    return thin_out(fit);
}

int tg_ridge_fit_note(struct tg_job *job, struct tg_facts *facts,
                      const char **subject)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;

    *subject = fit->train->spec;
    TG_TRY(tg_facts_dataset(facts, "training", fit->train));
    return tg_facts_dataset(facts, "test", fit->test);
}
