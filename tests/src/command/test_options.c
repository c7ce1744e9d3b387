#include "call_fixture.h"

#include <math.h>

#include "fit_options.h"
#include "info_options.h"
#include "predict_options.h"
#include "synth_options.h"

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
    assert_int_equal(options->folds, 0);
    assert_int_equal(options->graph.cache, 256);
    assert_int_equal(options->seed, 0);
    assert_int_equal(options->graph.tiles + options->graph.block +
                         options->graph.lanes,
                     0);
    assert_int_equal(options->select, TG_SELECT_ACCURACY);
    assert_int_equal(options->graph.common.verbosity, TG_NORMAL);
    assert_int_equal(options->augment, 0);
    assert_true(options->warp.rotation == 12 && options->warp.shift == 1.5);
    assert_true(options->warp.scale == 0.1 && options->warp.shear == 0.15);
    assert_false(options->warp.mirror);
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

/* Amounts that are not named keep their defaults. */
static void test_warp(void **state)
{
    char words[256];
    struct tg_fit_options *options =
        fit(words, "--features patches:8 --augment 1000 --warp "
                   "mirror,shear=4,rotation=180");

    (void)state;
    assert_int_equal(options->augment, 1000);
    assert_true(options->warp.rotation == 180 && options->warp.shift == 1.5);
    assert_true(options->warp.scale == 0.1 && options->warp.shear == 4);
    assert_true(options->warp.mirror);
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
        {"--warp rotation=12,shear=.15", NULL},
        {"--warp rotation=13", "--warp"},
        {"--warp shift=1", "--warp"},
        {"--warp scale=1e-3", "--warp"},
        {"--warp shear=0", "--warp"},
        {"--warp mirror", "--warp"},
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
        cmocka_unit_test(test_warp),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_words_are_kept),
        cmocka_unit_test(test_no_words),
    };

    return cmocka_run_group_tests_name("command/options", tests, NULL, NULL);
}
