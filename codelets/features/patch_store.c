/* What patches teach, as blocks hold it: integers of 8 and 16 bits, or single
 * precision. */
#include <float.h>
#include <math.h>

#include "patch_learn.h"

/* ---- In 8 bits -------------------------------------------------------- */

static struct tg_patches view(const struct tg_patches_shape *shape, void *block)
{
    struct tg_patches patches;

    tg_patches_view(shape, block, &patches);
    return patches;
}

static void put_softness(const struct tg_patches_shape *shape, void *block,
                         double softness)
{
    *view(shape, block).softness = (float)softness;
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

static void put_dimension(const struct tg_patches_shape *shape, void *block,
                          size_t i, const double *row, const double *mean)
{
    const struct tg_patches map = view(shape, block);
    size_t m = tg_patches_values(shape);
    int16_t *whitener = map.whitener + i * m;
    double offset = 0, scale = to_integers(m, row, whitener);

    map.gain[i] = scale > 0 ? (float)(1 / scale) : 0;
    for (size_t j = 0; j < m; j++)
        offset += whitener[j] * mean[j];
    map.bias[i] = (float)((double)map.gain[i] * offset);
}

static void get_whitener(const struct tg_patches_shape *shape, void *block,
                         struct tg_patch_whitener *w)
{
    const struct tg_patches map = view(shape, block);

    w->softness = (double)*map.softness;
    for (size_t i = 0; i < w->d; i++) {
        w->bias[i] = (double)map.bias[i];
        for (size_t j = 0; j < w->m; j++)
            w->weights[j + i * w->m] =
                (double)map.gain[i] * map.whitener[j + i * w->m];
    }
}

static double put_filter(const struct tg_patches_shape *shape, void *block,
                         size_t f, const double *unit)
{
    int8_t *filter = view(shape, block).filters + f * shape->dims;
    double top = DBL_MIN;

    for (size_t i = 0; i < shape->dims; i++)
        top = fmax(top, fabs(unit[i]));
    for (size_t i = 0; i < shape->dims; i++)
        filter[i] = (int8_t)lrint(unit[i] * INT8_MAX / top);
    return INT8_MAX / top;
}

/* Whitened values become 8 bits, of which the largest is 127. */
static void finish(const struct tg_patches_shape *shape, void *block,
                   double top, double threshold, const double *scale)
{
    struct tg_patches map = view(shape, block);
    double bytes = INT8_MAX / top;
    double unit = shape->unit ? TG_PATCHES_UNIT : bytes;

    *map.length = (float)bytes;
    for (size_t i = 0; i < shape->dims; i++) {
        map.gain[i] = (float)((double)map.gain[i] * unit);
        map.bias[i] = (float)((double)map.bias[i] * unit);
    }
    for (size_t f = 0; f < shape->filters; f++)
        map.threshold[f] = (int32_t)lrint(threshold * bytes * scale[f]);
    tg_patches_pack(&map);
}

const struct tg_patch_store tg_patch_store_u8 = {
    .bytes = tg_patches_bytes,
    .put_softness = put_softness,
    .put_dimension = put_dimension,
    .get_whitener = get_whitener,
    .put_filter = put_filter,
    .finish = finish,
};

/* ---- In single precision ---------------------------------------------- */

static struct tg_patches_f32 view_f32(const struct tg_patches_shape *shape,
                                      void *block)
{
    struct tg_patches_f32 patches;

    tg_patches_f32_view(shape, block, &patches);
    return patches;
}

static void put_softness_f32(const struct tg_patches_shape *shape, void *block,
                             double softness)
{
    *view_f32(shape, block).softness = (float)softness;
}

static void put_dimension_f32(const struct tg_patches_shape *shape, void *block,
                              size_t i, const double *row, const double *mean)
{
    const struct tg_patches_f32 map = view_f32(shape, block);
    size_t m = tg_patches_values(shape);
    float *whitener = map.whitener + i * m;
    double sum = 0, offset = 0;

    for (size_t j = 0; j < m; j++)
        sum += row[j];
    for (size_t j = 0; j < m; j++) {
        whitener[j] = (float)(row[j] - sum / (double)m);
        offset += (double)whitener[j] * mean[j];
    }
    map.bias[i] = (float)offset;
}

static void get_whitener_f32(const struct tg_patches_shape *shape, void *block,
                             struct tg_patch_whitener *w)
{
    const struct tg_patches_f32 map = view_f32(shape, block);

    w->softness = (double)*map.softness;
    for (size_t i = 0; i < w->d; i++)
        w->bias[i] = (double)map.bias[i];
    for (size_t i = 0; i < w->m * w->d; i++)
        w->weights[i] = (double)map.whitener[i];
}

static double put_filter_f32(const struct tg_patches_shape *shape, void *block,
                             size_t f, const double *unit)
{
    float *filter = view_f32(shape, block).filters + f * shape->dims;

    for (size_t i = 0; i < shape->dims; i++)
        filter[i] = (float)unit[i];
    return 1;
}

static void finish_f32(const struct tg_patches_shape *shape, void *block,
                       double top, double threshold, const double *scale)
{
    struct tg_patches_f32 map = view_f32(shape, block);

    (void)top;
    (void)scale;
    *map.threshold = (float)threshold;
    tg_patches_f32_pack(&map);
}

const struct tg_patch_store tg_patch_store_f32 = {
    .bytes = tg_patches_f32_bytes,
    .put_softness = put_softness_f32,
    .put_dimension = put_dimension_f32,
    .get_whitener = get_whitener_f32,
    .put_filter = put_filter_f32,
    .finish = finish_f32,
};
