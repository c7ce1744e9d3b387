/* Confusions, accuracies, and the lambda that they are of. */
#include "section_list.h"

#include "error.h"
#include "terminal.h"

static struct tg_confusion confusion_of(const struct tg_result *fit,
                                        const int64_t *counts)
{
    return (struct tg_confusion){.classes = fit->classes,
                                 .names = fit->class_names,
                                 .counts = counts};
}

struct tg_confusion tg_result_confusion(const struct tg_result *result)
{
    return confusion_of(result, result->test_confusion
                                    ? result->test_confusion
                                    : result->train_confusion);
}

static int print_confusion(FILE *out, const void *result, int color)
{
    const struct tg_result *fit = result;
    const struct tg_confusion shown = tg_result_confusion(fit);
    const struct tg_confusion train = confusion_of(fit, fit->train_confusion);

    tg_terminal_title(out, color,
                      fit->test_confusion ? "Test samples"
                                          : "Training samples");
    TG_TRY(tg_confusion_table(out, &shown, NULL, color));
    fputc('\n', out);
    tg_terminal_label(out, color, "Lambda");
    fprintf(out, "%.6g\n", fit->lambda);
    tg_terminal_label(out, color, "Accuracy");
    fputs("train ", out);
    tg_confusion_line(out, &train);
    if (fit->test_confusion) {
        tg_terminal_label(out, color, "");
        fputs("test  ", out);
        tg_confusion_line(out, &shown);
    }
    return TG_OK;
}

static int put_json(struct tg_json *json, const void *result)
{
    const struct tg_result *fit = result;
    const struct tg_confusion shown = tg_result_confusion(fit);
    const struct tg_confusion train = confusion_of(fit, fit->train_confusion);
    const struct tg_confusion test = confusion_of(fit, fit->test_confusion);

    tg_json_real(json, "train_accuracy", tg_confusion_hits(&train).accuracy);
    tg_json_real(json, "test_accuracy", tg_confusion_hits(&test).accuracy);
    tg_confusion_json(json, "confusion", &shown);
    tg_confusion_json(json, "train_confusion", &train);
    return TG_OK;
}

static int put_page(FILE *page, const void *result)
{
    const struct tg_result *fit = result;
    const struct tg_confusion shown = tg_result_confusion(fit);

    tg_confusion_page(page, &shown, fit->test_confusion ? "test" : "training");
    return TG_OK;
}

const struct tg_section tg_section_confusion = {
    .id = "confusion",
    .title = "Confusion matrix",
    .text = print_confusion,
    .json = put_json,
    .html = put_page,
};
