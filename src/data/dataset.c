#include "dataset.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "recognise.h"
#include "error.h"
#include "text.h"

/* Refuse an option, and say which formats obey it. */
static int refuse(const struct tg_dataset *dataset, const char *option,
                  unsigned obeys)
{
    char *who = NULL;
    int error = 0;

    for (int i = 0; tg_formats[i] && !error; i++) {
        char *more = NULL;

        if (!(tg_formats[i]->obeys & obeys))
            continue;
        more = tg_text_format("%s%s%s", who ? who : "", who ? " or " : "",
                              tg_formats[i]->files);
        error = more ? 0 : TG_EMEMORY;
        free(who);
        who = more;
    }
    if (!error)
        error =
            tg_fail(TG_EUSAGE, "%s: %s is for %s, and this is %s; leave it out",
                    dataset->spec, option, who, dataset->format);
    free(who);
    return error;
}

/* Options that a format would not obey are refused, not ignored. */
static int check_options(const struct tg_dataset *dataset,
                         const struct tg_dataset_options *options)
{
    const unsigned obeys = dataset->kind->obeys;

    if (options->labels && !(obeys & TG_OBEYS_LABELS))
        return refuse(dataset, "--labels", TG_OBEYS_LABELS);
    if (options->layout && !options->shared && !(obeys & TG_OBEYS_LAYOUT))
        return refuse(dataset, "--layout", TG_OBEYS_LAYOUT);
    if (obeys & TG_OBEYS_PICTURES)
        return 0;
    if (options->implied && options->binary &&
        (dataset->type != TG_U8 || !dataset->width))
        return tg_fail(TG_EUSAGE,
                       "%s: is %s, to which no --threshold is applied, unlike "
                       "to the training data; give pictures, in a folder",
                       dataset->spec, dataset->format);
    if (options->implied)
        return 0;
    if (options->width && (options->width != dataset->width ||
                           options->height != dataset->height))
        return refuse(dataset, "--image", TG_OBEYS_PICTURES);
    if (options->gray && dataset->channels != 1)
        return refuse(dataset, "--gray", TG_OBEYS_PICTURES);
    if (options->binary)
        return refuse(dataset, "--threshold", TG_OBEYS_PICTURES);
    if (options->ground.given)
        return refuse(dataset, "--background", TG_OBEYS_PICTURES);
    return 0;
}

/* Names go into models, JSON, tables and paths. */
static int check_names(const struct tg_dataset *dataset)
{
    for (int c = 0; c < dataset->classes; c++)
        if (!tg_text_is_clean(dataset->class_names[c]))
            return tg_fail(TG_EDATA,
                           "%s: the name of class %d is empty or "
                           "not printable UTF-8; rename the class",
                           dataset->spec, c);
    return 0;
}

int tg_dataset_open(const char *spec, enum tg_part part,
                    const struct tg_dataset_options *options,
                    struct tg_dataset **out)
{
    static const struct tg_dataset_options defaults;
    const struct tg_format *format;
    struct tg_dataset *dataset = NULL;
    const char *path;
    char *home = NULL;
    int error;

    *out = NULL;
    options = options ? options : &defaults;
    TG_TRY(tg_recognise(spec, &format, &path, &home));
    error = format->open(home ? home : path, part, options, &dataset);
    if (!error && dataset && home)
        error = tg_dataset_note(dataset, "its files are those in %s", home);
    free(home);
    if (error || !dataset) {
        tg_dataset_close(dataset);
        return error;
    }
    dataset->kind = format;
    dataset->part = part;
    dataset->spec = strdup(spec);
    error = dataset->spec ? 0 : tg_fail_memory(spec);
    if (!error)
        error = check_options(dataset, options);
    if (!error)
        error = check_names(dataset);
    if (!error)
        error = tg_dataset_check_alike(dataset);
    if (error)
        tg_dataset_close(dataset);
    else
        *out = dataset;
    return error;
}

int tg_dataset_note(struct tg_dataset *dataset, const char *format, ...)
{
    const size_t n = (size_t)dataset->nnotes;
    char **notes = realloc(dataset->notes, (n + 1) * sizeof *notes);
    va_list values;
    int length;

    if (!notes)
        return tg_fail_memory("a data set's notes");
    dataset->notes = notes;
    va_start(values, format);
    length = vasprintf(&notes[n], format, values);
    va_end(values);
    if (length < 0)
        return tg_fail_memory("a data set's notes");
    dataset->nnotes++;
    return TG_OK;
}

static void free_names(int classes, char **names)
{
    for (int c = 0; names && c < classes; c++)
        free(names[c]);
    free(names);
}

/* "5x4x3", or "flat rows" */
static const char *shape_text(int width, int height, int channels, char *text,
                              size_t size)
{
    if (!width)
        return "flat rows";
    snprintf(text, size, "%dx%dx%d", width, height, channels);
    return text;
}

int tg_dataset_check_shape(struct tg_dataset *dataset, const char *other,
                           int width, int height, int channels)
{
    const bool flat = !dataset->width;
    char own[40], theirs[40];
    const char *remedy = "give data of that shape";

    if ((flat && !width) ||
        (width == dataset->width && height == dataset->height &&
         channels == dataset->channels))
        return 0;
    if ((flat || !width) && (flat ? channels : dataset->channels) == 1)
        return tg_dataset_note(
            dataset,
            "%s pictures of %dx%d: flat rows are taken for their lines, one "
            "after the other",
            flat ? "its rows stand for" : "rows of the training stand for",
            flat ? width : dataset->width, flat ? height : dataset->height);
    if (flat)
        remedy = "the order within rows is not known: give --layout nhwc "
                 "where the values of a pixel lie together, --layout nchw "
                 "where channels follow one another";
    else if (!width)
        remedy = "the order within rows is not known: give such rows, or train "
                 "on pictures";
    return tg_fail(TG_EDATA, "%s: samples are %s, and %s %s; %s", dataset->spec,
                   shape_text(dataset->width, dataset->height,
                              dataset->channels, own, sizeof own),
                   other,
                   shape_text(width, height, channels, theirs, sizeof theirs),
                   remedy);
}

int tg_dataset_check_values(const struct tg_dataset *dataset, const char *other,
                            size_t features, enum tg_type type,
                            const char *shape)
{
    const bool eight = dataset->type == TG_U8;
    const char *remedy = "give data of that kind";

    if (dataset->features == features && dataset->type == type)
        return 0;
    if (dataset->type != type && strcmp(dataset->format, "npy") == 0)
        remedy = eight ? "save X / 255 where those were from 0 to 1, "
                         "X.astype('float32') where they were from 0 to 255"
                       : "of values from 0 to 255 save X.astype('uint8'), of "
                         "values from 0 to 1 (X * 255).round().astype('uint8')";
    else if (dataset->count * dataset->features == features)
        remedy = "of a single sample save X[None]";
    return tg_fail(TG_EDATA,
                   "%s: samples have %zu %s values, and %s %zu %s ones%s; %s",
                   dataset->spec, dataset->features, eight ? "8-bit" : "float",
                   other, features, type == TG_U8 ? "8-bit" : "float", shape,
                   remedy);
}

void tg_dataset_close(struct tg_dataset *dataset)
{
    if (!dataset)
        return;
    if (dataset->close)
        dataset->close(dataset);
    free_names(dataset->classes, dataset->class_names);
    free_names(dataset->nnotes, dataset->notes);
    free(dataset->labels);
    free(dataset->spec);
    free(dataset);
}

size_t tg_type_size(enum tg_type type)
{
    return type == TG_U8 ? sizeof(uint8_t) : sizeof(float);
}
