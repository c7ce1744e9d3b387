/* What patches teach: whitening, filters, thresholds.  In double precision;
 * what features are made with is what comes out, stored (patch_store.c). */
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

/* As arguments of a task, and what it is stored in. */
struct args {
    struct tg_patches_shape shape;
    bool single;
};

static const struct tg_patch_store *store_of(bool single)
{
    return single ? &tg_patch_store_f32 : &tg_patch_store_u8;
}

/* A vector's sign is anybody's: its top is made positive, its length that of
 * whitened patches. */
static void direct(size_t m, double value, const double *vector, double *row)
{
    double shrink = 1 / sqrt(fmax(value, 0) + epsilon);
    size_t top = 0;

    for (size_t i = 0; i < m; i++)
        if (fabs(vector[i]) > fabs(vector[top]))
            top = i;
    for (size_t i = 0; i < m; i++)
        row[i] = shrink * (vector[top] < 0 ? -vector[i] : vector[i]);
}

static int whitening(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_patch_store *store = store_of(args->single);
    const struct tg_patches_shape *shape = &args->shape;
    void *block = TG_PTR(void, buffers[2]);
    size_t m = tg_patches_values(shape), d = shape->dims;
    double *vectors = TG_PTR(double, buffers[0]), *mean = vectors + m * m;
    double *values = TG_PTR(double, buffers[1]), *row = values + m;
    int n = (int)m, work = 3 * n, info;

    memset(block, 0, TG_ROWS(buffers[2]));
    store->put_softness(shape, block, mean[m]);
    dsyev_("V", "L", &n, vectors, &n, values, row + m, &work, &info, 1, 1);
    if (info)
        return tg_fail(TG_ESOFTWARE, "LAPACK's dsyev failed: info %d", info);
    for (size_t i = 0; i < d; i++) {
        direct(m, values[m - 1 - i], vectors + (m - 1 - i) * m, row);
        store->put_dimension(shape, block, i, row, mean);
    }
    return TG_OK;
}

TG_CODELET(whitening, .stage = &tg_stage_sample, .args = sizeof(struct args),
           TG_MODES(STARPU_RW, STARPU_SCRATCH, STARPU_W));

int tg_patches_whitening_insert(const struct tg_patches_shape *shape,
                                bool single, struct tg_tile from,
                                struct tg_tile scratch, struct tg_tile block)
{
    struct args args = {*shape, single};

    assert(tg_tile_rows(block) == store_of(single)->bytes(shape));
    return TG_INSERT(&whitening_codelet, TG_PRIORITY_DECIDE, &args, from,
                     scratch, block);
}

/* ---- Filters ---------------------------------------------------------- */

/* Patches being whitened, as features will have it but for the rounding. */
struct whitening {
    struct tg_patch_whitener as;
    bool unit;
    double *centred; /* m x TG_PATCH_STRIP */
    double *x;       /* d x TG_PATCH_STRIP */
};

static struct whitening begin(const struct args *args, void *block,
                              double *room)
{
    const struct tg_patches_shape *shape = &args->shape;
    size_t m = tg_patches_values(shape), d = shape->dims;
    struct whitening w = {.as = {.m = m, .d = d}, .unit = shape->unit};

    w.as.weights = room;
    w.as.bias = w.as.weights + m * d;
    w.centred = w.as.bias + d;
    w.x = w.centred + m * TG_PATCH_STRIP;
    store_of(args->single)->get_whitener(shape, block, &w.as);
    return w;
}

/* Shapes: patches ld x n, n <= TG_PATCH_STRIP; w->x afterwards. */
static void whiten(size_t n, size_t ld, const uint8_t *patches,
                   struct whitening *w)
{
    const size_t m = w->as.m, d = w->as.d;

    for (size_t p = 0; p < n; p++) {
        double *q = w->centred + p * m;
        double contrast =
            1 / sqrt(tg_patch_centre(m, patches + p * ld, q) + w->as.softness);

        for (size_t j = 0; j < m; j++)
            q[j] *= contrast;
        for (size_t i = 0; i < d; i++)
            w->x[i + p * d] = -w->as.bias[i];
    }
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)d, (int)n, (int)m,
                1, w->as.weights, (int)m, w->centred, (int)m, 1, w->x, (int)d);
    for (size_t p = 0; p < n && w->unit; p++) {
        double *x = w->x + p * d;
        double square = cblas_ddot((int)d, x, 1, x, 1) + epsilon;

        for (size_t i = 0; i < d; i++)
            x[i] /= sqrt(square);
    }
}

