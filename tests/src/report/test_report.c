#include "report_fixture.h"

#include <string.h>
#include <unistd.h>

#include "error.h"
#include "json.h"
#include "page.h"
#include "report.h"
#include "sections.h"

/* A result of one number; sections that say so. */
static bool is_odd(const void *result)
{
    return *(const int *)result % 2;
}

static int print_number(FILE *out, const void *result, int color)
{
    fprintf(out, "%s%d\n", color ? "color " : "", *(const int *)result);
    return TG_OK;
}

static int print_odd(FILE *out, const void *result, int color)
{
    (void)result;
    (void)color;
    fputs("odd\n", out);
    return TG_OK;
}

static int put_number(struct tg_json *json, const void *result)
{
    tg_json_integer(json, "number", *(const int *)result);
    return TG_OK;
}

static int put_odd(struct tg_json *json, const void *result)
{
    tg_json_integer(json, "odd", is_odd(result));
    return TG_OK;
}

static int put_page(FILE *page, const void *result)
{
    fprintf(page, "<p>%d</p>\n", *(const int *)result);
    return TG_OK;
}

static int fail_text(FILE *out, const void *result, int color)
{
    (void)out;
    (void)result;
    (void)color;
    return tg_fail(TG_EDATA, "no text");
}

static int fail_json(struct tg_json *json, const void *result)
{
    (void)json;
    (void)result;
    return tg_fail(TG_EDATA, "no JSON");
}

static int fail_html(FILE *page, const void *result)
{
    (void)page;
    (void)result;
    return tg_fail(TG_EDATA, "no page");
}

static const char *name(const void *result)
{
    (void)result;
    return "a/b & c/";
}

static void put_facts(FILE *page, const void *result)
{
    tg_page_fact(page, "Number", is_odd(result) ? "odd" : "even", "note");
}

static const struct tg_section number = {.text = print_number,
                                         .json = put_number};
static const struct tg_section odd = {.id = "odd",
                                      .title = "Odd",
                                      .heading = "Odd numbers",
                                      .has = is_odd,
                                      .text = print_odd,
                                      .json = put_odd,
                                      .html = put_page};
static const struct tg_section page = {.id = "page",
                                       .title = "Page",
                                       .html = put_page};
static const struct tg_section failing = {.id = "x",
                                          .title = "X",
                                          .text = fail_text,
                                          .json = fail_json,
                                          .html = fail_html};
static const struct tg_section *const sections[] = {&page, &number, &odd, NULL};
static const struct tg_section *const broken[] = {&number, &failing, NULL};
static const struct tg_report report = {"Numbers", name, put_facts, sections};
static const struct tg_report bad = {"Numbers", name, put_facts, broken};

static void test_text(void **state)
{
    int result = 3;
    char *text;

    (void)state;
    PRINTED(text, tg_report_text(out, &report, &result, 0));
    assert_string_equal(text, "3\nodd\n");
    free(text);
    result = 4;
    PRINTED(text, tg_report_text(out, &report, &result, 1));
    assert_string_equal(text, "color 4\n");
    free(text);
}

/* All keys are there, whether there is something to show or not. */
static void test_json(void **state)
{
    int result = 4;
    char *text;

    (void)state;
    assert_int_equal(tg_report_json(path, &report, &result), 0);
    text = slurp();
    assert_string_equal(text, "{\n  \"number\": 4,\n  \"odd\": 0\n}\n");
    free(text);
    assert_int_equal(tg_report_json("/dev/full", &report, &result), TG_EIO);
    tg_error_clear();
    assert_int_equal(tg_report_json("/nowhere/x", &report, &result),
                     TG_ECANTCREAT);
    tg_error_clear();
}

/* Parts in the list's order, and links to those that are there. */
static void test_html(void **state)
{
    static const char *const parts[] = {
        "<title>b &amp; c – starpu_ridge</title>",
        "<p class=\"over\">Numbers</p>\n<h1>b &amp; c</h1>",
        "<dt>Number</dt>",
        "<a href=\"#page\">Page</a>\n<a href=\"#odd\">Odd</a>",
        "<section id=\"page\">\n<h2>Page</h2>\n<p>3</p>\n</section>",
        "<section id=\"odd\">\n<h2>Odd numbers</h2>\n<p>3</p>\n</section>",
    };
    int result = 3;
    char *text, *at;

    (void)state;
    assert_int_equal(tg_report_html(path, &report, &result), 0);
    at = text = slurp();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        at = strstr(at, parts[i]);
        if (!at)
            fail_msg("'%s' is not in its place", parts[i]);
    }
    free(text);
    result = 4;
    assert_int_equal(tg_report_html(path, &report, &result), 0);
    text = slurp();
    assert_null(strstr(text, "Odd"));
    free(text);
}

/* A section's failure is the report's, and leaves no file. */
static void test_failures(void **state)
{
    int result = 3;
    char *text;

    (void)state;
    unlink(path);
    PRINTED(text,
            assert_int_equal(tg_report_text(out, &bad, &result, 0), TG_EDATA));
    free(text);
    tg_error_clear();
    assert_int_equal(tg_report_json(path, &bad, &result), TG_EDATA);
    tg_error_clear();
    assert_int_equal(tg_report_html(path, &bad, &result), TG_EDATA);
    tg_error_clear();
    assert_int_not_equal(access(path, F_OK), 0);
}

/* Phases of any number have lines of at most 80 columns. */
static void test_times(void **state)
{
    static const struct tg_time times[9] = {{"one", 1},         {"two", 2},
                                            {"three", 3},       {"four", 4},
                                            {"five", 5},        {"six", 12345},
                                            {"a long word", 7}, {"eight", 8},
                                            {"nine", 9}};
    const struct tg_run run = {.times = times, .ntimes = 9, .total = 50};
    char *text;

    (void)state;
    PRINTED(text, tg_section_times.text(out, &run, 0));
    assert_string_equal(
        text,
        "\n"
        "                 one       two     three      four      five       "
        "six a long wo\n"
        "Seconds        1.000     2.000     3.000     4.000     5.000     "
        "12345     7.000\n"
        "               eight      nine      wall\n"
        "Seconds        8.000     9.000    50.000\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),     cmocka_unit_test(test_json),
        cmocka_unit_test(test_html),     cmocka_unit_test(test_times),
        cmocka_unit_test(test_failures), /* last: it removes the file */
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
