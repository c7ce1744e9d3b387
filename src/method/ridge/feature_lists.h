/* Lists in --features: patches:256:size=6,8,10 is three maps. */
#ifndef TG_RIDGE_FEATURE_LISTS_H
#define TG_RIDGE_FEATURE_LISTS_H

#include <stddef.h>

/* How many maps a text with lists spells, SIZE_MAX: too many to count. */
size_t tg_feature_lists_count(const char *text);

/* The i-th of them, the first list's values changing fastest.
 * Shapes: map[size]. Errors: TG_EUSAGE, it has no room. */
int tg_feature_lists_at(const char *text, size_t i, char *map, size_t size);

#endif
