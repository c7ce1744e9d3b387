/* What patches teach: whitening, filters, thresholds.  In double and single
 * precision; what features are made with are the integers that come out. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "blas.h"
#include "error.h"
#include "patch_learn.h"
#include "task.h"

static const double epsilon = 0.1;    /* of the whitening, and of unit length */
static const double response = 0.3;   /* thresholds, of filters' RMS */
static const double least_norm = 0.5; /* of filters, of patches' median */

size_t tg_patches_learn_scratch(const struct tg_patches_shape *shape)
{
    size_t m = tg_patches_values(shape), d = shape->dims;

    return sizeof(double) * (TG_PATCHES_SAMPLED + d * d + m * (d + 5) +
                             TG_PATCH_STRIP * (m + d));
}

/* ---- Whitening -------------------------------------------------------- */

static struct tg_patches view(const struct tg_patches_shape *shape, void *block)
{
    struct tg_patches patches;

    tg_patches_view(shape, TG_PTR(void, block), &patches);
    return patches;
}

/* A row of weights as integers whose sum is 0, so that brightness drops out,
 * and whose products with a patch fit 32 bits. Value: what they are divided by.
 */
static double to_integers(size_t m, const double *row, int16_t *to)
{
    double sum = 0, largest = 0, total = 0, scale;
    long rest = 0;

    for (size_t i = 0; i < m; i++)
        sum += row[i];
    for (size_t i = 0; i < m; i++) {
        double a = fabs(row[i] - sum / (double)m);

        largest = fmax(largest, a);
        total += a;
    }
    scale = largest < 1e-6
                ? 0
                : fmin(INT16_MAX / largest, (double)(INT32_MAX / 256) / total);
    for (size_t i = 0; i < m; i++) {
        to[i] = (int16_t)lrint(scale * (row[i] - sum / (double)m));
        rest += to[i];
    }
    for (size_t i = 0; rest; i = (i + 1) % m)
        if (rest > 0 ? to[i] > 0 : to[i] < 0) {
            to[i] = (int16_t)(to[i] - (rest > 0 ? 1 : -1));
            rest -= rest > 0 ? 1 : -1;
        }
    return scale;
}

/* One dimension, from its eigenvector. */
static void whiten_dimension(size_t m, double value, const double *vector,
                             const double *mean, double *row, int16_t *whitener,
                             float *gain, float *bias)
{
    double shrink = 1 / sqrt(fmax(value, 0) + epsilon), offset = 0, scale;
    size_t top = 0;

    for (size_t i = 0; i < m; i++)
        if (fabs(vector[i]) > fabs(vector[top]))
            top = i;
    for (size_t i = 0; i < m; i++) /* the sign is anybody's: the top is > 0 */
        row[i] = shrink * (vector[top] < 0 ? -vector[i] : vector[i]);
    scale = to_integers(m, row, whitener);
    *gain = scale > 0 ? (float)(1 / scale) : 0;
    for (size_t i = 0; i < m; i++)
        offset += whitener[i] * mean[i];
    *bias = (float)((double)*gain * offset);
}

static int whitening(void *buffers[], const void *arguments)
{
    const struct tg_patches_shape *shape = arguments;
    const struct tg_patches map = view(shape, buffers[2]);
    size_t m = tg_patches_values(shape), d = shape->dims;
    double *vectors = TG_PTR(double, buffers[0]), *mean = vectors + m * m;
    double *values = TG_PTR(double, buffers[1]), *row = values + m;
    int n = (int)m, work = 3 * n, info;

    memset(TG_PTR(void, buffers[2]), 0, TG_ROWS(buffers[2]));
    *map.softness = (float)mean[m];
    dsyev_("V", "L", &n, vectors, &n, values, row + m, &work, &info, 1, 1);
    if (info)
        return tg_fail(TG_ESOFTWARE, "LAPACK's dsyev failed: info %d", info);
    for (size_t i = 0; i < d; i++)
        whiten_dimension(m, values[m - 1 - i], vectors + (m - 1 - i) * m, mean,
                         row, map.whitener + i * m, &map.gain[i], &map.bias[i]);
    return TG_OK;
}

