#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "units.h"

enum { D = 2, K = 2 };

/* (d+1) x k: the weights of a class, then its intercept. */
static const double v[] = {1, -2, 3, 0.5, 4, -1};

/* Features are values / 4, so weights of features are 4 times those. */
static void test_scale(void **state)
{
    double weights[D * K], intercept[K], back[(D + 1) * K];

    (void)state;
    tg_units_to_features(D, K, v, 0.25, NULL, weights, intercept);
    assert_true(weights[0] == 4 && weights[1] == -8);
    assert_true(weights[2] == 2 && weights[3] == 16);
    assert_true(intercept[0] == 3 && intercept[1] == -1);
    tg_units_to_values(D, K, weights, intercept, 0.25, NULL, back);
    assert_memory_equal(back, v, sizeof v);
}

/* v of (x - shift) * factor scores as the model does of x. */
static void test_origin(void **state)
{
    double shift[D] = {8, -16}, factor[D] = {1, 4}, units[D];
    const struct tg_origin origin = {shift, factor, 1};
    double weights[D * K], intercept[K], back[(D + 1) * K];

    (void)state;
    tg_units_to_features(D, K, v, 1, &origin, weights, intercept);
    assert_true(weights[1] == -8 && weights[2] == 0.5);
    assert_true(intercept[0] == 3 - (8 + 128));
    assert_true(intercept[1] == -1 - (4 - 256));
    tg_units_to_values(D, K, weights, intercept, 1, &origin, back);
    assert_memory_equal(back, v, sizeof v);
    tg_units_of(D, 2, &origin, units);
    assert_true(units[0] == 2 && units[1] == 0.5);
    tg_units_of(D, 2, NULL, units);
    assert_true(units[0] == 2 && units[1] == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_origin),
    };

    return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
