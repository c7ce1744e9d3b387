/* The files of a folder of shards, by their names; private to shards.c. */
#ifndef TG_DATASET_SHARDS_FIND_H
#define TG_DATASET_SHARDS_FIND_H

#include "dataset.h"
#include "folder_walk.h"

/* Names of files in a folder. All zero is none. */
struct tg_shards_found {
    struct tg_names shards; /* feat-*.npy; numbers in them are in their order */
    struct tg_names labels; /* of each shard, or of all in one file; or none */
};

/* Does a folder hold shards, or folders of them to train and to test on?  False
 * where it can't be read. */
bool tg_shards_is(const char *path);

/* Find the folder that holds the shards of a part, which is noted.
 * Value: *root, to be freed; NULL where there is no such part; *two: the
 * folder has both.
 * Errors: TG_ENOINPUT, TG_EMEMORY. */
int tg_shards_find_root(struct tg_dataset *dataset, const char *path,
                        enum tg_part part, char **root, bool *two);

/* Find the shards of a folder and, unless they are elsewhere, their labels.
 * Errors: TG_ENOINPUT, TG_EDATA, TG_EIO, TG_EMEMORY; to be freed also then. */
int tg_shards_find(const char *folder, bool labels,
                   struct tg_shards_found *found);

void tg_shards_found_free(struct tg_shards_found *found);

#endif
