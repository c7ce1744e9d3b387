#include "fixture.h"

#include "layout.h"

/* What was found for an array. */
static struct tg_dataset base;
static struct tg_axes axes;

static void forget(void)
{
    for (int i = 0; i < base.nnotes; i++)
        free(base.notes[i]);
    free(base.notes);
    memset(&base, 0, sizeof base);
}

static int find(const struct tg_array *array, enum tg_layout layout, int width,
                int height)
{
    const struct tg_dataset_options options = {.layout = layout,
                                               .width = width,
                                               .height = height};

    forget();
    return tg_layout_find(array, &options, &base, &axes);
}

static void check_shape(size_t count, size_t features, int width, int height,
                        int channels)
{
    assert_int_equal(base.count, count);
    assert_int_equal(base.features, features);
    assert_int_equal(base.width, width);
    assert_int_equal(base.height, height);
    assert_int_equal(base.channels, channels);
}

/* Every feature of pictures, x fastest and channels last, lies where the steps
 * of its x, y and channel say, of which the axes are their own. */
static void check_offsets(size_t x, size_t y, size_t channel)
{
    const size_t width = (size_t)base.width, height = (size_t)base.height;

    for (size_t f = 0; f < base.features; f++)
        assert_int_equal(tg_axes_offset(&axes, f),
                         f % width * x + f / width % height * y +
                             f / width / height * channel);
}

/* The axes by their sizes; a choice is noted, with the option. */
static void test_guess(void **state)
{
    static const struct {
        struct tg_array array;
        int width, height, channels;
        const char *note; /* the layout taken for it */
    } cases[] = {
        {{"x", 2, {9, 12}, false}, 0, 0, 0, NULL},
        {{"x", 3, {9, 5, 7}, false}, 7, 5, 1, NULL},
        {{"x", 3, {9, 3, 7}, false}, 7, 3, 1, "N x height x width;"},
        {{"x", 4, {9, 5, 7, 3}, false}, 7, 5, 3, NULL},
        {{"x", 4, {9, 3, 5, 7}, false}, 7, 5, 3, "channels x height x width;"},
        {{"x", 4, {9, 3, 7, 3}, false}, 7, 3, 3, "height x width x channels;"},
        {{"x", 4, {9, 2, 7, 6}, false}, 6, 7, 2, "channels x height x width;"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct tg_array *array = &cases[i].array;
        size_t features = 1;

        for (int at = 1; at < array->ndims; at++)
            features *= array->dims[at];
        assert_int_equal(find(array, TG_LAYOUT_GUESSED, 0, 0), 0);
        check_shape(9, features, cases[i].width, cases[i].height,
                    cases[i].channels);
        assert_int_equal(base.nnotes, cases[i].note != NULL);
        if (cases[i].note) {
            assert_non_null(strstr(base.notes[0], cases[i].note));
            assert_non_null(strstr(base.notes[0], "--layout"));
        }
    }
    forget();
}

/* --layout decides, and nothing is noted; but that alpha is a colour. */
static void test_obeyed(void **state)
{
    const struct tg_array array = {"x", 4, {9, 4, 5, 3}, false};

    (void)state;
    assert_int_equal(find(&array, TG_LAYOUT_NHWC, 0, 0), 0);
    check_shape(9, 60, 5, 4, 3);
    check_offsets(3, 15, 1);
    assert_int_equal(base.nnotes, 0);
    assert_int_equal(find(&array, TG_LAYOUT_NCHW, 0, 0), 0);
    check_shape(9, 60, 3, 5, 4);
    check_offsets(1, 3, 15);
    assert_int_equal(base.nnotes, 1);
    assert_non_null(strstr(base.notes[0], "alpha"));
    assert_int_equal(find(&array, TG_LAYOUT_FLAT, 0, 0), 0);
    check_shape(9, 60, 0, 0, 0);
    assert_true(tg_axes_are_plain(&axes));
    forget();
}

/* Rows of pictures whose size is given; their channels come of it. */
static void test_rows(void **state)
{
    const struct tg_array array = {"x", 2, {9, 60}, false};
    struct tg_dataset_options options = {.layout = TG_LAYOUT_NHWC,
                                         .width = 7,
                                         .height = 4,
                                         .implied = true};

    (void)state;
    assert_int_equal(find(&array, TG_LAYOUT_NHWC, 5, 4), 0);
    check_shape(9, 60, 5, 4, 3);
    check_offsets(3, 15, 1);
    assert_int_equal(find(&array, TG_LAYOUT_NHW, 5, 12), 0);
    check_shape(9, 60, 5, 12, 1);
    forget();
    assert_int_equal(tg_layout_find(&array, &options, &base, &axes), 0);
    check_shape(9, 60, 0, 0, 0);
    forget();
}

/* Axes without a gap are one; axes of one value are none. */
static void test_plain(void **state)
{
    static const struct tg_array plain[] = {
        {"x", 2, {9, 60}, false},      {"x", 2, {9, 1}, false},
        {"x", 3, {9, 6, 7}, false},    {"x", 4, {9, 3, 6, 7}, false},
        {"x", 4, {9, 6, 7, 1}, false}, {"x", 4, {9, 1, 1, 3}, false},
        {"x", 4, {9, 1, 1, 1}, false},
    };
    const struct tg_array pixels = {"x", 4, {9, 6, 7, 3}, false};
    const struct tg_axes gap = {2, {3, 5}, {1, 4}};

    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        assert_int_equal(find(&plain[i], TG_LAYOUT_GUESSED, 0, 0), 0);
        assert_true(tg_axes_are_plain(&axes));
        for (size_t f = 0; f < base.features; f++)
            assert_int_equal(tg_axes_offset(&axes, f), f);
    }
    assert_int_equal(find(&pixels, TG_LAYOUT_GUESSED, 0, 0), 0);
    assert_false(tg_axes_are_plain(&axes));
    assert_false(tg_axes_are_plain(&gap));
    forget();
}

