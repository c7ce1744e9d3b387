/* The IDX files of a folder, by their names; private to idx.c. */
#ifndef TG_DATASET_IDX_FIND_H
#define TG_DATASET_IDX_FIND_H

#include "formats.h"

/* What was found in a folder for one role, such as "train-images". */
struct tg_idx_found {
    char *path;    /* within the folder, or NULL: nothing */
    size_t folder; /* bytes before its name: of a folder named like it */
    size_t prefix; /* bytes of the name before the role */
    bool gz;
    bool empty; /* a folder named like it, without a file */
    bool clash; /* there are such files of other prefixes */
};

/* Find a role's file, [PREFIX-]ROLE-idx3-ubyte[.gz] or the like, of any prefix,
 * or of that of `like`.
 * Errors: TG_ENOINPUT; TG_EDATA, there are several data sets; TG_EMEMORY. */
int tg_idx_find(const char *folder, const char *role,
                const struct tg_idx_found *like, struct tg_idx_found *found);

/* Is there one?  False where the folder can't be read. */
bool tg_idx_has(const char *folder, const char *role);

void tg_idx_found_free(struct tg_idx_found *found);

#endif
