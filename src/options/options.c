#include "options.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "internal.h"

#define SHOWN 80 /* characters of a value that a message shows */

static bool given(const struct tg_option_parse *parse, int key)
{
    size_t i = 0;

    while (tg_option_rules[i].key != key)
        i++;
    return parse->seen >> i & 1;
}

static int take_operand(struct tg_option_parse *parse, const char *arg)
{
    if (parse->command) {
        if (parse->operand)
            return tg_fail(TG_EUSAGE, "'%.*s' is one operand too many", SHOWN,
                           arg);
        parse->operand = arg;
        return 0;
    }
    parse->command = true;
    for (int i = TG_FIT; i <= TG_SYNTH; i++)
        if (!strcmp(arg, tg_command_names[i])) {
            parse->options->command = (enum tg_command)i;
            return 0;
        }
    return tg_fail(TG_EUSAGE,
                   "'%.*s' is not a command: fit, predict, info or "
                   "synth (a data set is given with --data)",
                   SHOWN, arg);
}

static error_t parse_next(int key, char *arg, struct argp_state *state)
{
    struct tg_option_parse *parse = state->input;

    if (key == ARGP_KEY_ARG)
        return take_operand(parse, arg);
    for (size_t i = 0; i < tg_option_nrules; i++)
        if (tg_option_rules[i].key == key) {
            parse->seen |= UINT64_C(1) << i;
            return tg_option_rules[i].set(parse, &tg_option_rules[i], arg);
        }
    return ARGP_ERR_UNKNOWN;
}

/* An option that would be ignored is a mistake of the user's. */
static int check_meaning(const struct tg_option_parse *parse)
{
    unsigned bit = 1u << parse->options->command;

    for (size_t i = 0; i < tg_option_nrules; i++)
        if (parse->seen >> i & 1 && !(tg_option_rules[i].commands & bit))
            return tg_fail(TG_EUSAGE,
                           "--%s has no meaning for '%s'; see "
                           "--help",
                           tg_option_name(tg_option_rules[i].key),
                           tg_command_names[parse->options->command]);
    return 0;
}

static int check_pairs(const struct tg_option_parse *parse)
{
    static const int apart[][2] = {
        {TG_KEY_TEST, TG_KEY_HOLDOUT},
        {TG_KEY_QUIET, TG_KEY_VERBOSE},
    };

    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        if (given(parse, apart[i][0]) && given(parse, apart[i][1]))
            return tg_fail(TG_EUSAGE, "--%s and --%s exclude each other",
                           tg_option_name(apart[i][0]),
                           tg_option_name(apart[i][1]));
    return 0;
}

static int check_command(const struct tg_option_parse *parse)
{
    const struct tg_options *options = parse->options;
    bool operand = parse->operand;

    switch (options->command) {
    case TG_FIT:
        if (options->nlambdas > 1 && options->folds < 2)
            return tg_fail(TG_EUSAGE,
                           "--folds: to choose among %zu values of "
                           "lambda takes at least 2 folds; or give "
                           "one value with --lambda",
                           options->nlambdas);
        break;
    case TG_PREDICT:
        if (!options->model || !options->data)
            return tg_fail(TG_EUSAGE,
                           "predict needs --model FILE and --data "
                           "SPEC; --%s is missing",
                           options->model ? "data" : "model");
        break;
    case TG_INFO:
        if (!operand)
            return tg_fail(TG_EUSAGE, "info needs a model file or a data set: "
                                      "starpu_ridge info FILE|SPEC");
        break;
    case TG_SYNTH:
        if (!operand || !options->count)
            return tg_fail(TG_EUSAGE, "synth needs a folder and a number of "
                                      "samples: starpu_ridge synth OUT --n N");
        break;
    }
    if (operand && !*parse->operand)
        return tg_fail(TG_EUSAGE, "%s: an empty name",
                       tg_command_names[options->command]);
    if (operand && options->command <= TG_PREDICT)
        return tg_fail(TG_EUSAGE,
                       "'%.*s' is one operand too many; a data set "
                       "is given with --data",
                       SHOWN, parse->operand);
    return 0;
}

static int check(struct tg_option_parse *parse)
{
    struct tg_options *options = parse->options;

    TG_TRY(check_meaning(parse));
    TG_TRY(check_pairs(parse));
    if (options->command == TG_FIT) {
        if (!options->data)
            options->data = "synth";
        if (!options->nlambdas)
            TG_TRY(tg_option_lambdas(options));
    }
    TG_TRY(check_command(parse));
    TG_TRY(tg_option_check_files(options));
    if (parse->operand)
        options->output = parse->operand;
    return 0;
}

/* argp without a word or an exit: on a copy of argv, in the order given. */
static int run(int argc, char **argv, struct tg_option_parse *parse)
{
    const struct argp argp = {
        tg_option_table, parse_next, NULL, NULL, NULL, NULL, NULL};
    unsigned flags = ARGP_SILENT | ARGP_IN_ORDER;
    char **copy;
    int error;

    if (argc < 1 || !argv[0])
        return 0;
    copy = calloc((size_t)argc + 1, sizeof *copy);
    if (!copy)
        return tg_fail(TG_EMEMORY, "command line: out of memory");
    memcpy(copy, argv, (size_t)argc * sizeof *copy);
    error = argp_parse(&argp, argc, copy, flags, NULL, parse);
    free(copy);
    if (error == ENOMEM)
        return tg_fail(TG_EMEMORY, "command line: out of memory");
    if (error == EINVAL)
        return tg_option_explain(argc, argv);
    return error;
}

int tg_options_parse(int argc, char **argv, const char *versions, bool speak,
                     struct tg_options *options, bool *done)
{
    struct tg_option_parse parse = {.options = options,
                                    .versions = versions,
                                    .speak = speak};
    int error;

    *done = false;
    *options = (struct tg_options){
        .argc = argc,
        .argv = argv,
        .folds = TG_FOLDS_DEFAULT,
        .cache = TG_CACHE_DEFAULT,
        .seed = TG_SEED_DEFAULT,
        .verbosity = TG_NORMAL,
        .progress = true,
    };
    error = run(argc, argv, &parse);
    if (error == TG_OPTION_SERVED) {
        *done = true;
        tg_options_free(options);
        return 0;
    }
    if (!error)
        error = check(&parse);
    if (error)
        tg_options_free(options);
    return error;
}

void tg_options_free(struct tg_options *options)
{
    free(options->lambdas);
    options->lambdas = NULL;
    options->nlambdas = 0;
}
