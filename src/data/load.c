/* Samples as they are trained on. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "dataset.h"
#include "error.h"
#include "origin.h"

enum { CHUNK = 1 << 20 }; /* bytes of double that are read at once, about */

/* Values this far from an origin, in units of its factor, can still be squared
 * and summed in single precision. */
#define FARTHEST 0x1p56

/* Name the first value that can't be taken. */
static int fail_value(const struct tg_dataset *dataset,
                      const struct tg_origin *origin, size_t row,
                      const double *from)
{
    const char *path = dataset->spec;
    size_t f = 0;
    double value;

    if (dataset->shard)
        path = dataset->shard(dataset, row, &row);
    else if (dataset->places)
        row = dataset->places[row];
    while (origin ? fabs((from[f] - origin->shift[f]) * origin->factor[f]) <=
                        FARTHEST
                  : fabs(from[f]) <= DBL_MAX)
        f++;
    value = from[f];
    if (!(fabs(value) <= DBL_MAX))
        return tg_fail(TG_EDATA,
                       "%s: row %zu, feature %zu (the first are 0) is %s; "
                       "remove or replace it",
                       path, row, f, isnan(value) ? "NaN" : "infinite");
    return tg_fail(TG_EDATA,
                   "%s: row %zu, feature %zu (the first are 0) is %g, but the "
                   "size of others leaves no room beyond %g from %g; remove or "
                   "replace it, or scale that feature",
                   path, row, f, value, FARTHEST / origin->factor[f],
                   origin->shift[f]);
}

/* float32 from an origin: the difference in double, where it is exact or
 * nearly, and times a power of two. */
static int shift_row(const struct tg_dataset *dataset,
                     const struct tg_origin *origin, size_t row,
                     const double *from, float *to)
{
    bool good = true;

    for (size_t f = 0; f < dataset->features; f++) {
        const double value = (from[f] - origin->shift[f]) * origin->factor[f];

        good &= fabs(value) <= FARTHEST;
        to[f] = (float)value;
    }
    return good ? TG_OK : fail_value(dataset, origin, row, from);
}

/* The nearest float32. */
static int round_row(const struct tg_dataset *dataset, size_t row,
                     const double *from, float *to)
{
    bool good = true;

    for (size_t f = 0; f < dataset->features; f++) {
        good &= fabs(from[f]) <= DBL_MAX;
        to[f] = (float)fmax(fmin(from[f], FLT_MAX), -FLT_MAX);
    }
    return good ? TG_OK : fail_value(dataset, NULL, row, from);
}

int tg_dataset_load(const struct tg_dataset *dataset,
                    const struct tg_origin *origin, const size_t *rows,
                    size_t n, void *samples)
{
    const size_t d = dataset->features;
    size_t most = CHUNK / (d * sizeof(double)) + 1;
    float *to = samples;
    double *from;
    int error = TG_OK;

    if (dataset->type == TG_U8)
        return tg_check_read(dataset->read(dataset, rows, n, samples));
    most = most < n ? most : n;
    from = malloc((most * d + 1) * sizeof *from);
    if (!from)
        return tg_fail(TG_EMEMORY, "%s: out of memory", dataset->spec);
    for (size_t at = 0, part; at < n && !error; at += part) {
        part = n - at < most ? n - at : most;
        error = dataset->read_real(dataset, rows + at, part, from);
        for (size_t i = 0; i < part && !error; i++, to += d)
            error = origin ? shift_row(dataset, origin, rows[at + i],
                                       from + i * d, to)
                           : round_row(dataset, rows[at + i], from + i * d, to);
    }
    free(from);
    return tg_check_read(error);
}
