#include "fit_options.h"

#include <limits.h>
#include <string.h>

#include "error.h"
#include "feature_list.h"
#include "feature_lists.h"
#include "trials.h"
#include "warp_option.h"

#define STRING_(text) #text
#define STRING(macro) STRING_(macro)
#define FIELD(name) offsetof(struct tg_fit_options, name)

/* ---- Rules ------------------------------------------------------------ */

static const struct tg_option data_rules[] = {
    {.name = "data",
     .arg = "SPEC",
     .help = "Samples to train on",
     .group = "Data:",
     .kind = &tg_option_spec,
     .offset = FIELD(data),
     .preset = "synth",
     .often = true},
    {.name = "test",
     .arg = "SPEC",
     .help = "Samples to test on (default: the test part of --data, if any)",
     .group = "Data:",
     .kind = &tg_option_spec,
     .offset = FIELD(test),
     .excludes = "holdout"},
    {.name = "invert",
     .help = "Invert the brightness of the pictures of --test, where they are "
             "dark on light, say, and the training data light on dark",
     .group = "Data:",
     .kind = &tg_option_flag,
     .offset = FIELD(invert),
     .same = true},
    {.name = "holdout",
     .arg = "F",
     .help = "Keep a fraction of the samples for testing, above 0 and below 1 "
             "(default: none)",
     .group = "Data:",
     .kind = &tg_option_fraction,
     .offset = FIELD(holdout),
     .same = true,
     .often = true},
    {0},
};

/* clang-format off */
#define GRID                                                                   \
    STRING(TG_LAMBDA_COUNT) " values from 1e" STRING(TG_LAMBDA_MIN_EXPONENT)   \
    " to 1e" STRING(TG_LAMBDA_MAX_EXPONENT) ", times others' variance"
/* clang-format on */

static const struct tg_option training_rules[] = {
    {.name = "lambda",
     .arg = "auto|L[,L...]",
     .help = "Regularisation, as scikit-learn's alpha with features in [0, 1]; "
             "one value >= 0, or several to validate; auto is " GRID,
     .group = "Training:",
     .kind = &tg_option_lambda,
     .max = TG_LAMBDA_LIMIT,
     .preset = "auto",
     .same = true,
     .often = true},
    {.name = "standardize",
     .help = "Give every feature variance 1 for lambda's sake, by the training "
             "samples' statistics, as scikit-learn's StandardScaler does",
     .group = "Training:",
     .kind = &tg_option_flag,
     .offset = FIELD(standardize),
     .same = true},
    {.name = "features",
     .arg = "MAP[+MAP]|auto",
     .help = "Features: patches:K, say",
     .group = "Training:",
     .kind = &tg_option_letters,
     .offset = FIELD(features),
     .preset = "pixels",
     .same = true,
     .often = true},
    {.name = "budget",
     .arg = "TIME",
     .help = "Time that --features auto may take: 30s, 5m, 1h",
     .group = "Training:",
     .kind = &tg_option_duration,
     .offset = FIELD(budget),
     .min = TG_BUDGET_LEAST,
     .max = TG_BUDGET_MOST,
     .same = true},
    {.name = "mirror",
     .help =
         "Train on pictures and their mirror images, exactly, with --features "
         "of a map",
     .group = "Training:",
     .kind = &tg_option_flag,
     .offset = FIELD(mirror),
     .same = true},
    {.name = "precision",
     .arg = "auto|int8|float",
     .help = "Keep features in 8 bits, or in single precision: larger and "
             "slower (default: 8 bits of samples of 8 bits)",
     .group = "Training:",
     .kind = &tg_option_word,
     .offset = FIELD(precision),
     .preset = "auto",
     .same = true},
    {.name = "solver",
     .arg = "auto|primal|dual|cg|block",
     .help = "Solve by products of features, or of samples, or by steps that "
             "keep neither, which is the same model, by block but nearly "
             "(default: dual where samples are fewer than features, else "
             "primal)",
     .group = "Training:",
     .kind = &tg_option_word,
     .offset = FIELD(solver),
     .preset = "auto",
     .same = true},
    {.name = "folds",
     .arg = "K",
     .help = "Folds of the cross-validation, used with more than one lambda "
             "(default: 5, or 10 with --features)",
     .group = "Training:",
     .kind = &tg_option_size,
     .offset = FIELD(folds),
     .min = 1,
     .max = INT_MAX,
     .same = true},
    {.name = "validate",
     .arg = "V",
     .help = "Validate on V of the folds (default: all; 1 with --features)",
     .group = "Training:",
     .kind = &tg_option_size,
     .offset = FIELD(validate),
     .min = 1,
     .max = INT_MAX,
     .same = true},
    {.name = "select",
     .arg = "accuracy|mse",
     .help = "Choose lambda by validation accuracy or by mean squared error",
     .group = "Training:",
     .kind = &tg_option_word,
     .offset = FIELD(select),
     .min = TG_SELECT_ACCURACY,
     .preset = "accuracy",
     .same = true},
    {.name = "seed",
     .arg = "S",
     .help = "Seed of folds, held-out samples and copies",
     .group = "Training:",
     .kind = &tg_option_number,
     .offset = FIELD(seed),
     .max = INT64_MAX,
     .preset = "0",
     .same = true},
    {.name = "augment",
     .arg = "R",
     .help = "Train on R copies of each training picture as well, each turned, "
             "shifted, scaled and sheared a little, as chance has it",
     .group = "Training:",
     .kind = &tg_option_size,
     .offset = FIELD(augment),
     .max = TG_AUGMENT_MAX,
     .preset = "0",
     .same = true},
    {.name = "warp",
     .arg = "NAME=X[,...]",
     .help = "How far copies may be from their originals: rotation in "
             "degrees, shift in pixels, scale and shear as fractions; mirror: "
             "half of them are",
     .group = "Training:",
     .kind = &tg_option_warp,
     .offset = FIELD(warp),
     .preset = "rotation=12,shift=1.5,scale=0.1,shear=0.15",
     .same = true},
    {.name = "block",
     .arg = "B",
     .help = "Cut the features into blocks of B (default: chosen)",
     .group = "Task graph:",
     .kind = &tg_option_size,
     .offset = FIELD(graph.block),
     .min = 1,
     .max = INT_MAX,
     .same = true},
    {.name = "lanes",
     .arg = "L",
     .help = "Sum tiles in L independent lanes (default: chosen)",
     .group = "Task graph:",
     .kind = &tg_option_size,
     .offset = FIELD(graph.lanes),
     .min = 1,
     .max = INT_MAX,
     .same = true},
    {.name = "distribute",
     .arg = "both|data|model",
     .help = "Share the Gram among ranks by pairs of a lane and a block, by "
             "lanes, that is by samples, or by blocks; the model is the same",
     .group = "Task graph:",
     .kind = &tg_option_word,
     .offset = FIELD(distribute),
     .preset = "both",
     .same = true},
    {.name = "cache",
     .arg = "MiB",
     .help = "Samples that a rank may keep in memory between passes",
     .group = "Task graph:",
     .kind = &tg_option_size,
     .offset = FIELD(graph.cache),
     .max = INT_MAX,
     .preset = "256",
     .same = true},
    {0},
};

