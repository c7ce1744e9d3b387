#include "section_info.h"

#include "section_list.h"

#include <stdlib.h>

#include "error.h"
#include "text.h"

#define NAMES 40 /* columns that class names may take */

static void print_path(FILE *out, const char *word, const char *path)
{
    fprintf(out, "%-*s", TG_TEXT_LABEL, word);
    tg_text_whole(out, path);
    fputc('\n', out);
}

/* What a sample is: the shape, the features, how a value is stored. */
static void print_features(FILE *out, int width, int height, int channels,
                           size_t features, enum tg_type type)
{
    fprintf(out, "%-*s%s", TG_TEXT_LABEL, "Features",
            tg_text_count((int64_t)features).text);
    if (width)
        fprintf(out, ": pictures of %d x %d, %d channel%s", width, height,
                channels, channels == 1 ? "" : "s");
    fprintf(out, ", %s\n", type == TG_U8 ? "8 bits" : "floating point");
}

static void print_class_counts(FILE *out, const struct tg_dataset *dataset,
                               const int64_t *counts)
{
    int width = 5;

    for (int i = 0; i < dataset->classes; i++) {
        int columns = tg_text_columns(dataset->class_names[i]);

        if (columns > width)
            width = columns < NAMES ? columns : NAMES;
    }
    fprintf(out, "\n%-*s%14s%10s\n", width, "class", "samples", "share");
    for (int i = 0; i < dataset->classes; i++) {
        double share = (double)counts[i] / (double)dataset->count;

        tg_text_name(out, dataset->class_names[i], width, true);
        fprintf(out, "%14s%10s\n", tg_text_count(counts[i]).text,
                tg_text_real(share, 4).text);
    }
}

static int print_part(FILE *out, const struct tg_dataset *dataset,
                      const char *part, int color)
{
    int64_t *counts;

    print_path(out, "Data", dataset->spec);
    fprintf(out, "%-*s%s\n", TG_TEXT_LABEL, "Format", dataset->format);
    fprintf(out, "%-*s%s%s\n", TG_TEXT_LABEL, "Samples",
            tg_text_count((int64_t)dataset->count).text, part);
    print_features(out, dataset->width, dataset->height, dataset->channels,
                   dataset->features, dataset->type);
    tg_section_notes(out, "Note", dataset, color);
    if (!dataset->labels) {
        fprintf(out, "%-*s%s\n", TG_TEXT_LABEL, "Classes", "no labels");
        return TG_OK;
    }
    fprintf(out, "%-*s%s\n", TG_TEXT_LABEL, "Classes",
            tg_text_count(dataset->classes).text);
    counts = calloc((size_t)dataset->classes + 1, sizeof *counts);
    if (!counts)
        return tg_fail(TG_EMEMORY, "out of memory for the classes");
    for (size_t i = 0; i < dataset->count; i++)
        counts[dataset->labels[i]]++;
    print_class_counts(out, dataset, counts);
    free(counts);
    return TG_OK;
}

static int print_train(FILE *out, const void *result, int color)
{
    const struct tg_info_data *data = result;

    return print_part(out, data->train, data->test ? " (training part)" : "",
                      color);
}

static bool has_test(const void *result)
{
    const struct tg_info_data *data = result;

    return data->test != NULL;
}

static int print_test(FILE *out, const void *result, int color)
{
    const struct tg_info_data *data = result;

    fputc('\n', out);
    return print_part(out, data->test, " (test part)", color);
}

static const struct tg_section train = {.text = print_train};
static const struct tg_section test = {.has = has_test, .text = print_test};
static const struct tg_section *const data_sections[] = {&train, &test, NULL};

const struct tg_report tg_info_data_report = {.sections = data_sections};

/* Names with commas, in as many lines as they take. */
static void print_names(FILE *out, int k, char *const *names)
{
    int width = TG_TEXT_WIDTH - TG_TEXT_LABEL - 1, used = width;

    for (int i = 0; i < k; i++) {
        int columns = tg_text_columns(names[i]);

        columns = (columns < width ? columns : width) + 2;
        if (used + columns > width + 2) {
            fprintf(out, "\n%*s", TG_TEXT_LABEL, "");
            used = 0;
        } else if (i) {
            fputc(' ', out);
        }
        tg_text_name(out, names[i], width, false);
        if (i + 1 < k)
            fputc(',', out);
        used += columns;
    }
    fputc('\n', out);
}

static void print_reading(FILE *out, const struct tg_model *model)
{
    uint8_t rgb[3];

    if (!model->gray && !model->binary && !model->ground.given)
        return;
    fprintf(out, "%-*s%s", TG_TEXT_LABEL, "Reading",
            model->gray ? "gray" : "colours kept");
    if (model->binary)
        fprintf(out, ", black or white at %g", model->threshold);
    tg_ground_color(&model->ground, rgb);
    if (model->ground.given)
        fprintf(out, ", transparent pixels on #%02X%02X%02X", rgb[0], rgb[1],
                rgb[2]);
    fputc('\n', out);
}

static int print_model(FILE *out, const void *result, int color)
{
    const struct tg_info_model *info = result;
    const struct tg_model *model = info->model;

    print_path(out, "Model", info->path);
    fprintf(out, "%-*son %s samples, lambda %.6g%s\n", TG_TEXT_LABEL, "Trained",
            tg_text_count((int64_t)model->n_train).text, info->ridge->lambda,
            info->ridge->standardized ? " of standardised features" : "");
    print_features(out, model->width, model->height, model->channels,
                   model->features, model->type);
    if (info->learnt)
        tg_section_features(out, "Maps", info->learnt, color);
    print_reading(out, model);
    fprintf(out, "%-*s%s:", TG_TEXT_LABEL, "Classes",
            tg_text_count(model->classes).text);
    print_names(out, model->classes, model->class_names);
    return TG_OK;
}

static const struct tg_section model = {.text = print_model};
static const struct tg_section *const model_sections[] = {&model, NULL};

const struct tg_report tg_info_model_report = {.sections = model_sections};
