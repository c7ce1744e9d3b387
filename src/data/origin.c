#include "origin.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "error.h"

enum {
    LOOKED_AT = 63,      /* samples; odd, so that one is in the middle */
    LARGEST = 500,       /* exponent whose square double holds with room */
    SMALL = -50,         /* exponent below which others may be far larger */
    UNKNOWN = INT32_MIN, /* exponent of a feature that does not vary */
};

/* Some samples of a data set, evenly spread. */
struct look {
    const struct tg_dataset *dataset;
    size_t n, rows[LOOKED_AT];
    double *samples;  /* features x n */
    double *variance; /* [features] */
    double *sorted;   /* [features], scratch */
    int *exponent;    /* [features] of the largest difference, or UNKNOWN */
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median_of(size_t n, double *values)
{
    qsort(values, n, sizeof *values, compare);
    return values[n / 2];
}

/* The median of a feature, where it is larger than the distance of the
 * quartiles. */
static double find_shift(const struct look *look, size_t f)
{
    const size_t n = look->n, d = look->dataset->features;
    double value[LOOKED_AT], middle;

    for (size_t i = 0; i < n; i++)
        value[i] = look->samples[f + i * d];
    middle = median_of(n, value);
    return fabs(middle) > value[n - 1 - n / 4] - value[n / 4] ? middle : 0;
}

/* How far a feature goes from the shift, and how it varies. */
static void measure(struct look *look, size_t f, double shift)
{
    const size_t n = look->n, d = look->dataset->features;
    double largest = 0, sum = 0, squares = 0, size;
    int exponent;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(look->samples[f + i * d] - shift));
    look->exponent[f] = UNKNOWN;
    look->variance[f] = 0;
    if (!(largest > 0 && largest <= DBL_MAX))
        return;
    exponent = ilogb(largest);
    size = ldexp(1, exponent);
    for (size_t i = 0; i < n; i++) {
        const double value = (look->samples[f + i * d] - shift) / size;

        sum += value;
        squares += value * value;
    }
    look->exponent[f] = exponent;
    squares -= sum * sum / (double)n;
    if (squares > (double)n * DBL_EPSILON)
        look->variance[f] = squares / (double)n * size * size;
}

/* The exponent that most features have, of those that vary; 0: none does. */
static int common_exponent(const struct look *look)
{
    const size_t d = look->dataset->features;
    size_t n = 0;

    for (size_t f = 0; f < d; f++)
        if (look->exponent[f] != UNKNOWN)
            look->sorted[n++] = look->exponent[f];
    return n ? (int)median_of(n, look->sorted) : 0;
}

static double common_variance(const struct look *look)
{
    const size_t d = look->dataset->features;
    size_t n = 0;

    for (size_t f = 0; f < d; f++)
        if (look->variance[f] > 0)
            look->sorted[n++] = look->variance[f];
    return n ? median_of(n, look->sorted) : 1;
}

/* The exponent of a feature, be it constant, as far as it is known: what it
 * differs from a constant by is larger than the rounding of that. */
static int exponent_of(const struct look *look, const double *shift, size_t f)
{
    if (look->exponent[f] != UNKNOWN || shift[f] == 0)
        return look->exponent[f];
    return ilogb(shift[f]);
}

/* May a feature, going by the samples looked at, be so far from others that
 * single precision does not hold both?  One of numbers that are next to nothing
 * (probabilities), or of zeros where other features are so, or are large. */
static bool unsure(const struct look *look, const double *shift, int common,
                   size_t f)
{
    const int exponent = exponent_of(look, shift, f);

    return exponent == UNKNOWN ? abs(common) > -SMALL : exponent < SMALL;
}

/* Let `rows` be samples from `first` on. Value: how many. */
static size_t next_rows(struct look *look, size_t first)
{
    const size_t left = look->dataset->count - first;
    const size_t n = left < LOOKED_AT ? left : LOOKED_AT;

    for (size_t i = 0; i < n; i++)
        look->rows[i] = first + i;
    return n;
}

