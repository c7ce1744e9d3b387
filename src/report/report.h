/* Results for people (tables) and for programs (JSON); nothing else prints
 * results.  Knows neither StarPU, MPI nor BLAS. */
#ifndef TG_REPORT_H
#define TG_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "dataset.h"

/* The phases of the pipeline; every codelet belongs to one. */
#define TG_PHASE_MAP(X)                                                        \
    X(LOAD, "load")           /* read, decode, generate samples */             \
    X(GRAM, "gram")           /* features, class sums, Gram products */        \
    X(REDUCE, "reduce")       /* trees of adds */                              \
    X(FACTORIZE, "factorize") /* assemble, Cholesky */                         \
    X(SOLVE, "solve")         /* right-hand sides, triangular solves, mse */   \
    X(PREDICT, "predict")     /* scores, confusion, selection */

enum tg_phase {
#define X(name, text) TG_PHASE_##name,
    TG_PHASE_MAP(X)
#undef X
        TG_PHASES
};

extern const char *const tg_phase_names[TG_PHASES];

/* One row of the cross-validation table. */
struct tg_cv_row {
    double lambda;
    double accuracy, accuracy_se; /* mean over folds; its standard error */
    double mse, mse_se;           /* per sample and target; its error */
    int failed;                   /* folds whose factorization failed */
};

/* What a machine and its software are. */
struct tg_platform {
    int ranks, workers; /* workers: of all ranks */
    int cores;          /* of this node */
    char scheduler[32]; /* the StarPU policy that ran */
    char starpu[32], mpi[64], blas[96];
    char kernel[32]; /* the 8-bit Gram kernel in use */
};

/* Where one worker's time went between the first task and the last. */
struct tg_worker {
    int rank, worker;
    double busy, idle, overhead; /* seconds: in tasks, without any, the rest */
};

/* A sample that was taken for another class. */
struct tg_mistake {
    size_t row; /* in the data set that was tested */
    int truth, predicted;
    double margin; /* predicted class's score less the true class's */
};

/* Everything that a fit found; report.c prints it. */
struct tg_result {
    const struct tg_dataset *train;
    size_t n_train, n_test; /* n_test 0: no test samples */
    size_t features;
    int classes;
    char *const *class_names;
    size_t tiles, block, lanes, folds; /* as used; folds 0: no validation */
    uint64_t seed;
    bool by_error; /* lambda by mean squared error, else by accuracy */
    double lambda;   /* chosen */
    size_t nlambdas; /* rows of cv; 0: one lambda, no validation */
    const struct tg_cv_row *cv;
    const int64_t *train_confusion; /* k x k, [truth + k * predicted] */
    const int64_t *test_confusion;  /* the same, or NULL */
    double seconds[TG_PHASES];      /* workers' seconds / workers, per phase */
    double total;                   /* wall seconds since the program started */
    double gram_gflops;             /* N d^2 / seconds[GRAM product tasks] */
    struct tg_platform platform;
    const struct tg_worker *worker; /* [platform.workers] by rank */
    size_t uncalibrated; /* tasks that dm* schedulers placed without a model */
    int calibrations;    /* runs that --calibrate took; 0: not asked for */
    const char *command; /* as typed, quoted for a shell */
    const char *model;   /* path written, or NULL */
    const char *json, *trace, *report; /* the same */
    const char *confusion_picture, *weights_picture;

    /* For pictures; rank 0 reads the samples themselves again. */
    const double *weights;            /* d x k, per feature in [0, 1] */
    const struct tg_dataset *tested;  /* whose confusions */
    const struct tg_mistake *mistake; /* [mistakes], largest margin first */
    size_t mistakes;
};

/* Print a fit's tables. Width: 80 columns, save for the paths of files that
 * were written, which are never shortened. `color` uses bold and colour. */
void tg_report_fit(FILE *out, const struct tg_result *result, int color);

/* Write a fit's JSON to `path` ("-": standard output), by rename.
 * Keys: n_train n_test features classes class_names tiles block lanes folds
 * seed select lambda cv[{lambda accuracy accuracy_se mse mse_se failed_folds}]
 * train_accuracy test_accuracy confusion train_confusion seconds{load gram
 * reduce factorize solve predict total} gram_gflops ranks workers
 * worker_seconds[{rank worker busy idle overhead}] scheduler
 * versions{starpu_ridge starpu mpi blas gram_kernel} uncalibrated_tasks command
 * data model.
 * confusion[i][j]: samples of class i predicted as j (test, else train).
 * Errors: TG_ECANTCREAT, TG_EIO. */
int tg_report_fit_json(const char *path, const struct tg_result *result);

/* Write a fit's HTML page, self-contained, by rename; samples are read again,
 * charts are drawn by gnuplot.  Parts without data (curves, weights, mistakes,
 * workers, pictures of plain vectors) are left out; floats are shown from
 * their least to their largest.
 * Errors: TG_ECANTCREAT, TG_EIO, TG_EMEMORY, TG_EUNAVAILABLE (gnuplot), those
 * of reading samples. */
int tg_report_html(const char *path, const struct tg_result *result);

/* What a prediction found. */
struct tg_prediction {
    const struct tg_dataset *data;
    const char *model, *output;
    const char *json, *trace, *confusion_picture; /* path written, or NULL */
    size_t count;
    int classes;
    char *const *class_names;
    const int64_t *confusion; /* k x k, or NULL without labels */
    const int64_t *predicted; /* [classes] predictions per class */
    double seconds[TG_PHASES];
    double total;
    struct tg_platform platform;
    const struct tg_worker *worker; /* [platform.workers] by rank */
};
void tg_report_predict(FILE *out, const struct tg_prediction *p, int color);

/* Write a prediction's JSON, as tg_report_fit_json does.
 * Keys: n classes class_names predicted accuracy confusion seconds{...} ranks
 * workers worker_seconds scheduler versions{...} data model output; accuracy
 * and confusion are null without labels.
 * Errors: TG_ECANTCREAT, TG_EIO. */
int tg_report_predict_json(const char *path, const struct tg_prediction *p);

/* What the rate of a fit's Gram counts, a second: integer operations, or
 * floating-point ones. */
const char *tg_report_rate(const struct tg_result *result);

/* The share of samples on the diagonal of a confusion matrix (k x k, column
 * major); NaN where there are none, or where `confusion` is NULL. */
double tg_report_accuracy(int k, const int64_t *confusion);

/* `info`: a data set (with samples per class, when labelled), whose test part
 * may be NULL, or a model. */
struct tg_model;
void tg_report_dataset(FILE *out, const struct tg_dataset *train,
                       const struct tg_dataset *test);
void tg_report_model(FILE *out, const char *path, const struct tg_model *model);

#endif
