#include "fixture.h"

#include "check.h"

enum { N = 500, D = 3 };

/* Of 500 samples each tenth is bad, from the third on; 444 takes memory. */
struct bad {
    struct tg_dataset base;
    bool memory;
};

static int read_some(const struct tg_dataset *dataset, const size_t *rows,
                     size_t n, uint8_t *samples)
{
    const struct bad *bad = (const struct bad *)dataset;

    memset(samples, 1, n * D);
    for (size_t i = 0; i < n; i++) {
        assert_true(rows[i] < N);
        if (bad->memory && rows[i] == 444)
            return tg_fail(TG_EMEMORY, "out of memory");
        if (rows[i] % 10 == 3)
            return tg_fail(rows[i] == 3 ? TG_EIO : TG_EDATA,
                           "row %zu: is bad; and worse; mend it", rows[i]);
    }
    return TG_OK;
}

static char *file_of(const struct tg_dataset *dataset, size_t row)
{
    (void)dataset, (void)row;
    return strdup("file");
}

static struct bad make(bool files)
{
    static char name[] = "data";

    return (struct bad){.base = {.spec = name,
                                 .type = TG_U8,
                                 .count = N,
                                 .features = D,
                                 .read = read_some,
                                 .file = files ? file_of : NULL}};
}

/* The same list, in order, by any number of threads; a file at a time, or many
 * rows at once; no failure is recorded. */
static void test_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct bad bad = make(i % 2);
        struct tg_check check = {&bad.base, 5, N - 1, 0, i / 2, 0};
        struct tg_bad_list list;

        assert_int_equal(tg_check_run(&check, &list), TG_OK);
        assert_int_equal(list.count, N / 10 - 1);
        assert_int_equal(check.done, N - 6);
        for (size_t j = 0; j < list.count; j++) {
            assert_int_equal(list.bad[j].row, 10 * j + 13);
            assert_int_equal(list.bad[j].error, TG_EDATA);
        }
        assert_string_equal(list.bad[1].why,
                            "row 23: is bad; and worse; mend it");
        assert_int_equal(tg_bad_reason(&list.bad[1]),
                         strlen("row 23: is bad; and worse"));
        tg_bad_free(&list);
        assert_string_equal(tg_error_message(TG_EDATA),
                            "input is malformed, or unfit for what was asked");
    }
}

/* Enough are the first ones, whatever the threads. */
static void test_limit(void **state)
{
    (void)state;
    for (size_t i = 1; i < 6; i++) {
        struct bad bad = make(true);
        struct tg_check check = {&bad.base, 0, N, 7, i, 0};
        struct tg_bad_list list;

        assert_int_equal(tg_check_run(&check, &list), TG_OK);
        assert_int_equal(list.count, 7);
        for (size_t j = 0; j < list.count; j++)
            assert_int_equal(list.bad[j].row, 10 * j + 3);
        assert_true(check.done < N / 2);
        tg_bad_free(&list);
    }
}

/* What says nothing of a sample ends the look. */
static void test_memory(void **state)
{
    struct bad bad = make(true);
    struct tg_check check = {&bad.base, 0, N, 0, 3, 0};
    struct tg_bad_list list;

    (void)state;
    bad.memory = true;
    assert_int_equal(tg_check_run(&check, &list), TG_EMEMORY);
    assert_non_null(strstr(tg_error_message(TG_EMEMORY), "data"));
    tg_bad_free(&list);
    assert_true(tg_check_is_bad(TG_ENOINPUT));
    assert_false(tg_check_is_bad(TG_EMEMORY));
    assert_false(tg_check_is_bad(TG_OK));
}

static void assert_message(size_t limit, const char *head, const char *tail)
{
    struct bad bad = make(true);
    struct tg_check check = {&bad.base, 0, N, limit, 1, 0};
    struct tg_bad_list list;
    const char *message;

    assert_int_equal(tg_check_run(&check, &list), TG_OK);
    assert_int_equal(tg_bad_fail(&bad.base, &list), TG_EIO);
    message = tg_error_message(TG_EIO);
    assert_memory_equal(message, head, strlen(head));
    assert_non_null(strstr(message, tail));
    assert_null(strstr(message, "row 203"));
    tg_bad_free(&list);
    tg_error_clear();
}

static void test_message(void **state)
{
    (void)state;
    assert_message(1, "row 3: is bad; and worse; mend it, or leave it out",
                   "with --skip-bad");
    assert_message(2,
                   "row 3: is bad; and worse; row 13: is bad; and worse; "
                   "remove or mend them",
                   "--skip-bad; 'starpu_ridge info --check data' lists all");
    assert_message(20, "row 3: ", "row 193: is bad; and worse; remove");
    assert_message(21, "row 3: ", "row 193: is bad; and worse; and more; ");
}

static void test_failed(void **state)
{
    struct bad bad = make(true);
    size_t row = 4;
    uint8_t sample[D];

    (void)state;
    assert_int_equal(tg_check_read(TG_EMEMORY), TG_EMEMORY);
    assert_int_equal(tg_dataset_load(&bad.base, NULL, &row, 1, sample), TG_OK);
    assert_int_equal(tg_check_read(TG_OK), TG_OK);
}

/* It is noted for the process: last. */
static void test_failed_at_last(void **state)
{
    struct bad bad = make(true);
    size_t row = 13;
    uint8_t sample[D];

    (void)state;
    assert_int_equal(tg_dataset_load(&bad.base, NULL, &row, 1, sample),
                     TG_EDATA);
    assert_true(tg_check_failed());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_list),   fixture_test(test_limit),
        fixture_test(test_memory), fixture_test(test_message),
        fixture_test(test_failed), fixture_test(test_failed_at_last),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