/* The largest difference of all samples, where those looked at don't tell. */
static int look_again(struct look *look, const double *shift)
{
    const struct tg_dataset *dataset = look->dataset;
    const size_t d = dataset->features;
    const int common = common_exponent(look);
    size_t n = 0;

    for (size_t f = 0; f < d; f++)
        look->sorted[f] = unsure(look, shift, common, f) ? 0 : -1;
    for (size_t f = 0; f < d; f++)
        n += look->sorted[f] == 0;
    for (size_t at = 0; n && at < dataset->count; at += look->n) {
        look->n = next_rows(look, at);
        TG_TRY(dataset->read_real(dataset, look->rows, look->n, look->samples));
        for (size_t i = 0; i < look->n; i++)
            for (size_t f = 0; f < d; f++) {
                const double far = fabs(look->samples[f + i * d] - shift[f]);

                if (look->sorted[f] >= 0 && far <= DBL_MAX)
                    look->sorted[f] = fmax(look->sorted[f], far);
            }
    }
    for (size_t f = 0; f < d; f++)
        if (look->sorted[f] > 0)
            look->exponent[f] = ilogb(look->sorted[f]);
    return TG_OK;
}

/* A feature whose squares double does not hold is refused where they are too
 * large, or too small and all are; it is nothing beside others.  The first one
 * is named, of the large ones if there are any. */
static int check_sizes(struct look *look)
{
    const size_t d = look->dataset->features;
    size_t held = 0, bad = d;

    for (size_t f = 0; f < d; f++) {
        if (look->exponent[f] == UNKNOWN)
            continue;
        if (abs(look->exponent[f]) <= LARGEST)
            held++;
        else if (bad == d || (look->exponent[bad] < -LARGEST &&
                              look->exponent[f] > LARGEST))
            bad = f;
    }
    if (bad < d && (!held || look->exponent[bad] > LARGEST))
        return tg_fail(TG_EDATA,
                       "%s: feature %zu (the first is 0) is of the size of %g, "
                       "whose square leaves double precision; scale it, or "
                       "leave it out",
                       look->dataset->spec, bad, ldexp(1, look->exponent[bad]));
    for (size_t f = 0; f < d; f++)
        if (look->exponent[f] != UNKNOWN && look->exponent[f] < -LARGEST) {
            look->exponent[f] = UNKNOWN;
            look->variance[f] = 0;
        }
    return TG_OK;
}

static int find(struct look *look, struct tg_origin *origin)
{
    const struct tg_dataset *dataset = look->dataset;
    const size_t d = dataset->features;
    int common, exponent;

    TG_TRY(tg_check_read(
        dataset->read_real(dataset, look->rows, look->n, look->samples)));
    for (size_t f = 0; f < d; f++) {
        origin->shift[f] = find_shift(look, f);
        if (!(fabs(origin->shift[f]) <= DBL_MAX))
            origin->shift[f] = 0; /* loading will say where it is infinite */
        measure(look, f, origin->shift[f]);
    }
    TG_TRY(look_again(look, origin->shift));
    TG_TRY(check_sizes(look));
    common = common_exponent(look);
    for (size_t f = 0; f < d; f++) {
        exponent = exponent_of(look, origin->shift, f);
        if (exponent == UNKNOWN || abs(exponent) > LARGEST)
            exponent = common;
        origin->factor[f] = ldexp(1, -exponent);
    }
    origin->variance = common_variance(look);
    return TG_OK;
}

static struct tg_origin *new_origin(size_t d)
{
    struct tg_origin *origin = calloc(1, sizeof *origin);

    if (!origin)
        return NULL;
    origin->shift = calloc(d, sizeof *origin->shift);
    origin->factor = calloc(d, sizeof *origin->factor);
    if (origin->shift && origin->factor)
        return origin;
    tg_origin_free(origin);
    return NULL;
}

int tg_origin_find(const struct tg_dataset *dataset, struct tg_origin **origin)
{
    const size_t count = dataset->count, d = dataset->features;
    struct look look = {.dataset = dataset,
                        .n = count < LOOKED_AT ? count : LOOKED_AT};
    int err;

    *origin = NULL;
    if (dataset->type != TG_F32)
        return TG_OK;
    for (size_t i = 0; i < look.n; i++)
        look.rows[i] = i * count / look.n;
    look.samples = malloc(look.n * d * sizeof *look.samples);
    look.variance = malloc(d * sizeof *look.variance);
    look.sorted = malloc(d * sizeof *look.sorted);
    look.exponent = malloc(d * sizeof *look.exponent);
    *origin = new_origin(d);
    if (look.samples && look.variance && look.sorted && look.exponent &&
        *origin)
        err = find(&look, *origin);
    else
        err = tg_fail(TG_EMEMORY, "%s: out of memory", dataset->spec);
    free(look.samples);
    free(look.variance);
    free(look.sorted);
    free(look.exponent);
    if (err) {
        tg_origin_free(*origin);
        *origin = NULL;
    }
    return err;
}

void tg_origin_free(struct tg_origin *origin)
{
    if (!origin)
        return;
    free(origin->shift);
    free(origin->factor);
    free(origin);
}
