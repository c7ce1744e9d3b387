/* What all ranks must have alike: a list of names and numbers, taken of the
 * command line and of the data that each rank has opened by itself.  Ranks
 * compare theirs before they compute (tg_runtime_same).
 */
#ifndef TG_FACTS_H
#define TG_FACTS_H

#include <stddef.h>
#include <stdint.h>

#include "dataset.h"

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

/* Note a number, or the checksum of some bytes. */
void tg_facts_number(struct tg_facts *facts, const char *name, uint64_t value);
void tg_facts_bytes(struct tg_facts *facts, const char *name, const void *bytes,
                    size_t n);

/* Note sizes, and checksums of labels, class names and some samples; reads
 * those.  `part` ("training", "test") begins the names; NULL data are noted as
 * missing.
 * Errors: TG_EMEMORY, those of reading samples. */
int tg_facts_dataset(struct tg_facts *facts, const char *part,
                     const struct tg_dataset *dataset);

/* Compare with another rank's.
 * Value: the first that differs; NULL when none does. */
const struct tg_fact *tg_facts_differ(const struct tg_facts *facts,
                                      const struct tg_facts *other);

#endif
