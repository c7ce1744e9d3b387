#include "picture_fixture.h"

#include <math.h>

#include "image.h"

static uint8_t noise[1 << 16];

static void decode(const char *path, int width, int height, int channels,
                   struct tg_image *image)
{
    int w, h, error = tg_image_decode(path, NULL, image);

    if (error)
        fail_msg("%s", tg_error_message(error));
    assert_int_equal(image->width, width);
    assert_int_equal(image->height, height);
    assert_int_equal(image->channels, channels);
    assert_int_equal(tg_image_size(path, &w, &h), 0);
    assert_int_equal(w, width);
    assert_int_equal(h, height);
}

/* Gray of 1 to 16 bits: value * 255 / largest, rounded. */
static void test_gray_depths(void **state)
{
    (void)state;
    for (int depth = 1; depth <= 16; depth *= 2) {
        const int bytes = (13 * depth + 7) / 8, last = (1 << depth) - 1;
        struct tg_image image;

        decode(fixture_png("a.png", 13, 9, PNG_COLOR_TYPE_GRAY, depth,
                           depth == 2, noise),
               13, 9, 1, &image);
        for (int i = 0; i < 13 * 9; i++) {
            const uint8_t *row = noise + i / 13 * bytes;
            const int bit = i % 13 * depth;
            const int value =
                depth == 16 ? row[bit / 8] * 256 + row[bit / 8 + 1]
                            : row[bit / 8] >> (8 - depth - bit % 8) & last;

            assert_int_equal(image.pixels[i],
                             (value * 255LL + last / 2) / last);
        }
        tg_image_free(&image);
    }
}

static void test_rgb(void **state)
{
    struct tg_image image;

    (void)state;
    for (int interlace = 0; interlace < 2; interlace++) {
        decode(fixture_png("a.png", 13, 9, PNG_COLOR_TYPE_RGB, 8, interlace,
                           noise),
               13, 9, 3, &image);
        assert_memory_equal(image.pixels, noise, 13 * 9 * 3);
        tg_image_free(&image);
    }
    decode(fixture_png("a.png", 13, 9, PNG_COLOR_TYPE_RGB, 16, 0, noise), 13, 9,
           3, &image);
    for (int i = 0; i < 13 * 9 * 3; i++)
        assert_int_equal(image.pixels[i],
                         lround((noise[2 * i] * 256 + noise[2 * i + 1]) /
                                257.0));
    tg_image_free(&image);
}

/* Palette entry v is (v, 255 - v, 10); with + 8, entry 1 has alpha 128. */
static void test_palette(void **state)
{
    struct tg_image image;

    (void)state;
    for (int depth = 1; depth <= 8; depth *= 2)
        for (int alpha = 0; alpha <= 8; alpha += 8) {
            const int bytes = (13 * depth + 7) / 8;

            decode(fixture_png("a.png", 13, 9, PNG_COLOR_TYPE_PALETTE | alpha,
                               depth, 0, noise),
                   13, 9, 3, &image);
            for (int i = 0; i < 13 * 9; i++) {
                const int bit = i % 13 * depth;
                const int v =
                    noise[i / 13 * bytes + bit / 8] >> (8 - depth - bit % 8) &
                    ((1 << depth) - 1);
                const int rgb[] = {v, 255 - v, 10};
                const double a = alpha && v == 1 ? 128 / 255.0 : 1;

                for (int c = 0; c < 3; c++)
                    assert_int_equal(image.pixels[3 * i + c],
                                     lround(a * rgb[c] + (1 - a) * 255));
            }
            tg_image_free(&image);
        }
}

/* Transparent pixels are put on white. */
static void test_alpha(void **state)
{
    static const int colors[] = {PNG_COLOR_TYPE_GRAY_ALPHA,
                                 PNG_COLOR_TYPE_RGB_ALPHA};

    (void)state;
    for (int k = 0; k < 2; k++) {
        const int channels = k ? 3 : 1;
        struct tg_image image;

        decode(fixture_png("a.png", 40, 30, colors[k], 8, 0, noise), 40, 30,
               channels, &image);
        for (int i = 0; i < 40 * 30; i++) {
            const uint8_t *pixel = noise + i * (channels + 1);
            const double a = pixel[channels] / 255.0;

            for (int c = 0; c < channels; c++)
                assert_int_equal(image.pixels[i * channels + c],
                                 lround(a * pixel[c] + (1 - a) * 255));
        }
        tg_image_free(&image);
    }
}

