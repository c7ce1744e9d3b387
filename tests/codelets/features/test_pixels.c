/* Pixels beside other features, and folded with their mirror images. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "error.h"
#include "harness.h"
#include "pixels.h"

enum { ABOVE = 3, BELOW = 2, FILL = 77 };

/* Rows of a tile, from the first on; those around them stay. */
static struct matrix features_of(const struct tg_pixels *map,
                                 const struct matrix *x)
{
    size_t d = tg_pixels_width(map), rows = ABOVE + d + BELOW;
    struct matrix tile = matrix_new(rows, x->cols, 1);
    struct matrix features = matrix_new(d, x->cols, 1);

    memset(tile.values, FILL, rows * x->cols);
    assert_int_equal(tg_pixels_insert(map, ABOVE, x->handle, tile.handle),
                     TG_OK);
    assert_int_equal(tg_pixels_insert(map, 0, x->handle, features.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&tile);
    matrix_take(&features);
    for (size_t s = 0; s < x->cols; s++) {
        const uint8_t *column = matrix_bytes(&tile) + s * rows;

        for (size_t r = 0; r < rows; r++)
            if (r < ABOVE || r >= ABOVE + d)
                assert_int_equal(column[r], FILL);
        assert_memory_equal(column + ABOVE, matrix_bytes(&features) + s * d, d);
    }
    matrix_free(&tile);
    return features;
}

static void test_pixels(void **state)
{
    const struct tg_pixels map = {.values = 13};
    struct matrix x = matrix_new(13, 9, 1), features;

    (void)state;
    matrix_random(&x);
    features = features_of(&map, &x);
    assert_int_equal(features.rows, 13);
    assert_memory_equal(features.values, x.values, 13 * 9);
    matrix_free(&x);
    matrix_free(&features);
}

static void check_mirror(size_t line, size_t lines, size_t n)
{
    const struct tg_pixels map = {.values = line * lines, .line = line};
    struct matrix x = matrix_new(line * lines, n, 1), features;
    size_t half = (line + 1) / 2;

    matrix_random(&x);
    features = features_of(&map, &x);
    assert_int_equal(features.rows, half * lines);
    for (size_t i = 0; i < n * lines; i++)
        for (size_t j = 0; j < half; j++) {
            const uint8_t *of = matrix_bytes(&x) + i * line;

            assert_int_equal(matrix_bytes(&features)[i * half + j],
                             (of[j] + of[line - 1 - j] + 1) / 2);
        }
    matrix_free(&x);
    matrix_free(&features);
}

static void test_mirror(void **state)
{
    (void)state;
    check_mirror(1, 5, 4);
    check_mirror(2, 3, 1);
    check_mirror(7, 6, 5);
    check_mirror(16, 9, 3);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_pixels, harness_reset),
        cmocka_unit_test_setup(test_mirror, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