TG_CODELET(whitening, .stage = &tg_stage_sample,
           .args = sizeof(struct tg_patches_shape),
           TG_MODES(STARPU_RW, STARPU_SCRATCH, STARPU_W));

int tg_patches_whitening_insert(const struct tg_patches_shape *shape,
                                struct tg_tile from, struct tg_tile scratch,
                                struct tg_tile block)
{
    assert(tg_tile_rows(block) == tg_patches_bytes(shape));
    return TG_INSERT(&whitening_codelet, TG_PRIORITY_DECIDE, shape, from,
                     scratch, block);
}

/* ---- Filters ---------------------------------------------------------- */

/* Patches being whitened, as features will have it but for the rounding. */
struct whitening {
    size_t m, d;
    double *weights; /* m x d */
    double *centred; /* m x TG_PATCH_STRIP */
    double *x;       /* d x TG_PATCH_STRIP */
};

static struct whitening begin(const struct tg_patches *map, double *room)
{
    struct whitening w = {.m = tg_patches_values(&map->shape),
                          .d = map->shape.dims};

    w.weights = room;
    w.centred = w.weights + w.m * w.d;
    w.x = w.centred + w.m * TG_PATCH_STRIP;
    for (size_t i = 0; i < w.d; i++)
        for (size_t j = 0; j < w.m; j++)
            w.weights[j + i * w.m] =
                (double)map->gain[i] * map->whitener[j + i * w.m];
    return w;
}

/* Shapes: patches ld x n, n <= TG_PATCH_STRIP; w->x afterwards. */
static void whiten(const struct tg_patches *map, size_t n, size_t ld,
                   const uint8_t *patches, struct whitening *w)
{
    for (size_t p = 0; p < n; p++) {
        double *q = w->centred + p * w->m;
        double contrast = 1 / sqrt(tg_patch_centre(w->m, patches + p * ld, q) +
                                   (double)*map->softness);

        for (size_t j = 0; j < w->m; j++)
            q[j] *= contrast;
        for (size_t i = 0; i < w->d; i++)
            w->x[i + p * w->d] = -(double)map->bias[i];
    }
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)w->d, (int)n,
                (int)w->m, 1, w->weights, (int)w->m, w->centred, (int)w->m, 1,
                w->x, (int)w->d);
    for (size_t p = 0; p < n && map->shape.unit; p++) {
        double *x = w->x + p * w->d;
        double square = cblas_ddot((int)w->d, x, 1, x, 1) + epsilon;

        for (size_t i = 0; i < w->d; i++)
            x[i] /= sqrt(square);
    }
}

/* Largest value of whitened patches, and their second moments. */
static double sum_responses(const struct tg_patches *map, size_t n, size_t ld,
                            const uint8_t *patches, struct whitening *w,
                            double *square)
{
    int d = (int)w->d;
    double top = DBL_MIN;

    memset(square, 0, w->d * w->d * sizeof *square);
    for (size_t p = 0; p < n; p += TG_PATCH_STRIP) {
        size_t some = n - p < TG_PATCH_STRIP ? n - p : TG_PATCH_STRIP;

        whiten(map, some, ld, patches + p * ld, w);
        for (size_t i = 0; i < some * w->d; i++)
            top = fmax(top, fabs(w->x[i]));
        cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, d, (int)some,
                    1 / (double)n, w->x, d, 1, square, d);
    }
    return top;
}

