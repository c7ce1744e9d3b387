/* The options of `fit`. */
#ifndef TG_FIT_OPTIONS_H
#define TG_FIT_OPTIONS_H

#include "shared_options.h"
#include "warp.h"

/* The grid of `--lambda auto`: numpy.logspace(-2, 5, 20).  Lambda is on the
 * scale of features in [0, 1], as scikit-learn's alpha for pixel / 255: the
 * Gram of n such samples grows with n, and so does the lambda that suits.  Of
 * features that are no pixels the grid is multiplied by their typical variance
 * (origin.h), so that it follows their unit. */
#define TG_LAMBDA_COUNT 20
#define TG_LAMBDA_MIN_EXPONENT -2
#define TG_LAMBDA_MAX_EXPONENT 5
#define TG_LAMBDA_LARGEST 1e100 /* products with it stay finite */
#define TG_LAMBDA_LIMIT 1000    /* values that a list may hold */

/* Folds where none are given: of pixels, all validated; of maps, one of them. */
#define TG_FOLDS 5
#define TG_FOLDS_MAPPED 10

#define TG_BUDGET 30 /* seconds that --features auto takes, if not said */
#define TG_BUDGET_LEAST 1
#define TG_BUDGET_MOST (1000 * 3600)

#define TG_AUGMENT_MAX 1000 /* copies of a picture */

/* The grid of `--lambda auto` of features that are mapped, which are made to have
 * variance 1: times the number of training samples. */
#define TG_LAMBDA_MAPPED                                                       \
    {                                                                          \
        0.0003, 0.001, 0.003, 0.01, 0.03                                       \
    }

enum tg_solver {
    TG_SOLVER_AUTO,
    TG_SOLVER_PRIMAL,
    TG_SOLVER_DUAL,
    TG_SOLVER_CG,
    TG_SOLVER_BLOCK
};

enum tg_precision { TG_PRECISION_AUTO, TG_PRECISION_INT8, TG_PRECISION_FLOAT };

enum tg_select { TG_SELECT_ACCURACY, TG_SELECT_MSE };

struct tg_fit_options {
    struct tg_graph_options graph;
    const char *data; /* SPEC */
    const char *test; /* SPEC, or NULL: the data's own test part */
    bool invert;      /* the pictures of `test` */
    double holdout;   /* fraction of rows kept for testing; 0: none */
    struct tg_dataset_options reading;
    double *lambdas; /* [nlambdas], ascending, distinct */
    size_t nlambdas;
    bool lambda_auto; /* --lambda auto */
    bool standardize;
    const char *features; /* terms, maybe with lists, "pixels", or "auto" */
    double budget;        /* seconds, of "auto" */
    bool mirror;
    size_t augment; /* copies of each training picture */
    struct tg_warp_amounts warp;
    enum tg_precision precision; /* of features */
    enum tg_solver solver;
    size_t folds, validate; /* 0: chosen */
    int distribute;         /* tg_distribution's number */
    enum tg_select select;
    uint64_t seed;
    const char *model; /* written; NULL: none */
    const char *json;
    const char *report;    /* HTML page */
    const char *confusion; /* PNG of the confusion matrix */
    const char *weights;   /* PNG of each class's weights */
};

/* --lambda: of three fields, so the field is all of tg_fit_options. */
extern const struct tg_option_kind tg_option_lambda;

/* Are features made of samples, other than their own values?  Are they still to
 * be found? */
bool tg_fit_maps(const struct tg_fit_options *options);
bool tg_fit_is_auto(const struct tg_fit_options *options);

/* Are features that are made of samples, of elements of a size, floats? */
bool tg_fit_single(const struct tg_fit_options *options, size_t element);

/* Folds, and those of them that are validated on, where there is more than one
 * lambda: as given, or chosen. */
size_t tg_fit_folds(const struct tg_fit_options *options);
size_t tg_fit_validated(const struct tg_fit_options *options);

/* Their rules, and what they say together. Errors: TG_EUSAGE. */
extern const struct tg_option_set tg_fit_sets[];
int tg_fit_check(struct tg_options *line);

#endif
