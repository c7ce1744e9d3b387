#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <unistd.h>

#include "clock.h"

static atomic_int calls;

static void count(void *context)
{
    assert_ptr_equal(context, &calls);
    calls++;
}

static void test_now(void **state)
{
    double start = tg_clock_now();

    (void)state;
    usleep(20000);
    assert_true(tg_clock_now() - start >= 0.02);
    assert_true(tg_clock_now() - start < 10);
}

/* It begins with a pause, goes on, and does nothing more once it is stopped. */
static void test_period(void **state)
{
    struct tg_clock clock = {0};
    double start = tg_clock_now();

    (void)state;
    calls = 0;
    assert_true(tg_clock_start(&clock, 5, count, &calls));
    while (calls < 4 && tg_clock_now() - start < 60)
        usleep(1000);
    assert_true(tg_clock_now() - start >= 4 * 0.005);
    tg_clock_stop(&clock);
    int before = calls;
    assert_true(before >= 4);
    usleep(50000);
    assert_int_equal(calls, before);
}

/* Stopping does not wait for the next turn; twice, or unasked, it is nothing;
 * and it may start again. */
static void test_stop(void **state)
{
    struct tg_clock clock = {0};
    double start = tg_clock_now();

    (void)state;
    tg_clock_stop(&clock);
    for (int i = 0; i < 2; i++) {
        assert_true(tg_clock_start(&clock, 600000, count, &calls));
        tg_clock_stop(&clock);
        tg_clock_stop(&clock);
    }
    assert_true(tg_clock_now() - start < 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_now),
        cmocka_unit_test(test_period),
        cmocka_unit_test(test_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
