#include "fourier.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "hash.h"
#include "median.h"
#include "patch_map.h"
#include "task.h"

enum { PAIRS = 4096 }; /* at most */

static double distance(void *buffer, size_t i, size_t j)
{
    size_t values = TG_ROWS(buffer), ldx = TG_LD(buffer);

    if (TG_ELEMENT(buffer) == 1)
        return tg_distance_u8(values, TG_PTR(uint8_t, buffer) + i * ldx,
                              TG_PTR(uint8_t, buffer) + j * ldx);
    return tg_distance_f32(values, TG_PTR(float, buffer) + i * ldx,
                           TG_PTR(float, buffer) + j * ldx);
}

static size_t all_pairs(void *buffer, size_t n, double *squares)
{
    size_t pairs = 0;

    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i; j++)
            squares[pairs++] = distance(buffer, i, j);
    return pairs;
}

static size_t drawn_pairs(void *buffer, size_t n, uint64_t seed,
                          double *squares)
{
    uint64_t key = tg_hash(tg_hash(seed) - 1); /* no feature's */

    for (size_t p = 0; p < PAIRS; p++) {
        size_t i = tg_hash(key + 2 * p) % n;
        size_t j = tg_hash(key + 2 * p + 1) % (n - 1);

        squares[p] = distance(buffer, i, j + (j >= i));
    }
    return PAIRS;
}

static int fourier_median(void *buffers[], const void *arguments)
{
    const struct tg_fourier *map = arguments;
    size_t n = TG_COLS(buffers[0]), pairs = 0;
    double *squares = TG_PTR(double, buffers[1]), gamma = 0;

    if (n * (n - 1) / 2 <= PAIRS)
        pairs = all_pairs(buffers[0], n, squares);
    else
        pairs = drawn_pairs(buffers[0], n, map->seed, squares);
    if (pairs > 0)
        gamma = 1 / (tg_median(pairs, squares) * map->unit * map->unit);
    if (!(gamma > 0 && gamma < INFINITY))
        gamma = 1 / (double)map->values;
    *TG_PTR(double, buffers[2]) = gamma;
    return TG_OK;
}

static int fourier_sample(void *buffers[], const void *arguments)
{
    size_t first = *(const size_t *)arguments;
    size_t bytes = TG_LD(buffers[0]) * TG_ELEMENT(buffers[0]);

    assert(TG_LD(buffers[0]) == TG_LD(buffers[1]));
    memcpy(TG_PTR(char, buffers[1]) + first * bytes, TG_PTR(void, buffers[0]),
           TG_COLS(buffers[0]) * bytes);
    return TG_OK;
}

static int fourier_gamma(void *buffers[], const void *arguments)
{
    *TG_PTR(double, buffers[0]) = *(const double *)arguments;
    return TG_OK;
}

TG_CODELET(fourier_median, .stage = &tg_stage_learn,
           .args = sizeof(struct tg_fourier),
           TG_MODES(STARPU_R, STARPU_SCRATCH, STARPU_W));
TG_CODELET(fourier_sample, .stage = &tg_stage_learn, .args = sizeof(size_t),
           TG_MODES(STARPU_R, STARPU_W));
TG_CODELET_NAMED(fourier_more_samples, fourier_sample, .stage = &tg_stage_learn,
                 .args = sizeof(size_t), TG_MODES(STARPU_R, STARPU_RW));
TG_CODELET(fourier_gamma, .stage = &tg_stage_learn, .args = sizeof(double),
           TG_MODES(STARPU_W));

size_t tg_fourier_median_scratch(void)
{
    return PAIRS * sizeof(double);
}

int tg_fourier_median_insert(const struct tg_fourier *map,
                             struct tg_tile sample, struct tg_tile scratch,
                             struct tg_tile block)
{
    assert(tg_tile_rows(sample) == map->values);
    return TG_INSERT(&fourier_median_codelet, TG_PRIORITY_FEATURES, map, sample,
                     scratch, block);
}

int tg_fourier_gamma_insert(double gamma, struct tg_tile block)
{
    return TG_INSERT(&fourier_gamma_codelet, TG_PRIORITY_FEATURES, &gamma,
                     block);
}

int tg_fourier_sample_insert(size_t first, struct tg_tile raw,
                             struct tg_tile sample)
{
    assert(tg_tile_rows(raw) == tg_tile_rows(sample));
    assert(first + tg_tile_cols(raw) <= tg_tile_cols(sample));
    return TG_INSERT(first ? &fourier_more_samples_codelet
                           : &fourier_sample_codelet,
                     TG_PRIORITY_FEATURES, &first, raw, sample);
}
