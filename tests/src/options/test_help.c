#include "counter.h"

#include <unistd.h>

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
        cmocka_unit_test(test_served),
        cmocka_unit_test(test_groups),
    };

    return cmocka_run_group_tests_name("options/help", tests, make_numbers,
                                       NULL);
}
