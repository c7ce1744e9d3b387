/* The report on a fit. */
#include "section_list.h"

#include "page.h"
#include "text.h"

static const char *name(const void *result)
{
    const struct tg_result *fit = result;

    return fit->train->spec;
}

static void put_accuracy(FILE *page, const struct tg_result *fit)
{
    const struct tg_confusion confusion = tg_result_confusion(fit);
    const struct tg_hits hits = tg_confusion_hits(&confusion);
    char value[48] = "–", note[120];

    if (hits.all)
        snprintf(value, sizeof value, "%.2f %%", 100 * hits.accuracy);
    snprintf(note, sizeof note, "%s of %s right",
             tg_text_count(hits.right).text, tg_text_count(hits.all).text);
    tg_page_fact(page,
                 fit->test_confusion ? "Test accuracy" : "Training accuracy",
                 value, note);
}

static void put_facts(FILE *page, const void *result)
{
    const struct tg_result *fit = result;
    const struct tg_platform *platform = &fit->run.platform;
    double total = fit->run.total;
    char value[48], note[120] = "as given";

    put_accuracy(page, fit);
    if (fit->nlambdas)
        snprintf(note, sizeof note, "of %zu, by %zu folds’ %s", fit->nlambdas,
                 fit->folds, fit->by_error ? "mse" : "accuracy");
    snprintf(value, sizeof value, "%.6g", fit->lambda);
    tg_page_fact(page, "Regularisation λ", value, note);
    snprintf(note, sizeof note, "%s features, %s classes",
             tg_text_count((int64_t)fit->features).text,
             tg_text_count(fit->classes).text);
    tg_page_fact(page, "Training samples",
                 tg_text_count((int64_t)fit->n_train).text, note);
    snprintf(value, sizeof value, "%s s",
             tg_text_real(total, total < 100 ? 2 : 0).text);
    snprintf(note, sizeof note, "%d worker%s, %d rank%s", platform->workers,
             platform->workers == 1 ? "" : "s", platform->ranks,
             platform->ranks == 1 ? "" : "s");
    tg_page_fact(page, "Time", value, note);
}

static const struct tg_section *const sections[] = {
    &tg_section_fit,
    &tg_section_samples,
    &tg_section_trials,
    &tg_section_validation,
    &tg_section_confusion,
    &tg_section_weights,
    &tg_section_mistakes,
    &tg_section_fit_times,
    &tg_section_gram,
    &tg_section_workers,
    &tg_section_calibration,
    &tg_section_fit_run,
    NULL,
};

const struct tg_report tg_ridge_fit_report = {
    .kind = "Ridge classification",
    .name = name,
    .facts = put_facts,
    .sections = sections,
};
