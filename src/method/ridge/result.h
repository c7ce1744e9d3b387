/* What a fit and a prediction found, and the reports on them. */
#ifndef TG_RIDGE_RESULT_H
#define TG_RIDGE_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "confusion.h"
#include "dataset.h"
#include "learnt.h"
#include "picture.h"
#include "sections.h"
#include "trials.h"

/* One row of the cross-validation table. */
struct tg_cv_row {
    double lambda;
    double accuracy, accuracy_se; /* mean over folds; its standard error */
    double mse, mse_se;           /* per sample and target; its error */
    int failed;                   /* folds whose factorization failed */
};

/* A sample that was taken for another class. */
struct tg_mistake {
    size_t row; /* in the data set that was tested */
    int truth, predicted;
    double margin; /* predicted class's score less the true class's */
};

/* Everything that a fit found. */
struct tg_result {
    struct tg_run run; /* first: see sections.h */
    const struct tg_dataset *train;
    size_t n_train, n_test; /* n_test 0: no test samples */
    size_t features;
    int classes;
    char *const *class_names;
    const struct tg_learnt *learnt;    /* features; NULL: samples' values */
    double saturated;                  /* of them, as often as made */
    const struct tg_trials *trials;    /* that chose them, or NULL */
    size_t tiles, block, lanes, folds; /* as used; folds 0: no validation */
    size_t validated;                  /* folds that were validated on */
    uint64_t seed;
    bool by_error;          /* lambda by mean squared error, else by accuracy */
    double lambda;          /* chosen; NaN: none is eligible */
    double lambda_unit;     /* that those of --lambda auto are multiples of */
    bool standardize;       /* lambda is for features of variance 1 */
    bool dual;              /* solved by products of samples, ... */
    size_t precision;       /* ... of so many bytes */
    bool cg;                /* solved by steps: conjugate gradients, or ... */
    bool descent;           /* ... block by block of features */
    double steps, residual; /* so many, to a residual / right-hand side */
    double
        failed_pivot;  /* of the final system; 0: none, else 1 + its feature */
    double *intercept; /* [k] */
    size_t nlambdas;   /* rows of cv; 0: one lambda, no validation */
    struct tg_cv_row *cv;
    int64_t *train_confusion;          /* k x k, [truth + k * predicted] */
    int64_t *test_confusion;           /* the same, or NULL */
    double gram_gflops;                /* of products with samples */
    const char *model;                 /* path written, or NULL */
    const char *json, *trace, *report; /* the same */
    const char *confusion_picture, *weights_picture;

    /* For pictures; rank 0 reads the samples themselves again. */
    double *weights;                 /* d x k, per feature in [0, 1] */
    const struct tg_dataset *tested; /* whose confusions */
    struct tg_mistake *mistake;      /* [mistakes], largest margin first */
    size_t mistakes;
};

/* Its confusions, of test samples where there are any. */
struct tg_confusion tg_result_confusion(const struct tg_result *result);

/* What its samples are, and the columns of its weights. */
struct tg_shape tg_result_shape(const struct tg_result *result);

/* A fit's report.  On the page samples are read again; floats are shown from
 * their least to their largest.
 * JSON keys: n_train n_test features classes class_names tiles block lanes
 * solver solver_steps solver_residual folds seed select lambda feature_map
 * feature_terms[{map features and what it found}] cv[{lambda accuracy
 * accuracy_se mse mse_se failed_folds}] train_accuracy test_accuracy confusion
 * train_confusion (see tg_confusion_json; confusion: test, else train)
 * gram_gflops command data model, and those of the sections of every method.
 * Errors: those of reading samples. */
extern const struct tg_report tg_ridge_fit_report;

/* What a prediction found. */
struct tg_prediction {
    struct tg_run run; /* first: see sections.h */
    const struct tg_dataset *data;
    const struct tg_learnt *learnt; /* features; NULL: samples' values */
    const char *model, *output;
    const char *json, *trace, *confusion_picture; /* path written, or NULL */
    size_t count;
    int classes;
    char *const *class_names;
    struct tg_confusion confusion; /* empty without labels */
    const int64_t *predicted;      /* [classes] predictions per class */
};

/* A prediction's report, without a page.
 * JSON keys: n classes class_names feature_terms predicted accuracy confusion
 * data model output, and those of times and workers; accuracy and confusion are null
 * without labels. */
extern const struct tg_report tg_ridge_predict_report;

#endif
