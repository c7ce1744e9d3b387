#include "npy_array.h"

#include <assert.h>
#include <stdlib.h>

#include "error.h"

static bool is_bytes(const struct tg_npy_array *array)
{
    return array->header.kind == 'u' && array->header.item == 1;
}

size_t tg_npy_array_value(const struct tg_npy_array *array)
{
    return is_bytes(array) ? sizeof(uint8_t) : sizeof(double);
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

int tg_npy_array_check(struct tg_npy_array *array)
{
    const struct tg_npy_header *header = &array->header;

    array->number = tg_npy_number_find(header->kind, header->item);
    if (!array->number)
        return tg_npy_refuse_dtype(array->source.path, header, "features",
                                   advice);
    return tg_npy_check_size(&array->source, header);
}

void tg_npy_array_describe(const struct tg_npy_array *array,
                           struct tg_dataset *base)
{
    base->format = "npy";
    base->type = is_bytes(array) ? TG_U8 : TG_F32;
    base->rounded = !array->number->single;
}

/* Values in a file, `step` bytes apart, and where they go, `to` values apart. */
struct run {
    const unsigned char *raw;
    size_t step, n;
    void *values; /* double, or bytes of 8-bit data */
    size_t to;
};

static void convert_reals(const struct tg_npy_array *array,
                          const struct run *run)
{
    enum { CHUNK = 256 };
    const struct tg_npy_number *number = array->number;
    double *to = run->values, values[CHUNK];

    for (size_t i = 0, n; i < run->n; i += n) {
        n = run->n - i < CHUNK ? run->n - i : CHUNK;
        number->read(run->raw + i * run->step, run->step, array->header.big, n,
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

static void convert_run(const struct tg_npy_array *array, const struct run *run)
{
    if (is_bytes(array))
        convert_bytes(run);
    else
        convert_reals(array, run);
}

/* The sample of a row, in the order of features. */
static int convert_row(const struct tg_converter *self, size_t row,
                       unsigned char *raw, void *sample)
{
    const struct tg_npy_array *array = self->dataset;
    const struct tg_axes *axes = &array->axes;
    const size_t item = array->header.item, size = tg_npy_array_value(array);

    (void)row;
    for (size_t f = 0; f < array->features; f += axes->extent[0])
        convert_run(array, &(struct run){
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
static void convert_column(const struct tg_npy_array *array, const size_t *rows,
                           size_t n, const unsigned char *column, char *feature)
{
    const size_t item = array->header.item, d = array->features;

    for (size_t i = 0, m; i < n; i += m) {
        for (m = 1; i + m < n && rows[i + m] == rows[i] + m; m++)
            ;
        convert_run(array,
                    &(struct run){
                        .raw = column + (rows[i] - rows[0]) * item,
                        .step = item,
                        .n = m,
                        .values = feature + i * d * tg_npy_array_value(array),
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
static int read_columns(const struct tg_npy_array *array, const size_t *rows,
                        size_t n, char *samples)
{
    const size_t item = array->header.item, d = array->features;
    const size_t size = tg_npy_array_value(array);
    int error = 0;

    for (size_t i = 0, m, span; i < n && !error; i += m) {
        unsigned char *column;

        m = near_rows(rows + i, n - i, &span);
        column = malloc(span * item);
        if (!column)
            return tg_fail_memory(array->source.path);
        for (size_t f = 0; f < d && !error; f++) {
            const size_t at = tg_axes_offset(&array->axes, f) + rows[i];

            error =
                tg_source_read(&array->source, array->header.first + at * item,
                               span * item, column);
            if (!error)
                convert_column(array, rows + i, m, column,
                               samples + (i * d + f) * size);
        }
        free(column);
    }
    return error;
}

int tg_npy_array_read(const struct tg_npy_array *array, const size_t *rows,
                      size_t n, void *samples)
{
    const size_t d = array->features;
    const struct tg_converter converter = {convert_row, d * array->header.item,
                                           d * tg_npy_array_value(array),
                                           array};

    assert(n == 0 || rows[n - 1] < array->header.dims[0]);
    if (array->header.fortran)
        return read_columns(array, rows, n, samples);
    if (is_bytes(array) && tg_axes_are_plain(&array->axes))
        return tg_source_rows(&array->source, array->header.first, d, rows, n,
                              samples);
    return tg_source_convert(&array->source, array->header.first, &converter,
                             rows, n, samples);
}
