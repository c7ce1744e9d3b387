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
                                 const struct matrix *x, size_t element)
{
    size_t d = tg_pixels_width(map), rows = ABOVE + d + BELOW;
    struct matrix tile = matrix_new(rows, x->cols, element);
    struct matrix features = matrix_new(d, x->cols, element);
    const uint8_t *bytes = tile.values;

    memset(tile.values, FILL, rows * x->cols * element);
    assert_int_equal(tg_pixels_insert(map, ABOVE, x->handle, tile.handle),
                     TG_OK);
    assert_int_equal(tg_pixels_insert(map, 0, x->handle, features.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&tile);
    matrix_take(&features);
    for (size_t i = 0; i < rows * x->cols * element; i++) {
        size_t row = i / element % rows;

        if (row < ABOVE || row >= ABOVE + d)
            assert_int_equal(bytes[i], FILL);
    }
    for (size_t s = 0; s < x->cols; s++)
        assert_memory_equal(bytes + (s * rows + ABOVE) * element,
                            (uint8_t *)features.values + s * d * element,
                            d * element);
    matrix_free(&tile);
    return features;
}

static double value(const struct matrix *x, size_t i)
{
    return x->element == 1 ? matrix_bytes(x)[i] : matrix_floats(x)[i];
}

/* line 0: as they are. */
static void check(size_t line, size_t lines, size_t n, size_t from, size_t to)
{
    const struct tg_pixels map = {.values = (line ? line : 1) * lines,
                                  .line = line};
    struct matrix x = matrix_new(map.values, n, from), features;
    size_t half = (line + 1) / 2;

    matrix_random(&x);
    features = features_of(&map, &x, to);
    assert_int_equal(features.rows, line ? half * lines : lines);
    for (size_t i = 0; i < n * features.rows; i++) {
        size_t at = line ? i / half * line : i, j = line ? i % half : 0;
        double sum = value(&x, at + j);

        if (line)
            sum += value(&x, at + line - 1 - j);
        if (line && to == 1)
            assert_int_equal(matrix_bytes(&features)[i], ((int)sum + 1) / 2);
        else
            assert_true(value(&features, i) == (float)(line ? sum / 2 : sum));
    }
    matrix_free(&x);
    matrix_free(&features);
}

static void check_all(size_t line, size_t lines, size_t n)
{
    check(line, lines, n, 1, 1);
    check(line, lines, n, 1, 4);
    check(line, lines, n, 4, 4);
}

static void test_pixels(void **state)
{
    (void)state;
    check_all(0, 13, 9);
    check_all(0, 1, 1);
}

static void test_mirror(void **state)
{
    (void)state;
    check_all(1, 5, 4);
    check_all(2, 3, 1);
    check_all(7, 6, 5);
    check_all(16, 9, 3);
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
