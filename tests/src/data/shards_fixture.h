/* What the tests of .npy shards share. */
#ifndef TG_SHARDS_FIXTURE_H
#define TG_SHARDS_FIXTURE_H

#include "npy_fixture.h"

enum { D = 6, ROWS = 12 };

static uint8_t noise[ROWS * D];

/* A shard of 8-bit rows, from `first` on of the noise. */
static void write_shard(const char *name, size_t first, size_t n)
{
    char shape[32];

    snprintf(shape, sizeof shape, "(%zu, %d)", n, D);
    write_npy(name, 1, "|u1", shape, noise + first * D, n * D);
}

/* Labels of 8 bits. */
static void write_labels(const char *name, size_t n, const char *values)
{
    char shape[32];

    snprintf(shape, sizeof shape, "(%zu,)", n);
    write_npy(name, 1, "|i1", shape, values, n);
}

/* Three shards of 12 rows, the second of a single one. */
static void write_shards(void)
{
    fixture_fill(7, sizeof noise, noise);
    write_shard("feat-9.npy", 0, 5);
    write_shard("feat-10.npy", 5, 1);
    write_shard("feat-11.npy", 6, 6);
}

/* Labels of those rows. */
static const char numbers[] =
    "\x05\x07\x0b\x05\x07\x0b\x05\x07\x0b\x05\x07\x0b";

#endif
