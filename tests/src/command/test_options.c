#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "fit_options.h"
#include "info_options.h"
#include "predict_options.h"
#include "synth_options.h"
#include "table.h"

#define WORDS 32

/* What a call printed on either stream, and what it returned. */
struct call {
    struct tg_options *options; /* NULL: refused, or served */
    int code;
    char text[16384];
};

/* Cut a line at its spaces; '~' stands for an empty word. */
static int split(char *line, char *argv[WORDS])
{
    int argc = 0;

    argv[argc++] = "starpu_ridge";
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "~") ? word : "";
    argv[argc] = NULL;
    return argc;
}

static void call(struct call *call, int argc, char **argv, bool speak)
{
    FILE *capture = tmpfile();
    int old[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    size_t length;

    tg_error_clear();
    fflush(stdout);
    dup2(fileno(capture), STDOUT_FILENO);
    dup2(fileno(capture), STDERR_FILENO);
    call->code =
        tg_options_parse(&tg_program, argc, argv, "StarPU 1.4.7\nMPI 3.1",
                         speak, &call->options);
    fflush(stdout);
    dup2(old[0], STDOUT_FILENO);
    dup2(old[1], STDERR_FILENO);
    close(old[0]);
    close(old[1]);
    rewind(capture);
    length = fread(call->text, 1, sizeof call->text - 1, capture);
    call->text[length] = '\0';
    fclose(capture);
}

/* Parse a line that must be accepted in silence, for a command.  Strings of the
 * options lie in `words`. */
static void *accept(char words[256], const struct tg_command *command,
                    const char *line)
{
    char *argv[WORDS], *before[WORDS];
    struct call result;
    int argc;

    snprintf(words, 256, "%s", line);
    argc = split(words, argv);
    memcpy(before, argv, sizeof argv);
    call(&result, argc, argv, true);
    if (result.code)
        fail_msg("'%s': %s", line, tg_error_message(result.code));
    assert_non_null(result.options);
    assert_ptr_equal(result.options->command, command);
    assert_string_equal(result.text, "");
    assert_memory_equal(argv, before, (size_t)argc * sizeof *argv);
    return result.options;
}

static struct tg_fit_options *fit(char words[256], const char *line)
{
    return accept(words, &tg_fit_command, line);
}

static void leave(void *options)
{
    tg_options_free(options);
}

static void test_defaults(void **state)
{
    char words[256];
    struct tg_fit_options *options = fit(words, "");

    (void)state;
    assert_string_equal(options->data, "synth");
    assert_int_equal(options->folds, 5);
    assert_int_equal(options->graph.cache, 256);
    assert_int_equal(options->seed, 0);
    assert_int_equal(options->graph.tiles + options->graph.block +
                         options->graph.lanes,
                     0);
    assert_int_equal(options->select, TG_SELECT_ACCURACY);
    assert_int_equal(options->graph.common.verbosity, TG_NORMAL);
    assert_true(options->lambda_auto);
    assert_false(options->graph.common.no_progress || options->reading.gray ||
                 options->reading.binary);
    assert_true(!options->test && !options->model && !options->json);
    assert_true(!options->report && !options->confusion && !options->weights &&
                !options->graph.trace && !options->graph.calibrate);
    assert_true(options->holdout == 0);
    leave(options);
    leave(NULL);
}

static void test_auto_lambdas(void **state)
{
    static const char *const lines[] = {"", "--lambda auto",
                                        "--lambda 3 --lambda auto"};
    char words[256];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct tg_fit_options *options = fit(words, lines[i]);

        assert_true(options->lambda_auto);
        assert_int_equal(options->nlambdas, 20);
        assert_true(options->lambdas[0] == 1e-2);
        assert_true(options->lambdas[19] == 1e5);
        for (size_t j = 1; j < 20; j++)
            assert_true(fabs(log10(options->lambdas[j]) -
                             log10(options->lambdas[j - 1]) - 7. / 19) < 1e-12);
        leave(options);
    }
}

static void test_lambda_lists(void **state)
{
    static const struct {
        const char *line;
        size_t n;
        double values[4];
    } cases[] = {
        {"--lambda 0", 1, {0}},
        {"--lambda 1e3", 1, {1000}},
        {"--lambda=.5", 1, {0.5}},
        {"--lambda 10,1,0.1", 3, {0.1, 1, 10}},
        {"--lambda 2,1,2.0,0,1e0", 3, {0, 1, 2}},
        {"--lambda 7,7", 1, {7}},
        {"--lambda auto --lambda 4", 1, {4}},
    };
    char words[256];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tg_fit_options *options = fit(words, cases[i].line);

        assert_false(options->lambda_auto);
        assert_int_equal(options->nlambdas, cases[i].n);
        for (size_t j = 0; j < cases[i].n; j++)
            assert_true(options->lambdas[j] == cases[i].values[j]);
        leave(options);
    }
}

