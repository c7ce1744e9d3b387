#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "npy_file.h"
#include "npy_number.h"
#include "npy_text.h"
#include "error.h"

enum {
    NONE = 0xffff,   /* no class yet */
    MAX_TEXT = 1024, /* characters of a label */
};

/* A file of labels. */
struct labels {
    struct tg_source source;
    struct tg_npy_header header;
    const struct tg_npy_number *number; /* NULL: text */
    size_t columns;                     /* 1, or of one-hot rows */
    bool across; /* columns of one-hot rows follow each other */
};

static bool is_text(const struct tg_npy_header *header)
{
    return header->kind == 'U' || header->kind == 'S';
}

/* An integer of any width. */
static bool label_integer(const struct tg_npy_header *header,
                          const unsigned char *raw, int64_t *value)
{
    uint64_t bits = 0;
    const int unused = 64 - 8 * (int)header->item;

    memcpy(&bits, raw, header->item);
    if (header->big)
        bits = __builtin_bswap64(bits) >> unused;
    *value = header->kind == 'i' ? (int64_t)(bits << unused) >> unused
                                 : (int64_t)bits;
    return header->kind != 'u' || bits <= INT64_MAX;
}

/* An integer, or a float with an integer value. */
static bool label_number(const struct labels *labels, const unsigned char *raw,
                         int64_t *value)
{
    double number;

    if (labels->header.kind != 'f')
        return label_integer(&labels->header, raw, value);
    labels->number->read(raw, 0, labels->header.big, 1, &number);
    if (!(fabs(number) <= 0x1p53) || number != floor(number))
        return false;
    *value = (int64_t)number;
    return true;
}

static const struct tg_npy_advice advice[] = {
    {'O', "objects of Python, pickled",
     "save y.astype(str), or y.astype(int) where all are numbers"},
    {'c', "complex numbers", "save integers or text: y.astype(str)"},
    {'f', "floats of a machine's own kind", "save y.astype('int64')"},
    {'M', "dates", "save text: y.astype(str)"},
    {'m', "spans of time", "save integers: y.astype('int64')"},
    {0, "no integers or text", "save y.astype(str)"},
};

static int check_type(struct labels *labels)
{
    const struct tg_npy_header *header = &labels->header;
    const char *path = labels->source.path;

    labels->number = tg_npy_number_find(header->kind, header->item);
    if (!labels->number && !is_text(header))
        return tg_npy_refuse_dtype(path, header, "labels", advice);
    if (header->length > MAX_TEXT)
        return tg_fail(TG_EDATA,
                       "%s: labels are texts of %llu characters; save shorter "
                       "ones",
                       path, (unsigned long long)header->length);
    return tg_npy_check_size(&labels->source, header);
}

static int fail_count(const struct labels *labels, const char *samples,
                      size_t count, size_t found, const char *remedy)
{
    return tg_fail(TG_EDATA,
                   "%s: holds %zu label%s for the %zu sample%s of %s; %s",
                   labels->source.path, found, found == 1 ? "" : "s", count,
                   count == 1 ? "" : "s", samples, remedy);
}

/* One label a sample, in a row or a column, or a row of one-hot values. */
static int check_shape(struct labels *labels, const char *samples, size_t count)
{
    const struct tg_npy_header *header = &labels->header;
    size_t dims[TG_NPY_DIMS + 1] = {1};
    int n = 0;

    for (int i = 0; i < header->ndims; i++)
        if (header->dims[i] > 1)
            dims[n++] = header->dims[i];
    labels->columns = 1;
    if (n == 1 && count == 1 && header->ndims == 2 && header->dims[0] == 1) {
        dims[n++] = dims[0]; /* a row of one-hot values */
        dims[0] = 1;
    }
    if (n < 2)
        return dims[0] == count ? 0
                                : fail_count(labels, samples, count, dims[0],
                                             "the numbers must be equal");
    if (n > 2)
        return tg_fail(TG_EDATA,
                       "%s: labels have %d dimensions; save one per sample",
                       labels->source.path, n);
    if (dims[0] != count)
        return fail_count(labels, samples, count, dims[0],
                          dims[1] == count ? "they lie across: save y.T"
                                           : "the numbers must be equal");
    if (!labels->number || dims[1] >= NONE)
        return tg_fail(TG_EDATA,
                       "%s: labels have %zu columns; save the one that is the "
                       "class, such as y[:, 0]",
                       labels->source.path, dims[1]);
    labels->columns = dims[1];
    labels->across = header->fortran;
    return 0;
}

