#include "picture_fixture.h"

#include <libdeflate.h>
#include <math.h>
#include <sys/resource.h>
#include <zlib.h>

#include "image.h"

static uint8_t noise[1 << 16];

static void decode(const char *path, int width, int height, int channels,
                   struct tg_image *image)
{
    int w, h, error = tg_image_decode(path, image);

    if (error)
        fail_msg("%s", tg_error_message(error));
    assert_int_equal(image->width, width);
    assert_int_equal(image->height, height);
    assert_int_equal(image->channels, channels);
    assert_int_equal(tg_image_size(path, &w, &h), 0);
    assert_int_equal(w, width);
    assert_int_equal(h, height);
}

static void refuse(const char *path, int code, const char *says)
{
    struct tg_image image;
    int error = tg_image_decode(path, &image);
    const char *message = tg_error_message(error);

    if (error != code || !strstr(message, says) || !strstr(message, path))
        fail_msg("%s: expected error %d, \"%s\"; got %d, \"%s\"", path, code,
                 says, error, error ? message : "");
    assert_null(image.pixels);
    tg_error_clear();
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

/* Every cut of a file is refused; none crashes, none leaks. */
static void check_cuts(const char *path)
{
    static uint8_t bytes[1 << 16];
    FILE *file = fopen(path, "rb");
    size_t n;

    assert_non_null(file);
    n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(n < sizeof bytes);
    for (size_t i = 0; i < n - 2; i += 1 + i / 100)
        refuse(fixture_write("cut", bytes, i), TG_EDATA, "cut");
    for (size_t i = 0; i < 200; i++) { /* damage anywhere: no crash */
        struct tg_image image;
        const size_t at = noise[2 * i] * 256u + noise[2 * i + 1];

        bytes[at % n] ^= noise[i + 500];
        fixture_write("cut", bytes, n);
        if (tg_image_decode(fixture_path("cut"), &image) == 0)
            tg_image_free(&image);
        bytes[at % n] ^= noise[i + 500];
        tg_error_clear();
    }
}

static void test_damaged(void **state)
{
    (void)state;
    check_cuts(fixture_jpeg("a.jpg", 40, 30, 3, noise));
    check_cuts(fixture_jpeg("a.jpg", 40, 30, 4, noise));
    check_cuts(fixture_png("a.png", 40, 30, PNG_COLOR_TYPE_RGBA, 8, 1, noise));
    check_cuts(
        fixture_png("a.png", 40, 30, PNG_COLOR_TYPE_PALETTE, 4, 0, noise));
    refuse(fixture_write("text.png", "no picture at all", 17), TG_EDATA,
           "neither");
    refuse(fixture_write("empty.png", "", 0), TG_EDATA, "neither");
    refuse("/no/such/picture.png", TG_ENOINPUT, "No such file");
    refuse(fixture_folder("folder.png"), TG_EIO, "Is a directory");
}

/* Write a PNG's signature and its first chunk, IHDR, for 8-bit gray; `more`
 * are the chunks that follow. */
static const char *write_png(const char *name, uint16_t side, const void *more,
                             size_t n)
{
    const uint8_t high = (uint8_t)(side >> 8), low = (uint8_t)side;
    const uint8_t start[] = {0x89, 'P', 'N',  'G', '\r', '\n', 26,   '\n',
                             0,    0,   0,    13,  'I',  'H',  'D',  'R',
                             0,    0,   high, low, 0,    0,    high, low,
                             8,    0,   0,    0,   0};
    const uint32_t crc = libdeflate_crc32(0, start + 12, 17);
    uint8_t *bytes = malloc(sizeof start + 4 + n);
    const char *path;

    assert_non_null(bytes);
    memcpy(bytes, start, sizeof start);
    for (size_t i = 0; i < 4; i++)
        bytes[sizeof start + i] = (uint8_t)(crc >> (24 - 8 * i));
    memcpy(bytes + sizeof start + 4, more, n);
    path = fixture_write(name, bytes, sizeof start + 4 + n);
    free(bytes);
    return path;
}

/* Headers that promise billions of pixels are refused at once, and so are
 * those that promise more than the file can hold. */
static void test_bombs(void **state)
{
    static const uint8_t data[] = {0, 0, 0, 0, 'I', 'D', 'A', 'T'};
    uint8_t jpeg[] = {0xff, 0xd8, 0xff, 0xc0, 0,    11, 8,    0xff, 0xdc,
                      0xff, 0xdc, 1,    1,    0x11, 0,  0xff, 0xda, 0,
                      8,    1,    1,    0,    0,    63, 0,    0};

    (void)state;
    refuse(write_png("a.png", 60000, data, sizeof data), TG_EDATA, "million");
    refuse(write_png("a.png", 9000, data, sizeof data), TG_EDATA, "can hold");
    refuse(fixture_write("a.jpg", jpeg, sizeof jpeg), TG_EDATA, "million");
    jpeg[7] = jpeg[9] = 9000 >> 8;
    refuse(fixture_write("a.jpg", jpeg, sizeof jpeg), TG_EDATA, "can hold");
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

static long peak_kib(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* Compressed text takes no memory: 32 texts of 7 MiB in 230 KB. */
static void test_swelling_text(void **state)
{
    static const uint8_t head[11] = {0, 0, 0, 0, 'z', 'T', 'X', 't', 'k', 0, 0};
    enum { TEXTS = 32, SIZE = 7 << 20 };
    char *text = malloc(SIZE);
    uint8_t chunk[1 << 14], *more = malloc(TEXTS * sizeof chunk);
    uLongf n = sizeof chunk - sizeof head - 4;
    const long before = peak_kib();
    uint32_t crc;

    (void)state;
    assert_true(text && more);
    memset(text, 'a', SIZE);
    memcpy(chunk, head, sizeof head);
    assert_int_equal(compress2(chunk + sizeof head, &n, (uint8_t *)text, SIZE,
                               9),
                     Z_OK);
    chunk[2] = (uint8_t)((n + 3) >> 8); /* key, 0, method, compressed text */
    chunk[3] = (uint8_t)(n + 3);
    n += sizeof head;
    crc = libdeflate_crc32(0, chunk + 4, n - 4);
    for (int i = 24; i >= 0; i -= 8)
        chunk[n++] = (uint8_t)(crc >> i);
    for (size_t i = 0; i < TEXTS; i++)
        memcpy(more + i * n, chunk, n);
    refuse(write_png("a.png", 1, more, TEXTS * n), TG_EDATA, "cannot decode");
    assert_in_range(peak_kib() - before, 0, TEXTS * (SIZE >> 10) / 2);
    free(text);
    free(more);
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
    assert_int_equal(tg_image_read(rgb, 13, 9, 3, planes), 0);
    for (int i = 0; i < 13 * 9; i++)
        for (int c = 0; c < 3; c++)
            assert_int_equal(planes[c * 13 * 9 + i], noise[3 * i + c]);
    assert_int_equal(tg_image_read(gray, 13, 9, 3, planes), 0);
    for (int c = 0; c < 3; c++)
        assert_memory_equal(planes + c * 13 * 9, noise, 13 * 9);
    assert_int_equal(tg_image_read(rgb, 13, 9, 1, planes), 0);
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
        assert_int_equal(tg_image_read(path, 13, 9, channels, planes), 0);
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
        fixture_test(test_jpeg),        fixture_test(test_damaged),
        fixture_test(test_bombs),       fixture_test(test_swelling_text),
        fixture_test(test_blank),       fixture_test(test_resize),
        fixture_test(test_ties),        fixture_test(test_gray),
        fixture_test(test_read),        fixture_test(test_threshold),
        fixture_test(test_write),
    };

    fixture_fill(1, sizeof noise, noise);
    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
