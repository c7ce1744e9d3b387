#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "formats.h"
#include "npy_file.h"
#include "error.h"

struct npy {
    struct tg_dataset base;
    struct tg_source source;
    struct tg_npy_header header;
};

/* Is any of n numbers infinite or not a number?  Their exponent tells. */
static bool any_special(size_t n, const float *values)
{
    uint32_t special = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t bits;

        memcpy(&bits, values + i, sizeof bits);
        special |= (bits & 0x7f800000) == 0x7f800000;
    }
    return special;
}

static int fail_special(const struct npy *npy, size_t row)
{
    return tg_fail(TG_EDATA,
                   "%s: row %zu (the first is 0) holds a value that "
                   "is NaN, infinite, or too large for float32; remove or "
                   "replace it",
                   npy->source.path, row);
}

/* The sample of a row: float64 rounded to float32, pixels as planes.
 * raw, which is ours, is rounded in place. */
static int convert_row(const struct tg_converter *self, size_t row,
                       unsigned char *raw, void *sample)
{
    const struct npy *npy = self->dataset;
    const size_t n = npy->base.features;
    const size_t element = tg_type_size(npy->base.type);

    if (npy->header.item == 8)
        for (size_t i = 0; i < n; i++) {
            double value;
            float rounded;

            memcpy(&value, raw + 8 * i, sizeof value);
            rounded = fabs(value) <= FLT_MAX ? (float)value : INFINITY;
            memcpy(raw + 4 * i, &rounded, sizeof rounded);
        }
    if (npy->base.channels > 1)
        tg_planes_from_pixels(n / (size_t)npy->base.channels,
                              npy->base.channels, element, raw, sample);
    else
        memcpy(sample, raw, n * element);
    return npy->base.type == TG_F32 && any_special(n, sample)
               ? fail_special(npy, row)
               : 0;
}

static int npy_read(const struct tg_dataset *dataset, const size_t *rows,
                    size_t n, void *samples)
{
    const struct npy *npy = (const struct npy *)dataset;
    const size_t d = dataset->features;
    const size_t bytes = d * tg_type_size(dataset->type);
    const struct tg_converter converter = {convert_row, d * npy->header.item,
                                           bytes, npy};

    assert(n == 0 || rows[n - 1] < dataset->count);
    if (npy->header.item == 8 || dataset->channels > 1)
        return tg_source_convert(&npy->source, npy->header.first, &converter,
                                 rows, n, samples);
    TG_TRY(tg_source_rows(&npy->source, npy->header.first, bytes, rows, n,
                          samples));
    for (size_t i = 0; i < n && dataset->type == TG_F32; i++)
        if (any_special(d, (const float *)samples + i * d))
            return fail_special(npy, rows[i]);
    return 0;
}

static void npy_close(struct tg_dataset *dataset)
{
    tg_source_close(&((struct npy *)dataset)->source);
}

/* Shapes: N x d; N x height x width; N x height x width x channels. */
static int set_shape(struct npy *npy)
{
    const struct tg_npy_header *header = &npy->header;
    struct tg_dataset *base = &npy->base;
    const char *path = npy->source.path;

    if (header->fortran)
        return tg_fail(TG_EDATA,
                       "%s: is in Fortran order, its samples "
                       "scattered; save numpy.ascontiguousarray(X)",
                       path);
    if (!(header->kind == 'u' && header->item == 1) &&
        !(header->kind == 'f' && (header->item == 4 || header->item == 8)))
        return tg_fail(TG_EDATA,
                       "%s: its elements are of dtype '%c%llu'; "
                       "save X.astype('float32') or, for pixels, 'uint8'",
                       path, header->kind, (unsigned long long)header->item);
    if (header->ndims < 2)
        return tg_fail(TG_EDATA,
                       "%s: has %d dimensions; save N x d, N x "
                       "height x width, or N x height x width x channels",
                       path, header->ndims);
    base->type = header->kind == 'u' ? TG_U8 : TG_F32;
    base->count = header->dims[0];
    base->features = 1;
    for (int i = 1; i < header->ndims; i++) {
        if (header->dims[i] > INT32_MAX)
            return tg_fail(TG_EDATA,
                           "%s: has a dimension of %llu; at most %d "
                           "are possible",
                           path, (unsigned long long)header->dims[i],
                           INT32_MAX);
        base->features *= header->dims[i];
    }
    if (header->ndims >= 3) {
        base->height = (int)header->dims[1];
        base->width = (int)header->dims[2];
        base->channels = header->ndims == 4 ? (int)header->dims[3] : 1;
    }
    return 0;
}

