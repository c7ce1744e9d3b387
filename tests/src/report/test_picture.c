#include "fixture.h"

#include <math.h>

#include "image.h"
#include "picture.h"

static char *names[3] = {"cat", "<b>dog</b>", "bad \xff\xc3 \xe2\x82 bytes"};

/* A picture read back: planes, red first. */
struct drawn {
    int width, height;
    uint8_t *planes;
};

static struct drawn read_back(const char *path)
{
    struct drawn drawn;

    assert_int_equal(tg_image_size(path, &drawn.width, &drawn.height), 0);
    drawn.planes = malloc(3 * (size_t)drawn.width * (size_t)drawn.height);
    assert_int_equal(tg_image_read(path, NULL, drawn.width, drawn.height, 3,
                                   drawn.planes),
                     0);
    return drawn;
}

static struct tg_color at(const struct drawn *drawn, int x, int y)
{
    size_t n = (size_t)drawn->width * (size_t)drawn->height;
    size_t i = (size_t)y * (size_t)drawn->width + (size_t)x;

    return (struct tg_color){drawn->planes[i], drawn->planes[i + n],
                             drawn->planes[i + 2 * n]};
}

static bool same(struct tg_color a, struct tg_color b)
{
    return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

/* How many pixels have a colour; the first one, in rows. */
static size_t count(const struct drawn *drawn, struct tg_color color, int *x,
                    int *y)
{
    size_t n = 0;

    *x = *y = 0;
    for (int j = 0; j < drawn->height; j++)
        for (int i = 0; i < drawn->width; i++)
            if (same(at(drawn, i, j), color) && n++ == 0) {
                *x = i;
                *y = j;
            }
    return n;
}

static void test_colors(void **state)
{
    struct tg_color white = {255, 255, 255};

    (void)state;
    assert_true(same(tg_picture_diverging(0), white));
    assert_true(same(tg_picture_diverging(7), tg_picture_diverging(1)));
    assert_true(same(tg_picture_diverging(-7), tg_picture_diverging(-1)));
    for (double value = 0.05; value <= 1; value += 0.05) {
        struct tg_color red = tg_picture_diverging(value);
        struct tg_color blue = tg_picture_diverging(-value);

        assert_true(red.red > red.blue && red.red > red.green);
        assert_true(blue.blue > blue.red && blue.blue > blue.green);
    }
    assert_true(tg_picture_shade(0) == 0 && tg_picture_shade(1) == 1);
    assert_true(tg_picture_shade(0.01) > 0.05);
}

static double linear(uint8_t value)
{
    double v = value / 255.0;

    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* Text on every shade can be read.
 * Source: WCAG 2.2, contrast ratio, level AA. */
static void test_contrast(void **state)
{
    (void)state;
    for (int s = 0; s <= 100; s++) {
        struct tg_color c = tg_picture_heat(s / 100.0);
        double light = 0.2126 * linear(c.red) + 0.7152 * linear(c.green) +
                       0.0722 * linear(c.blue);
        double ratio = tg_picture_dark(s / 100.0) ? 1.05 / (light + 0.05)
                                                  : (light + 0.05) / 0.05;

        if (ratio < 4.5)
            fail_msg("shade %d: contrast %.2f", s, ratio);
    }
}

/* All right: the diagonal is of the darkest colour, the rest of the lightest;
 * one row wrong: its cell off the diagonal is dark instead. */
static void test_confusion(void **state)
{
    int64_t counts[9] = {5, 0, 0, 0, 7, 0, 0, 0, 1234};
    const struct tg_confusion confusion = {.classes = 3,
                                           .names = names,
                                           .counts = counts};
    const char *path = fixture_path("a.png");
    struct tg_color all = tg_picture_heat(1), none = tg_picture_heat(0);
    struct drawn drawn;
    int x, y, cell = 0;

    (void)state;
    assert_int_equal(tg_picture_confusion(path, &confusion), 0);
    drawn = read_back(path);
    assert_true(count(&drawn, all, &x, &y) > 3 * 400);
    while (same(at(&drawn, x + cell, y), all))
        cell++;
    cell++; /* and a line between cells */
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            assert_true(same(at(&drawn, x + j * cell, y + i * cell),
                             i == j ? all : none));
    free(drawn.planes);
    counts[0 + 3 * 2] = 5; /* true 0, predicted 2 */
    counts[0] = 0;
    assert_int_equal(tg_picture_confusion(path, &confusion), 0);
    drawn = read_back(path);
    assert_true(same(at(&drawn, x, y), none));
    assert_true(same(at(&drawn, x + 2 * cell, y), all));
    assert_true(same(at(&drawn, x, y + 2 * cell), none));
    free(drawn.planes);
}

/* From two classes to thousands: a picture of a size that can be looked at. */
static void test_sizes(void **state)
{
    static const int sizes[] = {2, 10, 100, 1000, 2001};
    const char *path = fixture_path("a.png");

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t k = (size_t)sizes[s];
        char **many = calloc(k, sizeof *many);
        int64_t *counts = calloc(k * k, sizeof *counts);
        const struct tg_confusion confusion = {.classes = sizes[s],
                                               .names = many,
                                               .counts = counts};
        int width, height;

        for (size_t i = 0; i < k; i++) {
            many[i] = names[i % 3];
            counts[i + k * ((i * 7) % k)] = 3;
        }
        assert_int_equal(tg_picture_confusion(path, &confusion), 0);
        assert_int_equal(tg_image_size(path, &width, &height), 0);
        assert_in_range(width, 300, 2600);
        assert_in_range(height, 250, 2600);
        free(many);
        free(counts);
    }
}

static struct tg_shape shape(int width, int height, int channels)
{
    return (struct tg_shape){width, height, channels,
                             (size_t)width * (size_t)height * (size_t)channels};
}

/* Squares of red and blue where weights are, as large as the scale says. */
static void test_weights(void **state)
{
    struct tg_shape data = shape(10, 8, 1);
    const char *path = fixture_path("a.png");
    double weights[3 * 80] = {0};
    struct drawn drawn;
    int x, y, x2, y2, scale = 150 / 10;

    (void)state;
    weights[0] = 0.5;
    weights[79] = -0.5;
    assert_int_equal(tg_picture_weights(path, &data, 3, names, weights), 0);
    drawn = read_back(path);
    assert_int_equal(count(&drawn, tg_picture_diverging(1), &x, &y),
                     scale * scale);
    assert_int_equal(count(&drawn, tg_picture_diverging(-1), &x2, &y2),
                     scale * scale);
    assert_int_equal(x2 - x, 9 * scale);
    assert_int_equal(y2 - y, 7 * scale);
    assert_int_equal(at(&drawn, x + 2 * scale, y + scale).green, 255);
    free(drawn.planes);
}

static void test_weights_sizes(void **state)
{
    static const int sizes[][3] = {{8, 8, 1},   {28, 28, 1},   {32, 32, 3},
                                   {40, 60, 2}, {224, 224, 3}, {30, 1, 7},
                                   {1, 900, 1}};
    const char *path = fixture_path("a.png");

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct tg_shape data = shape(sizes[s][0], sizes[s][1], sizes[s][2]);
        double *weights = calloc(3 * data.features, sizeof *weights);
        int width, height;

        assert_int_equal(tg_picture_weights(path, &data, 3, names, weights), 0);
        assert_int_equal(tg_image_size(path, &width, &height), 0);
        assert_in_range(width, 400, 2000);
        assert_in_range(height, 100, 1200);
        free(weights);
    }
}

