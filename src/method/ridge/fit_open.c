/* What a fit trains on, and tests on. */
#include "dataset_facts.h"
#include "error.h"
#include "fit.h"

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
        return tg_fail(TG_EDATA, "%s: %zu samples are too few to train on",
                       data->spec, fit->n_train);
    for (size_t i = 1; i < fit->n_train; i++)
        if (labels[rows ? rows[i] : i] != labels[rows ? rows[0] : 0])
            return TG_OK;
    return tg_fail(TG_EDATA,
                   "%s: all %zu samples are of one class, '%s'; "
                   "a classifier needs two or more",
                   data->spec, fit->n_train,
                   data->class_names[labels[rows ? rows[0] : 0]]);
}

static int open_test(struct tg_ridge_fit *fit)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);
    const char *spec = options->test;
    struct tg_dataset_options reading = options->reading;

    reading.implied = reading.shared = true;
    reading.width = fit->train->width;
    reading.height = fit->train->height;
    if (spec) {
        reading.labels = NULL;
        TG_TRY(tg_dataset_open(spec, TG_TEST, &reading, &fit->test));
        if (!fit->test)
            TG_TRY(tg_dataset_open(spec, TG_TRAIN, &reading, &fit->test));
    } else {
        TG_TRY(tg_dataset_open(options->data, TG_TEST, &reading, &fit->test));
    }
    if (!fit->test)
        return TG_OK;
    if (!fit->test->labels)
        return tg_fail(TG_EDATA, "%s: the test set has no labels; %s",
                       fit->test->spec, fit->test->kind->remedy);
    if (fit->test->features != fit->train->features ||
        fit->test->type != fit->train->type)
        return tg_fail(TG_EDATA,
                       "%s: test samples have %zu %s values, training samples "
                       "%zu %s ones; give a test set of the same kind",
                       fit->test->spec, fit->test->features,
                       fit->test->type == TG_U8 ? "8-bit" : "float",
                       fit->train->features,
                       fit->train->type == TG_U8 ? "8-bit" : "float");
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
    struct tg_dataset_options reading = options->reading;

    reading.shared = options->test != NULL;
    TG_TRY(tg_dataset_open(options->data, TG_TRAIN, &reading, &fit->train));
    TG_TRY(check_training(fit));
    fit->n_train = fit->train->count;
    if (options->holdout > 0)
        return tg_split_holdout(fit->train->count, fit->train->labels,
                                options->holdout, options->seed,
                                &fit->train_rows, &fit->n_train,
                                &fit->test_rows, &fit->n_test);
    TG_TRY(open_test(fit));
    fit->n_test = fit->test ? fit->test->count : 0;
    return TG_OK;
}

int tg_ridge_fit_note(struct tg_job *job, struct tg_facts *facts,
                      const char **subject)
{
    struct tg_ridge_fit *fit = (struct tg_ridge_fit *)job;

    *subject = fit->train->spec;
    TG_TRY(tg_facts_dataset(facts, "training", fit->train));
    return tg_facts_dataset(facts, "test", fit->test);
}