static void test_fit(void **state)
{
    char words[256];
    struct tg_fit_options *options =
        fit(words, "--tiles 64 --block=100 fit --lanes 3 --data mnist "
                   "--seed 9223372036854775807 --folds 7 --cache 0 --select "
                   "mse --threshold 0.25");

    (void)state;
    assert_int_equal(options->graph.tiles, 64);
    assert_int_equal(options->graph.block, 100);
    assert_int_equal(options->graph.lanes, 3);
    assert_int_equal(options->folds, 7);
    assert_int_equal(options->graph.cache, 0);
    assert_true(options->seed == INT64_MAX);
    assert_int_equal(options->select, TG_SELECT_MSE);
    assert_string_equal(options->data, "mnist");
    assert_true(options->reading.binary && options->reading.threshold == 0.25);
    leave(options);
    options = fit(words, "-q --image 40x60 --gray --holdout 0.2 --json - "
                         "--labels l.npy --no-progress --model m");
    assert_int_equal(options->graph.common.verbosity, TG_QUIET);
    assert_int_equal(options->reading.width, 40);
    assert_int_equal(options->reading.height, 60);
    assert_true(options->reading.gray && options->graph.common.no_progress);
    assert_true(options->holdout == 0.2);
    assert_string_equal(options->json, "-");
    assert_string_equal(options->model, "m");
    assert_string_equal(options->reading.labels, "l.npy");
    leave(options);
    options = fit(words, "-v --test more --folds 1 --lambda 1 --tiles "
                         "2147483647");
    assert_int_equal(options->graph.common.verbosity, TG_VERBOSE);
    assert_string_equal(options->test, "more");
    assert_int_equal(options->graph.tiles, 2147483647);
    leave(options);
}

static void test_predict(void **state)
{
    char words[256];
    struct tg_predict_options *options =
        accept(words, &tg_predict_command,
               "predict --model m --data d --output o --scores --json j --part "
               "train --tiles 4 --confusion c.png");

    (void)state;
    assert_string_equal(options->model, "m");
    assert_string_equal(options->data, "d");
    assert_string_equal(options->output, "o");
    assert_string_equal(options->json, "j");
    assert_string_equal(options->confusion, "c.png");
    assert_int_equal(options->part, TG_PART_TRAIN);
    assert_int_equal(options->graph.tiles, 4);
    assert_true(options->scores);
    leave(options);
    options = accept(words, &tg_predict_command,
                     "predict --model m --data d --labels l.npy");
    assert_int_equal(options->part, TG_PART_TEST_IF_ANY);
    assert_false(options->scores);
    assert_string_equal(options->reading.labels, "l.npy");
    leave(options);
}

static void test_info(void **state)
{
    char words[256];
    struct tg_info_options *options =
        accept(words, &tg_info_command, "info --gray fit");

    (void)state;
    assert_string_equal(options->subject, "fit");
    assert_true(options->reading.gray);
    leave(options);
    options = accept(words, &tg_info_command, "info -- --odd");
    assert_string_equal(options->subject, "--odd");
    leave(options);
}

static void test_synth(void **state)
{
    char words[256];
    struct tg_synth_options *options =
        accept(words, &tg_synth_command,
               "--n 4294967295 synth out --seed 3 --quiet");

    (void)state;
    assert_string_equal(options->folder, "out");
    assert_true(options->count == 4294967295);
    assert_int_equal(options->seed, 3);
    assert_int_equal(options->common.verbosity, TG_QUIET);
    leave(options);
}

static void test_results(void **state)
{
    char words[256];
    struct tg_fit_options *options =
        fit(words, "--report r.html --confusion c.png --weights w.png "
                   "--calibrate --json j --model m --trace t");

    (void)state;
    assert_string_equal(options->report, "r.html");
    assert_string_equal(options->confusion, "c.png");
    assert_string_equal(options->weights, "w.png");
    assert_string_equal(options->json, "j");
    assert_string_equal(options->model, "m");
    assert_string_equal(options->graph.trace, "t");
    assert_true(options->graph.calibrate);
    leave(options);
}

