#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "options.h"

/* A program of two commands, the first with more options than a word has bits.
 */
enum { NUMBERS = 90 };

struct count_options {
    struct tg_options line;
    size_t number[NUMBERS];
    bool loud;
    int mood;
    const char *what;
};

struct rest_options {
    struct tg_options line;
    double part;
    uint64_t seed;
    char *copy;
};

static char names[NUMBERS][16];
static struct tg_option numbers[NUMBERS + 1];
static int frees;

static const struct tg_option moods[] = {
    {.arg = "WHAT",
     .kind = &tg_option_text,
     .offset = offsetof(struct count_options, what)},
    {.name = "loud",
     .letter = 'l',
     .help = "Speak up",
     .group = "Tone:",
     .kind = &tg_option_flag,
     .offset = offsetof(struct count_options, loud),
     .often = true},
    {.name = "mood",
     .arg = "glad|sad|so-so",
     .help = "How one feels",
     .group = "Tone:",
     .kind = &tg_option_word,
     .offset = offsetof(struct count_options, mood),
     .min = 7,
     .preset = "sad",
     .same = true},
    {.name = "angry",
     .help = "Be angry",
     .group = "Tone:",
     .kind = &tg_option_constant,
     .offset = offsetof(struct count_options, mood),
     .min = 70,
     .excludes = "mood"},
    {0},
};

static int read_copy(const struct tg_option *option, const char *text,
                     void *field)
{
    char **copy = field;

    (void)option;
    free(*copy);
    *copy = strdup(text);
    return *copy ? 0 : TG_EMEMORY;
}

static void free_copy(void *field)
{
    frees++;
    free(*(char **)field);
}

static const struct tg_option_kind copy = {read_copy, NULL, free_copy};

static const struct tg_option rest[] = {
    {.name = "part",
     .arg = "P",
     .help = "A part",
     .group = "Rest:",
     .kind = &tg_option_fraction,
     .offset = offsetof(struct rest_options, part),
     .same = true},
    {.name = "seed",
     .arg = "S",
     .help = "A seed",
     .group = "Rest:",
     .kind = &tg_option_number,
     .offset = offsetof(struct rest_options, seed),
     .max = 99,
     .preset = "3",
     .same = true},
    {.name = "copy",
     .arg = "TEXT",
     .help = "A text",
     .group = "Rest:",
     .kind = &copy,
     .offset = offsetof(struct rest_options, copy),
     .preset = "first"},
    {0},
};

static const struct tg_option_set count_sets[] = {
    {moods, 0}, {numbers, offsetof(struct count_options, number)}, {0}};
static const struct tg_option_set rest_sets[] = {{rest, 0}, {0}};

static int check_rest(struct tg_options *line)
{
    const struct rest_options *options = (struct rest_options *)line;

    return options->seed == 13 ? tg_fail(TG_EUSAGE, "unlucky") : 0;
}

static const struct tg_command count = {
    .name = "count",
    .help = "count things",
    .operands = "[WHAT]",
    .sets = count_sets,
    .size = sizeof(struct count_options),
};

static const struct tg_command take_rest = {
    .name = "rest",
    .help = "take a rest",
    .operands = "[--part P]",
    .text = "Rest well.\n",
    .sets = rest_sets,
    .size = sizeof(struct rest_options),
    .check = check_rest,
};

static const struct tg_command *const commands[] = {&count, &take_rest, NULL};

static const struct tg_program program = {"counter", "9.8", "It counts.",
                                          "Count on it.\n", commands};

/* ---- Calls ------------------------------------------------------------ */

enum { WORDS = 2 * NUMBERS + 8 };

/* Parse a line, whose words lie in `words`; '~' stands for an empty one. */
static int parse(char words[4096], const char *line, bool speak,
                 struct tg_options **options)
{
    char *argv[WORDS] = {"counter"};
    int argc = 1;

    tg_error_clear();
    snprintf(words, 4096, "%s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "~") ? word : "";
    return tg_options_parse(&program, argc, argv, "Libc 7", speak, options);
}

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

/* What a line prints. */
static void show(const char *line, bool speak, char text[16384])
{
    FILE *capture = tmpfile();
    int old = dup(STDOUT_FILENO), error;
    char words[4096];
    struct tg_options *options;

    fflush(stdout);
    dup2(fileno(capture), STDOUT_FILENO);
    error = parse(words, line, speak, &options);
    fflush(stdout);
    dup2(old, STDOUT_FILENO);
    close(old);
    rewind(capture);
    text[fread(text, 1, 16383, capture)] = '\0';
    fclose(capture);
    assert_int_equal(error, 0);
    assert_null(options);
}

static int make_numbers(void **state)
{
    (void)state;
    for (int i = 0; i < NUMBERS; i++) {
        snprintf(names[i], sizeof names[i], "number%02d", i % 100);
        numbers[i] = (struct tg_option){
            .name = names[i],
            .arg = "N",
            .help = "A number",
            .group = i % 2 ? "Odd:" : "Even:",
            .kind = &tg_option_size,
            .offset = (size_t)i * sizeof(size_t),
            .min = 1,
            .max = 1000,
            .excludes = i == NUMBERS - 1 ? "number01" : NULL,
        };
    }
    return 0;
}

/* ---- Tests ------------------------------------------------------------ */

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

static void test_served(void **state)
{
    static const struct {
        const char *line, *shows, *hides;
    } cases[] = {
        {"--help", "--loud", "--mood"},
        {"-h", "Count on it.", "Rest well."},
        {"--help --wrong", "rest [--part P]", "Exit status"},
        {"count -h", "--number89=N", "--part"},
        {"count --help", "(default: sad)", "Rest:"},
        {"rest --help", "Rest well.", "--loud"},
        {"rest -h", "Exit status", "--number00"},
        {"--usage", "[--seed=S]", "Tone:"},
        {"rest --usage", "[--seed=S]", "--loud"},
        {"-V", "counter 9.8\nLibc 7\n", "--"},
    };
    static char text[16384];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        show(cases[i].line, true, text);
        if (!strstr(text, cases[i].shows) || strstr(text, cases[i].hides))
            fail_msg("'%s' shows\n%s", cases[i].line, text);
        show(cases[i].line, false, text);
        assert_string_equal(text, "");
    }
}

/* A group is one headline, although its rules are not in a row. */
static void test_groups(void **state)
{
    static char text[16384];
    char *odd;

    (void)state;
    show("count --help", true, text);
    odd = strstr(text, "Odd:");
    assert_non_null(odd);
    assert_null(strstr(odd + 1, "Odd:"));
    assert_non_null(strstr(odd, "--number89"));
    assert_null(strstr(odd, "--number00"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more_rules_than_bits),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_freed_once),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_served),
        cmocka_unit_test(test_groups),
    };

    return cmocka_run_group_tests_name("options", tests, make_numbers, NULL);
}
