#include <assert.h>
#include <float.h>
#include <math.h>
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

/* The nearest float32, or infinity where there is none. */
static float to_float(double value)
{
    return fabs(value) <= FLT_MAX ? (float)value : INFINITY;
}

/* float64 less an origin, or NULL, pixels as planes. */
static void round_row(size_t pixels, size_t channels, const double *origin,
                      const unsigned char *raw, float *sample)
{
    for (size_t c = 0, f = 0; c < channels; c++)
        for (size_t i = 0; i < pixels; i++, f++) {
            double value;

            memcpy(&value, raw + sizeof value * (i * channels + c),
                   sizeof value);
            /* what float32 can't hold is refused, whatever the origin */
            if (fabs(value) <= FLT_MAX)
                value -= origin ? origin[f] : 0;
            sample[f] = to_float(value);
        }
}

/* float32 less an origin: in double, where the difference is exact or, of two
 * float32, rounds to what single precision would have made of it. */
static void shift_row(size_t n, const double *origin, float *sample)
{
    for (size_t f = 0; f < n; f++)
        sample[f] = to_float((double)sample[f] - origin[f]);
}

/* What rows become, beside their data set. */
struct row_converter {
    struct tg_converter base;
    const double *origin; /* or NULL */
};

/* A sample as it is in the file, if need be less an origin. */
static int finish_row(const struct npy *npy, const double *origin, size_t row,
                      float *sample)
{
    const size_t n = npy->base.features;

    if (origin)
        shift_row(n, origin, sample);
    return any_special(n, sample) ? fail_special(npy, row) : 0;
}

/* The sample of a row: float64 rounded to float32, pixels as planes. */
static int convert_row(const struct tg_converter *self, size_t row,
                       unsigned char *raw, void *sample)
{
    const struct npy *npy = self->dataset;
    const struct tg_dataset *base = &npy->base;
    const double *origin = ((const struct row_converter *)self)->origin;
    const int channels = base->channels > 1 ? base->channels : 1;
    const size_t pixels = base->features / (size_t)channels;

    if (base->rounded) {
        round_row(pixels, (size_t)channels, origin, raw, sample);
        return finish_row(npy, NULL, row, sample);
    }
    tg_planes_from_pixels(pixels, channels, tg_type_size(base->type), raw,
                          sample);
    return base->type == TG_F32 ? finish_row(npy, origin, row, sample) : 0;
}

/* From an origin, or NULL. */
static int read_rows(const struct tg_dataset *dataset, const double *origin,
                     const size_t *rows, size_t n, void *samples)
{
    const struct npy *npy = (const struct npy *)dataset;
    const size_t d = dataset->features;
    const size_t bytes = d * tg_type_size(dataset->type);
    const struct row_converter converter = {{convert_row, d * npy->header.item,
                                             bytes, npy},
                                            origin};

    assert(n == 0 || rows[n - 1] < dataset->count);
    if (dataset->rounded || dataset->channels > 1)
        return tg_source_convert(&npy->source, npy->header.first,
                                 &converter.base, rows, n, samples);
    TG_TRY(tg_source_rows(&npy->source, npy->header.first, bytes, rows, n,
                          samples));
    for (size_t i = 0; i < n && dataset->type == TG_F32; i++)
        TG_TRY(finish_row(npy, origin, rows[i], (float *)samples + i * d));
    return 0;
}

static int npy_read(const struct tg_dataset *dataset, const size_t *rows,
                    size_t n, void *samples)
{
    return read_rows(dataset, NULL, rows, n, samples);
}

static int npy_read_from(const struct tg_dataset *dataset, const double *origin,
                         const size_t *rows, size_t n, float *samples)
{
    return read_rows(dataset, origin, rows, n, samples);
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
    base->read_from = base->type == TG_F32 ? npy_read_from : NULL;
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
    npy->base.read = npy_read;
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
