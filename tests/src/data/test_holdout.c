#include "split_fixture.h"

/* Of each class round(fraction * size) samples, but not all, chosen by the rule
 * with the next seed; both sides ascend, and together they are everything. */
static void holdout(double fraction, uint64_t seed)
{
    uint16_t labels[COUNT];
    size_t rows[COUNT], seen[COUNT] = {0}, *train, *test, ntrain, ntest;
    size_t expected = 0;

    make_labels(false, labels);
    assert_int_equal(tg_split_holdout(COUNT, labels, fraction, seed, &train,
                                      &ntrain, &test, &ntest),
                     TG_OK);
    for (size_t i = 0; i < ntest; i++) {
        assert_true(i == 0 || test[i - 1] < test[i]);
        seen[test[i]] += 2;
    }
    for (size_t i = 0; i < ntrain; i++) {
        assert_true(i == 0 || train[i - 1] < train[i]);
        seen[train[i]]++;
    }
    for (size_t i = 0; i < COUNT; i++)
        rows[i] = i;
    sort_rows(COUNT, labels, seed + 1, rows);
    for (size_t p = 0, first = 0; p < COUNT; p++) {
        size_t size = 0;

        if (labels[rows[p]] != labels[rows[first]])
            first = p;
        for (size_t i = 0; i < COUNT; i++)
            size += labels[i] == labels[rows[p]];
        bool held = (double)(p - first) + 0.5 <= fraction * (double)size &&
                    p - first + 1 < size;
        expected += held;
        assert_int_equal(seen[rows[p]], held ? 2 : 1);
    }
    assert_int_equal(ntest, expected);
    assert_int_equal(ntest + ntrain, COUNT);
    free(train);
    free(test);
}

static void test_holdout(void **state)
{
    (void)state;
    holdout(0.2, 0);
    holdout(0.25, 5);
    holdout(0.5, 1);
    holdout(0.0015, 2); /* one of the largest class, of others none */
    holdout(0.9, 3);
    holdout(0.9999, 4); /* one of each class is left */
}

/* Classes of 1, 2 and 3 samples: each keeps one, whatever the fraction. */
static void test_small_classes(void **state)
{
    static const uint16_t labels[] = {2, 1, 0, 2, 1, 2};
    static const struct {
        double fraction;
        size_t held[3];
    } cases[] = {{0.2, {0, 0, 1}},
                 {0.5, {0, 1, 2}},
                 {0.75, {0, 1, 2}},
                 {0.99, {0, 1, 2}}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t *train, *test, ntrain, ntest, held[3] = {0};

        assert_int_equal(tg_split_holdout(6, labels, cases[i].fraction, i,
                                          &train, &ntrain, &test, &ntest),
                         TG_OK);
        for (size_t j = 0; j < ntest; j++)
            held[labels[test[j]]]++;
        assert_memory_equal(held, cases[i].held, sizeof held);
        assert_int_equal(ntrain + ntest, 6);
        free(train);
        free(test);
    }
}

static void test_errors(void **state)
{
    uint16_t labels[COUNT];
    size_t *train, *test, ntrain, ntest;

    (void)state;
    make_labels(true, labels);
    tg_error_clear();
    assert_int_equal(tg_split_holdout(10, labels, 0.01, 0, &train, &ntrain,
                                      &test, &ntest),
                     TG_EUSAGE);
    assert_non_null(strstr(tg_error_message(TG_EUSAGE), "test on"));
    tg_error_clear();
    assert_int_equal(tg_split_holdout(1, labels, 0.99, 0, &train, &ntrain,
                                      &test, &ntest),
                     TG_EUSAGE);
    assert_non_null(strstr(tg_error_message(TG_EUSAGE), "test on"));
    tg_error_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holdout),
        cmocka_unit_test(test_small_classes),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