/* Largest value of whitened patches, and their second moments. */
static double sum_responses(size_t n, size_t ld, const uint8_t *patches,
                            struct whitening *w, double *square)
{
    int d = (int)w->as.d;
    double top = DBL_MIN;

    memset(square, 0, w->as.d * w->as.d * sizeof *square);
    for (size_t p = 0; p < n; p += TG_PATCH_STRIP) {
        size_t some = n - p < TG_PATCH_STRIP ? n - p : TG_PATCH_STRIP;

        whiten(some, ld, patches + p * ld, w);
        for (size_t i = 0; i < some * w->as.d; i++)
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

/* A whitened patch as a filter of length 1. */
static void to_unit(size_t d, const double *x, double *unit)
{
    double square = DBL_MIN;

    for (size_t i = 0; i < d; i++)
        square += x[i] * x[i];
    for (size_t i = 0; i < d; i++)
        unit[i] = x[i] / sqrt(square);
}

/* Take filters where there is contrast, again from the first where there are
 * too few. Value: the mean square of their responses; scale[k], what filters
 * are stored times; negative: there are none. */
static double take_filters(const struct args *args, void *block, size_t n,
                           size_t ld, const uint8_t *patches, double least,
                           const double *square, struct whitening *w,
                           double *scale)
{
    const struct tg_patch_store *store = store_of(args->single);
    size_t taken = 0;
    int d = (int)w->as.d;
    double sum = 0, *unit = w->x + d, *answer = unit + d;

    for (size_t p = 0; taken < args->shape.filters; p++) {
        if (p == n && taken == 0)
            return -1;
        const uint8_t *patch = patches + p % n * ld;
        double variance = tg_patch_centre(w->as.m, patch, w->centred);
        if (variance < least || variance <= 0)
            continue;
        whiten(1, ld, patch, w);
        to_unit(w->as.d, w->x, unit);
        scale[taken] = store->put_filter(&args->shape, block, taken, unit);
        cblas_dsymv(CblasColMajor, CblasLower, d, 1, square, d, unit, 1, 0,
                    answer, 1);
        sum += cblas_ddot(d, unit, 1, answer, 1);
        taken++;
    }
    return sum / (double)taken;
}

static int filters(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_patches_shape *shape = &args->shape;
    void *block = TG_PTR(void, buffers[2]);
    size_t m = tg_patches_values(shape), d = shape->dims;
    size_t n = TG_COLS(buffers[0]), ld = TG_LD(buffers[0]);
    const uint8_t *patches = TG_PTR(uint8_t, buffers[0]);
    double *variance = TG_PTR(double, buffers[1]), *square = variance + n;
    struct whitening w = begin(args, block, square + d * d);
    double *scale = variance; /* of filters, which are no more */
    double least = least_variance(m, n, ld, patches, w.centred, variance);
    double top = sum_responses(n, ld, patches, &w, square);
    double mean =
        take_filters(args, block, n, ld, patches, least, square, &w, scale);

    if (mean < 0)
        return tg_fail(TG_EDATA,
                       "patches of %zu x %zu of the training samples "
                       "are all of one colour, and teach nothing; "
                       "take --features pixels",
                       shape->size, shape->size);
    store_of(args->single)
        ->finish(shape, block, top, response * sqrt(mean), scale);
    return TG_OK;
}

TG_CODELET(filters, .stage = &tg_stage_sample, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_patches_filters_insert(const struct tg_patches_shape *shape, bool single,
                              struct tg_tile patches, struct tg_tile scratch,
                              struct tg_tile block)
{
    struct args args = {*shape, single};

    assert(shape->filters <= tg_tile_cols(patches));
    return TG_INSERT(&filters_codelet, TG_PRIORITY_DECIDE, &args, patches,
                     scratch, block);
}
