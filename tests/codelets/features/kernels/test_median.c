/* Distances and medians against what their definitions give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "median.h"

static uint32_t random_number(void)
{
    static uint32_t state = 20240229;

    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double by_sorting(size_t n, const double *v)
{
    double *sorted = malloc(n * sizeof *sorted), median;

    assert_non_null(sorted);
    memcpy(sorted, v, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, ascending);
    median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    free(sorted);
    return median;
}

static void test_median(void **state)
{
    double v[301];

    (void)state;
    for (size_t n = 1; n <= 301; n++) {
        /* Few values, so that some are equal; whole ones and others. */
        for (size_t i = 0; i < n; i++)
            v[i] = random_number() % (n / 2 + 1) * (n % 3 ? 1 : 1e-300);
        assert_true(tg_median(n, v) == by_sorting(n, v));
    }
    v[0] = 1, v[1] = INFINITY, v[2] = 0;
    assert_true(tg_median(3, v) == 1);
    assert_true(tg_median(2, v) == INFINITY);
    v[1] = NAN;
    assert_true(tg_median(3, v) == 1);
    assert_true(isnan(tg_median(1, v + 1)));
}

static void test_distances(void **state)
{
    enum { MOST = 3000 };
    static uint8_t x[MOST], y[MOST];
    static float xf[MOST], yf[MOST];

    (void)state;
    for (size_t values = 1; values <= MOST; values += 1 + values / 3) {
        long double real = 0;
        int64_t sum = 0;

        for (size_t v = 0; v < values; v++) {
            x[v] = (uint8_t)random_number();
            y[v] = (uint8_t)random_number();
            xf[v] = (float)x[v] / 7;
            yf[v] = (float)y[v] / 3;
            sum += (x[v] - y[v]) * (x[v] - y[v]);
            real += powl((long double)xf[v] - yf[v], 2);
        }
        assert_true(tg_distance_u8(values, x, y) == (double)sum);
        assert_true(fabs(tg_distance_f32(values, xf, yf) - (double)real) <=
                    1e-14 * (double)real);
    }
}

/* The largest of all distances is still exact. */
static void test_largest(void **state)
{
    size_t values = TG_DISTANCE_VALUES_MAX;
    uint8_t *x = calloc(values, 1), *y = malloc(values);

    (void)state;
    assert_non_null(x);
    assert_non_null(y);
    memset(y, 255, values);
    assert_true(tg_distance_u8(values, x, y) == 255.0 * 255 * (double)values);
    free(x);
    free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_median),
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_largest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