/* Smooth pictures survive JPEG at the best quality, but for rounding. */
static void test_jpeg(void **state)
{
    uint8_t pixels[40 * 30 * 4];

    (void)state;
    for (int components = 1; components <= 4; components++) {
        const int channels = components == 1 ? 1 : 3;
        struct tg_image image;

        if (components == 2)
            continue;
        for (int i = 0; i < 40 * 30; i++)
            for (int c = 0; c < components; c++)
                pixels[i * components + c] =
                    (uint8_t)(c == 3 ? 200 : i % 40 * 5 + c * 7 + i / 40);
        decode(fixture_jpeg("a.jpg", 40, 30, components, pixels), 40, 30,
               channels, &image);
        for (int i = 0; i < 40 * 30; i++)
            for (int c = 0; c < channels; c++) {
                const double value = pixels[i * components + c];
                const double expected =
                    components == 4 ? value * 200 / 255 : value;

                assert_true(fabs(image.pixels[i * channels + c] - expected) <
                            4);
            }
        tg_image_free(&image);
    }
}

/* The best that compression can do is believed. */
static void test_blank(void **state)
{
    enum { SIDE = 4000 };
    uint8_t *rows = calloc(SIDE, SIDE / 8);
    struct tg_image image;

    (void)state;
    assert_non_null(rows);
    decode(fixture_png("a.png", SIDE, SIDE, PNG_COLOR_TYPE_GRAY, 1, 0, rows),
           SIDE, SIDE, 1, &image);
    tg_image_free(&image);
    free(rows);
}

/* The mean over areas, or linear between centres, in double precision. */
static double weight(int in, int out, int j, int i)
{
    if (out <= in) {
        const double step = (double)in / out;
        const double low = fmax(j * step, i),
                     high = fmin((j + 1) * step, i + 1);

        return high > low ? (high - low) / step : 0;
    }
    const double at = fmin(fmax((j + 0.5) * in / out - 0.5, 0), in - 1);

    return fmax(0, 1 - fabs(at - i));
}

static void check_resize(int w, int h, int channels, int width, int height)
{
    struct tg_image image = {w, h, channels, noise};
    uint8_t *planes = malloc((size_t)(width * height * channels));

    assert_non_null(planes);
    assert_int_equal(tg_image_resize(&image, width, height, planes), 0);
    for (int k = 0; k < width * height * channels; k++) {
        const int x = k % width, y = k / width % height;
        const int c = k / width / height;
        double sum = 0;

        for (int i = 0; i < h; i++)
            for (int j = 0; j < w; j++)
                sum += weight(h, height, y, i) * weight(w, width, x, j) *
                       noise[(i * w + j) * channels + c];
        assert_true(fabs(planes[k] - sum) < 0.5 + 1e-9);
    }
    free(planes);
}

static void test_resize(void **state)
{
    static const int sizes[] = {1, 2, 3, 7, 10, 28};

    (void)state;
    for (int k = 0; k < 6 * 6 * 6 * 6; k++)
        check_resize(sizes[k % 6], sizes[k / 6 % 6], k % 5 ? 1 : 3,
                     sizes[k / 36 % 6], sizes[k / 216]);
}

/* Ties are rounded up: the mean of 0, 0, 0, 2 is 0.5, which becomes 1. */
static void test_ties(void **state)
{
    uint8_t pixels[] = {0, 0, 0, 2}, pixel;
    struct tg_image image = {2, 2, 1, pixels};

    (void)state;
    assert_int_equal(tg_image_resize(&image, 1, 1, &pixel), 0);
    assert_int_equal(pixel, 1);
    pixels[3] = 1;
    assert_int_equal(tg_image_resize(&image, 1, 1, &pixel), 0);
    assert_int_equal(pixel, 0);
}

