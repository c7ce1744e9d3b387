#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "feature_lists.h"

static void assert_maps(const char *text, const char *const *maps)
{
    char map[64];
    size_t n = 0;

    for (; maps[n]; n++) {
        assert_int_equal(tg_feature_lists_at(text, n, map, sizeof map), 0);
        assert_string_equal(map, maps[n]);
    }
    assert_int_equal(tg_feature_lists_count(text), n);
}

static void test_without_lists(void **state)
{
    (void)state;
    assert_maps("pixels", (const char *const[]){"pixels", NULL});
    assert_maps("patches:8:size=6:unit+rff:20",
                (const char *const[]){"patches:8:size=6:unit+rff:20", NULL});
    assert_maps("a:", (const char *const[]){"a:", NULL});
}

static void test_product(void **state)
{
    (void)state;
    assert_maps("p:8,16:size=3,4+r:5",
                (const char *const[]){"p:8:size=3+r:5", "p:16:size=3+r:5",
                                      "p:8:size=4+r:5", "p:16:size=4+r:5",
                                      NULL});
    assert_maps("p:1+q:2,3,4",
                (const char *const[]){"p:1+q:2", "p:1+q:3", "p:1+q:4", NULL});
    /* what is missing is for the map's reader to complain of */
    assert_maps("p:8:size=,4",
                (const char *const[]){"p:8:size=", "p:8:size=4", NULL});
}

static void test_too_many(void **state)
{
    char text[256] = "p";

    (void)state;
    for (size_t at = 1; at + 4 < sizeof text; at += 4)
        snprintf(text + at, sizeof text - at, ":1,2");
    assert_int_equal(tg_feature_lists_count(text), (size_t)1 << 63);
    text[0] = ',';
    assert_int_equal(tg_feature_lists_count(text), SIZE_MAX);
}

static void test_too_long(void **state)
{
    char map[8];

    (void)state;
    assert_int_equal(tg_feature_lists_at("p:1234", 0, map, sizeof map), 0);
    assert_int_not_equal(tg_feature_lists_at("p:12345", 0, map, sizeof map), 0);
    assert_int_not_equal(tg_feature_lists_at("p:1234:", 0, map, sizeof map), 0);
    assert_int_not_equal(tg_feature_lists_at("p:1:2:3:4:5:6", 0, map,
                                             sizeof map),
                         0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_lists),
        cmocka_unit_test(test_product),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
