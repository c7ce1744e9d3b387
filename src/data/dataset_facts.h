/* What all ranks must have alike of a data set that each has opened by itself.
 */
#ifndef TG_DATASET_FACTS_H
#define TG_DATASET_FACTS_H

#include "dataset.h"
#include "facts.h"

/* Note sizes, and checksums of labels, class names and some samples; reads
 * those.  `part` ("training", "test") begins the names; NULL data are noted as
 * missing.
 * Errors: TG_EMEMORY, those of reading samples. */
int tg_facts_dataset(struct tg_facts *facts, const char *part,
                     const struct tg_dataset *dataset);

#endif
