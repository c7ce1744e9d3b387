/* What the tests of splits share: labels, and the documented rule. */
#ifndef TG_SPLIT_FIXTURE_H
#define TG_SPLIT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "split.h"

/* A data set of labels: sizes that are no multiples of anything, sorted or
 * mixed, with a class of one sample. */
enum { COUNT = 1009, CLASSES = 5 };

static void make_labels(bool sorted, uint16_t labels[COUNT])
{
    static const size_t ends[CLASSES] = {400, 401, 650, 951, COUNT};

    for (size_t i = 0; i < COUNT; i++) {
        size_t at = sorted ? i : i * 641 % COUNT; /* coprime: a permutation */
        uint16_t c = 0;

        while (at >= ends[c])
            c++;
        labels[i] = c;
    }
}

/* ---- The documented rule, once more and plainly ------------------------ */

static uint64_t splitmix64(uint64_t x)
{
    uint64_t z = x + UINT64_C(0x9e3779b97f4a7c15);

    z ^= z >> 30;
    z *= UINT64_C(0xbf58476d1ce4e5b9);
    z ^= z >> 27;
    z *= UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static bool goes_before(const uint16_t *labels, uint64_t seed, size_t a,
                        size_t b)
{
    uint64_t ka, kb;

    if (labels[a] != labels[b])
        return labels[a] < labels[b];
    ka = splitmix64(splitmix64(seed) + a);
    kb = splitmix64(splitmix64(seed) + b);
    return ka != kb ? ka < kb : a < b;
}

/* Rows in (class, key, row) order, by insertion. */
static void sort_rows(size_t n, const uint16_t *labels, uint64_t seed,
                      size_t *rows)
{
    for (size_t i = 1; i < n; i++) {
        size_t row = rows[i], at = i;

        for (; at > 0 && goes_before(labels, seed, row, rows[at - 1]); at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
    }
}

#endif
