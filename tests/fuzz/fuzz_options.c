/* The command line.  The input is its arguments, one a line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fuzz.h"
#include "options.h"

enum { ARGUMENTS = 64 };

/* The ranges that the program relies on. */
static void check_values(const struct tg_options *options)
{
    const struct tg_dataset_options *reading = &options->reading;

    fuzz_check(options->command <= TG_SYNTH);
    fuzz_check(options->holdout >= 0 && options->holdout < 1);
    fuzz_check(options->folds >= 1 && options->nlambdas <= TG_LAMBDA_LIMIT);
    fuzz_check(reading->threshold >= 0 && reading->threshold <= 1);
    fuzz_check(!reading->width == !reading->height);
    fuzz_check(reading->width >= 0 && reading->height >= 0);
    for (size_t i = 0; i < options->nlambdas; i++) {
        fuzz_check(isfinite(options->lambdas[i]) && options->lambdas[i] >= 0);
        fuzz_check(!i || options->lambdas[i] > options->lambdas[i - 1]);
    }
}

static void check_command(const struct tg_options *options)
{
    switch (options->command) {
    case TG_FIT:
        fuzz_check(options->data && options->nlambdas);
        fuzz_check(options->nlambdas == 1 || options->folds > 1);
        break;
    case TG_PREDICT:
        fuzz_check(options->data && options->model);
        break;
    case TG_INFO:
        fuzz_check(options->output);
        break;
    case TG_SYNTH:
        fuzz_check(options->output && options->count);
        break;
    }
}

/* Parse as rank 0 does, or as another rank: the outcome must be the same. */
static int parse(int argc, char **argv, bool speak, bool *done)
{
    struct tg_options options;
    int error = tg_options_parse(argc, argv, "MPI 1\n", speak, &options, done);

    if (error) {
        fuzz_check(error == TG_EUSAGE);
        fuzz_refusal(error);
    } else if (!*done) {
        check_values(&options);
        check_command(&options);
        tg_options_free(&options);
    }
    return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool silent;
    char *text = malloc(size + 1), *rest = text;
    char *argv[ARGUMENTS + 2] = {"starpu_ridge"}, *before[ARGUMENTS + 2];
    bool done, also_done;
    int argc = 1, error;

    if (!silent)
        fuzz_check(freopen("/dev/null", "w", stdout));
    silent = true;
    fuzz_check(text);
    memcpy(text, data, size);
    text[size] = '\0';
    while (rest && argc <= ARGUMENTS)
        argv[argc++] = strsep(&rest, "\n");
    memcpy(before, argv, sizeof argv);
    error = parse(argc, argv, true, &done);
    fuzz_check(parse(argc, argv, false, &also_done) == error);
    fuzz_check(also_done == done);
    fuzz_check(memcmp(before, argv, sizeof argv) == 0);
    free(text);
    return 0;
}
