#include "facts.h"

#include <stdio.h>
#include <string.h>

uint64_t tg_facts_hash(uint64_t sum, const void *bytes, size_t n)
{
    const unsigned char *byte = bytes;

    for (size_t i = 0; i < n; i++)
        sum = (sum ^ byte[i]) * UINT64_C(0x100000001b3);
    return sum;
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
    add(facts, name, tg_facts_hash(TG_FACTS_START, bytes, n), true);
}

void tg_facts_sum(struct tg_facts *facts, const char *name, uint64_t sum)
{
    add(facts, name, sum, true);
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