static const struct tg_option result_rules[] = {
    {.name = "model",
     .arg = "FILE",
     .help = "Write the model, a safetensors file",
     .group = "Results:",
     .kind = &tg_option_output,
     .offset = FIELD(model),
     .often = true},
    {.name = "json",
     .arg = "FILE",
     .help = "Write all results as JSON (- for standard output)",
     .group = "Results:",
     .kind = &tg_option_output,
     .offset = FIELD(json)},
    {.name = "report",
     .arg = "FILE.html",
     .help = "Write one page to look at: samples, curves, "
             "confusions, weights, mistakes, times",
     .group = "Results:",
     .kind = &tg_option_output,
     .offset = FIELD(report),
     .same = true,
     .often = true},
    {.name = "confusion",
     .arg = "FILE.png",
     .help = "Draw the confusion matrix",
     .group = "Results:",
     .kind = &tg_option_drawing,
     .offset = FIELD(confusion)},
    {.name = "weights",
     .arg = "FILE.png",
     .help = "Draw each class's weights, red against blue",
     .group = "Results:",
     .kind = &tg_option_drawing,
     .offset = FIELD(weights)},
    {.name = "calibrate",
     .help = "Repeat the run until StarPU has timed every kind of task, for "
             "STARPU_SCHED=dmda, dmdas and the like; one rank a node is best, "
             "whose times serve any number (default: no)",
     .group = "Results:",
     .kind = &tg_option_flag,
     .offset = FIELD(graph.calibrate),
     .same = true},
    {0},
};

const struct tg_option_set tg_fit_sets[] = {
    {data_rules, 0},
    {tg_label_rules, FIELD(reading)},
    {tg_picture_rules, FIELD(reading)},
    {training_rules, 0},
    {result_rules, 0},
    {tg_graph_rules, FIELD(graph)},
    {tg_common_rules, FIELD(graph.common)},
    {0},
};

enum { LISTED = 64 }; /* maps that lists may spell */

