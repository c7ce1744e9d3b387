#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "internal.h"

#define STRING_(text) #text
#define STRING(macro) STRING_(macro)
/* clang-format off */
#define GRID                                                                   \
    STRING(TG_LAMBDA_COUNT) " values, logarithmically spaced, from 1e"         \
    STRING(TG_LAMBDA_MIN_EXPONENT) " to 1e" STRING(TG_LAMBDA_MAX_EXPONENT)
/* clang-format on */
#define SHOWN 80 /* characters of an option that a message shows */

const char *const tg_command_names[TG_SYNTH + 1] = {
    [TG_FIT] = "fit",
    [TG_PREDICT] = "predict",
    [TG_INFO] = "info",
    [TG_SYNTH] = "synth",
};

#define OPTION(name, key, arg, text)                                           \
    {                                                                          \
        name, key, arg, 0, text, 0                                             \
    }
#define GROUP(text)                                                            \
    {                                                                          \
        NULL, 0, NULL, 0, text, 0                                              \
    }

const struct argp_option tg_option_table[] = {
    GROUP("Data:"),
    OPTION("data", TG_KEY_DATA, "SPEC",
           "Samples to train on, or to predict (fit's default: synth)"),
    OPTION("test", TG_KEY_TEST, "SPEC",
           "Samples to test on (default: the test part of --data, if any)"),
    OPTION("holdout", TG_KEY_HOLDOUT, "F",
           "Keep a fraction of the samples for testing, above 0 and below 1 "
           "(default: none)"),
    OPTION("part", TG_KEY_PART, "train|test",
           "predict: which part of a data set with two (default: test)"),
    OPTION("labels", TG_KEY_LABELS, "FILE",
           "Labels of --data FILE.npy (default: FILE.labels.npy)"),
    OPTION("image", TG_KEY_IMAGE, "WxH",
           "Resize pictures to W x H pixels (default: the size of the first)"),
    OPTION("gray", TG_KEY_GRAY, NULL,
           "Make pictures gray (default: colours are kept)"),
    OPTION("threshold", TG_KEY_THRESHOLD, "X",
           "Make pixels black or white: white where pixel/255 > X, "
           "X from 0 to 1 (default: no)"),
    OPTION("n", TG_KEY_COUNT, "N", "synth: number of samples to write"),
    GROUP("Training:"),
    OPTION("lambda", TG_KEY_LAMBDA, "auto|L[,L...]",
           "Regularisation, as scikit-learn's alpha with features in [0, 1]; "
           "one value >= 0, or several to choose among by cross-validation "
           "(default: auto, " GRID ")"),
    OPTION("folds", TG_KEY_FOLDS, "K",
           "Folds of the cross-validation, used with more than one lambda "
           "(default: " STRING(TG_FOLDS_DEFAULT) ")"),
    OPTION("select", TG_KEY_SELECT, "accuracy|mse",
           "Choose lambda by validation accuracy or by mean squared error "
           "(default: accuracy)"),
    OPTION("seed", TG_KEY_SEED, "S",
           "Seed of folds, held-out samples and synthetic digits "
           "(default: " STRING(TG_SEED_DEFAULT) ")"),
    GROUP("Task graph:"),
    OPTION("tiles", TG_KEY_TILES, "T",
           "Cut the samples into T tiles (default: chosen from the sizes)"),
    OPTION("block", TG_KEY_BLOCK, "B",
           "Cut the features into blocks of B (default: chosen)"),
    OPTION("lanes", TG_KEY_LANES, "L",
           "Sum tiles in L independent lanes (default: chosen)"),
    OPTION("cache", TG_KEY_CACHE, "MiB",
           "Samples that a rank may keep in memory between passes "
           "(default: " STRING(TG_CACHE_DEFAULT) ")"),
    GROUP("Results:"),
    OPTION("model", TG_KEY_MODEL, "FILE",
           "Model, a safetensors file: fit writes it, predict reads it"),
    OPTION("output", TG_KEY_OUTPUT, "FILE.csv",
           "predict: write one line a sample, with its file where it is a "
           "picture"),
    OPTION("scores", TG_KEY_SCORES, NULL,
           "predict: with the score of each class (default: no)"),
    OPTION("json", TG_KEY_JSON, "FILE",
           "Write all results for programs (- for standard output)"),
    OPTION("report", TG_KEY_REPORT, "FILE.html",
           "fit: write one page to look at: samples, cross-validation, "
           "confusions, weights, mistakes, times"),
    OPTION("confusion", TG_KEY_CONFUSION, "FILE.png",
           "Draw the confusion matrix"),
    OPTION("weights", TG_KEY_WEIGHTS, "FILE.png",
           "fit: draw each class's weights, red against blue"),
    OPTION("trace", TG_KEY_TRACE, "FOLDER",
           "Record the run: paje.trace for ViTE, dag.dot for graphviz"),
    OPTION("calibrate", TG_KEY_CALIBRATE, NULL,
           "fit: repeat the run until StarPU has timed every kind of task, for "
           "STARPU_SCHED=dmda, dmdas and the like; one rank a node is best, "
           "whose times serve any number (default: no)"),
    GROUP("Terminal:"),
    OPTION("quiet", TG_KEY_QUIET, NULL, "Print errors only"),
    OPTION("verbose", TG_KEY_VERBOSE, NULL,
           "Print ranks, workers, scheduler and cores too, and the tasks and "
           "seconds of every stage"),
    OPTION("no-progress", TG_KEY_NO_PROGRESS, NULL,
           "No progress bar (default: on a terminal only)"),
    OPTION("help", TG_KEY_HELP, NULL, "Print this help"),
    OPTION("usage", TG_KEY_USAGE, NULL, "Print all options in short"),
    OPTION("version", TG_KEY_VERSION, NULL,
           "Print the versions of the program and of its libraries"),
    {0},
};

