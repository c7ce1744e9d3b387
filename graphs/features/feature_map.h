/* Feature maps: from a raw row tile to the blocks of features that the Gram
 * takes, every block a task.
 *
 * A map is a file here, with its codelets in codelets/features, and a line of
 * the table in map.c.
 */
#ifndef TG_GRAPH_FEATURES_H
#define TG_GRAPH_FEATURES_H

#include <stddef.h>

#include "blocks.h"

struct tg_feature_map {
    const char *name;

    /* Features that a sample of so many values has. */
    size_t (*width)(size_t values);

    /* Declare X(b,t), all blocks of a tile, from what was loaded.
     * Shapes: raw values x n; x width x n in blocks, described by
     * tg_blocks_init. */
    int (*declare)(struct tg_tile raw, size_t width, size_t block,
                   struct tg_tiles *x);
};

extern const struct tg_feature_map tg_map_pixels;

/* A map by its name; NULL: there is none. */
const struct tg_feature_map *tg_feature_map(const char *name);

#endif
