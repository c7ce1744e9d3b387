#include "facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* The 64-bit hash of Fowler, Noll and Vo, variant 1a.
 * Source: http://www.isthe.com/chongo/tech/comp/fnv/ */
#define HASH_START UINT64_C(0xcbf29ce484222325)

static uint64_t hash(uint64_t start, const void *bytes, size_t n)
{
    const unsigned char *byte = bytes;

    for (size_t i = 0; i < n; i++)
        start = (start ^ byte[i]) * UINT64_C(0x100000001b3);
    return start;
}

static void add(struct tg_facts *facts, const char *name, uint64_t value,
                bool sum)
{
    struct tg_fact *fact = &facts->fact[facts->count++];

    snprintf(fact->name, sizeof fact->name, "%s", name);
    fact->value = value;
    fact->sum = sum;
}

void tg_facts_number(struct tg_facts *facts, const char *name, uint64_t value)
{
    add(facts, name, value, false);
}

void tg_facts_bytes(struct tg_facts *facts, const char *name, const void *bytes,
                    size_t n)
{
    add(facts, name, hash(HASH_START, bytes, n), true);
}

static uint64_t hash_names(const struct tg_dataset *dataset)
{
    uint64_t sum = HASH_START;

    for (int c = 0; c < dataset->classes; c++) {
        const char *name = dataset->class_names[c];

        sum = hash(sum, name, strlen(name) + 1);
    }
    return sum;
}

enum { SAMPLE_MAX = 1 << 20 }; /* features; nothing can train on more */

/* The first, the middle and the last sample: more would take time where they
 * are pictures, and so would pictures that are to be refused for their size. */
static int hash_samples(const struct tg_dataset *dataset, uint64_t *sum)
{
    size_t bytes = dataset->features * tg_type_size(dataset->type);
    void *sample = malloc(bytes);
    int err = sample ? TG_OK
                     : tg_fail(TG_EMEMORY, "%s: out of memory", dataset->spec);

    *sum = HASH_START;
    for (size_t i = 0; i < 3 && !err && dataset->features <= SAMPLE_MAX; i++) {
        size_t row = i * (dataset->count - 1) / 2;

        err = dataset->read(dataset, &row, 1, sample);
        if (!err)
            *sum = hash(*sum, sample, bytes);
    }
    free(sample);
    return err;
}

int tg_facts_dataset(struct tg_facts *facts, const char *part,
                     const struct tg_dataset *dataset)
{
    static const struct tg_dataset none = {.format = "none"};
    const struct tg_dataset *data = dataset ? dataset : &none;
    const struct {
        const char *name;
        uint64_t value;
        bool sum;
    } parts[] = {
        {"samples", data->count, false},
        {"values a sample", data->features, false},
        {"bytes a value", tg_type_size(data->type), false},
        {"channels", (uint64_t)data->channels, false},
        {"classes", (uint64_t)data->classes, false},
        {"class names", hash_names(data), true},
        {"labels",
         data->labels ? hash(HASH_START, data->labels,
                             data->count * sizeof *data->labels)
                      : 0,
         true},
        {"format", hash(HASH_START, data->format, strlen(data->format)), true},
    };
    char name[TG_FACT_NAME];
    uint64_t sum = 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(name, sizeof name, "%s %s", part, parts[i].name);
        add(facts, name, parts[i].value, parts[i].sum);
    }
    if (data->count)
        TG_TRY(hash_samples(data, &sum));
    snprintf(name, sizeof name, "%s values", part);
    add(facts, name, sum, true);
    return TG_OK;
}

const struct tg_fact *tg_facts_differ(const struct tg_facts *facts,
                                      const struct tg_facts *other)
{
    for (int f = 0; f < facts->count; f++)
        if (f >= other->count || facts->fact[f].value != other->fact[f].value ||
            strcmp(facts->fact[f].name, other->fact[f].name) != 0)
            return &facts->fact[f];
    return NULL;
}
