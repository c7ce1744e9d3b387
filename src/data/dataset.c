#include "dataset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats.h"
#include "error.h"

static bool is_npy(const char *path)
{
    struct stat info;
    const char *dot = strrchr(path, '.');

    return dot && strcmp(dot, ".npy") == 0 && stat(path, &info) == 0 &&
           S_ISREG(info.st_mode);
}

/* The formats, in the order in which a SPEC is tried. */
static const struct format {
    const char *prefix;           /* "idx": idx:PATH */
    bool (*is)(const char *path); /* NULL: never recognised by looking */
    int (*open)(const char *path, enum tg_part part,
                const struct tg_dataset_options *options,
                struct tg_dataset **out);
} formats[] = {
    {"synth", NULL, tg_dataset_open_synth},
    {"npy", is_npy, tg_dataset_open_npy},
    {"idx", tg_dataset_is_idx, tg_dataset_open_idx},
    {"cifar", tg_dataset_is_cifar, tg_dataset_open_cifar},
    {"pictures", tg_dataset_is_folder, tg_dataset_open_folder},
};
static const size_t nformats = sizeof formats / sizeof *formats;

/* Find the format of a SPEC by its prefix; *path is what follows. */
static const struct format *by_prefix(const char *spec, const char **path)
{
    for (size_t i = 0; i < nformats; i++) {
        size_t length = strlen(formats[i].prefix);

        if (strncmp(spec, formats[i].prefix, length) == 0 &&
            spec[length] == ':') {
            *path = spec + length + 1;
            return &formats[i];
        }
    }
    *path = strcmp(spec, "synth") == 0 ? "" : spec;
    return strcmp(spec, "synth") == 0 ? formats : NULL;
}

/* Find the format of a file or folder by looking at it. */
static int by_looking(const char *path, const struct format **format)
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
    for (size_t i = 0; i < nformats; i++) {
        *format = &formats[i];
        if (formats[i].is && formats[i].is(path))
            return 0;
    }
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

/* Options that a format would not obey are refused, not ignored. */
static int check_options(const struct tg_dataset *dataset,
                         const struct tg_dataset_options *options)
{
    if (options->labels && strcmp(dataset->format, "npy") != 0)
        return tg_fail(TG_EUSAGE,
                       "%s: --labels is for .npy files, and this "
                       "is %s; leave it out",
                       dataset->spec, dataset->format);
    if (strcmp(dataset->format, "pictures") == 0)
        return 0;
    if (options->implied && options->binary)
        return tg_fail(TG_EUSAGE,
                       "%s: is %s, to which no --threshold is applied, unlike "
                       "to the training data; give pictures, in a folder",
                       dataset->spec, dataset->format);
    if (options->implied)
        return 0;
    if (options->width && (options->width != dataset->width ||
                           options->height != dataset->height))
        return tg_fail(TG_EUSAGE,
                       "%s: --image is for folders of pictures, and this is "
                       "%s; leave it out",
                       dataset->spec, dataset->format);
    if (options->gray && dataset->channels != 1)
        return tg_fail(TG_EUSAGE,
                       "%s: --gray is for folders of pictures, and "
                       "this is %s; leave it out",
                       dataset->spec, dataset->format);
    if (options->binary)
        return tg_fail(TG_EUSAGE,
                       "%s: --threshold is for folders of "
                       "pictures, and this is %s; leave it out",
                       dataset->spec, dataset->format);
    return 0;
}

/* Bytes of the UTF-8 character at `text`; 0 when it is not one, or is a
 * control character. */
static size_t utf8_length(const unsigned char *text)
{
    size_t n = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
    uint32_t code = n == 1 ? text[0] : text[0] & (0x7fu >> n);
    static const uint32_t least[] = {0, 0x20, 0x80, 0x800, 0x10000};

    if ((text[0] >= 0x80 && text[0] < 0xc2) || text[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3f);
    }
    if (code < least[n] || code > 0x10ffff || (code >= 0x7f && code < 0xa0) ||
        (code >= 0xd800 && code < 0xe000))
        return 0;
    return n;
}

bool tg_dataset_is_name(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t n = utf8_length(at);

    while (n && at[n]) {
        at += n;
        n = utf8_length(at);
    }
    return n;
}

