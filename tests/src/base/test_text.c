#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static void test_numbers(void **state)
{
    static const struct {
        int64_t n;
        const char *text;
    } counts[] = {
        {0, "0"},
        {7, "7"},
        {999, "999"},
        {1000, "1,000"},
        {1234567, "1,234,567"},
        {-1000, "-1,000"},
        {INT64_MAX, "9,223,372,036,854,775,807"},
        {INT64_MIN, "-9,223,372,036,854,775,808"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        assert_string_equal(tg_text_count(counts[i].n).text, counts[i].text);
    assert_string_equal(tg_text_real(0.86041, 4).text, "0.8604");
    assert_string_equal(tg_text_real(NAN, 4).text, "-");
    assert_string_equal(tg_text_real(-INFINITY, 4).text, "-");
    assert_true(strlen(tg_text_real(-1.7e308, 6).text) < 14);
}

/* The UTF-8 that is printed, and what becomes '?'. */
static void test_clean(void **state)
{
    static const struct {
        const char *text, *clean;
        int columns;
    } cases[] = {
        {"", "", 0},
        {"plain ~", "plain ~", 7},
        {"\u00e9\u20ac\U0001f600", "\u00e9\u20ac\U0001f600", 3},
        {"a\tb\033c\x7f", "a?b?c?", 6},
        {"\xc2\x9b", "??", 2},           /* a control character of 8 bits */
        {"\xc3", "?", 1},                /* cut short */
        {"\xe2\x82", "??", 2},           /* cut short */
        {"\xc0\xaf", "??", 2},           /* '/' in a form too long */
        {"\xed\xa0\x80", "???", 3},      /* half of a pair */
        {"\xf4\x90\x80\x80", "????", 4}, /* beyond Unicode */
        {"\xf0\x9f\x98\x80\xff", "\xf0\x9f\x98\x80?", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *clean = tg_text_clean(cases[i].text);

        assert_string_equal(clean, cases[i].clean);
        assert_int_equal(tg_text_columns(cases[i].text), cases[i].columns);
        free(clean);
    }
}

/* Longer than any buffer that would have done. */
static void test_format(void **state)
{
    enum { LONG = 100000 };
    char *part = malloc(LONG + 1), *text;

    (void)state;
    assert_non_null(part);
    memset(part, 'x', LONG);
    part[LONG] = '\0';
    text = tg_text_format("%s/%d", part, 7);
    assert_non_null(text);
    assert_int_equal(strlen(text), LONG + 2);
    assert_string_equal(text + LONG, "/7");
    free(text);
    free(part);
}

/* Characters of one to four bytes, the first and the last of each; then what is
 * none, or controls a terminal. */
static void test_is_clean(void **state)
{
    static const char *const good[] = {
        " ",
        "~",
        "\xc2\xa0",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
        "a \xc3\xa9 b",
    };
    static const char *const bad[] = {
        "",
        "\n",
        "a\x1f",
        "\x7f",
        "\xc2\x80",
        "\xc2\x9f",
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc3",
        "\xc3(",
        "\xe0\x9f\xbf",
        "\xe2\x82",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "ab\xff",
        "\xff"
        "ab",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!tg_text_is_clean(good[i]))
            fail_msg("good text %zu is refused", i);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (tg_text_is_clean(bad[i]))
            fail_msg("bad text %zu is taken", i);
}

/* What is escaped is UTF-8, and has the name back. */
static void test_escape(void **state)
{
    static const struct {
        const char *text, *bytes, *controls, *marks;
    } cases[] = {
        {"a\\b", "a\\b", "a\\b", "a\\b"},
        {"caf\xc3\xa9", "caf\xc3\xa9", "caf\xc3\xa9", "caf\xc3\xa9"},
        {"caf\xe9", "caf\\xE9", "caf\\xE9", "caf\\xE9"},
        {"a\nb\x7f", "a\nb\x7f", "a\\x0Ab\\x7F", "a\nb\x7f"},
        {"\xc2\x9b", "\\xC2\\x9B", "\\xC2\\x9B", "\\xC2\\x9B"},
        {"\\xE9", "\\xE9", "\\xE9", "\\x5CxE9"},
        {"\\xe9", "\\xe9", "\\xe9", "\\xe9"},
        {"\\\xff", "\\\\xFF", "\\\\xFF", "\\\\xFF"},
        {"\\\\xFF", "\\\\xFF", "\\\\xFF", "\\\\x5CxFF"},
        {"", "", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const expected[] = {cases[i].bytes, cases[i].controls,
                                        cases[i].marks};

        for (unsigned what = 0; what < 3; what++) {
            char *text = tg_text_escape(cases[i].text, what);

            assert_string_equal(text, expected[what]);
            free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_clean),
        cmocka_unit_test(test_format),  cmocka_unit_test(test_is_clean),
        cmocka_unit_test(test_escape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