/* In Fortran order the samples are the fastest axis. */
static void test_fortran(void **state)
{
    const struct tg_array pictures = {"x", 4, {9, 4, 5, 3}, true};
    const struct tg_array rows = {"x", 2, {9, 60}, true};

    (void)state;
    assert_int_equal(find(&pictures, TG_LAYOUT_NHWC, 0, 0), 0);
    check_shape(9, 60, 5, 4, 3);
    check_offsets(9 * 4, 9, 9 * 4 * 5);
    assert_false(tg_axes_are_plain(&axes));
    assert_int_equal(find(&pictures, TG_LAYOUT_FLAT, 0, 0), 0);
    for (size_t f = 0; f < 60; f++) /* the last axis is the fastest */
        assert_int_equal(tg_axes_offset(&axes, f),
                         f % 3 * 180 + f / 3 % 5 * 36 + f / 15 * 9);
    assert_int_equal(find(&rows, TG_LAYOUT_NHWC, 5, 4), 0);
    check_shape(9, 60, 5, 4, 3);
    check_offsets(9 * 3, 9 * 15, 9);
    forget();
}

/* Shapes that are no samples, or not as --layout says. */
static void test_refused(void **state)
{
    static const struct {
        struct tg_array array;
        enum tg_layout layout;
        int width, height;
        const char *says;
    } cases[] = {
        {{"x.npy", 1, {60}, false}, 0, 0, 0, "X.reshape(-1, 1)"},
        {{"x.npy", 1, {60}, false}, TG_LAYOUT_FLAT, 0, 0, "1 dimension, 60;"},
        {{"x.npy", 5, {9, 1, 3, 3, 1}, false},
         0,
         0,
         0,
         "5 dimensions, 9 x 1 x 3 x 3 x 1"},
        {{"x.npy", 2, {9, 1ull << 31}, false}, 0, 0, 0, "2147483648"},
        {{"x.npy", 3, {9, 3, 3}, false},
         TG_LAYOUT_NCHW,
         0,
         0,
         "--layout nchw is for"},
        {{"x.npy", 2, {9, 9}, false}, TG_LAYOUT_NHW, 0, 0, "--image WxH"},
        {{"x.npy", 2, {9, 9}, false}, TG_LAYOUT_NHW, 3, 2, "of 3x2"},
        {{"x.npy", 2, {9, 12}, false}, TG_LAYOUT_NHW, 2, 2, "of 2x2"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *message;

        assert_int_equal(find(&cases[i].array, cases[i].layout, cases[i].width,
                              cases[i].height),
                         TG_EDATA);
        message = tg_error_message(TG_EDATA);
        if (strncmp(message, "x.npy: ", 7) != 0 ||
            !strstr(message, cases[i].says))
            fail_msg("\"%s\" doesn't say \"%s\"", message, cases[i].says);
        tg_error_clear();
    }
    forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guess),   cmocka_unit_test(test_obeyed),
        cmocka_unit_test(test_rows),    cmocka_unit_test(test_plain),
        cmocka_unit_test(test_fortran), cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
