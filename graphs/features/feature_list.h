/* The features of a job: terms of feature maps (feature_map.h), learnt and made
 * as a map of row tiles (rows.h). */
#ifndef TG_GRAPH_FEATURE_LIST_H
#define TG_GRAPH_FEATURE_LIST_H

#include "feature_map.h"

struct tg_features {
    struct tg_row_map rows; /* first: what makes row tiles of them */
    struct tg_feature_common common;
    size_t terms;
    struct tg_feature term[TG_FEATURE_TERMS];

    /* While a graph is declared. */
    struct tg_tiles block[TG_FEATURE_TERMS];   /* what terms have learnt */
    struct tg_tiles *copy[TG_FEATURE_TERMS];   /* ... on ranks that want it */
    struct tg_tiles scratch[TG_FEATURE_TERMS]; /* of each task */
};

/* Read terms, "patches:512:size=6+patches:256:size=4"; what they are of is
 * settled later.  Errors: TG_EUSAGE. */
int tg_features_parse(struct tg_features *features, const char *text);

/* Settle all terms for samples. Errors: TG_EUSAGE. */
int tg_features_settle(struct tg_features *features,
                       const struct tg_feature_common *common);

/* The terms as they were settled, in the words of tg_features_parse; a term, or
 * all. Shapes: text[size]. */
void tg_feature_text(const struct tg_feature *feature, char *text, size_t size);

/* Bytes of what is learnt, and of a worker's scratch. */
size_t tg_features_bytes(const struct tg_features *features);
size_t tg_features_scratch(const struct tg_features *features);

/* Bytes that learning takes at most beside that, on rank 0, from so many
 * samples with so many workers; from none: what a model has learnt is made
 * ready. */
size_t tg_features_learning(const struct tg_features *features, size_t samples,
                            size_t workers);

/* Multiply-adds of a sample. */
double tg_features_work(const struct tg_features *features);

/* Describe the blocks, and fill them by the tasks that learn, from sample rows;
 * or, without sample, from `bytes` that rank 0 has ([terms], NULL where nothing
 * is learnt).  Afterwards they are on all ranks that `rows` has tiles on, or
 * `sample`.  Errors: TG_EMEMORY, TG_EUSAGE. */
int tg_features_begin(struct tg_features *features, struct tg_rows *sample,
                      void *const *bytes, const struct tg_placement *placement);
void tg_features_release(struct tg_features *features);

/* Read a term's block, if it learns, on rank 0, once its tasks have run.
 * Shapes: bytes[map->bytes]. */
void tg_features_read(struct tg_features *features, size_t term, void *bytes);

#endif