/* An integer of any width, or a float with an integer value. */
static bool label_number(const struct tg_npy_header *header,
                         const unsigned char *raw, int64_t *value)
{
    uint64_t bits = 0;
    const int unused = 64 - 8 * (int)header->item;
    double number;

    memcpy(&bits, raw, header->item);
    if (header->kind == 'f') {
        float single;

        memcpy(&number, &bits, sizeof number);
        if (header->item == 4) {
            memcpy(&single, &bits, sizeof single);
            number = single;
        }
        if (!(fabs(number) <= 0x1p53) || number != floor(number))
            return false;
        *value = (int64_t)number;
        return true;
    }
    *value = header->kind == 'i' ? (int64_t)(bits << unused) >> unused
                                 : (int64_t)bits;
    return header->kind == 'i' || bits <= INT64_MAX;
}

/* UTF-8 of one character; returns its bytes.  What is no character becomes
 * 0xff, which is refused as a name. */
static size_t encode(uint32_t code, char *text)
{
    static const uint32_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    const size_t n = code < 0x80      ? 1
                     : code < 0x800   ? 2
                     : code < 0x10000 ? 3
                                      : 4;

    if (!code || code > 0x10ffff) {
        *text = (char)0xff;
        return 1;
    }
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        text[i] = (char)(0x80 | (code & 0x3f));
    text[0] = (char)(marks[n] | code);
    return n;
}

/* The name of a class that is a text of UTF-32 characters, padded by 0. */
static char *text_name(const void *key, size_t width)
{
    size_t count = width / 4, n = 0;
    uint32_t code = 0;
    char *name = malloc(width + 1);

    if (!name) {
        tg_fail(TG_EMEMORY, "out of memory");
        return NULL;
    }
    for (; count > 0 && !code; count -= !code)
        memcpy(&code, (const char *)key + 4 * (count - 1), sizeof code);
    for (size_t i = 0; i < count; i++) {
        memcpy(&code, (const char *)key + 4 * i, sizeof code);
        n += encode(code, name + n);
    }
    name[n] = '\0';
    return name;
}

