#include "median.h"

#include <assert.h>
#include <string.h>

#include "clones.h"

enum { CHAINS = 32 };

_Static_assert(255ULL * 255 * TG_DISTANCE_VALUES_MAX <= UINT32_MAX,
               "squares of bytes are summed in 32 bits");

TG_CLONES static uint32_t distance(size_t values, const uint8_t *x,
                                   const uint8_t *y)
{
    uint32_t sum = 0;

    for (size_t v = 0; v < values; v++) {
        int difference = x[v] - y[v];

        sum += (uint32_t)(difference * difference);
    }
    return sum;
}

double tg_distance_u8(size_t values, const uint8_t *x, const uint8_t *y)
{
    assert(values <= TG_DISTANCE_VALUES_MAX);
    return distance(values, x, y);
}

double tg_distance_f32(size_t values, const float *x, const float *y)
{
    double sums[CHAINS] = {0}, sum = 0;

    for (size_t v = 0; v < values; v++) {
        double difference = (double)x[v] - (double)y[v];

        sums[v % CHAINS] += difference * difference;
    }
    for (size_t c = 0; c < CHAINS; c++)
        sum += sums[c];
    return sum;
}

/* Numbers not below zero are ordered as their bits are. */
static uint64_t bits(double v)
{
    uint64_t word;

    memcpy(&word, &v, sizeof word);
    return word;
}

/* The number that `before` others go before: its bits, one after the other. */
static double ranked(size_t n, const double *v, size_t before)
{
    uint64_t found = 0;
    double value;

    for (uint64_t bit = UINT64_C(1) << 63; bit; bit >>= 1) {
        size_t below = 0;

        for (size_t i = 0; i < n; i++)
            below += bits(v[i]) < (found | bit);
        if (below <= before)
            found |= bit;
    }
    memcpy(&value, &found, sizeof value);
    return value;
}

double tg_median(size_t n, const double *v)
{
    assert(n > 0);
    return (ranked(n, v, (n - 1) / 2) + ranked(n, v, n / 2)) / 2;
}
