/* Which format a SPEC is of, and where its files are; private to this folder. */
#ifndef TG_DATASET_RECOGNISE_H
#define TG_DATASET_RECOGNISE_H

#include "formats.h"

/* Find the format of a SPEC by its prefix, or by looking; *path is what it
 * names, within it, and *home the folder below that which holds the data set,
 * to be freed, or NULL where it is the folder itself.
 * Errors: TG_ENOINPUT, TG_EDATA, TG_EUSAGE, TG_EMEMORY, with message. */
int tg_recognise(const char *spec, const struct tg_format **format,
                 const char **path, char **home);

#endif
