/* The command line.  The input is its arguments, one a line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fuzz.h"
#include "fit_options.h"
#include "info_options.h"
#include "predict_options.h"
#include "synth_options.h"
#include "table.h"

enum { ARGUMENTS = 64 };

/* ---- The ranges that commands rely on --------------------------------- */

static void check_reading(const struct tg_dataset_options *reading)
{
    fuzz_check(reading->threshold >= 0 && reading->threshold <= 1);
    fuzz_check(!reading->width == !reading->height);
    fuzz_check(reading->width >= 0 && reading->height >= 0);
}

static void check_fit(const struct tg_fit_options *options)
{
    check_reading(&options->reading);
    fuzz_check(options->data && options->nlambdas);
    fuzz_check(options->holdout >= 0 && options->holdout < 1);
    fuzz_check(options->nlambdas <= TG_LAMBDA_LIMIT);
    fuzz_check(options->nlambdas == 1 || options->folds != 1);
    fuzz_check(tg_fit_validated(options) <= tg_fit_folds(options));
    for (size_t i = 0; i < options->nlambdas; i++) {
        fuzz_check(isfinite(options->lambdas[i]) && options->lambdas[i] >= 0);
        fuzz_check(!i || options->lambdas[i] > options->lambdas[i - 1]);
    }
}

static void check_predict(const struct tg_predict_options *options)
{
    fuzz_check(options->data && options->model);
    fuzz_check(options->part <= TG_PART_TEST);
}

static void check_info(const struct tg_info_options *options)
{
    check_reading(&options->reading);
    fuzz_check(options->subject);
}

static void check_synth(const struct tg_synth_options *options)
{
    fuzz_check(options->folder && options->count);
}

static void check(const struct tg_options *options)
{
    const void *own = options;

    if (options->command == &tg_fit_command)
        check_fit(own);
    else if (options->command == &tg_predict_command)
        check_predict(own);
    else if (options->command == &tg_info_command)
        check_info(own);
    else
        check_synth(own);
}

/* Parse as rank 0 does, or as another rank: the outcome must be the same. */
static int parse(int argc, char **argv, bool speak, bool *done)
{
    struct tg_options *options;
    int error =
        tg_options_parse(&tg_program, argc, argv, "MPI 1\n", speak, &options);

    *done = !error && !options;
    if (error) {
        fuzz_check(error == TG_EUSAGE && !options);
        fuzz_refusal(error);
    } else if (options) {
        check(options);
        tg_options_free(options);
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
