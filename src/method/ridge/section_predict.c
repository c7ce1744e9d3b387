/* The report on a prediction. */
#include "section_list.h"

#include "error.h"
#include "terminal.h"
#include "text.h"

/* ---- The data --------------------------------------------------------- */

static int print_data(FILE *out, const void *result, int color)
{
    const struct tg_prediction *p = result;
    char counts[48];

    snprintf(counts, sizeof counts, "%s %ssample%s",
             tg_text_count((int64_t)p->count).text,
             p->data->part == TG_TEST ? "test " : "", p->count == 1 ? "" : "s");
    tg_section_data_line(out, p->data, p->classes, counts, color);
    tg_terminal_file(out, "Model", p->model, color);
    if (p->learnt)
        tg_section_features(out, "Features", p->learnt, color);
    tg_section_run_line(out, &p->run, color);
    return TG_OK;
}

static int put_data(struct tg_json *json, const void *result)
{
    const struct tg_prediction *p = result;

    tg_json_count(json, "n", p->count);
    tg_json_integer(json, "classes", p->classes);
    tg_json_names(json, "class_names", p->classes, p->class_names);
    tg_section_notes_json(json, "notes", p->data);
    tg_section_features_json(json, p->learnt);
    tg_json_open(json, "predicted", '[');
    for (int i = 0; i < p->classes; i++)
        tg_json_integer(json, NULL, p->predicted[i]);
    tg_json_close(json, ']');
    return TG_OK;
}

static const struct tg_section section_data = {
    .text = print_data,
    .json = put_data,
};

/* ---- Predictions ------------------------------------------------------ */

static int print_predictions(FILE *out, const void *result, int color)
{
    const struct tg_prediction *p = result;

    tg_terminal_title(out, color, "Predictions");
    TG_TRY(tg_confusion_table(out, &p->confusion, p->predicted, color));
    if (!tg_confusion_known(&p->confusion))
        return TG_OK;
    fputc('\n', out);
    tg_terminal_label(out, color, "Accuracy");
    tg_confusion_line(out, &p->confusion);
    return TG_OK;
}

static int put_predictions(struct tg_json *json, const void *result)
{
    const struct tg_prediction *p = result;

    tg_json_real(json, "accuracy", tg_confusion_hits(&p->confusion).accuracy);
    tg_confusion_json(json, "confusion", &p->confusion);
    return TG_OK;
}

static const struct tg_section section_predictions = {
    .text = print_predictions,
    .json = put_predictions,
};

/* ---- Files ------------------------------------------------------------ */

static int print_files(FILE *out, const void *result, int color)
{
    const struct tg_prediction *p = result;

    tg_terminal_file(out, "Output", p->output, color);
    tg_terminal_file(out, "Results", p->json, color);
    tg_terminal_file(out, "Trace", p->trace, color);
    tg_terminal_file(out, "Picture", p->confusion_picture, color);
    return TG_OK;
}

static int put_files(struct tg_json *json, const void *result)
{
    const struct tg_prediction *p = result;

    tg_json_text(json, "data", p->data->spec);
    tg_json_text(json, "model", p->model);
    tg_json_text(json, "output", p->output);
    return TG_OK;
}

static const struct tg_section section_files = {
    .text = print_files,
    .json = put_files,
};

static const struct tg_section *const sections[] = {
    &section_data,       &section_predictions, &tg_section_times,
    &tg_section_workers, &section_files,       NULL,
};

const struct tg_report tg_ridge_predict_report = {.sections = sections};
