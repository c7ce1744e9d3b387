#include "counter.h"

static void *accept(char words[4096], const char *line)
{
    struct tg_options *options;
    int error = parse(words, line, true, &options);

    if (error)
        fail_msg("'%s': %s", line, tg_error_message(error));
    assert_non_null(options);
    return options;
}

static void refuse(const char *line, const char *says)
{
    char words[4096];
    struct tg_options *options;
    int error = parse(words, line, true, &options);

    assert_null(options);
    if (error != TG_EUSAGE || !strstr(tg_error_message(error), says))
        fail_msg("'%s': %d, %s", line, error, tg_error_message(error));
}

/* Each of 90 rules sets its own field, and is known to be given, or not. */
static void test_more_rules_than_bits(void **state)
{
    char words[4096], line[4096] = "";
    struct count_options *options;

    (void)state;
    for (int i = 0; i < NUMBERS - 1; i++)
        sprintf(line + strlen(line), "--number%02d %d ", i, i + 1);
    options = accept(words, line);
    for (size_t i = 0; i < NUMBERS - 1; i++)
        assert_int_equal(options->number[i], i + 1);
    assert_int_equal(options->number[NUMBERS - 1], 0);
    tg_options_free(&options->line);
    for (int i = 0; i < NUMBERS - 1; i++) {
        snprintf(line, sizeof line, "--number%02d 3 --number89 4", i);
        if (i == 1)
            refuse(line, "--number89 and --number01 exclude each other");
        else
            tg_options_free(accept(words, line));
    }
}

static void test_kinds(void **state)
{
    char words[4096];
    struct count_options *some = accept(words, "");
    struct rest_options *options;

    (void)state;
    assert_int_equal(some->mood, 8);
    assert_false(some->loud);
    assert_null(some->what);
    tg_options_free(&some->line);
    some = accept(words, "-l --mood so-so count sheep");
    assert_int_equal(some->mood, 9);
    assert_true(some->loud);
    assert_string_equal(some->what, "sheep");
    tg_options_free(&some->line);
    some = accept(words, "--angry");
    assert_int_equal(some->mood, 70);
    tg_options_free(&some->line);
    options = accept(words, "--part .25 rest --seed 99");
    assert_true(options->part == 0.25);
    assert_int_equal(options->seed, 99);
    assert_string_equal(options->copy, "first");
    tg_options_free(&options->line);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *line, *says;
    } cases[] = {
        {"--number00 0", "--number00: '0' is not a positive integer"},
        {"--number00 1001", "above the largest, 1000"},
        {"--mood", "--mood needs a value: --mood glad|sad|so-so"},
        {"--mood so", "--mood: 'so' is not one of glad|sad|so-so"},
        {"--mood ~", "--mood: ''"},
        {"--loud=1", "--loud takes no value"},
        {"--angry --mood sad", "--angry and --mood exclude each other"},
        {"--number 3", "short for more than one"},
        {"-x", "unknown option -x"},
        {"--nothing", "unknown option --nothing"},
        {"tally", "'tally' is not a command: count or rest"},
        {"count ~", "WHAT: an empty name"},
        {"count a b", "'b' is one operand too many: count [WHAT]"},
        {"rest a", "'a' is one operand too many: rest [--part P]"},
        {"--part 1", "--part has no meaning for 'count'"},
        {"rest --loud", "--loud has no meaning for 'rest'"},
        {"rest --part 1", "--part: '1' is not a fraction"},
        {"rest --seed 13", "unlucky"},
        {"rest --seed -1", "--seed: '-1' is not an integer >= 0"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(cases[i].line, cases[i].says);
}

/* What a kind has allocated is freed once, after a refusal as well. */
static void test_freed_once(void **state)
{
    char words[4096];
    struct rest_options *options;

    (void)state;
    frees = 0;
    options = accept(words, "rest --copy a --copy b");
    assert_string_equal(options->copy, "b");
    assert_int_equal(frees, 0);
    tg_options_free(&options->line);
    assert_int_equal(frees, 1);
    refuse("rest --copy a --seed x", "--seed");
    assert_int_equal(frees, 2);
    refuse("rest --seed 13", "unlucky");
    assert_int_equal(frees, 3);
    tg_options_free(NULL);
}

/* Only rules that say so are compared. */
static void test_notes(void **state)
{
    char words[4096];
    struct tg_options *options = accept(words, "rest --seed 5 --copy a");
    struct tg_facts facts = {0};

    (void)state;
    tg_options_note(options, &facts);
    assert_int_equal(facts.count, 2);
    assert_string_equal(facts.fact[0].name, "--part");
    assert_string_equal(facts.fact[1].name, "--seed");
    assert_int_equal(facts.fact[1].value, 5);
    tg_options_free(options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more_rules_than_bits),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_freed_once),
        cmocka_unit_test(test_notes),
    };

    return cmocka_run_group_tests_name("options", tests, make_numbers, NULL);
}