static int check_names(const struct tg_dataset *dataset)
{
    for (int c = 0; c < dataset->classes; c++)
        if (!tg_dataset_is_name(dataset->class_names[c]))
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
    const struct format *format;
    struct tg_dataset *dataset = NULL;
    const char *path;
    int error;

    *out = NULL;
    options = options ? options : &defaults;
    format = by_prefix(spec, &path);
    if (!format)
        TG_TRY(by_looking(path, &format));
    else if (!*path && format->is)
        return tg_fail(TG_EUSAGE, "%s: an empty name; give %sPATH", spec, spec);
    error = format->open(path, part, options, &dataset);
    if (error || !dataset)
        return error;
    dataset->part = part;
    dataset->spec = strdup(spec);
    error = dataset->spec ? 0 : tg_fail_memory(spec);
    if (!error)
        error = check_options(dataset, options);
    if (!error)
        error = check_names(dataset);
    if (error)
        tg_dataset_close(dataset);
    else
        *out = dataset;
    return error;
}

static void free_names(int classes, char **names)
{
    for (int c = 0; names && c < classes; c++)
        free(names[c]);
    free(names);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(**(char *const *const *)a, **(char *const *const *)b);
}

/* For each of the data set's classes its number in the list, or -1.
 * `sorted` is scratch: pointers into class_names. */
static void look_up(const struct tg_dataset *dataset, size_t classes,
                    char *const *class_names, char *const **sorted, int *to)
{
    for (size_t c = 0; c < classes; c++)
        sorted[c] = &class_names[c];
    qsort(sorted, classes, sizeof *sorted, compare_names);
    for (int c = 0; c < dataset->classes; c++) {
        char *const *key = &dataset->class_names[c];
        char *const **found =
            bsearch(&key, sorted, classes, sizeof *sorted, compare_names);

        to[c] = found ? (int)(*found - class_names) : -1;
    }
}

static char **copy_names(int classes, char *const *class_names)
{
    char **names = calloc((size_t)classes + 1, sizeof *names);

    for (int c = 0; names && c < classes; c++) {
        names[c] = strdup(class_names[c]);
        if (!names[c]) {
            free_names(classes, names);
            return NULL;
        }
    }
    return names;
}

static int fail_unknown(const struct tg_dataset *dataset, size_t row)
{
    const char *name = dataset->class_names[dataset->labels[row]];

    if (dataset->file)
        return tg_fail(
            TG_EDATA,
            "%s: has a class \"%s\", which the training data did not "
            "have; remove it or train with it, or, if its pictures "
            "may be of any class, predict %s/%s",
            dataset->spec, name, dataset->spec, name);
    return tg_fail(TG_EDATA,
                   "%s: sample %zu is of class \"%s\", which the training data "
                   "did not have; remove such samples, or train with them",
                   dataset->spec, row, name);
}

int tg_dataset_match(struct tg_dataset *dataset, int classes,
                     char *const *class_names)
{
    char *const **sorted = NULL;
    char **names = NULL;
    int *to = NULL;
    int error = 0;

    if (!dataset->labels)
        return 0;
    sorted = malloc(((size_t)classes + 1) * sizeof *sorted);
    to = malloc(((size_t)dataset->classes + 1) * sizeof *to);
    names = copy_names(classes, class_names);
    if (!sorted || !to || !names) {
        error = tg_fail_memory(dataset->spec);
        goto done;
    }
    look_up(dataset, (size_t)classes, class_names, sorted, to);
    for (size_t i = 0; i < dataset->count && !error; i++)
        if (to[dataset->labels[i]] < 0)
            error = fail_unknown(dataset, i);
    if (error)
        goto done;
    for (size_t i = 0; i < dataset->count; i++)
        dataset->labels[i] = (uint16_t)to[dataset->labels[i]];
    free_names(dataset->classes, dataset->class_names);
    dataset->classes = classes;
    dataset->class_names = names;
    names = NULL;
done:
    free(sorted);
    free(to);
    free_names(classes, names);
    return error;
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
    free(dataset->labels);
    free(dataset->spec);
    free(dataset);
}

size_t tg_type_size(enum tg_type type)
{
    return type == TG_U8 ? sizeof(uint8_t) : sizeof(float);
}
