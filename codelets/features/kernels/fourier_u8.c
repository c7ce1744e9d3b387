#include "fourier_u8.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "fourier_u8_internal.h"
#include "processor.h"

enum { CACHE = 1 << 19 }; /* bytes of samples that stay in the cache */

/* Weights are whole numbers of these parts of a standard deviation. */
#define PARTS (127.0 / 5)

_Static_assert(255LL * 127 * TG_FOURIER_VALUES_MAX <= INT32_MAX,
               "a sample too long for sums in int32");

/* ---- Weights ----------------------------------------------------------- */

size_t tg_fourier_panel_size(size_t values)
{
    return groups_of(values) * LINE + sizeof(struct phases);
}

static uint8_t *phases_of(size_t values, uint8_t *panel)
{
    return panel + groups_of(values) * LINE;
}

struct tg_fourier_step tg_fourier_step(double gamma, double unit)
{
    double turns = sqrt(2 * gamma) * unit / PARTS / (2 * M_PI);
    int exponent;

    frexp(turns, &exponent);
    int shift = -2 - exponent; /* the multiplier is below 2^30 */
    if (shift < 0)
        shift = 0;
    if (shift > 32)
        shift = 32;
    turns -= floor(turns); /* sums are whole, and so are whole turns of each */
    return (struct tg_fourier_step){(int32_t)(uint32_t)llrint(
                                        ldexp(turns, 32 + shift)),
                                    (uint32_t)shift};
}

void tg_fourier_start(size_t values, struct tg_fourier_step step,
                      uint8_t *panel)
{
    struct phases phases = {.step = step};

    memset(panel, 0, tg_fourier_panel_size(values));
    memcpy(phases_of(values, panel), &phases, sizeof phases);
}

void tg_fourier_pack(size_t values, size_t feature, const double *w,
                     uint32_t offset, uint8_t *panel)
{
    size_t offsets = offsetof(struct phases, offsets);
    uint8_t *to = panel + feature * GROUP;

    assert(feature < PANEL && values <= TG_FOURIER_VALUES_MAX);
    for (size_t v = 0; v < values; v++) {
        double weight = rint(w[v] * PARTS);

        weight = weight > 127 ? 127 : weight < -127 ? -127 : weight;
        to[v / GROUP * LINE + v % GROUP] = (uint8_t)(int8_t)weight;
    }
    memcpy(phases_of(values, panel) + offsets + feature * sizeof offset,
           &offset, sizeof offset);
}

/* ---- Features, in plain C ---------------------------------------------- */

static int32_t product(int32_t a, int32_t b)
{
    return (a * b + (1 << 14)) >> 15;
}

static uint8_t cosine(uint32_t phase)
{
    int32_t u = QUARTER - abs((int16_t)(phase >> 16));
    int32_t twice = 2 * u > INT16_MAX ? INT16_MAX : 2 * u;
    int32_t square = product(twice, u);
    int32_t slope = C1 + product(square, C3 + product(square, C5));
    int32_t above = product(twice, slope) + QUARTER; /* of 2^15: cos + 1 */

    return (uint8_t)product(above > INT16_MAX ? INT16_MAX : above, 255);
}

/* A group at a time, which compilers make vectors of. */
static void sums_of(size_t values, const uint8_t *x, const uint8_t *panel,
                    int32_t sums[PANEL])
{
    uint8_t last[GROUP] = {0};

    memcpy(last, x + values / GROUP * GROUP, values % GROUP);
    memset(sums, 0, PANEL * sizeof *sums);
    for (size_t q = 0; q < groups_of(values); q++, panel += LINE) {
        const uint8_t *group = q < values / GROUP ? x + q * GROUP : last;
        const int8_t *w = (const int8_t *)panel;

        for (size_t f = 0; f < PANEL; f++)
            sums[f] += group[0] * w[f * GROUP] + group[1] * w[f * GROUP + 1] +
                       group[2] * w[f * GROUP + 2] +
                       group[3] * w[f * GROUP + 3];
    }
}

static void panel_generic(size_t values, size_t n, const uint8_t *x, size_t ldx,
                          size_t d, const uint8_t *panel, uint8_t *features,
                          size_t ldf)
{
    struct phases phases;
    int32_t sums[PANEL];

    memcpy(&phases, panel + groups_of(values) * LINE, sizeof phases);
    for (size_t s = 0; s < n; s++) {
        sums_of(values, x + s * ldx, panel, sums);
        for (size_t f = 0; f < d; f++) {
            int64_t turn = (int64_t)sums[f] * phases.step.multiplier;
            uint64_t phase = (uint64_t)turn >> phases.step.shift;

            features[f + s * ldf] = cosine((uint32_t)phase + phases.offsets[f]);
        }
    }
}

static void features_generic(size_t values, size_t n, const uint8_t *x,
                             size_t ldx, size_t d, const uint8_t *panels,
                             uint8_t *features, size_t ldf)
{
    for (size_t f = 0; f < d; f += PANEL) {
        panel_generic(values, n, x, ldx, min_size(d - f, PANEL), panels,
                      features + f, ldf);
        panels += tg_fourier_panel_size(values);
    }
}

/* ---- Variants ---------------------------------------------------------- */

const struct tg_fourier_variant *tg_fourier_variant(size_t index)
{
    static const struct tg_fourier_variant variants[] = {
        [TG_LEVEL_GENERIC] = {"generic", features_generic},
#if defined(__x86_64__)
        [TG_LEVEL_AVX2] = {"avx2", tg_fourier_u8_avx2},
        [TG_LEVEL_AVX512] = {"avx512-vnni", tg_fourier_u8_avx512},
#endif
    };
    size_t best = tg_processor_level(),
           last = sizeof variants / sizeof *variants - 1;

    best = best < last ? best : last; /* there is none of AMX */
    return index <= best ? &variants[best - index] : NULL;
}

void tg_fourier_u8(size_t values, size_t n, const uint8_t *x, size_t ldx,
                   size_t d, const uint8_t *panels, uint8_t *features,
                   size_t ldf)
{
    size_t run = CACHE / (values + 1) + 1;

    assert(values <= TG_FOURIER_VALUES_MAX && ldx >= values && ldf >= d);
    for (size_t s = 0; s < n; s += run)
        tg_fourier_variant(0)->features(values, min_size(n - s, run),
                                        x + s * ldx, ldx, d, panels,
                                        features + s * ldf, ldf);
}
