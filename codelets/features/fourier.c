#include "fourier_block.h"

#include <assert.h>
#include <string.h>

#include "blas.h"
#include "error.h"
#include "fourier_f32.h"
#include "fourier_u8.h"
#include "patch_map.h"
#include "task.h"

enum { RUN = 64 }; /* samples at a time in single precision, or mirrored */

struct args {
    struct tg_fourier map;
    size_t first;
};

/* Mirror images of n pictures. Shapes: x, to values x n, of `element` bytes. */
static inline void mirror(const struct tg_fourier *map, size_t n,
                          size_t element, const void *x, void *to)
{
    for (size_t line = 0; line < n * map->values; line += map->line)
        for (size_t i = 0; i < map->line; i++)
            memcpy((char *)to + (line + i) * element,
                   (const char *)x + (line + map->line - 1 - i) * element,
                   element);
}

/* ---- In integers ------------------------------------------------------- */

/* Add the mirror images'. Shapes: x values x n; features ldf x n; scratch
 * tg_fourier_scratch. */
static void fourier_both(const struct tg_fourier *map, const uint8_t *w,
                         size_t n, const uint8_t *x, uint8_t *scratch,
                         uint8_t *features, size_t ldf)
{
    size_t d = map->features;
    uint8_t *other = scratch + RUN * map->values;

    mirror(map, n, 1, x, scratch);
    tg_fourier_u8(map->values, n, scratch, map->values, d, w, other, d);
    for (size_t s = 0; s < n; s++)
        for (size_t f = 0; f < d; f++)
            features[f + s * ldf] =
                (uint8_t)((features[f + s * ldf] + other[f + s * d] + 1) / 2);
}

static int fourier(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_fourier *map = &args->map;
    const uint8_t *w = tg_fourier_weights(TG_PTR(void, buffers[1]));
    size_t n = TG_COLS(buffers[0]), ldx = TG_LD(buffers[0]);
    size_t ldf = TG_LD(buffers[3]);

    assert(!map->line || ldx == map->values);
    for (size_t s = 0, run; s < n; s += run) {
        const uint8_t *x = TG_PTR(uint8_t, buffers[0]) + s * ldx;
        uint8_t *to = TG_PTR(uint8_t, buffers[3]) + args->first + s * ldf;

        run = map->line && n - s > RUN ? RUN : n - s;
        tg_fourier_u8(map->values, run, x, ldx, map->features, w, to, ldf);
        if (map->line)
            fourier_both(map, w, run, x, TG_PTR(uint8_t, buffers[2]), to, ldf);
    }
    return TG_OK;
}

/* ---- In single precision ----------------------------------------------- */

/* n samples as floats: themselves where they are a whole run; else in scratch,
 * with zeroes up to a run. */
static const float *floats_of(void *buffer, size_t s, size_t n, float *scratch)
{
    size_t values = TG_ROWS(buffer), count = n * values;
    const uint8_t *bytes = TG_PTR(uint8_t, buffer) + s * values;
    bool single = TG_ELEMENT(buffer) == sizeof(float);

    if (single && n == RUN)
        return TG_PTR(float, buffer) + s * values;
    if (single)
        memcpy(scratch, TG_PTR(float, buffer) + s * values,
               count * sizeof *scratch);
    for (size_t i = 0; i < count && !single; i++)
        scratch[i] = bytes[i];
    memset(scratch + count, 0, (RUN * values - count) * sizeof *scratch);
    return scratch;
}

/* Phases of a run begin as offsets.  A run is always as long: sgemm rounds a
 * sample's product in the same way then, wherever its tile ends. */
static void phases(const struct tg_fourier *map, const float *w, const float *x,
                   float *z, size_t ldz)
{
    size_t values = map->values, d = map->features;

    for (size_t f = 0; f < d; f++)
        z[f] = w[values + f * (values + 1)];
    for (size_t s = 1; s < RUN; s++)
        memcpy(z + s * ldz, z, d * sizeof *z);
    cblas_sgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)d, RUN,
                (int)values, 1, w, (int)values + 1, x, (int)values, 1, z,
                (int)ldz);
}

/* Scratch, of runs: samples, mirror images, features. */
struct runs {
    float *x, *mirrored, *features;
};

