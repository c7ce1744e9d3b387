/* Feature maps: from a raw row tile to a tile of features, by tasks.
 *
 * A map is a file here, with its codelets in codelets/features, and a line of
 * the table in feature_list.c.  A term is a map with its numbers; terms joined by +
 * are features one after another.  What a map learns from training samples, by
 * tasks, is one block of bytes, which a model keeps as named tensors.
 */
#ifndef TG_GRAPH_FEATURE_MAP_H
#define TG_GRAPH_FEATURE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rows.h"
#include "tensor.h"
#include "warp.h"

enum { TG_FEATURE_NUMBERS = 8, TG_FEATURE_PARTS = 8, TG_FEATURE_TERMS = 16 };

/* What samples are before a map. */
struct tg_sample_shape {
    size_t width, height, channels; /* 0: no pictures */
    size_t values, element;         /* of a sample; bytes of one */
};

/* A number that a map takes: the first by its place, patches:512, others by
 * their names, patches:512:size=6; a flag by its name alone.  Maps may take
 * none. */
struct tg_feature_number {
    const char *name, *help;
    double low, high;
    double preset; /* NaN: the map finds it */
    bool whole, flag;
};

/* What all terms have in common. */
struct tg_feature_common {
    struct tg_sample_shape shape;
    bool mirror; /* f(x) + f(Mx), M: left and right */
    bool single; /* features of 32-bit floats; false: of 8 bits */
    uint64_t seed;
    bool brief;    /* of a trial: learn from fewer samples */
    size_t copies; /* of each training picture */
    struct tg_warp_amounts warp;
};

struct tg_feature_map;

struct tg_feature {
    const struct tg_feature_map *map;
    const struct tg_feature_common *common;
    double number[TG_FEATURE_NUMBERS]; /* of map->numbers */
    size_t first, width;               /* its features' place */
};

struct tg_feature_map {
    const char *name;
    const struct tg_feature_map *single; /* it, of floats, if that is another */
    const struct tg_feature_number *numbers; /* to the name NULL */
    const char *shown; /* the part, a double, that reports show; or NULL */

    /* Find the numbers that are NaN, check all against the samples, and set the
     * width. Errors: TG_EUSAGE. */
    int (*settle)(struct tg_feature *feature);

    /* Multiply-adds of a sample. */
    double (*work)(const struct tg_feature *feature);

    /* What it learns: bytes of the block; views of its parts, as tensors, in
     * it, `part` of TG_FEATURE_PARTS, value: how many (without a block, their
     * shapes alone); and to make it ready once its parts are there, false: they
     * cannot have been learnt. */
    size_t (*bytes)(const struct tg_feature *feature);
    size_t (*parts)(const struct tg_feature *feature, void *block,
                    struct tg_tensor *part);
    bool (*ready)(const struct tg_feature *feature, void *block);

    /* Insert the tasks that learn from sample tiles, of rows that are loaded
     * when asked for, each with the patience of tg_throttle.  NULL: there is
     * nothing to learn, and no block.
     * Shapes: block bytes x 1, on rank 0. */
    int (*learn)(const struct tg_feature *feature, struct tg_rows *sample,
                 struct tg_tiles *block);

    /* Bytes that learning from so many samples takes at most, beside them and
     * the block, with so many workers; from none: to complete it alone. */
    size_t (*learning)(const struct tg_feature *feature, size_t samples,
                       size_t workers);

    /* Insert the task that makes what is no part of a block, from its parts; in
     * `learn` it comes by itself.  NULL: parts are all. */
    int (*complete)(const struct tg_feature *feature, struct tg_tiles *block);

    /* Insert the task that makes rows [first, first + width) of a feature tile.
     * Shapes: raw values x n; block as learnt, or none; scratch of
     * map->scratch bytes; values d x n. */
    size_t (*scratch)(const struct tg_feature *feature);
    int (*insert)(const struct tg_feature *feature, struct tg_tile raw,
                  struct tg_tile block, struct tg_tile scratch,
                  struct tg_tile values);
};

extern const struct tg_feature_map tg_map_pixels, tg_map_patches, tg_map_rff,
    tg_map_orf;

/* Insert copy 1, 2, ... of row tile t's pictures, into a tile that is described
 * here. Shapes: raw, copies values x n. */
int tg_feature_copy(const struct tg_feature_common *common,
                    const struct tg_rows *rows, size_t t, size_t copy,
                    struct tg_tile raw, struct tg_tiles *copies);

/* What is said where --mirror meets samples that are no pictures. */
#define TG_MIRROR_PICTURES                                                     \
    "--mirror is for pictures, and samples are none; leave it out, or say "    \
    "how pictures lie by --layout and --image"

/* A number of a term, by its place. */
static inline size_t tg_feature_size(const struct tg_feature *feature,
                                     size_t number)
{
    return (size_t)feature->number[number];
}

#endif
