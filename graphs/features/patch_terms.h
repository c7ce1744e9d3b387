/* What the maps of patches share, in 8 bits (patches.c) and in single precision
 * (patches_single.c). */
#ifndef TG_PATCH_TERMS_H
#define TG_PATCH_TERMS_H

#include "feature_map.h"
#include "patch_map.h"

extern const struct tg_feature_map tg_map_patches_single;
extern const struct tg_feature_number tg_patches_numbers[];

/* As struct tg_feature_map has them. */
int tg_patches_settle(struct tg_feature *feature);
double tg_patches_work(const struct tg_feature *feature);
size_t tg_patches_learning(const struct tg_feature *feature, size_t samples,
                           size_t workers);

/* Of a term that is settled. */
struct tg_patches_shape tg_patches_shape_of(const struct tg_feature *feature);

/* Insert the tasks that learn whitening, filters and thresholds. */
int tg_patches_learn(const struct tg_feature *feature, struct tg_rows *sample,
                     struct tg_tiles *block);

#endif
