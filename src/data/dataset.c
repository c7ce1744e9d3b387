#include "dataset.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats.h"
#include "error.h"
#include "text.h"

static const struct tg_format *const formats[] = {
#define X(name) &tg_format_##name,
    TG_FORMATS(X)
#undef X
};
enum { FORMATS = sizeof formats / sizeof *formats };

/* Find the format of a SPEC by its prefix; *path is what follows. */
static const struct tg_format *by_prefix(const char *spec, const char **path)
{
    for (int i = 0; i < FORMATS; i++) {
        size_t length = strlen(formats[i]->prefix);

        if (strncmp(spec, formats[i]->prefix, length) != 0)
            continue;
        *path = spec + length + (spec[length] == ':');
        if (spec[length] == ':' || (!spec[length] && formats[i]->bare))
            return formats[i];
    }
    *path = spec;
    return NULL;
}

/* The format that is recognised at a path; NULL: none. */
static const struct tg_format *by_looks(const char *path)
{
    for (int i = 0; i < FORMATS; i++)
        if (formats[i]->is && formats[i]->is(path))
            return formats[i];
    return NULL;
}

const char *tg_dataset_path(const char *spec)
{
    const char *path;
    const struct tg_format *format = by_prefix(spec, &path);

    return format && format->bare ? NULL : path;
}

int tg_dataset_labels_path(const char *spec, char **path)
{
    const char *data;
    const struct tg_format *format = by_prefix(spec, &data);

    *path = NULL;
    format = format ? format : by_looks(data);
    if (!format || !format->labels)
        return TG_OK;
    *path = format->labels(data);
    return *path ? TG_OK : TG_EMEMORY;
}

bool tg_format_reads(const struct tg_format *format, const char *name)
{
    const size_t length = strlen(name);

    for (const char *const *tail = format->tails; tail && *tail; tail++)
        if (length >= strlen(*tail) &&
            strcasecmp(name + length - strlen(*tail), *tail) == 0)
            return true;
    return false;
}

const struct tg_format *tg_dataset_format_of(const char *name)
{
    for (int i = 0; i < FORMATS; i++)
        if (tg_format_reads(formats[i], name))
            return formats[i];
    return NULL;
}

/* Find the format of a file or folder by looking at it. */
static int look(const char *path, const struct tg_format **format)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return tg_fail(TG_ENOINPUT,
                       "%s: %s; give a folder of pictures, IDX "
                       "or CIFAR files, a .npy file, or synth",
                       path, strerror(errno));
    if (S_ISDIR(info.st_mode) && access(path, R_OK | X_OK) != 0)
        return tg_fail(TG_ENOINPUT,
                       "%s: cannot open the folder: %s; check your permission",
                       path, strerror(errno));
    *format = by_looks(path);
    if (*format)
        return 0;
    if (S_ISDIR(info.st_mode))
        return tg_fail(TG_EDATA,
                       "%s: holds neither IDX files "
                       "(train-images-idx3-ubyte[.gz], ...), nor CIFAR "
                       "batches (data_batch_1.bin, train.bin, ...), nor PNG "
                       "or JPEG pictures, in one sub-folder per class or, to "
                       "predict only, without; give the folder that does",
                       path);
    return tg_fail(TG_EDATA,
                   "%s: is neither a .npy file nor a PNG or JPEG picture; "
                   "give one, or the folder that holds a data set's files",
                   path);
}

/* Refuse an option, and say which formats obey it. */
static int refuse(const struct tg_dataset *dataset, const char *option,
                  unsigned obeys)
{
    char *who = NULL;
    int error = 0;

    for (int i = 0; i < FORMATS && !error; i++) {
        char *more = NULL;

        if (!(formats[i]->obeys & obeys))
            continue;
        more = tg_text_format("%s%s%s", who ? who : "", who ? " or " : "",
                              formats[i]->files);
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
    int error;

    *out = NULL;
    options = options ? options : &defaults;
    format = by_prefix(spec, &path);
    if (!format)
        TG_TRY(look(path, &format));
    else if (!*path && !format->bare)
        return tg_fail(TG_EUSAGE, "%s: an empty name; give %sPATH", spec, spec);
    error = format->open(path, part, options, &dataset);
    if (error || !dataset)
        return error;
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

bool tg_dataset_has_shape(const struct tg_dataset *dataset, int width,
                          int height, int channels)
{
    return !width || !dataset->width ||
           (width == dataset->width && height == dataset->height &&
            channels == dataset->channels);
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
