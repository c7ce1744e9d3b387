#include "call_fixture.h"

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
    {"--validate 6", "--validate 6", "--folds 5"},
    {"--features patches:8 --validate 11", "--validate 11", "--folds 10"},
    {"--folds 1 --lambda 1,2", "--folds", "at least 2"},
    {"--seed -1", "--seed: '-1'", "an integer >= 0"},
    {"--augment 1001", "--augment: '1001'", "1000"},
    {"--warp shift", "--warp: 'shift'", "shift=PIXELS"},
    {"--warp shift=", "--warp: 'shift='", "shift=PIXELS"},
    {"--warp shift=-1", "--warp: 'shift=-1'", "shift=PIXELS"},
    {"--warp shear=0,turn=1", "--warp: 'turn=1'", "rotation=DEGREES"},
    {"--warp shear=0,", "--warp: ''", "a list of them with commas"},
    {"--warp mirrored", "--warp: 'mirrored'", "mirror"},
    {"--warp mirror,rotation=181", "--warp: 'rotation=181'", "180"},
    {"--warp scale=0.91", "--warp: 'scale=0.91'", "0.9"},
    {"--warp shear=nan", "--warp: 'shear=nan'", "shear=FRACTION"},
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
    {"predict --model m --data d --output csv:a --json a", "--output",
     "--json"},
    {"predict --model m --data d --output csv:m", "--model", "--output"},
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
        "Data:",          "Training:",        "Task graph:",
        "Results:",       "1e-2 to 1e5",      "(default: 5, or",
        "(default: 256)", "default: synth)",  "(default: 0)",
        "alpha",          "synth[:N[:SEED]]",
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_served),
        cmocka_unit_test(test_help_teaches),
        cmocka_unit_test(test_help_is_one_screen),
    };

    return cmocka_run_group_tests_name("command/usage", tests, NULL, NULL);
}
