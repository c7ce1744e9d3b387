/* What a model is to ridge: weights and an intercept for each class, of samples
 * times a scale, or of features that they are mapped to; metadata lambda.  Tensors "weights" [classes, features] and
 * "intercept" [classes], both F64. */
#ifndef TG_RIDGE_MODEL_H
#define TG_RIDGE_MODEL_H

#include "model.h"

/* Metadata of a model that was trained on standardised features: "yes".  Mean
 * and deviation are in its weights and intercept, which are of features as they
 * come. */
#define TG_RIDGE_STANDARDIZED "standardized"

/* A view: it points into its model. */
struct tg_ridge_model {
    size_t features;   /* d */
    size_t classes;    /* k */
    double *weights;   /* d x k, column-major; of scaled features */
    double *intercept; /* [k] */
    bool mapped;       /* samples are mapped to features (learnt.h) */
    double scale;      /* else feature = value * scale: 1/255 or 1 */
    double lambda;     /* chosen regularisation */
    bool standardized; /* ... of features made to have variance 1 */
};

/* Make a model of zeros, to be filled through the view; it is the caller's to
 * say what samples are.
 * Errors: TG_EMEMORY; nothing to free then. */
int tg_ridge_model_make(struct tg_model *model, size_t features, int classes,
                        char *const *class_names, double scale, double lambda,
                        struct tg_ridge_model *ridge);

/* The same of features that samples are mapped to, which are added by
 * tg_learnt_save. */
int tg_ridge_model_make_mapped(struct tg_model *model, size_t features,
                               int classes, char *const *class_names,
                               double lambda, struct tg_ridge_model *ridge);

/* Check that a model is ridge's, and all that ridge needs of it.
 * Errors: TG_EDATA. */
int tg_ridge_model_view(const struct tg_model *model,
                        struct tg_ridge_model *ridge);

#endif