/* Ranks compare what shapes the graph, and neither names nor what is shown. */
static void test_facts(void **state)
{
    static const struct {
        const char *line, *differs;
    } cases[] = {
        {"--data other --model m --json j --quiet --confusion c", NULL},
        {"--tiles 4", "--tiles"},
        {"--block 4", "--block"},
        {"--lanes 4", "--lanes"},
        {"--cache 4", "--cache"},
        {"--folds 4", "--folds"},
        {"--seed 4", "--seed"},
        {"--select mse", "--select"},
        {"--holdout 0.5", "--holdout"},
        {"--lambda 1,2", "--lambda"},
        {"--report r", "--report"},
        {"--trace t", "--trace"},
        {"--calibrate", "--calibrate"},
    };
    char words[256], others[256];
    struct tg_fit_options *plain = fit(words, "");
    struct tg_facts own = {0};

    (void)state;
    tg_options_note(&plain->graph.common.line, &own);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tg_fit_options *options = fit(others, cases[i].line);
        struct tg_facts facts = {0};
        const struct tg_fact *found;

        tg_options_note(&options->graph.common.line, &facts);
        found = tg_facts_differ(&facts, &own);
        assert_int_equal(!found, !cases[i].differs);
        if (found)
            assert_string_equal(found->name, cases[i].differs);
        leave(options);
    }
    leave(plain);
}

/* For the report, which shows the command that made it. */
static void test_words_are_kept(void **state)
{
    char words[] = "predict --model m --data a,b", *argv[WORDS];
    struct call result;
    int argc = split(words, argv);

    (void)state;
    call(&result, argc, argv, true);
    assert_int_equal(result.code, 0);
    assert_int_equal(result.options->argc, 6);
    assert_ptr_equal(result.options->argv, argv);
    leave(result.options);
}