static struct runs runs_of(const struct tg_fourier *map, float *scratch)
{
    float *mirrored = scratch + map->values * RUN;

    return (struct runs){scratch, mirrored,
                         mirrored + (map->line ? map->values * RUN : 0)};
}

/* Features of n samples of a run. */
static void single(const struct tg_fourier *map, const float *w, size_t n,
                   const float *x, const struct runs *runs, float *z,
                   size_t ldz)
{
    size_t d = map->features;

    phases(map, w, x, n < RUN ? runs->features : z, n < RUN ? d : ldz);
    for (size_t s = 0; s < n && n < RUN; s++)
        memcpy(z + s * ldz, runs->features + s * d, d * sizeof *z);
    tg_fourier_f32(d, n, z, ldz);
}

/* Add the mirror images'. */
static void single_both(const struct tg_fourier *map, const float *w, size_t n,
                        const float *x, const struct runs *runs,
                        float *features, size_t ldf)
{
    size_t d = map->features;
    float *other = runs->features;

    mirror(map, RUN, sizeof *x, x, runs->mirrored);
    phases(map, w, runs->mirrored, other, d);
    tg_fourier_f32(d, n, other, d);
    for (size_t s = 0; s < n; s++)
        for (size_t f = 0; f < d; f++)
            features[f + s * ldf] =
                (features[f + s * ldf] + other[f + s * d]) / 2;
}

static int fourier_single(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_fourier *map = &args->map;
    size_t n = TG_COLS(buffers[0]), ldf = TG_LD(buffers[3]);
    const float *w = tg_fourier_weights(TG_PTR(void, buffers[1]));
    const struct runs runs = runs_of(map, TG_PTR(float, buffers[2]));

    assert(TG_LD(buffers[0]) == TG_ROWS(buffers[0]));
    for (size_t s = 0; s < n; s += RUN) {
        size_t run = n - s < RUN ? n - s : RUN;
        const float *x = floats_of(buffers[0], s, run, runs.x);
        float *z = TG_PTR(float, buffers[3]) + args->first + s * ldf;

        single(map, w, run, x, &runs, z, ldf);
        if (map->line)
            single_both(map, w, run, x, &runs, z, ldf);
    }
    return TG_OK;
}

/* ---- Inserting --------------------------------------------------------- */

/* Samples of a size may have few features or many. */
static uint32_t cost(const void *arguments)
{
    const struct args *args = arguments;

    return (uint32_t)args->map.features << (args->map.line > 0);
}

TG_CODELET(fourier, .stage = &tg_stage_features, .args = sizeof(struct args),
           .cost = cost,
           TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_W));
TG_CODELET_NAMED(more_fourier, fourier, .stage = &tg_stage_features,
                 .args = sizeof(struct args), .cost = cost,
                 TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));
TG_CODELET(fourier_single, .stage = &tg_stage_features,
           .args = sizeof(struct args), .cost = cost,
           TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_W));
TG_CODELET_NAMED(more_fourier_single, fourier_single,
                 .stage = &tg_stage_features, .args = sizeof(struct args),
                 .cost = cost,
                 TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

size_t tg_fourier_scratch(const struct tg_fourier *map)
{
    size_t samples = map->values * RUN, features = map->features * RUN;

    if (map->single)
        return (samples * (map->line ? 2 : 1) + features) * sizeof(float);
    return map->line ? samples + features : 1;
}

int tg_fourier_insert(const struct tg_fourier *map, size_t first,
                      struct tg_tile raw, struct tg_tile block,
                      struct tg_tile scratch, struct tg_tile features)
{
    static struct tg_codelet *const codelets[2][2] = {
        {&fourier_codelet, &more_fourier_codelet},
        {&fourier_single_codelet, &more_fourier_single_codelet}};
    struct args args = {*map, first};

    assert(first + map->features <= tg_tile_rows(features));
    assert(tg_tile_rows(raw) == map->values);
    assert(features.of->element == (map->single ? sizeof(float) : 1));
    assert(raw.of->element <= features.of->element);
    assert(!map->line || map->values % map->line == 0);
    return TG_INSERT(codelets[map->single][first > 0],
                     tg_features_priority(first), &args, raw, block, scratch,
                     features);
}
