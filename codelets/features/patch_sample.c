/* What patches are learnt from: a sample of them, and its moments. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "blas.h"
#include "error.h"
#include "hash.h"
#include "patch_learn.h"
#include "task.h"

/* ---- Sample ----------------------------------------------------------- */

struct sample_args {
    struct tg_patches_shape shape;
    uint64_t seed;
    size_t first, count;
};

static void cut(const struct tg_patches_shape *shape, const uint8_t *x,
                size_t column, size_t row, uint8_t *to)
{
    size_t s = shape->size, w = shape->width, step = shape->halve ? 2 : 1;

    for (size_t c = 0; c < shape->channels; c++)
        for (size_t j = 0; j < s; j++)
            for (size_t i = 0; i < s; i++) {
                const uint8_t *at = x + c * w * shape->height +
                                    (row + j) * step * w + (column + i) * step;

                *to++ =
                    shape->halve
                        ? (uint8_t)((at[0] + at[1] + at[w] + at[w + 1] + 2) / 4)
                        : at[0];
            }
}

static int sample(void *buffers[], const void *arguments)
{
    const struct sample_args *args = arguments;
    const struct tg_patches_shape *shape = &args->shape;
    size_t columns = tg_patches_columns(shape);
    size_t positions = columns * tg_patches_rows(shape);

    for (size_t p = args->first; p < args->first + args->count; p++) {
        uint64_t key = tg_hash(tg_hash(args->seed) + p);
        size_t picture = key % TG_COLS(buffers[0]);
        size_t at = tg_hash(key) % positions;

        cut(shape, TG_PTR(uint8_t, buffers[0]) + picture * TG_LD(buffers[0]),
            at % columns, at / columns,
            TG_PTR(uint8_t, buffers[1]) + p * TG_LD(buffers[1]));
    }
    return TG_OK;
}

TG_STAGE(sample, 0xfb9a99, "features");
TG_CODELET(sample, .stage = &tg_stage_sample,
           .args = sizeof(struct sample_args), TG_MODES(STARPU_R, STARPU_W));
TG_CODELET_NAMED(more_samples, sample, .stage = &tg_stage_sample,
                 .args = sizeof(struct sample_args),
                 TG_MODES(STARPU_R, STARPU_RW));

int tg_patches_sample_insert(const struct tg_patches_shape *shape,
                             uint64_t seed, size_t first, size_t count,
                             struct tg_tile raw, struct tg_tile patches)
{
    struct sample_args args = {*shape, seed, first, count};

    assert(tg_tile_rows(patches) == tg_patches_values(shape));
    assert(first + count <= tg_tile_cols(patches));
    return TG_INSERT(first ? &more_samples_codelet : &sample_codelet,
                     TG_PRIORITY_DECIDE, &args, raw, patches);
}

/* ---- Moments ---------------------------------------------------------- */

double tg_patch_centre(size_t m, const uint8_t *patch, double *centred)
{
    double sum = 0, square = 0;

    for (size_t i = 0; i < m; i++)
        sum += patch[i];
    for (size_t i = 0; i < m; i++) {
        centred[i] = patch[i] - sum / (double)m;
        square += centred[i] * centred[i];
    }
    return square / (double)m;
}

/* Covariance about the origin, below the diagonal, and sums, of normalised
 * patches. Shapes: strip m x TG_PATCH_STRIP. */
static void sum_moments(size_t m, size_t n, size_t ld, const uint8_t *patches,
                        double softness, double *strip, double *covariance,
                        double *sum)
{
    for (size_t p = 0; p < n; p += TG_PATCH_STRIP) {
        size_t some = n - p < TG_PATCH_STRIP ? n - p : TG_PATCH_STRIP;

        for (size_t i = 0; i < some; i++) {
            double *q = strip + i * m;
            double contrast =
                1 /
                sqrt(tg_patch_centre(m, patches + (p + i) * ld, q) + softness);

            for (size_t j = 0; j < m; j++) {
                q[j] *= contrast;
                sum[j] += q[j];
            }
        }
        cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, (int)m, (int)some,
                    1, strip, (int)m, 1, covariance, (int)m);
    }
}

static int moments(void *buffers[], const void *arguments)
{
    size_t m = TG_ROWS(buffers[0]), n = TG_COLS(buffers[0]);
    size_t ld = TG_LD(buffers[0]);
    const uint8_t *patches = TG_PTR(uint8_t, buffers[0]);
    double *strip = TG_PTR(double, buffers[1]);
    double *covariance = TG_PTR(double, buffers[2]), *mean = covariance + m * m;
    double *softness = mean + m;
    const double softening = *(const double *)arguments;

    memset(covariance, 0, m * (m + 2) * sizeof *covariance);
    for (size_t p = 0; p < n; p++)
        *softness +=
            softening * tg_patch_centre(m, patches + p * ld, strip) / (double)n;
    *softness = fmax(*softness, 1); /* pictures of one colour have none */
    sum_moments(m, n, ld, patches, *softness, strip, covariance, mean);
    for (size_t i = 0; i < m; i++)
        mean[i] /= (double)n;
    for (size_t j = 0; j < m; j++)
        for (size_t i = j; i < m; i++)
            covariance[i + j * m] =
                covariance[i + j * m] / (double)n - mean[i] * mean[j];
    return TG_OK;
}

TG_CODELET(moments, .stage = &tg_stage_sample, .args = sizeof(double),
           TG_MODES(STARPU_R, STARPU_SCRATCH, STARPU_W));

int tg_patches_moments_insert(double softening, struct tg_tile patches,
                              struct tg_tile scratch, struct tg_tile to)
{
    assert(tg_tile_rows(patches) == tg_tile_rows(to));
    return TG_INSERT(&moments_codelet, TG_PRIORITY_DECIDE, &softening, patches,
                     scratch, to);
}
