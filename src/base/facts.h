/* What all ranks must have alike: a list of names and numbers, taken of the
 * command line and of the data that each rank has opened by itself.  Ranks
 * compare theirs before they compute (tg_runtime_same).
 */
#ifndef TG_FACTS_H
#define TG_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TG_FACTS_MAX = 48, TG_FACT_NAME = 32 };

struct tg_fact {
    char name[TG_FACT_NAME];
    uint64_t value;
    bool sum; /* the value is a checksum: of no use to a reader */
};

struct tg_facts {
    int count;
    struct tg_fact fact[TG_FACTS_MAX];
};

/* Note a number, the checksum of some bytes, or a checksum. */
void tg_facts_number(struct tg_facts *facts, const char *name, uint64_t value);
void tg_facts_bytes(struct tg_facts *facts, const char *name, const void *bytes,
                    size_t n);
void tg_facts_sum(struct tg_facts *facts, const char *name, uint64_t sum);

/* Continue a checksum, which begins with TG_FACTS_START, over some bytes.
 * Source: the 64-bit hash of Fowler, Noll and Vo, variant 1a,
 * http://www.isthe.com/chongo/tech/comp/fnv/ */
#define TG_FACTS_START UINT64_C(0xcbf29ce484222325)
uint64_t tg_facts_hash(uint64_t sum, const void *bytes, size_t n);

/* Compare with another rank's.
 * Value: the first that differs; NULL when none does. */
const struct tg_fact *tg_facts_differ(const struct tg_facts *facts,
                                      const struct tg_facts *other);

#endif
