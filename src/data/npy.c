#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "formats.h"
#include "layout.h"
#include "npy_file.h"
#include "npy_number.h"
#include "error.h"
#include "text.h"

struct npy {
    struct tg_dataset base;
    struct tg_source source;
    struct tg_npy_header header;
    const struct tg_npy_number *number;
    struct tg_axes axes;
};

/* Values in a file, `step` bytes apart, and where they go, `to` values apart. */
struct run {
    const unsigned char *raw;
    size_t step, n;
    void *values; /* double, or bytes of 8-bit data */
    size_t to;
};

static void convert_reals(const struct npy *npy, const struct run *run)
{
    enum { CHUNK = 256 };
    const struct tg_npy_number *number = npy->number;
    double *to = run->values, values[CHUNK];

    for (size_t i = 0, n; i < run->n; i += n) {
        n = run->n - i < CHUNK ? run->n - i : CHUNK;
        number->read(run->raw + i * run->step, run->step, npy->header.big, n,
                     run->to == 1 ? to + i : values);
        for (size_t j = 0; j < n && run->to != 1; j++)
            to[(i + j) * run->to] = values[j];
    }
}

static void convert_bytes(const struct run *run)
{
    unsigned char *to = run->values;

    for (size_t i = 0; i < run->n; i++)
        to[i * run->to] = run->raw[i * run->step];
}

static void convert_run(const struct npy *npy, const struct run *run)
{
    if (npy->base.type == TG_U8)
        convert_bytes(run);
    else
        convert_reals(npy, run);
}

/* Bytes of a value as it is read. */
static size_t value_size(const struct npy *npy)
{
    return npy->base.type == TG_U8 ? sizeof(uint8_t) : sizeof(double);
}

/* The sample of a row, in the order of features. */
static int convert_row(const struct tg_converter *self, size_t row,
                       unsigned char *raw, void *sample)
{
    const struct npy *npy = self->dataset;
    const struct tg_axes *axes = &npy->axes;
    const size_t item = npy->header.item, size = value_size(npy);

    (void)row;
    for (size_t f = 0; f < npy->base.features; f += axes->extent[0])
        convert_run(npy, &(struct run){
                             .raw = raw + tg_axes_offset(axes, f) * item,
                             .step = axes->step[0] * item,
                             .n = axes->extent[0],
                             .values = (char *)sample + f * size,
                             .to = 1,
                         });
    return TG_OK;
}

/* A column of the file, from the first of n rows on, becomes a feature of
 * these. */
static void convert_column(const struct npy *npy, const size_t *rows, size_t n,
                           const unsigned char *column, char *feature)
{
    const size_t item = npy->header.item, d = npy->base.features;

    for (size_t i = 0, m; i < n; i += m) {
        for (m = 1; i + m < n && rows[i + m] == rows[i] + m; m++)
            ;
        convert_run(npy, &(struct run){
                             .raw = column + (rows[i] - rows[0]) * item,
                             .step = item,
                             .n = m,
                             .values = feature + i * d * value_size(npy),
                             .to = d,
                         });
    }
}

/* Of the first n rows those that are best read at once, with what is between
 * them, and whose samples stay in a cache from one feature to the next; *span
 * is how many rows that makes in the file. */
static size_t near_rows(const size_t *rows, size_t n, size_t *span)
{
    enum { GAP = 1024, SPAN = 32768, ROWS = 2048 };
    size_t m = 1;

    while (m < n && m < ROWS && rows[m] - rows[m - 1] <= GAP &&
           rows[m] - rows[0] < SPAN)
        m++;
    *span = rows[m - 1] - rows[0] + 1;
    return m;
}

/* In Fortran order a feature of neighbouring samples lies in one piece: it is
 * read for many samples at once. */
static int read_columns(const struct npy *npy, const size_t *rows, size_t n,
                        char *samples)
{
    const size_t item = npy->header.item, d = npy->base.features;
    const size_t size = value_size(npy);
    int error = 0;

    for (size_t i = 0, m, span; i < n && !error; i += m) {
        unsigned char *column;

        m = near_rows(rows + i, n - i, &span);
        column = malloc(span * item);
        if (!column)
            return tg_fail_memory(npy->source.path);
        for (size_t f = 0; f < d && !error; f++) {
            const size_t at = tg_axes_offset(&npy->axes, f) + rows[i];

            error = tg_source_read(&npy->source, npy->header.first + at * item,
                                   span * item, column);
            if (!error)
                convert_column(npy, rows + i, m, column,
                               samples + (i * d + f) * size);
        }
        free(column);
    }
    return error;
}

