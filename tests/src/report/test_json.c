#include "report_fixture.h"

#include <math.h>

#include "json.h"

/* Keys of the whole on lines of their own; the rest as short as can be. */
static void test_layout(void **state)
{
    static char *names[] = {"a", "\u00e9"};
    struct tg_json json = {0};
    char *text;
    size_t size;

    (void)state;
    json.file = open_memstream(&text, &size);
    tg_json_open(&json, NULL, '{');
    tg_json_integer(&json, "low", INT64_MIN);
    tg_json_count(&json, "n", 7);
    tg_json_open(&json, "list", '[');
    tg_json_open(&json, NULL, '{');
    tg_json_null(&json, "x");
    tg_json_real(&json, "y", 0.25);
    tg_json_close(&json, '}');
    tg_json_open(&json, NULL, '[');
    tg_json_close(&json, ']');
    tg_json_integer(&json, NULL, 1);
    tg_json_close(&json, ']');
    tg_json_names(&json, "names", 2, names);
    tg_json_close(&json, '}');
    fclose(json.file);
    assert_string_equal(text, "{\n"
                              "  \"low\": -9223372036854775808,\n"
                              "  \"n\": 7,\n"
                              "  \"list\": [{\"x\":null,\"y\":0.25},[],1],\n"
                              "  \"names\": [\"a\",\"\u00e9\"]\n"
                              "}\n");
    assert_false(json.failed);
    free(text);
}

/* What JSON does not know. */
static void test_values(void **state)
{
    struct tg_json json = {0};
    char *text;
    size_t size;

    (void)state;
    json.file = open_memstream(&text, &size);
    tg_json_open(&json, NULL, '[');
    tg_json_real(&json, NULL, NAN);
    tg_json_real(&json, NULL, -INFINITY);
    tg_json_real(&json, NULL, 10);
    tg_json_real(&json, NULL, 1e-300);
    tg_json_text(&json, NULL, NULL);
    tg_json_text(&json, NULL, "\"\\\xff");
    tg_json_close(&json, ']');
    fclose(json.file);
    assert_string_equal(text, "[\n  null,\n  null,\n  10.0,\n  1e-300,\n"
                              "  null,\n  \"\\\"\\\\\\\\xFF\"\n]\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
