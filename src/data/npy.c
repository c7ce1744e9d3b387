#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "formats.h"
#include "npy_file.h"
#include "error.h"
#include "text.h"

struct npy {
    struct tg_dataset base;
    struct tg_source source;
    struct tg_npy_header header;
};

/* 8-bit pixels, as planes. */
static int convert_bytes(const struct tg_converter *self, size_t row,
                         unsigned char *raw, void *sample)
{
    const struct tg_dataset *base = self->dataset;

    (void)row;
    tg_planes_from_pixels(base->features / (size_t)base->channels,
                          base->channels, 1, raw, sample);
    return TG_OK;
}

/* Floating-point values, as double, in planes. */
static int convert_reals(const struct tg_converter *self, size_t row,
                         unsigned char *raw, void *sample)
{
    const struct npy *npy = self->dataset;
    const struct tg_dataset *base = &npy->base;
    const size_t channels = base->channels > 1 ? (size_t)base->channels : 1;
    const size_t pixels = base->features / channels, item = npy->header.item;
    double *to = sample;
    float single;

    (void)row;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < pixels; i++, to++) {
            const unsigned char *from = raw + item * (i * channels + c);

            if (item == sizeof *to) {
                memcpy(to, from, sizeof *to);
            } else {
                memcpy(&single, from, sizeof single);
                *to = single;
            }
        }
    return TG_OK;
}

static int npy_read(const struct tg_dataset *dataset, const size_t *rows,
                    size_t n, uint8_t *samples)
{
    const struct npy *npy = (const struct npy *)dataset;
    const size_t d = dataset->features;
    const struct tg_converter converter = {convert_bytes, d, d, npy};

    assert(n == 0 || rows[n - 1] < dataset->count);
    if (dataset->channels > 1)
        return tg_source_convert(&npy->source, npy->header.first, &converter,
                                 rows, n, samples);
    return tg_source_rows(&npy->source, npy->header.first, d, rows, n, samples);
}

static int npy_read_real(const struct tg_dataset *dataset, const size_t *rows,
                         size_t n, double *samples)
{
    const struct npy *npy = (const struct npy *)dataset;
    const size_t d = dataset->features;
    const struct tg_converter converter = {convert_reals, d * npy->header.item,
                                           d * sizeof *samples, npy};

    assert(n == 0 || rows[n - 1] < dataset->count);
    return tg_source_convert(&npy->source, npy->header.first, &converter, rows,
                             n, samples);
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
    base->rounded = header->item == 8;
    base->read = base->type == TG_U8 ? npy_read : NULL;
    base->read_real = base->type == TG_F32 ? npy_read_real : NULL;
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
        error = set_shape(npy);
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
    .obeys = TG_OBEYS_LABELS,
    .remedy =
        "save them as FILE.labels.npy (for --data, --labels names another "
        "file)",
    .is = is_npy,
    .open = npy_open,
    .labels = labels_path,
};
