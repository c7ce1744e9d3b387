#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hash.h"

/* Reference values of splitmix64: its stream of seed 1234567. */
static void test_hash(void **state)
{
    static const uint64_t stream[] = {UINT64_C(6457827717110365317),
                                      UINT64_C(3203168211198807973),
                                      UINT64_C(9817491932198370423),
                                      UINT64_C(4593380528125082431),
                                      UINT64_C(16408922859458223821)};

    (void)state;
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(tg_hash(1234567 + i * UINT64_C(0x9e3779b97f4a7c15)),
                         stream[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
