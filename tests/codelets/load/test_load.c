#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "error.h"
#include "harness.h"
#include "load.h"
#include "task.h"

enum { D = 7, ROWS = 100 };

/* Value f of row r. */
static uint8_t value(size_t row, size_t f)
{
    return (uint8_t)(row * 31 + f * 7);
}

static int read_rows(const void *context, const size_t *rows, size_t n,
                     void *samples)
{
    uint8_t *to = samples;

    if (context)
        return *(const int *)context;
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < D; f++)
            *to++ = value(rows[i], f);
    return TG_OK;
}

static void load(bool labelled)
{
    static const size_t rows[] = {3, 4, 9, 57, 99};
    uint16_t labels[ROWS];
    const struct tg_reader reader = {read_rows, NULL, labelled ? labels : NULL,
                                     0};
    struct matrix raw = matrix_new(D, 5, 1), loaded = matrix_new(5, 1, 2);

    for (size_t row = 0; row < ROWS; row++)
        labels[row] = (uint16_t)(row % 11 + 1);
    matrix_random(&raw);
    matrix_random_labels(&loaded, 1000);
    assert_int_equal(tg_load_insert(&reader, rows, 5, raw.handle,
                                    loaded.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&raw);
    matrix_take(&loaded);
    for (size_t i = 0; i < 5; i++) {
        for (size_t f = 0; f < D; f++)
            assert_int_equal(matrix_bytes(&raw)[f + i * D], value(rows[i], f));
        assert_int_equal(matrix_labels(&loaded)[i],
                         labelled ? rows[i] % 11 + 1 : 0);
    }
    matrix_free(&raw);
    matrix_free(&loaded);
}

static void test_load(void **state)
{
    (void)state;
    load(true);
    load(false);
}

static void test_reader_fails(void **state)
{
    static const size_t rows[] = {0, 1};
    const int error = TG_EDATA;
    const struct tg_reader reader = {read_rows, &error, NULL, 0};
    struct matrix raw = matrix_new(D, 2, 1), labels = matrix_new(2, 1, 2);

    (void)state;
    assert_int_equal(tg_load_insert(&reader, rows, 2, raw.handle,
                                    labels.handle),
                     TG_OK);
    starpu_task_wait_for_all();
    assert_int_equal(tg_task_error(), TG_EDATA);
    matrix_free(&raw);
    matrix_free(&labels);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_load, harness_reset),
        cmocka_unit_test_setup(test_reader_fails, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
