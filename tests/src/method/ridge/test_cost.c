#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cost.h"

/* A machine that takes what the model says: 2e-6 s for each sample passed and
 * 1e-6 for each and filter, 1e-11 n d^2, 1e-11 d^2 (d + 4000), 1e-8 d^2 each of two, 1e-9 for
 * each value scored, 1e-6 for each sample loaded; 0.1 and 1e-3 for each filter to
 * learn; 0.2 s of waiting. */
static struct tg_trial trial(double filters, double rows)
{
    const double d = 18 * filters;
    struct tg_trial t = {.extent = {.rows = rows,
                                    .passed = rows,
                                    .scored = 6 * rows,
                                    .features = d,
                                    .factors = 2,
                                    .folds = 2}};

    t.mapping = rows * (2e-6 + 1e-6 * filters);
    t.phase[TG_PHASE_LOAD] = 1e-6 * rows;
    t.phase[TG_PHASE_FEATURES] = t.mapping + 0.1 + 1e-3 * filters;
    t.phase[TG_PHASE_GRAM] = 1e-11 * rows * d * d;
    t.phase[TG_PHASE_REDUCE] = t.phase[TG_PHASE_SOLVE] = 1e-8 * d * d;
    t.phase[TG_PHASE_FACTORIZE] = 2e-11 * d * d * (d + 4000);
    t.phase[TG_PHASE_PREDICT] = 6e-9 * rows * d;
    t.seconds = 0.2;
    for (int p = 0; p < TG_PHASES; p++)
        t.seconds += t.phase[p];
    return t;
}

static void test_larger_fit(void **state)
{
    const struct tg_trial small = trial(64, 5000), large = trial(256, 5000);
    const struct tg_trial fit = trial(1000, 60000);
    double seconds = tg_cost_seconds(&small, &large, &fit.extent);

    (void)state;
    /* all but waiting and learning is taken for 5 % more */
    assert_true(seconds > 1.03 * fit.seconds && seconds < 1.05 * fit.seconds);
}

/* Times that shrink where they should grow, as on a machine that was busy, don't
 * make what is larger cheaper than what was measured. */
static void test_noise(void **state)
{
    struct tg_trial small = trial(64, 5000), large = trial(256, 5000);
    const struct tg_trial fit = trial(1000, 60000);

    (void)state;
    small.mapping = 2 * large.mapping;
    small.phase[TG_PHASE_FEATURES] = small.mapping + 10;
    large.seconds = 0;
    double seconds = tg_cost_seconds(&small, &large, &fit.extent);

    assert_true(seconds > 12 * large.mapping + large.phase[TG_PHASE_GRAM]);
    assert_true(seconds < fit.seconds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_larger_fit),
        cmocka_unit_test(test_noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
