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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