/* Hundreds of classes of vectors: strips, of which some are left out. */
static void test_weights_many(void **state)
{
    enum { CLASSES = 900, VALUES = 2000 };
    struct tg_shape data = {.features = VALUES};
    double *weights = calloc((size_t)CLASSES * VALUES, sizeof *weights);
    const char *path = fixture_path("a.png");
    char *many[CLASSES];
    int width, height;

    (void)state;
    for (int i = 0; i < CLASSES; i++)
        many[i] = names[i % 3];
    assert_int_equal(tg_picture_weights(path, &data, CLASSES, many, weights),
                     0);
    assert_int_equal(tg_image_size(path, &width, &height), 0);
    assert_in_range(width, 900, 1200);
    assert_in_range(height, 10000, 32767);
    free(weights);
}

/* A picture a channel; the mean of many; the mean of neighbours. */
static void test_panes(void **state)
{
    double weights[3000] = {0};
    uint8_t planes[3 * 1024];
    struct tg_shape data = shape(2, 2, 3);
    struct tg_panes panes = tg_picture_panes(&data);
    struct tg_color strong = tg_picture_diverging(1);
    struct tg_color half = tg_picture_diverging(0.5);

    (void)state;
    assert_int_equal(panes.count, 3);
    weights[4 + 3] = 1; /* green, last pixel */
    tg_picture_pane(&data, weights, 1, 1, planes);
    assert_int_equal(planes[3], strong.red);
    assert_int_equal(planes[4 + 3], strong.green);
    assert_int_equal(planes[8 + 3], strong.blue);
    assert_int_equal(planes[8 + 2], 255);
    tg_picture_pane(&data, weights, 2, 1, planes);
    assert_int_equal(planes[8 + 3], 255);

    data = shape(2, 2, 4);
    panes = tg_picture_panes(&data);
    assert_int_equal(panes.count, 1);
    weights[3] = 1; /* two of four channels, last pixel: the mean is 0.5 */
    tg_picture_pane(&data, weights, 0, 1, planes);
    assert_int_equal(planes[8 + 3], half.blue);

    data = (struct tg_shape){.features = 2999};
    panes = tg_picture_panes(&data);
    assert_int_equal(panes.count, 1);
    assert_int_equal(panes.height, 1);
    assert_int_equal(panes.width, 1000);
    memset(weights, 0, sizeof weights);
    weights[2997] = weights[2998] = -1; /* the last pixel has two only */
    tg_picture_pane(&data, weights, 0, 1, planes);
    assert_int_equal(planes[999], tg_picture_diverging(-1).red);
    assert_int_equal(planes[998], 255);
}

static void test_limit(void **state)
{
    double weights[1000] = {0};

    (void)state;
    assert_true(tg_picture_limit(1000, weights) == 1);
    weights[7] = -4;
    assert_true(tg_picture_limit(1000, weights) == 4);
    for (int i = 0; i < 1000; i++)
        weights[i] = i % 2 ? i : -i;
    assert_true(tg_picture_limit(1000, weights) == 989);
}

static void test_unwritable(void **state)
{
    const int64_t counts[9] = {1};
    const struct tg_confusion confusion = {.classes = 3,
                                           .names = names,
                                           .counts = counts};
    const double weights[3] = {1, 0, 0};
    struct tg_shape data = shape(1, 1, 1);

    (void)state;
    assert_int_equal(tg_picture_confusion(fixture_path("no/a.png"), &confusion),
                     TG_ECANTCREAT);
    tg_error_clear();
    if (access("/dev/full", W_OK) == 0)
        assert_int_equal(tg_picture_weights("/dev/full", &data, 3, names,
                                            weights),
                         TG_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_colors),       fixture_test(test_contrast),
        fixture_test(test_confusion),    fixture_test(test_sizes),
        fixture_test(test_weights),      fixture_test(test_weights_sizes),
        fixture_test(test_weights_many), fixture_test(test_panes),
        fixture_test(test_limit),        fixture_test(test_unwritable),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
