#include "origin.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"

enum { LOOKED_AT = 63 }; /* samples; odd, so that one is in the middle */

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Some samples of a data set, evenly spread. */
struct look {
    const struct tg_dataset *dataset;
    size_t n, rows[LOOKED_AT];
    float *samples; /* features x n */
};

/* The median of a feature, and how far apart the quartiles are. */
static float median(const struct look *look, size_t f, float *spread)
{
    const size_t n = look->n, d = look->dataset->features;
    float value[LOOKED_AT];

    for (size_t i = 0; i < n; i++)
        value[i] = look->samples[f + i * d];
    qsort(value, n, sizeof *value, compare);
    *spread = value[n - 1 - n / 4] - value[n / 4];
    return value[n / 2];
}

/* Where reading rounds, so is the first median, and the distance from it: what
 * is read from there is not. */
static int find(struct look *look, double *origin)
{
    const struct tg_dataset *dataset = look->dataset;
    const size_t d = dataset->features;
    float spread;

    TG_TRY(dataset->read(dataset, look->rows, look->n, look->samples));
    for (size_t f = 0; f < d; f++) {
        float middle = median(look, f, &spread);

        origin[f] = fabsf(middle) > spread ? (double)middle : 0;
    }
    if (!dataset->rounded)
        return TG_OK;
    TG_TRY(dataset->read_from(dataset, origin, look->rows, look->n,
                              look->samples));
    for (size_t f = 0; f < d; f++)
        if (origin[f] != 0)
            origin[f] += (double)median(look, f, &spread);
    return TG_OK;
}

int tg_origin_find(const struct tg_dataset *dataset, double **origin)
{
    const size_t count = dataset->count, d = dataset->features;
    struct look look = {dataset,
                        count < LOOKED_AT ? count : LOOKED_AT,
                        {0},
                        NULL};
    int err;

    *origin = NULL;
    if (dataset->type != TG_F32)
        return TG_OK;
    for (size_t i = 0; i < look.n; i++)
        look.rows[i] = i * count / look.n;
    look.samples = malloc(look.n * d * sizeof *look.samples);
    *origin = calloc(d, sizeof **origin);
    if (look.samples && *origin)
        err = find(&look, *origin);
    else
        err = tg_fail(TG_EMEMORY, "%s: out of memory", dataset->spec);
    free(look.samples);
    if (err) {
        free(*origin);
        *origin = NULL;
    }
    return err;
}
