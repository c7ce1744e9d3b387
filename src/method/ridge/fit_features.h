/* A fit's features, where they are not the samples' own values. */
#ifndef TG_RIDGE_FIT_FEATURES_H
#define TG_RIDGE_FIT_FEATURES_H

#include "fit.h"

/* What all terms have in common, and whether copies can be made of the samples.
 * Errors: TG_EUSAGE. */
void tg_fit_features_common(const struct tg_ridge_fit *fit,
                            struct tg_feature_common *common);
int tg_fit_features_check(const struct tg_feature_common *common);

/* Settle them for the training samples, and choose the samples that they learn
 * from. Errors: TG_EUSAGE, TG_EMEMORY. */
int tg_fit_features_plan(struct tg_ridge_fit *fit);

/* Declare the tasks that learn; then what makes row tiles of features is
 * tg_fit_features_rows, NULL: samples are the features. */
int tg_fit_features_declare(struct tg_ridge_fit *fit);
const struct tg_row_map *tg_fit_features_rows(const struct tg_ridge_fit *fit);

void tg_fit_features_release(struct tg_ridge_fit *fit);
void tg_fit_features_close(struct tg_ridge_fit *fit);

#endif