/* A line, and what its one message must name. */
static const struct {
    const char *line, *says, *also;
} wrong[] = {
    {"--bogus", "--bogus", "--help"},
    {"--bogus=3", "--bogus", "--help"},
    {"-x", "-x", "--help"},
    {"-qx", "-x", "-qx"},
    {"--t 3", "--t ", "more than one"},
    {"--tiles", "--tiles", "needs a value"},
    {"--gray=1", "--gray", "no value"},
    {"--tiles 0", "--tiles: '0'", "a positive integer"},
    {"--tiles -3", "--tiles: '-3'", "a positive integer"},
    {"--tiles +3", "'+3'", "a positive integer"},
    {"--tiles 1e6", "'1e6'", "a positive integer"},
    {"--tiles 3x", "'3x'", "a positive integer"},
    {"--tiles 0x10", "'0x10'", "a positive integer"},
    {"--tiles ~", "--tiles: ''", "a positive integer"},
    {"--tiles 2147483648", "'2147483648'", "2147483647"},
    {"--tiles 99999999999999999999", "--tiles", "2147483647"},
    {"--tiles 99999999999999999999x", "--tiles", "a positive integer"},
    {"--block 0", "--block: '0'", "a positive integer"},
    {"--lanes none", "--lanes: 'none'", "a positive integer"},
    {"--cache -1", "--cache: '-1'", "an integer >= 0"},
    {"--folds 0", "--folds: '0'", "a positive integer"},
    {"--folds 1", "--folds", "at least 2"},
    {"--folds 1 --lambda 1,2", "--folds", "at least 2"},
    {"--seed -1", "--seed: '-1'", "an integer >= 0"},
    {"--seed 9223372036854775808", "--seed", "9223372036854775807"},
    {"--lambda -1", "--lambda: '-1'", "'auto'"},
    {"--lambda ~", "--lambda: ''", "'auto'"},
    {"--lambda nan", "'nan'", "'auto'"},
    {"--lambda inf", "'inf'", "'auto'"},
    {"--lambda 1e999", "'1e999'", "'auto'"},
    {"--lambda 0x10", "'0x10'", "'auto'"},
    {"--lambda 1,,2", "''", "'auto'"},
    {"--lambda 1,", "''", "'auto'"},
    {"--lambda 1,2;3", "'2;3'", "'auto'"},
    {"--lambda 1,auto", "'auto' is not", "with commas"},
    {"--lambda 1-2", "'1-2'", "'auto'"},
    {"--lambda automatic", "'automatic'", "'auto'"},
    {"--select best", "--select: 'best'", "accuracy|mse"},
    {"--holdout 0", "--holdout: '0'", "below 1"},
    {"--holdout 1", "--holdout: '1'", "below 1"},
    {"--holdout 20%", "'20%'", "below 1"},
    {"--holdout nan", "'nan'", "below 1"},
    {"--threshold -0.1", "--threshold: '-0.1'", "from 0 to 1"},
    {"--threshold 128", "--threshold: '128'", "from 0 to 1"},
    {"--image 40", "--image: '40'", "40x60"},
    {"--image 40x", "'40x'", "40x60"},
    {"--image 0x60", "'0x60'", "40x60"},
    {"--image 40x-1", "'40x-1'", "40x60"},
    {"--image 40x60x3", "'40x60x3'", "40x60"},
    {"--image 40X60", "'40X60'", "40x60"},
    {"--image 65536x1", "'65536x1'", "65535"},
    {"--data ~", "--data", "empty"},
    {"--model ~", "--model", "empty"},
    {"predict --part both", "--part: 'both'", "train|test"},
    {"--quiet --verbose", "--quiet", "--verbose"},
    {"-qv", "--quiet", "--verbose"},
    {"--test a --holdout 0.1", "--test", "--holdout"},
    {"--model a --json a", "--model and --json", "'a'"},
    {"--report a --json a", "--json and --report", "'a'"},
    {"--report a --confusion a", "--report and --confusion", "'a'"},
    {"--confusion ./p --weights ./p", "--confusion and --weights", "'./p'"},
    {"--weights a --model a", "--model and --weights", "'a'"},
    {"--report ~", "--report", "empty"},
    {"--confusion ~", "--confusion", "empty"},
    {"--weights ~", "--weights", "empty"},
    {"--weights", "--weights", "needs a value"},
    {"--calibrate=yes", "--calibrate", "no value"},
    {"train", "'train'", "predict"},
    {"~", "''", "command"},
    {"mnist", "'mnist'", "--data"},
    {"fit mnist", "'mnist'", "--data"},
    {"fit --scores", "--scores", "'fit'"},
    {"--output a", "--output", "'fit'"},
    {"--n 5", "--n", "'fit'"},
    {"--part test", "--part", "'fit'"},
    {"predict", "--model", "--data"},
    {"predict --data d", "--model", "missing"},
    {"predict --model m", "--data", "missing"},
    {"predict --model m --data d --lambda 1", "--lambda", "'predict'"},
    {"predict --model m --data d --gray", "--gray", "'predict'"},
    {"predict --model m --data d --report r", "--report", "'predict'"},
    {"predict --model m --data d --weights w", "--weights", "'predict'"},
    {"predict --model m --data d --calibrate", "--calibrate", "'predict'"},
    {"predict --model m --data d --output c --confusion c", "--output",
     "--confusion"},
    {"predict --model m --data d extra", "'extra'", "too many"},
    {"predict --model m --data d --output a --json a", "--output", "--json"},
    {"predict --model m --data d --model m --json m", "--model", "--json"},
    {"info", "info", "FILE|SPEC"},
    {"info ~", "FILE|SPEC", "empty"},
    {"info a b", "'b'", "too many"},
    {"info a --data b", "--data", "'info'"},
    {"info a --confusion c", "--confusion", "'info'"},
    {"info a --calibrate", "--calibrate", "'info'"},
    {"synth", "synth", "--n"},
    {"synth out", "synth", "--n"},
    {"synth --n 3", "synth", "OUT"},
    {"synth out --n 0", "--n: '0'", "a positive integer"},
    {"synth out --n 4294967296", "--n", "4294967295"},
    {"synth out --n 3 --tiles 3", "--tiles", "'synth'"},
    {"synth out --n 3 --report r", "--report", "'synth'"},
    {"synth out --n 3 --weights w", "--weights", "'synth'"},
    {"--tiles x --bogus", "--bogus", "--help"},
};

static void test_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        for (int speak = 0; speak < 2; speak++) {
            char words[256], *argv[WORDS];
            struct call result;
            const char *message;
            int argc;

            snprintf(words, sizeof words, "%s", wrong[i].line);
            argc = split(words, argv);
            call(&result, argc, argv, speak);
            message = tg_error_message(result.code);
            if (result.code != TG_EUSAGE || result.options ||
                !strstr(message, wrong[i].says) ||
                !strstr(message, wrong[i].also))
                fail_msg("'%s': %d, %s", wrong[i].line, result.code, message);
            assert_string_equal(result.text, "");
        }
    }
}

static void test_long_values(void **state)
{
    static char value[100000], list[100000];
    char *argv[] = {"starpu_ridge", "--lambda", value, NULL};
    struct call result;

    (void)state;
    memset(value, '9', sizeof value - 1);
    for (size_t i = 0; i + 2 < sizeof list; i += 2)
        memcpy(list + i, "1,", 2);
    call(&result, 3, argv, true);
    assert_int_equal(result.code, TG_EUSAGE);
    assert_true(strlen(tg_error_message(result.code)) < 300);
    argv[2] = list;
    call(&result, 3, argv, true);
    assert_int_equal(result.code, TG_EUSAGE);
    argv[1] = "--tiles";
    argv[2] = value;
    call(&result, 3, argv, true);
    assert_int_equal(result.code, TG_EUSAGE);
    argv[1] = value;
    memcpy(value, "--", 2);
    call(&result, 2, argv, true);
    assert_int_equal(result.code, TG_EUSAGE);
    assert_true(strlen(tg_error_message(result.code)) < 300);
}