static int fail_number(const struct labels *labels, size_t row,
                       const unsigned char *raw)
{
    double value;

    labels->number->read(raw, 0, labels->header.big, 1, &value);
    return tg_fail(TG_EDATA,
                   "%s: label %zu (the first is 0), %.17g, is not a whole "
                   "number below 2^%d; save integers or text, such as "
                   "y.astype(str)",
                   labels->source.path, row, value,
                   labels->header.kind == 'f' ? 53 : 63);
}

/* Turn one chunk of labels into class numbers. */
static int add_numbers(const struct labels *labels, struct tg_classes *classes,
                       size_t first, size_t n, const unsigned char *raw,
                       uint16_t *numbers)
{
    for (size_t i = 0; i < n; i++, raw += labels->header.item) {
        int64_t value;

        if (!label_number(labels, raw, &value))
            return fail_number(labels, first + i, raw);
        TG_TRY(
            tg_classes_add(classes, labels->source.path, &value, numbers + i));
    }
    return 0;
}

/* The same of texts, which may be shorter than those of other files. */
static int add_texts(const struct labels *labels, struct tg_classes *classes,
                     size_t n, const unsigned char *raw, uint16_t *numbers)
{
    const struct tg_npy_header *header = &labels->header;
    const size_t width = header->item * header->length;
    unsigned char key[4 * MAX_TEXT] = {0};

    for (size_t i = 0; i < n; i++, raw += width) {
        memcpy(key, raw, width);
        for (size_t j = 0; header->big && header->kind == 'U' && j < width;
             j += 4) {
            uint32_t code;

            memcpy(&code, key + j, sizeof code);
            code = __builtin_bswap32(code);
            memcpy(key + j, &code, sizeof code);
        }
        TG_TRY(tg_classes_add(classes, labels->source.path, key, numbers + i));
    }
    return 0;
}

static int fail_hot(const struct labels *labels, size_t row)
{
    return tg_fail(TG_EDATA,
                   "%s: labels have %zu columns, and row %zu (the first is 0) "
                   "is not a single 1 among zeros; save one label per sample: "
                   "y.argmax(1) of scores, or a column such as y[:, 0]",
                   labels->source.path, labels->columns, row);
}

/* Note the columns of the 1s in one chunk of one-hot values. */
static int add_hot(const struct labels *labels, size_t count, size_t first,
                   size_t n, const unsigned char *raw, uint16_t *numbers)
{
    const size_t columns = labels->columns;

    for (size_t i = first; i < first + n; i++, raw += labels->header.item) {
        const size_t row = labels->across ? i % count : i / columns;
        const size_t column = labels->across ? i / count : i % columns;
        double value;

        labels->number->read(raw, 0, labels->header.big, 1, &value);
        if (value == 0)
            continue;
        if (value != 1 || numbers[row] != NONE)
            return fail_hot(labels, row);
        numbers[row] = (uint16_t)column;
    }
    return 0;
}

/* From columns to classes: those that samples have. */
static int name_hot(const struct labels *labels, size_t count,
                    struct tg_classes *classes, uint16_t *numbers)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t column = numbers[i];

        if (column == NONE)
            return fail_hot(labels, i);
        TG_TRY(
            tg_classes_add(classes, labels->source.path, &column, &numbers[i]));
    }
    return 0;
}

/* Read the file from its start to its end. */
static int read_labels(const struct labels *labels, size_t count,
                       struct tg_classes *classes, uint16_t *numbers)
{
    enum { CHUNK = 4096 };
    const size_t width = labels->header.item * labels->header.length;
    const size_t total = count * labels->columns;
    const bool hot = labels->columns > 1;
    unsigned char *raw = malloc(CHUNK * width);
    int error = raw ? 0 : tg_fail_memory(labels->source.path);

