/* The command line: argp, one table of options for all commands. */
#ifndef TG_OPTIONS_H
#define TG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dataset.h"

/* What is used where the command line says nothing. */
#define TG_FOLDS_DEFAULT 5
#define TG_CACHE_DEFAULT 256 /* MiB */
#define TG_SEED_DEFAULT 0    /* also that of `synth:N` */

/* The grid of `--lambda auto`: numpy.logspace(-2, 5, 20).  Lambda is on the
 * scale of features in [0, 1], as scikit-learn's alpha for pixel / 255: the
 * Gram of n such samples grows with n, and so does the lambda that suits. */
#define TG_LAMBDA_COUNT 20
#define TG_LAMBDA_MIN_EXPONENT -2
#define TG_LAMBDA_MAX_EXPONENT 5
#define TG_LAMBDA_LARGEST 1e100 /* products with it stay finite */
#define TG_LAMBDA_LIMIT 1000    /* values that a list may hold */

enum tg_command { TG_FIT, TG_PREDICT, TG_INFO, TG_SYNTH };
enum tg_select { TG_SELECT_ACCURACY, TG_SELECT_MSE };
enum tg_verbosity { TG_QUIET, TG_NORMAL, TG_VERBOSE };

struct tg_options {
    int argc;    /* the command line, */
    char **argv; /* as given */
    enum tg_command command;
    const char *data; /* SPEC; default "synth" for fit */
    const char *test; /* SPEC, or NULL: the data's own test part */
    double holdout;   /* fraction of rows kept for testing; 0: none */
    const char *part; /* predict: "train" or "test"; NULL: test if any */
    struct tg_dataset_options reading;
    size_t tiles;    /* row tiles; 0: chosen from the sizes */
    size_t block;    /* features a block; 0: chosen from the sizes */
    size_t lanes;    /* 0: chosen from the sizes */
    size_t cache;    /* MiB of samples a rank may keep between passes */
    double *lambdas; /* [nlambdas], ascending, distinct */
    size_t nlambdas;
    bool lambda_auto; /* --lambda auto */
    size_t folds;
    enum tg_select select;
    uint64_t seed;
    const char *model;  /* fit: written; predict: read; NULL: none */
    const char *output; /* predict: CSV; synth: folder; info: FILE|SPEC */
    const char *json;
    const char *report;    /* fit: HTML page */
    const char *confusion; /* fit, predict: PNG of the confusion matrix */
    const char *weights;   /* fit: PNG of each class's weights */
    const char *trace;     /* folder for paje.trace and dag.dot, or NULL */
    bool calibrate; /* repeat the run until performance models are full */
    bool scores;    /* predict: scores in the CSV as well */
    size_t count;   /* synth --n */
    enum tg_verbosity verbosity;
    bool progress; /* false after --no-progress */
};

/* Parse the command line.  Strings are not copied: argv must outlive options,
 * and is left as it is.
 * `versions`: text that --version prints below the program's own, or NULL.
 * *done is set when --help, --version or --usage was served: exit with 0.
 * `speak` is false on every rank but 0: nothing is printed there, so that a
 * job's help and messages appear once.  Errors are never printed here.
 * Errors: TG_EUSAGE, with a message that names option, value and remedy;
 * TG_EMEMORY; TG_EIO (help cannot be written).  Nothing to free on failure. */
int tg_options_parse(int argc, char **argv, const char *versions, bool speak,
                     struct tg_options *options, bool *done);

void tg_options_free(struct tg_options *options);

#endif