/* Served on the rank that speaks; done, in silence, on the others. */
static void test_served(void **state)
{
    static const struct {
        const char *line, *shows;
    } cases[] = {
        {"--help", "--lambda"},
        {"-h", "synth OUT --n N"},
        {"-qh", "Examples"},
        {"--help --bogus", "Examples"},
        {"--tiles x --help", "Examples"},
        {"fit -h", "--folds"},
        {"predict -h", "--scores"},
        {"info -h", "Exit status"},
        {"synth --seed 3 --help", "--n=N"},
        {"synth --usage", "[--n=N]"},
        {"--usage", "[--tiles=T]"},
        {"--version",
         "starpu_ridge " STARPU_RIDGE_VERSION "\nStarPU 1.4.7\nMPI 3.1\n"},
        {"-V", "MPI 3.1\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int speak = 0; speak < 2; speak++) {
            char words[256], *argv[WORDS];
            struct call result;
            int argc;

            snprintf(words, sizeof words, "%s", cases[i].line);
            argc = split(words, argv);
            call(&result, argc, argv, speak);
            assert_int_equal(result.code, 0);
            assert_null(result.options);
            if (!speak)
                assert_string_equal(result.text, "");
            else if (!strstr(result.text, cases[i].shows))
                fail_msg("'%s' shows\n%s", cases[i].line, result.text);
        }
    }
}

/* What a line shows, with every space and end of line as one space. */
static void show(char *line, struct call *result, char *flat)
{
    char *argv[WORDS];
    int argc = split(line, argv);

    call(result, argc, argv, true);
    for (char *from = result->text, *end; (end = strchr(from, '\n'));
         from = end + 1)
        if (end - from > 80)
            fail_msg("too wide: %.*s", (int)(end - from), from);
    for (const char *c = result->text; *c; c++) {
        bool space = *c == ' ' || *c == '\n';

        if (!space || flat[-1] != ' ')
            *flat++ = space ? ' ' : *c;
    }
    *flat = '\0';
}

static void test_help_teaches(void **state)
{
    static const char *const words[] = {
        "Data:",        "Training:",    "Task graph:",      "Results:",
        "1e-2 to 1e5",  "(default: 5)", "(default: 256)",   "default: synth)",
        "(default: 0)", "alpha",        "synth[:N[:SEED]]",
#define X(name, value, text) text,
        TG_ERROR_MAP(X)
#undef X
    };
    char line[] = "fit --help", flat[16384] = " ";
    struct call result;

    (void)state;
    show(line, &result, flat + 1);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strstr(flat, words[i]))
            fail_msg("fit --help lacks '%s'", words[i]);
}

/* The program's own help is one screen: all commands, what is used most. */
static void test_help_is_one_screen(void **state)
{
    static const char *const words[] = {
        "--data",   "--lambda", "--tiles",   "--model",
        "--report", "mpirun",   "Examples:", "COMMAND --help",
    };
    char line[] = "--help", flat[16384] = " ";
    struct call result;
    size_t lines = 0;

    (void)state;
    show(line, &result, flat + 1);
    for (const char *c = result.text; *c; c++)
        lines += *c == '\n';
    assert_in_range(lines, 24, 40);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strstr(flat, words[i]))
            fail_msg("--help lacks '%s'", words[i]);
    for (size_t c = 0; tg_program.commands[c]; c++)
        assert_non_null(strstr(flat, tg_program.commands[c]->help));
}

static void test_no_words(void **state)
{
    char *argv[] = {NULL};
    struct call result;

    (void)state;
    call(&result, 0, argv, true);
    assert_int_equal(result.code, 0);
    assert_ptr_equal(result.options->command, &tg_fit_command);
    leave(result.options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_auto_lambdas),
        cmocka_unit_test(test_lambda_lists),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_predict),
        cmocka_unit_test(test_info),
        cmocka_unit_test(test_synth),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_words_are_kept),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_served),
        cmocka_unit_test(test_help_teaches),
        cmocka_unit_test(test_help_is_one_screen),
        cmocka_unit_test(test_no_words),
    };

    return cmocka_run_group_tests_name("command/options", tests, NULL, NULL);
}
