#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "units.h"

enum { D = 2, K = 2 };

/* (d+1) x k: the weights of a class, then its intercept. */
static const double v[] = {1, -2, 3, 0.5, 4, -1};
static const double origin[D] = {8, -16};

/* Bytes: features are values / 4, so weights of features are 4 times those. */
static void test_scale(void **state)
{
    double weights[D * K], intercept[K], back[(D + 1) * K];
    struct tg_ridge_model model = {.features = D,
                                   .classes = K,
                                   .weights = weights,
                                   .intercept = intercept,
                                   .scale = 0.25};

    (void)state;
    tg_units_to_model(v, NULL, &model);
    assert_true(weights[0] == 4 && weights[1] == -8);
    assert_true(weights[2] == 2 && weights[3] == 16);
    assert_true(intercept[0] == 3 && intercept[1] == -1);
    tg_units_to_graph(&model, NULL, back);
    assert_memory_equal(back, v, sizeof v);
    weights[3] = 0;
    tg_units_weights(D, K, 0.25, v, weights);
    assert_true(weights[3] == 16);
}

/* v of x - origin scores as the model does of x. */
static void test_origin(void **state)
{
    double weights[D * K], intercept[K], back[(D + 1) * K];
    struct tg_ridge_model model = {.features = D,
                                   .classes = K,
                                   .weights = weights,
                                   .intercept = intercept,
                                   .scale = 1};

    (void)state;
    tg_units_to_model(v, origin, &model);
    assert_true(weights[1] == -2 && weights[2] == 0.5);
    assert_true(intercept[0] == 3 - (8 + 32));
    assert_true(intercept[1] == -1 - (4 - 64));
    tg_units_to_graph(&model, origin, back);
    assert_memory_equal(back, v, sizeof v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_origin),
    };

    return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