static const char operands[] = "[fit] [--data SPEC]\n"
                               "predict --model FILE --data SPEC\n"
                               "info FILE|SPEC\n"
                               "synth OUT --n N";

/* Above the options, and below them after the \v. */
static const char text[] =
    "Exact ridge classification of images as a StarPU task graph.\n"
    "\n"
    "  fit      train, choose lambda, test, and save a model (the default)\n"
    "  predict  classify samples with a saved model\n"
    "  info     describe a model file or a data set\n"
    "  synth    write synthetic digits as IDX files into the folder OUT\n"
    "\n"
    "SPEC is recognised by looking; a prefix forces it (idx:, cifar:,\n"
    "pictures:, npy:):\n"
    "  synth[:N[:SEED]]  N synthetic 28x28 digits\n"
    "  FOLDER            IDX files as MNIST's, plain or .gz; CIFAR-10 or\n"
    "                    CIFAR-100 binary batches; or one sub-folder of PNG "
    "or\n"
    "                    JPEG pictures for each class (predict takes pictures\n"
    "                    without classes, too: in the folder itself, or one)\n"
    "  FILE.npy          N x d or N x H x W [x C]; uint8, float32 or float64\n"
    "\v"
    "Examples:\n"
    "  mpirun starpu_ridge --tiles 64\n"
    "  mpirun starpu_ridge --data data/mnist --lambda 1,10 --model "
    "m.safetensors\n"
    "  starpu_ridge --data photos --image 40x60 --gray --holdout 0.2\n"
    "  starpu_ridge predict --model m.safetensors --data new --output a.csv\n"
    "  starpu_ridge info m.safetensors\n"
    "  starpu_ridge synth digits --n 10000\n"
    "\n"
    "Exit status:\n"
#define X(name, value, meaning) "  " STRING(value) "\t" meaning "\n"
    TG_ERROR_MAP(X)
#undef X
    ;

static const struct argp argp = {
    tg_option_table, NULL, operands, text, NULL, NULL, NULL};

const char *tg_option_name(int key)
{
    const struct argp_option *option = tg_option_table;

    while (option->key != key)
        option++;
    return option->name;
}

static void print_version(const char *versions)
{
    printf("starpu_ridge %s\n", STARPU_RIDGE_VERSION);
    if (!versions || !*versions)
        return;
    fputs(versions, stdout);
    if (versions[strlen(versions) - 1] != '\n')
        putchar('\n');
}

int tg_option_serve(int key, const char *versions)
{
    char name[] = "starpu_ridge";
    unsigned help = ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC;

    if (key == TG_KEY_VERSION)
        print_version(versions);
    else
        argp_help(&argp, stdout, key == TG_KEY_USAGE ? ARGP_HELP_USAGE : help,
                  name);
    if (fflush(stdout) || ferror(stdout))
        return tg_fail(TG_EIO,
                       "standard output: cannot write: %s; free some space, "
                       "or choose another disk",
                       strerror(errno));
    return 0;
}

/* The option that a word names, whole or by an unambiguous start. */
static const struct argp_option *find(const char *word, size_t length,
                                      int *matches)
{
    const struct argp_option *found = NULL;

    *matches = 0;
    for (size_t i = 0; tg_option_table[i].name || tg_option_table[i].doc; i++) {
        const struct argp_option *option = &tg_option_table[i];

        if (!option->name || strncmp(option->name, word, length))
            continue;
        found = option;
        ++*matches;
        if (!option->name[length]) {
            *matches = 1;
            break;
        }
    }
    return *matches == 1 ? found : NULL;
}

/* Errors in --word or --word=value; *skip is set when it takes the next. */
static int explain_long(const char *arg, bool last, bool *skip)
{
    size_t length = strcspn(arg + 2, "=");
    int matches, shown = length < SHOWN ? (int)length : SHOWN;
    const struct argp_option *option = find(arg + 2, length, &matches);

    if (!option)
        return tg_fail(TG_EUSAGE,
                       matches ? "--%.*s is short for more than one "
                                 "option; see --help"
                               : "unknown option --%.*s; see --help",
                       shown, arg + 2);
    if (!option->arg && arg[2 + length])
        return tg_fail(TG_EUSAGE, "--%s takes no value", option->name);
    if (option->arg && !arg[2 + length] && last)
        return tg_fail(TG_EUSAGE, "--%s needs a value: --%s %s", option->name,
                       option->name, option->arg);
    *skip = option->arg && !arg[2 + length];
    return 0;
}

static int explain_short(const char *arg)
{
    for (const char *c = arg + 1; *c; c++) {
        const struct argp_option *option = tg_option_table;

        while ((option->name || option->doc) && option->key != *c)
            option++;
        if (!option->name)
            return tg_fail(TG_EUSAGE,
                           "unknown option -%c in '%.*s'; see "
                           "--help",
                           *c, SHOWN, arg);
    }
    return 0;
}

int tg_option_explain(int argc, char *const *argv)
{
    for (int i = 1; i < argc && argv[i] && strcmp(argv[i], "--"); i++) {
        bool skip = false;

        if (argv[i][0] != '-' || !argv[i][1])
            continue;
        if (argv[i][1] == '-')
            TG_TRY(explain_long(argv[i], i + 1 == argc, &skip));
        else
            TG_TRY(explain_short(argv[i]));
        i += skip;
    }
    return tg_fail(TG_EUSAGE, "wrong command line; see --help");
}
