#include "fit_features.h"

#include <stdlib.h>

#include "error.h"

enum {
    SAMPLE = 2048,      /* samples that features are learnt from, at most */
    SAMPLE_BRIEF = 512, /* ... in a trial */
    SAMPLE_TILE = 64    /* ... of a row tile: to be shared among workers */
};

/* Samples spread evenly over those that are trained on. */
static int choose_sample(struct tg_ridge_fit *fit)
{
    size_t most = fit->choice.folds ? SAMPLE_BRIEF : SAMPLE;
    size_t n = fit->n_train < most ? fit->n_train : most;

    fit->sample_rows = malloc(n * sizeof *fit->sample_rows);
    if (!fit->sample_rows)
        return tg_fail(TG_EMEMORY, "out of memory for %zu sample indices", n);
    for (size_t i = 0; i < n; i++) {
        size_t at = i * fit->n_train / n;

        fit->sample_rows[i] = fit->train_rows ? fit->train_rows[at] : at;
    }
    return tg_split_init(&fit->sample_split, n, fit->sample_rows, NULL, 1,
                         (n + SAMPLE_TILE - 1) / SAMPLE_TILE, 0);
}

void tg_fit_features_common(const struct tg_ridge_fit *fit,
                            struct tg_feature_common *common)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);

    *common = (struct tg_feature_common){
        .shape = tg_learnt_shape(fit->train),
        .mirror = fit->choice.mirror,
        .single = tg_fit_single(options, tg_type_size(fit->train->type)),
        .seed = options->seed,
        .brief = fit->choice.folds > 0,
        .copies = fit->choice.augment,
        .warp = options->warp,
    };
}

int tg_fit_features_check(const struct tg_feature_common *common)
{
    if (common->copies && (!common->shape.width || common->shape.element != 1))
        return tg_fail(TG_EUSAGE,
                       "--augment %zu warps pictures of 8 bits, and samples "
                       "are none; leave it out",
                       common->copies);
    if (common->copies && (common->shape.width > TG_AFFINE_SIDE ||
                           common->shape.height > TG_AFFINE_SIDE ||
                           common->shape.values > INT32_MAX))
        return tg_fail(
            TG_EUSAGE,
            "--augment %zu: pictures of %zu x %zu are too large to "
            "be warped; leave it out, or make them smaller (--image)",
            common->copies, common->shape.width, common->shape.height);
    return TG_OK;
}

int tg_fit_features_plan(struct tg_ridge_fit *fit)
{
    struct tg_feature_common common;

    tg_fit_features_common(fit, &common);
    TG_TRY(tg_features_parse(&fit->learnt.features, fit->choice.features));
    TG_TRY(tg_features_settle(&fit->learnt.features, &common));
    TG_TRY(tg_fit_features_check(&common));
    return choose_sample(fit);
}

const struct tg_row_map *tg_fit_features_rows(const struct tg_ridge_fit *fit)
{
    return fit->plan.mapped ? &fit->learnt.features.rows : NULL;
}

int tg_fit_features_declare(struct tg_ridge_fit *fit)
{
    const struct tg_placement *placement = &fit->plan.placement;
    struct tg_reader reader = tg_method_reader(&fit->train_input);
    struct tg_rows sample = {0};
    int err;

    if (!fit->plan.mapped)
        return TG_OK;
    err =
        tg_rows_init(&sample, &fit->sample_split, &reader, fit->train->features,
                     tg_type_size(fit->train->type), 1, NULL, placement);
    if (!err)
        err =
            tg_features_begin(&fit->learnt.features, &sample, NULL, placement);
    tg_rows_free(&sample); /* once all terms are learnt */
    return err;
}

void tg_fit_features_release(struct tg_ridge_fit *fit)
{
    tg_features_release(&fit->learnt.features);
}

void tg_fit_features_close(struct tg_ridge_fit *fit)
{
    tg_learnt_free(&fit->learnt);
    tg_split_free(&fit->sample_split);
    free(fit->sample_rows);
    fit->sample_rows = NULL;
}
