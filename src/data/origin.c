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

/* Of one feature's values; sorts them. */
static float origin_of(size_t n, float *value)
{
    qsort(value, n, sizeof *value, compare);
    float median = value[n / 2];
    float spread = value[n - 1 - n / 4] - value[n / 4];

    return fabsf(median) > spread ? median : 0;
}

int tg_origin_find(const struct tg_dataset *dataset, float **origin)
{
    const size_t n = dataset->count < LOOKED_AT ? dataset->count : LOOKED_AT;
    const size_t d = dataset->features;
    float *samples = NULL, value[LOOKED_AT];
    size_t rows[LOOKED_AT];
    int err;

    *origin = NULL;
    if (dataset->type != TG_F32)
        return TG_OK;
    for (size_t i = 0; i < n; i++)
        rows[i] = i * dataset->count / n;
    samples = malloc(n * d * sizeof *samples);
    *origin = malloc(d * sizeof **origin);
    if (samples && *origin)
        err = dataset->read(dataset, rows, n, samples);
    else
        err = tg_fail(TG_EMEMORY, "%s: out of memory", dataset->spec);
    for (size_t f = 0; f < d && !err; f++) {
        for (size_t i = 0; i < n; i++)
            value[i] = samples[f + i * d];
        (*origin)[f] = origin_of(n, value);
    }
    free(samples);
    if (err) {
        free(*origin);
        *origin = NULL;
    }
    return err;
}
