/* Features that have been learnt: what a fit finds, and a model keeps.
 *
 * In a model: the pipeline's step "features" with its number mirror; metadata
 * "feature_map", the terms as --features takes them, "feature_seed", and
 * "feature_precision", "float" where it is not 8 bits; for each term the
 * tensors "0.filters", ... that feature_map.h calls its parts.
 */
#ifndef TG_LEARNT_H
#define TG_LEARNT_H

#include "feature_list.h"
#include "model.h"

#define TG_LEARNT_STEP "features"

struct tg_learnt {
    struct tg_features features;
    void *block[TG_FEATURE_TERMS]; /* of each term that learns, or NULL */
};

/* What samples of a data set are to a feature map. */
struct tg_sample_shape tg_learnt_shape(const struct tg_dataset *data);

/* All terms, in the words of --features. Errors: TG_EMEMORY. */
int tg_learnt_text(const struct tg_learnt *learnt, char **text);

/* Read what the terms have learnt from the tiles that hold it. Rank 0.
 * Errors: TG_EMEMORY. */
int tg_learnt_read(struct tg_learnt *learnt);

/* The number that reports show of what a term has learnt, as "gamma"; false:
 * none. */
bool tg_learnt_found(const struct tg_learnt *learnt, size_t term,
                     struct tg_number *number);

/* Add it to a model. Errors: TG_EMEMORY. */
int tg_learnt_save(const struct tg_learnt *learnt, struct tg_model *model);

/* What a model has learnt, of its samples; false: it has no features of its own.
 * Its maps make the features, `width`, that it has weights for: no memory is
 * taken for others.
 * Errors: TG_EDATA, TG_EMEMORY. */
bool tg_learnt_is_in(const struct tg_model *model);
int tg_learnt_load(const struct tg_model *model, size_t width,
                   struct tg_learnt *learnt);

void tg_learnt_free(struct tg_learnt *learnt);

#endif