    memset(numbers, 0xff, count * sizeof *numbers);
    for (size_t i = 0, n; i < total && !error; i += n) {
        n = total - i < CHUNK ? total - i : CHUNK;
        error =
            tg_source_read(&labels->source, labels->header.first + i * width,
                           n * width, raw);
        if (!error)
            error = hot ? add_hot(labels, count, i, n, raw, numbers)
                    : labels->number
                        ? add_numbers(labels, classes, i, n, raw, numbers + i)
                        : add_texts(labels, classes, n, raw, numbers + i);
    }
    free(raw);
    return error || !hot ? error : name_hot(labels, count, classes, numbers);
}

static int note_kind(const struct labels *labels, bool floats,
                     struct tg_dataset *base)
{
    if (labels->columns > 1)
        return tg_dataset_note(base,
                               "labels are one-hot, in %zu columns: the class "
                               "is the column of the 1, counted from 0",
                               labels->columns);
    if (floats)
        return tg_dataset_note(base, "labels are floats, all of them whole: "
                                     "they are taken for integers");
    return 0;
}

/* Open a file of labels, and see what it holds. */
static int open_labels(const struct tg_npy_label_file *file,
                       struct labels *labels)
{
    TG_TRY(tg_npy_open(file->path, &labels->source, &labels->header));
    TG_TRY(check_type(labels));
    return check_shape(labels, file->samples, file->count);
}

/* "numbers" */
static const char *kind_of(const struct labels *labels)
{
    return labels->columns > 1          ? "one-hot rows"
           : labels->number             ? "numbers"
           : labels->header.kind == 'U' ? "text"
                                        : "text of bytes";
}

/* Labels of several files must be of one kind, in as many columns. */
static int check_alike(const struct labels *first, const char *first_path,
                       const struct labels *labels)
{
    const char *kind = kind_of(labels), *other = kind_of(first);

    if (strcmp(kind, other) != 0)
        return tg_fail(TG_EDATA,
                       "%s: labels are %s, and those of %s are %s; save all "
                       "alike, such as y.astype(str)",
                       labels->source.path, kind, first_path, other);
    if (labels->columns != first->columns)
        return tg_fail(TG_EDATA,
                       "%s: labels have %zu columns, and those of %s have %zu; "
                       "save all with a column for every class",
                       labels->source.path, labels->columns, first_path,
                       first->columns);
    return 0;
}

/* See what all files hold: the kind, of the first, and the longest texts. */
static int survey(const struct tg_npy_label_file *files, size_t n,
                  struct labels *first, struct tg_classes *classes,
                  bool *floats)
{
    size_t width = 0;
    int error = 0;

    *floats = false;
    for (size_t i = 0; i < n && !error; i++) {
        struct labels labels = {.source.fd = -1};
        const struct tg_npy_header *header = &labels.header;

        error = open_labels(&files[i], &labels);
        if (!error && i)
            error = check_alike(first, files[0].path, &labels);
        if (header->item * header->length > width)
            width = header->item * header->length;
        *floats |= header->kind == 'f';
        tg_source_close(&labels.source);
        if (!i)
            *first = labels;
    }
    tg_classes_numbers(classes);
    if (!error && !first->number) {
        classes->width = width;
        classes->compare =
            first->header.kind == 'U' ? tg_npy_unicode_compare : memcmp;
    }
    return error;
}

static int read_file(const struct tg_npy_label_file *file,
                     struct tg_classes *classes, uint16_t *numbers)
{
    struct labels labels = {.source.fd = -1};
    int error = open_labels(file, &labels);

    if (!error)
        error = read_labels(&labels, file->count, classes, numbers);
    tg_source_close(&labels.source);
    return error;
}

int tg_npy_labels(struct tg_dataset *base,
                  const struct tg_npy_label_file *files, size_t n)
{
    struct labels first = {.source.fd = -1};
    struct tg_classes classes;
    bool floats;
    uint16_t *to;
    int error = survey(files, n, &first, &classes, &floats);

    if (error)
        goto done;
    to = base->labels = malloc(base->count * sizeof *base->labels);
    error = base->labels ? 0 : tg_fail_memory(files[0].path);
    for (size_t i = 0; i < n && !error; to += files[i++].count)
        error = read_file(&files[i], &classes, to);
    if (!error)
        error =
            tg_classes_finish(&classes,
                              first.number               ? NULL
                              : first.header.kind == 'U' ? tg_npy_unicode_name
                                                         : tg_npy_bytes_name,
                              base);
    if (!error)
        error = note_kind(&first, floats, base);
done:
    tg_classes_free(&classes);
    return error;
}