/* In the order of their characters, as numpy sorts texts. */
static int compare_texts(const void *a, const void *b, size_t width)
{
    for (size_t i = 0; i < width; i += 4) {
        uint32_t x, y;

        memcpy(&x, (const char *)a + i, sizeof x);
        memcpy(&y, (const char *)b + i, sizeof y);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

static int check_labels(const struct npy *npy, const struct tg_source *source,
                        const struct tg_npy_header *header)
{
    const bool column = header->ndims == 2 && header->dims[1] == 1;
    const uint64_t item = header->item;
    const bool number = (strchr("iu", header->kind) &&
                         (item == 1 || item == 2 || item == 4 || item == 8)) ||
                        (header->kind == 'b' && item == 1) ||
                        (header->kind == 'f' && (item == 4 || item == 8));

    if (!number && (header->kind != 'U' || header->length > 1024))
        return tg_fail(TG_EDATA,
                       "%s: labels are of dtype '%c%llu'; save "
                       "integers or text",
                       source->path, header->kind, (unsigned long long)item);
    if (header->ndims != 1 && !column)
        return tg_fail(TG_EDATA,
                       "%s: labels have %d dimensions; save one per "
                       "sample",
                       source->path, header->ndims);
    if (header->dims[0] != npy->base.count)
        return tg_fail(TG_EDATA,
                       "%s: holds %llu labels for the %zu samples "
                       "of %s; the numbers must be equal",
                       source->path, (unsigned long long)header->dims[0],
                       npy->base.count, npy->source.path);
    return 0;
}

/* Turn one chunk of labels into class numbers. */
static int add_labels(const struct tg_source *source,
                      const struct tg_npy_header *header,
                      struct tg_classes *classes, size_t first, size_t n,
                      const unsigned char *raw, uint16_t *labels)
{
    const size_t width = header->item * header->length;

    for (size_t i = 0; i < n; i++, raw += width) {
        const void *key = raw;
        int64_t value;

        if (header->kind != 'U') {
            if (!label_number(header, raw, &value))
                return tg_fail(TG_EDATA,
                               "%s: label %zu (the first is 0) is "
                               "not a whole number below 2^63; save integers "
                               "or text",
                               source->path, first + i);
            key = &value;
        }
        TG_TRY(tg_classes_add(classes, source->path, key, labels + i));
    }
    return 0;
}

static int read_labels(struct npy *npy, const char *path)
{
    enum { CHUNK = 4096 };
    struct tg_dataset *base = &npy->base;
    struct tg_source source = {.fd = -1};
    struct tg_npy_header header;
    struct tg_classes classes;
    unsigned char *raw = NULL;
    size_t width;
    int error = tg_npy_open(path, &source, &header);

    tg_classes_numbers(&classes);
    if (!error)
        error = check_labels(npy, &source, &header);
    if (error)
        goto done;
    width = header.item * header.length;
    if (header.kind == 'U') {
        classes.width = width;
        classes.compare = compare_texts;
    }
    raw = malloc(CHUNK * width);
    base->labels = malloc(base->count * sizeof *base->labels);
    if (!raw || !base->labels)
        error = tg_fail_memory(path);
    for (size_t i = 0, n; i < base->count && !error; i += n) {
        n = base->count - i < CHUNK ? base->count - i : CHUNK;
        error =
            tg_source_read(&source, header.first + i * width, n * width, raw);
        if (!error)
            error = add_labels(&source, &header, &classes, i, n, raw,
                               base->labels + i);
    }
    if (!error)
        error = tg_classes_finish(&classes,
                                  header.kind == 'U' ? text_name : NULL, base);
done:
    tg_classes_free(&classes);
    tg_source_close(&source);
    free(raw);
    return error;
}

/* FILE.labels.npy for FILE.npy, if there is such a file. */
static int read_own_labels(struct npy *npy, const char *path)
{
    const size_t length = strlen(path);
    const bool suffix = length > 4 && strcmp(path + length - 4, ".npy") == 0;
    char *labels =
        tg_text("%.*s.labels.npy", (int)(suffix ? length - 4 : length), path);
    struct stat info;
    int error = labels ? 0 : TG_EMEMORY;

    /* lstat: a link to nothing is not to be taken for no labels */
    if (!error && lstat(labels, &info) == 0)
        error = read_labels(npy, labels);
    free(labels);
    return error;
}

int tg_dataset_open_npy(const char *path, enum tg_part part,
                        const struct tg_dataset_options *options,
                        struct tg_dataset **out)
{
    struct npy *npy;
    int error;

    if (part == TG_TEST)
        return 0;
    npy = calloc(1, sizeof *npy);
    if (!npy)
        return tg_fail_memory(path);
    npy->source.fd = -1;
    npy->base.format = "npy";
    npy->base.read = npy_read;
    npy->base.close = npy_close;
    error = tg_npy_open(path, &npy->source, &npy->header);
    if (!error)
        error = set_shape(npy);
    if (!error)
        error = options->labels ? read_labels(npy, options->labels)
                                : read_own_labels(npy, path);
    if (error)
        tg_dataset_close(&npy->base);
    else
        *out = &npy->base;
    return error;
}
