#include "dataset_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

static uint64_t hash_names(const struct tg_dataset *dataset)
{
    uint64_t sum = TG_FACTS_START;

    for (int c = 0; c < dataset->classes; c++) {
        const char *name = dataset->class_names[c];

        sum = tg_facts_hash(sum, name, strlen(name) + 1);
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

    *sum = TG_FACTS_START;
    for (size_t i = 0; i < 3 && !err && dataset->features <= SAMPLE_MAX; i++) {
        size_t row = i * (dataset->count - 1) / 2;

        err = tg_dataset_load(dataset, NULL, &row, 1, sample);
        if (!err)
            *sum = tg_facts_hash(*sum, sample, bytes);
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
         data->labels ? tg_facts_hash(TG_FACTS_START, data->labels,
                                      data->count * sizeof *data->labels)
                      : 0,
         true},
        {"format",
         tg_facts_hash(TG_FACTS_START, data->format, strlen(data->format)),
         true},
    };
    char name[TG_FACT_NAME];
    uint64_t sum = 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(name, sizeof name, "%s %s", part, parts[i].name);
        if (parts[i].sum)
            tg_facts_sum(facts, name, parts[i].value);
        else
            tg_facts_number(facts, name, parts[i].value);
    }
    if (data->count)
        TG_TRY(hash_samples(data, &sum));
    snprintf(name, sizeof name, "%s values", part);
    tg_facts_sum(facts, name, sum);
    return TG_OK;
}