static int ascending(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

/* A patch of less contrast is no filter. */
static double least_variance(size_t m, size_t n, size_t ld,
                             const uint8_t *patches, double *centred,
                             double *variance)
{
    for (size_t p = 0; p < n; p++)
        variance[p] = tg_patch_centre(m, patches + p * ld, centred);
    qsort(variance, n, sizeof *variance, ascending);
    return least_norm * least_norm * variance[n / 2];
}

/* A whitened patch as a filter of length 1 in 8 bits.
 * Value: what it is times. */
static double to_filter(size_t d, const double *x, double *unit, int8_t *filter)
{
    double square = DBL_MIN, top = DBL_MIN;

    for (size_t i = 0; i < d; i++)
        square += x[i] * x[i];
    for (size_t i = 0; i < d; i++) {
        unit[i] = x[i] / sqrt(square);
        top = fmax(top, fabs(unit[i]));
    }
    for (size_t i = 0; i < d; i++)
        filter[i] = (int8_t)lrint(unit[i] * INT8_MAX / top);
    return INT8_MAX / top;
}

/* Take filters where there is contrast, again from the first where there are
 * too few. Value: the mean square of their responses; scale[k]; negative: there
 * are none. */
static double take_filters(const struct tg_patches *map, size_t n, size_t ld,
                           const uint8_t *patches, double least,
                           const double *square, struct whitening *w,
                           double *scale)
{
    size_t taken = 0;
    int d = (int)w->d;
    double sum = 0, *unit = w->x + d, *answer = unit + d;

    for (size_t p = 0; taken < map->shape.filters; p++) {
        if (p == n && taken == 0)
            return -1;
        const uint8_t *patch = patches + p % n * ld;
        double variance = tg_patch_centre(w->m, patch, w->centred);
        if (variance < least || variance <= 0)
            continue;
        whiten(map, 1, ld, patch, w);
        scale[taken] = to_filter(w->d, w->x, unit, map->filters + taken * w->d);
        cblas_dsymv(CblasColMajor, CblasLower, d, 1, square, d, unit, 1, 0,
                    answer, 1);
        sum += cblas_ddot(d, unit, 1, answer, 1);
        taken++;
    }
    return sum / (double)taken;
}

/* From whitened values to 8 bits, of which the largest is 127. */
static double set_scales(struct tg_patches *map, double top)
{
    double bytes = INT8_MAX / top;
    double unit = map->shape.unit ? TG_PATCHES_UNIT : bytes;

    *map->length = (float)bytes;
    for (size_t i = 0; i < map->shape.dims; i++) {
        map->gain[i] = (float)((double)map->gain[i] * unit);
        map->bias[i] = (float)((double)map->bias[i] * unit);
    }
    return bytes;
}

static int filters(void *buffers[], const void *arguments)
{
    const struct tg_patches_shape *shape = arguments;
    struct tg_patches map = view(shape, buffers[2]);
    size_t m = tg_patches_values(shape), d = shape->dims;
    size_t n = TG_COLS(buffers[0]), ld = TG_LD(buffers[0]);
    const uint8_t *patches = TG_PTR(uint8_t, buffers[0]);
    double *variance = TG_PTR(double, buffers[1]), *square = variance + n;
    struct whitening w = begin(&map, square + d * d);
    double *scale = variance; /* of filters, which are no more */
    double least = least_variance(m, n, ld, patches, w.centred, variance);
    double top = sum_responses(&map, n, ld, patches, &w, square);
    double mean = take_filters(&map, n, ld, patches, least, square, &w, scale);

    if (mean < 0)
        return tg_fail(TG_EDATA,
                       "patches of %zu x %zu of the training samples "
                       "are all of one colour, and teach nothing; "
                       "take --features pixels",
                       shape->size, shape->size);
    double bytes = set_scales(&map, top);
    for (size_t f = 0; f < shape->filters; f++)
        map.threshold[f] =
            (int32_t)lrint(response * sqrt(mean) * bytes * scale[f]);
    tg_patches_pack(&map);
    return TG_OK;
}

TG_CODELET(filters, .stage = &tg_stage_sample,
           .args = sizeof(struct tg_patches_shape),
           TG_MODES(STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_patches_filters_insert(const struct tg_patches_shape *shape,
                              struct tg_tile patches, struct tg_tile scratch,
                              struct tg_tile block)
{
    assert(shape->filters <= tg_tile_cols(patches));
    return TG_INSERT(&filters_codelet, TG_PRIORITY_DECIDE, shape, patches,
                     scratch, block);
}