static void test_gray(void **state)
{
    struct tg_image image = {100, 100, 3, malloc(30000)};

    (void)state;
    memcpy(image.pixels, noise, 30000);
    image.pixels[0] = image.pixels[1] = image.pixels[2] = 255;
    tg_image_gray(&image);
    assert_int_equal(image.channels, 1);
    assert_int_equal(image.pixels[0], 255);
    for (int i = 1; i < 10000; i++) {
        const uint8_t *rgb = noise + 3 * i;

        assert_true(fabs(image.pixels[i] - (0.299 * rgb[0] + 0.587 * rgb[1] +
                                            0.114 * rgb[2])) < 0.51);
    }
    tg_image_free(&image);
}

/* Files become planes of the channels that are asked for. */
static void test_read(void **state)
{
    uint8_t planes[3 * 13 * 9];
    const char *rgb =
        fixture_png("a.png", 13, 9, PNG_COLOR_TYPE_RGB, 8, 0, noise);
    const char *gray =
        fixture_png("b.png", 13, 9, PNG_COLOR_TYPE_GRAY, 8, 0, noise);

    (void)state;
    assert_int_equal(tg_image_read(rgb, NULL, 13, 9, 3, planes), 0);
    for (int i = 0; i < 13 * 9; i++)
        for (int c = 0; c < 3; c++)
            assert_int_equal(planes[c * 13 * 9 + i], noise[3 * i + c]);
    assert_int_equal(tg_image_read(gray, NULL, 13, 9, 3, planes), 0);
    for (int c = 0; c < 3; c++)
        assert_memory_equal(planes + c * 13 * 9, noise, 13 * 9);
    assert_int_equal(tg_image_read(rgb, NULL, 13, 9, 1, planes), 0);
    assert_int_equal(planes[1], (19595 * noise[3] + 38470 * noise[4] +
                                 7471 * noise[5] + 32768) /
                                    65536);
}

static void test_threshold(void **state)
{
    uint8_t values[] = {0, 1, 127, 128, 254, 255};
    const uint8_t half[] = {0, 0, 0, 255, 255, 255};

    (void)state;
    tg_image_threshold(0.5, 6, values);
    assert_memory_equal(values, half, 6);
    values[0] = 51;
    tg_image_threshold(0.2, 1, values); /* 51 / 255 is 0.2: not above */
    assert_int_equal(values[0], 0);
    values[0] = values[1] = 255;
    tg_image_threshold(1, 1, values);
    tg_image_threshold(0, 1, values + 1);
    assert_int_equal(values[0], 0);
    assert_int_equal(values[1], 255);
}

static void test_write(void **state)
{
    const char *path = fixture_path("a.png");
    uint8_t planes[3 * 13 * 9];

    (void)state;
    for (int channels = 1; channels <= 3; channels += 2) {
        assert_int_equal(tg_image_write(path, 13, 9, channels, noise), 0);
        assert_int_equal(tg_image_read(path, NULL, 13, 9, channels, planes), 0);
        assert_memory_equal(planes, noise, (size_t)(channels * 13 * 9));
    }
    assert_int_equal(tg_image_write(fixture_path("no/a.png"), 13, 9, 1, noise),
                     TG_ECANTCREAT);
    tg_error_clear();
    if (access("/dev/full", W_OK) == 0) {
        assert_int_equal(tg_image_write("/dev/full", 120, 90, 3, noise),
                         TG_EIO);
        assert_non_null(strstr(tg_error_message(TG_EIO), "/dev/full"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_gray_depths), fixture_test(test_rgb),
        fixture_test(test_palette),     fixture_test(test_alpha),
        fixture_test(test_jpeg),        fixture_test(test_blank),
        fixture_test(test_resize),      fixture_test(test_ties),
        fixture_test(test_gray),        fixture_test(test_read),
        fixture_test(test_threshold),   fixture_test(test_write),
    };

    fixture_fill(1, sizeof noise, noise);
    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