static int check_maps(const struct tg_fit_options *options)
{
    const size_t n = tg_feature_lists_count(options->features);
    struct tg_features features;
    char map[TG_CHOICE_TEXT];

    if (n > LISTED)
        return tg_fail(TG_EUSAGE,
                       "--features %s are %zu maps to try; give lists of at "
                       "most %d",
                       options->features, n, LISTED);
    for (size_t i = 0; i < n; i++) {
        TG_TRY(tg_feature_lists_at(options->features, i, map, sizeof map));
        TG_TRY(tg_features_parse(&features, map));
    }
    return TG_OK;
}

static int check_auto(const struct tg_fit_options *options)
{
    if (options->budget > 0 && !tg_fit_is_auto(options))
        return tg_fail(TG_EUSAGE,
                       "--budget is for --features auto; give that, or leave "
                       "--budget out");
    if (tg_fit_is_auto(options) && options->graph.calibrate)
        return tg_fail(
            TG_EUSAGE,
            "--features auto measures times, and --calibrate repeats "
            "what is measured; leave one of them out");
    if (tg_fit_is_auto(options) &&
        (options->solver == TG_SOLVER_CG || options->solver == TG_SOLVER_BLOCK))
        return tg_fail(TG_EUSAGE,
                       "--features auto does not know how long --solver %s "
                       "takes; leave --solver out, or give the features",
                       options->solver == TG_SOLVER_CG ? "cg" : "block");
    return TG_OK;
}

static int check_copies(const struct tg_fit_options *options)
{
    if (!options->augment)
        return TG_OK;
    if (options->solver == TG_SOLVER_DUAL || options->solver == TG_SOLVER_BLOCK)
        return tg_fail(TG_EUSAGE,
                       "--solver %s takes samples without copies; leave it "
                       "out with --augment %zu",
                       options->solver == TG_SOLVER_DUAL ? "dual" : "block",
                       options->augment);
    if (options->select == TG_SELECT_MSE)
        return tg_fail(TG_EUSAGE,
                       "--select mse would judge by copies, too; leave it out "
                       "with --augment %zu",
                       options->augment);
    return TG_OK;
}

bool tg_fit_is_auto(const struct tg_fit_options *options)
{
    return !strcmp(options->features, "auto");
}

bool tg_fit_maps(const struct tg_fit_options *options)
{
    return strcmp(options->features, "pixels") != 0;
}

size_t tg_fit_folds(const struct tg_fit_options *options)
{
    if (options->folds)
        return options->folds;
    return tg_fit_maps(options) ? TG_FOLDS_MAPPED : TG_FOLDS;
}

size_t tg_fit_validated(const struct tg_fit_options *options)
{
    if (options->validate)
        return options->validate;
    return tg_fit_maps(options) && !options->folds ? 1 : tg_fit_folds(options);
}

bool tg_fit_single(const struct tg_fit_options *options, size_t element)
{
    return options->precision == TG_PRECISION_AUTO
               ? element != 1
               : options->precision == TG_PRECISION_FLOAT;
}

/* ---- Together --------------------------------------------------------- */

int tg_fit_check(struct tg_options *line)
{
    const struct tg_fit_options *options = (struct tg_fit_options *)line;

    if (options->nlambdas > 1 && options->folds == 1)
        return tg_fail(TG_EUSAGE,
                       "--folds: to choose among %zu values of lambda takes at "
                       "least 2 folds; or give one value with --lambda",
                       options->nlambdas);
    if (tg_fit_validated(options) > tg_fit_folds(options))
        return tg_fail(TG_EUSAGE,
                       "--validate %zu is more than --folds %zu; give at most "
                       "as many",
                       options->validate, tg_fit_folds(options));
    TG_TRY(check_auto(options));
    if (tg_fit_maps(options)) {
        if (!tg_fit_is_auto(options))
            TG_TRY(check_maps(options));
        if (options->weights)
            return tg_fail(TG_EUSAGE,
                           "--weights draws what each pixel weighs, and "
                           "--features %s has weights of other features; leave "
                           "one of them out",
                           options->features);
    } else if (options->mirror) {
        return tg_fail(TG_EUSAGE, "--mirror is for --features of a map; "
                                  "give some, or leave --mirror out");
    } else if (options->precision != TG_PRECISION_AUTO) {
        return tg_fail(
            TG_EUSAGE,
            "--precision is of features that are made, as --features "
            "patches; give some, or leave --precision out");
    } else if (options->augment) {
        return tg_fail(TG_EUSAGE,
                       "--augment %zu is for --features patches; give some, or "
                       "leave --augment out",
                       options->augment);
    }
    TG_TRY(check_copies(options));
    if (options->invert && !options->test)
        return tg_fail(TG_EUSAGE, "--invert is for the pictures of --test; "
                                  "give one, or leave --invert out");
    return tg_files_check(line);
}