/* As bytes or double, whatever the data set's type says. */
static int read_values(const struct tg_dataset *dataset, const size_t *rows,
                       size_t n, void *samples)
{
    const struct npy *npy = (const struct npy *)dataset;
    const size_t d = dataset->features;
    const struct tg_converter converter = {convert_row, d * npy->header.item,
                                           d * value_size(npy), npy};

    assert(n == 0 || rows[n - 1] < dataset->count);
    if (npy->header.fortran)
        return read_columns(npy, rows, n, samples);
    if (dataset->type == TG_U8 && tg_axes_are_plain(&npy->axes))
        return tg_source_rows(&npy->source, npy->header.first, d, rows, n,
                              samples);
    return tg_source_convert(&npy->source, npy->header.first, &converter, rows,
                             n, samples);
}

static int npy_read(const struct tg_dataset *dataset, const size_t *rows,
                    size_t n, uint8_t *samples)
{
    return read_values(dataset, rows, n, samples);
}

static int npy_read_real(const struct tg_dataset *dataset, const size_t *rows,
                         size_t n, double *samples)
{
    return read_values(dataset, rows, n, samples);
}

static void npy_close(struct tg_dataset *dataset)
{
    tg_source_close(&((struct npy *)dataset)->source);
}

static const struct tg_npy_advice advice[] = {
    {'O', "objects of Python, pickled",
     "save numbers alone: X.astype('float64')"},
    {'c', "complex numbers", "save X.real, numpy.abs(X), or both as columns"},
    {'f', "floats of a machine's own kind", "save X.astype('float64')"},
    {'U', "text", "save X.astype('float64')"},
    {'S', "text", "save X.astype('float64')"},
    {'M', "dates", "save what of them matters as numbers"},
    {'m', "spans of time", "save numbers: X / numpy.timedelta64(1, 's')"},
    {0, "no numbers", "save X.astype('float32') or, for pixels, 'uint8'"},
};

/* Elements and axes. */
static int understand(struct npy *npy, const struct tg_dataset_options *options)
{
    const struct tg_npy_header *header = &npy->header;
    struct tg_dataset *base = &npy->base;
    struct tg_array array = {npy->source.path,
                             header->ndims,
                             {0},
                             header->fortran};

    npy->number = tg_npy_number_find(header->kind, header->item);
    if (!npy->number)
        return tg_npy_refuse_dtype(array.path, header, "features", advice);
    TG_TRY(tg_npy_check_size(&npy->source, header));
    base->type = header->kind == 'u' && header->item == 1 ? TG_U8 : TG_F32;
    base->rounded = !npy->number->single;
    base->read = base->type == TG_U8 ? npy_read : NULL;
    base->read_real = base->type == TG_F32 ? npy_read_real : NULL;
    memcpy(array.dims, header->dims, sizeof header->dims);
    return tg_layout_find(&array, options, base, &npy->axes);
}

/* FILE.labels.npy for FILE.npy */
static char *labels_path(const char *path)
{
    const size_t length = strlen(path);
    const bool suffix = length > 4 && strcmp(path + length - 4, ".npy") == 0;

    return tg_text_format("%.*s.labels.npy",
                          (int)(suffix ? length - 4 : length), path);
}

/* Those of that file, if there is such a file. */
static int read_own_labels(struct npy *npy, const char *path)
{
    char *labels = labels_path(path);
    struct stat info;
    int error = labels ? 0 : TG_EMEMORY;

    /* lstat: a link to nothing is not to be taken for no labels */
    if (!error && lstat(labels, &info) == 0)
        error = tg_npy_labels(&npy->base, path, labels);
    free(labels);
    return error;
}

static bool is_npy(const char *path)
{
    struct stat info;
    const char *dot = strrchr(path, '.');

    return dot && strcmp(dot, ".npy") == 0 && stat(path, &info) == 0 &&
           S_ISREG(info.st_mode);
}

static int npy_open(const char *path, enum tg_part part,
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
    npy->base.close = npy_close;
    error = tg_npy_open(path, &npy->source, &npy->header);
    if (!error)
        error = understand(npy, options);
    if (!error)
        error = options->labels ? tg_npy_labels(&npy->base, npy->source.path,
                                                options->labels)
                                : read_own_labels(npy, path);
    if (error)
        tg_dataset_close(&npy->base);
    else
        *out = &npy->base;
    return error;
}

const struct tg_format tg_format_npy = {
    .prefix = "npy",
    .files = ".npy files",
    .obeys = TG_OBEYS_LABELS | TG_OBEYS_LAYOUT,
    .remedy =
        "save them as FILE.labels.npy (for --data, --labels names another "
        "file)",
    .is = is_npy,
    .open = npy_open,
    .labels = labels_path,
};
