/* What the files of a folder of shards are called; private to shards*.c. */
#ifndef TG_DATASET_SHARDS_NAMES_H
#define TG_DATASET_SHARDS_NAMES_H

#include "folder_walk.h"

/* Kinds of labels: TG_SHARDS_EACH of them belong to a shard, the last to all. */
enum { TG_SHARDS_EACH = 3, TG_SHARDS_ALL = 3, TG_SHARDS_KINDS };

/* Is it the name of a shard, feat-*.npy, and not of labels? */
bool tg_shards_is_name(const char *name);

/* The kind of labels that a file holds; TG_SHARDS_KINDS: none. */
int tg_shards_kind(const char *name);

/* The name of a shard's labels, of a kind, and of a shard by its labels; to be
 * freed; NULL: out of memory. */
char *tg_shards_labels_of(int kind, const char *name);
char *tg_shards_shard_of(int kind, const char *labels);

/* Sort names: numbers in them in the order of their values, all else in that of
 * bytes; and find one in such a list. */
void tg_shards_sort(struct tg_names *list);
bool tg_shards_has(const struct tg_names *list, const char *name);

/* Refuse names whose numbers have a gap, or say that there are more.  Numbers
 * count shards, or the samples before them.
 * Shapes: counts[shards->count], samples of each.
 * Errors: TG_EDATA. */
int tg_shards_check_numbers(const char *folder, const struct tg_names *shards,
                            const size_t *counts);

#endif
