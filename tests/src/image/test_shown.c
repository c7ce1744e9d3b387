/* What a viewer shows is what is read: orientation, colours, ground. */
#include "picture_fixture.h"

#include <lcms2.h>
#include <math.h>

#include "image.h"

enum { W = 3, H = 2, IHDR_END = 33 /* of a PNG */ };

/* Of W x H pixels, each of its own gray. */
static const uint8_t grays[W * H] = {10, 60, 110, 160, 210, 250};
static const uint8_t red[] = {250, 0, 0};

static void put32(uint32_t value, uint8_t *to)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Put bytes into a file, `at` bytes from its start, or, negative, its end. */
static const char *insert(const char *path, long at, const void *bytes,
                          size_t n)
{
    FILE *file = fopen(path, "r+b");
    uint8_t rest[4096];
    size_t left;

    assert_non_null(file);
    fseek(file, at, at < 0 ? SEEK_END : SEEK_SET);
    at = ftell(file);
    left = fread(rest, 1, sizeof rest, file);
    assert_true(left < sizeof rest);
    fseek(file, at, SEEK_SET);
    fwrite(bytes, 1, n, file);
    fwrite(rest, 1, left, file);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* Source: PNG specification, annex D. */
static uint32_t crc_of(const uint8_t *bytes, size_t n)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* Put a chunk behind a PNG's head, or, negative, before its end. */
static const char *add_chunk(const char *path, long at, const char *type,
                             const void *data, size_t n)
{
    uint8_t chunk[256];

    assert_true(n + 12 <= sizeof chunk);
    put32((uint32_t)n, chunk);
    memcpy(chunk + 4, type, 4);
    memcpy(chunk + 8, data, n);
    put32(crc_of(chunk + 4, n + 4), chunk + 8 + n);
    return insert(path, at, chunk, n + 12);
}

/* EXIF data of an orientation, behind an entry of something else. */
static size_t make_exif(bool big, int orientation, uint8_t *exif)
{
    const uint8_t ends[2][38] = {
        {'I',  'I', 42, 0, 8, 0, 0, 0, 2, 0,       /* entries */
         0,    1,   3,  0, 1, 0, 0, 0, 7, 0, 0, 0, /* ImageWidth */
         0x12, 1,   3,  0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {'M', 'M', 0, 42, 0,    0, 0, 8, 0, 2, 1, 0, 0, 3, 0, 0, 0, 1, 0,
         7,   0,   0, 1,  0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
    };

    memcpy(exif, ends[big], 38);
    exif[big ? 31 : 30] = (uint8_t)orientation;
    return 38;
}

static void add_exif_marker(const char *path, const uint8_t *exif, size_t n)
{
    uint8_t marker[64] = {0xff, 0xe1, 0, (uint8_t)(n + 8), 'E', 'x', 'i', 'f'};

    memcpy(marker + 10, exif, n);
    insert(path, 2, marker, n + 10);
}

/* Columns and rows of the picture as shown, with each pixel's number in the
 * file. Source: the letter F of CIPA DC-008's picture of orientations. */
static const struct {
    int width, height, from[W * H];
} shown[9] = {
    [1] = {3, 2, {0, 1, 2, 3, 4, 5}}, [2] = {3, 2, {2, 1, 0, 5, 4, 3}},
    [3] = {3, 2, {5, 4, 3, 2, 1, 0}}, [4] = {3, 2, {3, 4, 5, 0, 1, 2}},
    [5] = {2, 3, {0, 3, 1, 4, 2, 5}}, [6] = {2, 3, {3, 0, 4, 1, 5, 2}},
    [7] = {2, 3, {5, 2, 4, 1, 3, 0}}, [8] = {2, 3, {2, 5, 1, 4, 0, 3}},
};

static void assert_turned(const char *path, int orientation, int scale)
{
    const int width = shown[orientation].width * scale;
    const int height = shown[orientation].height * scale;
    struct tg_image image;
    int w, h;

    assert_int_equal(tg_image_size(path, &w, &h), 0);
    assert_int_equal(w, width);
    assert_int_equal(h, height);
    assert_int_equal(tg_image_decode(path, NULL, &image), 0);
    assert_int_equal(image.width, width);
    assert_int_equal(image.height, height);
    for (int i = 0; i < width * height; i++) {
        const int at = i / width / scale * (width / scale) + i % width / scale;
        const int from = shown[orientation].from[at];

        assert_true(abs(image.pixels[i * image.channels] - grays[from]) <= 2);
    }
    tg_image_free(&image);
}

static const char *make_png(void)
{
    return fixture_png("a.png", W, H, PNG_COLOR_TYPE_GRAY, 8, 0, grays);
}

/* Of blocks of 8 x 8, so that each is one of JPEG's. */
static const char *make_jpeg(void)
{
    uint8_t pixels[64 * W * H];

    for (int i = 0; i < 64 * W * H; i++)
        pixels[i] = grays[i / (8 * W) / 8 * W + i % (8 * W) / 8];
    return fixture_jpeg("a.jpg", 8 * W, 8 * H, 1, pixels);
}

static void test_orientation(void **state)
{
    uint8_t exif[64];

    (void)state;
    for (int k = 1; k <= 8; k++)
        for (int big = 0; big < 2; big++) {
            const size_t n = make_exif(big, k, exif);
            const char *path = make_jpeg();

            add_exif_marker(path, exif, n);
            assert_turned(path, k, 8);
            path = add_chunk(make_png(), IHDR_END, "eXIf", exif, n);
            assert_turned(path, k, 1);
            /* ImageMagick writes it behind the pixels */
            path = add_chunk(make_png(), -12, "eXIf", exif, n);
            assert_turned(path, k, 1);
        }
}

/* Whatever is cut or changed in EXIF data, the picture is upright or turned. */
static void test_bad_exif(void **state)
{
    uint8_t exif[64], cut[64];

    (void)state;
    for (size_t k = 0; k < 38; k++) {
        struct tg_image image;
        const char *path = make_jpeg();

        make_exif(k % 2, 6, exif);
        memcpy(cut, exif, k);
        add_exif_marker(path, cut, k);
        assert_turned(path, k >= 34 ? 6 : 1, 8);
        for (int value = 0; value < 256; value += 51) {
            exif[k] = (uint8_t)value;
            path = make_jpeg();
            add_exif_marker(path, exif, 38);
            assert_int_equal(tg_image_decode(path, NULL, &image), 0);
            assert_int_equal(image.width * image.height, 64 * W * H);
            tg_image_free(&image);
        }
    }
}

static double from_linear(double v)
{
    return v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

/* All pixels are those of the file, or as `gamma` has them shown. */
static void assert_gamma(const char *path, double gamma)
{
    struct tg_image image;

    assert_int_equal(tg_image_decode(path, NULL, &image), 0);
    assert_int_equal(image.channels, 1);
    for (int i = 0; i < W * H; i++) {
        const double light = pow(grays[i] / 255.0, 1 / gamma);

        if (gamma > 0)
            assert_true(fabs(image.pixels[i] - 255 * from_linear(light)) < 1.5);
        else
            assert_int_equal(image.pixels[i], grays[i]);
    }
    tg_image_free(&image);
}

static const char *add_gamma(const char *path, double gamma)
{
    uint8_t value[4];

    put32((uint32_t)lround(gamma * 100000), value);
    return add_chunk(path, IHDR_END, "gAMA", value, 4);
}

static void test_gamma(void **state)
{
    (void)state;
    assert_gamma(add_gamma(make_png(), 1), 1);
    assert_gamma(add_gamma(make_png(), 1 / 1.8), 1 / 1.8);
    assert_gamma(add_gamma(make_png(), 0.45455), 0); /* of screens */
    assert_gamma(add_gamma(make_png(), 0.00001), 0); /* of nothing */
    /* sRGB has the last word */
    assert_gamma(add_chunk(add_gamma(make_png(), 1), IHDR_END, "sRGB", "", 1),
                 0);
}

/* A profile whose green is sRGB's red, and so on. */
static cmsUInt32Number make_profile(uint8_t *bytes, cmsUInt32Number size)
{
    const cmsCIExyY white = {0.3127, 0.3290, 1};
    const cmsCIExyYTRIPLE primaries = {{0.30, 0.60, 1},
                                       {0.15, 0.06, 1},
                                       {0.64, 0.33, 1}};
    cmsToneCurve *curve = cmsBuildGamma(NULL, 2.2);
    cmsToneCurve *curves[] = {curve, curve, curve};
    cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);

    assert_true(cmsSaveProfileToMem(profile, NULL, &size));
    assert_true(cmsSaveProfileToMem(profile, bytes, &size));
    cmsCloseProfile(profile);
    cmsFreeToneCurve(curve);
    return size;
}

static void assert_color(const char *path, int r, int g, int b)
{
    const int rgb[] = {r, g, b};
    struct tg_image image;

    assert_int_equal(tg_image_decode(path, NULL, &image), 0);
    assert_int_equal(image.channels, 3);
    for (int c = 0; c < 3; c++)
        assert_true(abs(image.pixels[c] - rgb[c]) <= 4);
    tg_image_free(&image);
}

static void test_profile(void **state)
{
    uint8_t marker[4000] = {0xff, 0xe2};
    uint8_t pixels[64 * 3];
    cmsUInt32Number n = make_profile(marker + 18, sizeof marker - 18);
    const char *path;

    (void)state;
    for (int i = 0; i < 64; i++)
        memcpy(pixels + 3 * i, red, 3);
    memcpy(marker + 4, "ICC_PROFILE\0\1\1", 14);
    marker[2] = (uint8_t)((n + 16) >> 8);
    marker[3] = (uint8_t)(n + 16);
    path = fixture_jpeg("a.jpg", 8, 8, 3, pixels);
    assert_color(path, 250, 0, 0);
    assert_color(insert(path, 2, marker, n + 18), 0, 250, 0);
    /* one that is damaged, or of another kind of colours, is ignored */
    path = fixture_jpeg("a.jpg", 8, 8, 3, pixels);
    n -= 100;
    marker[2] = (uint8_t)((n + 16) >> 8);
    marker[3] = (uint8_t)(n + 16);
    assert_color(insert(path, 2, marker, n + 18), 250, 0, 0);
    path = make_jpeg();
    insert(path, 2, marker, n + 18);
    assert_turned(path, 1, 8);
}

/* Primaries in PNG say the same. */
static void test_primaries(void **state)
{
    static const uint32_t xy[] = {31270, 32900, 30000, 60000,
                                  15000, 6000,  64000, 33000};
    uint8_t data[32];
    const char *path =
        fixture_png("a.png", 1, 1, PNG_COLOR_TYPE_RGB, 8, 0, red);

    (void)state;
    for (int i = 0; i < 8; i++)
        put32(xy[i], data + 4 * i);
    add_gamma(path, 0.45455);
    assert_color(path, 250, 0, 0);
    assert_color(add_chunk(path, IHDR_END, "cHRM", data, 32), 0, 250, 0);
}

/* Half transparent and clear pixels of a colour, on grounds. */
static void test_ground(void **state)
{
    static const uint8_t gray[] = {100, 128, 100, 0};
    static const uint8_t rgb[] = {100, 0, 200, 128, 100, 0, 200, 0};
    static const struct {
        struct tg_ground ground;
        int channels;
        uint8_t gray[6], rgb[6];
    } cases[] = {
        {{false, {0}}, 1, {177, 255}, {177, 127, 227, 255, 255, 255}},
        {{true, {255, 255, 255}},
         1,
         {177, 255},
         {177, 127, 227, 255, 255, 255}},
        {{true, {0, 0, 0}}, 1, {50, 0}, {50, 0, 100, 0, 0, 0}},
        {{true, {0, 255, 0}},
         3,
         {50, 177, 50, 0, 255, 0},
         {50, 127, 100, 0, 255, 0}},
    };
    struct tg_image image;

    (void)state;
    for (int k = 0; k < 4; k++) {
        const char *path =
            fixture_png("a.png", 2, 1, PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0, gray);

        assert_int_equal(tg_image_decode(path, &cases[k].ground, &image), 0);
        assert_int_equal(image.channels, cases[k].channels);
        assert_memory_equal(image.pixels, cases[k].gray, 2 * image.channels);
        tg_image_free(&image);
        path = fixture_png("a.png", 2, 1, PNG_COLOR_TYPE_RGB_ALPHA, 8, 0, rgb);
        assert_int_equal(tg_image_decode(path, &cases[k].ground, &image), 0);
        assert_int_equal(image.channels, 3);
        assert_memory_equal(image.pixels, cases[k].rgb, 6);
        tg_image_free(&image);
    }
}

/* A value of gray that is transparent, in place of alpha; before and after its
 * 16 bits become 8. */
static void test_transparent_value(void **state)
{
    static const uint8_t deep[] = {10, 1, 10, 2};
    struct tg_ground ground = {true, {255, 0, 0}};
    struct tg_image_header header;
    struct tg_image image;
    const char *path =
        fixture_png("a.png", 2, 1, PNG_COLOR_TYPE_GRAY, 16, 0, deep);

    (void)state;
    assert_int_equal(tg_image_look(path, &header), 0);
    assert_false(header.transparent);
    add_chunk(path, IHDR_END, "tRNS", deep, 2);
    assert_int_equal(tg_image_look(path, &header), 0);
    assert_true(header.transparent);
    assert_int_equal(tg_image_decode(path, &ground, &image), 0);
    assert_memory_equal(image.pixels, "\xff\0\0\x0a\x0a\x0a", 6);
    tg_image_free(&image);
}

/* CMYK is inverted, with Adobe's marker and without. */
static void test_cmyk(void **state)
{
    static const uint8_t ink[] = {200, 100, 0, 255};
    static const uint8_t adobe[] = {0xff, 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e'};
    uint8_t pixels[64 * 4], bytes[4096];
    size_t n, at = 0;
    FILE *file;

    (void)state;
    for (int i = 0; i < 64; i++)
        memcpy(pixels + 4 * i, ink, 4);
    assert_color(fixture_jpeg("a.jpg", 8, 8, 4, pixels), 200, 100, 0);
    file = fopen(fixture_path("a.jpg"), "rb");
    n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    while (memcmp(bytes + at, adobe, sizeof adobe) != 0)
        assert_true(++at + 16 < n);
    memmove(bytes + at, bytes + at + 16, n - at - 16);
    assert_color(fixture_write("b.jpg", bytes, n - 16), 200, 100, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_orientation),
        fixture_test(test_bad_exif),
        fixture_test(test_gamma),
        fixture_test(test_profile),
        fixture_test(test_primaries),
        fixture_test(test_ground),
        fixture_test(test_transparent_value),
        fixture_test(test_cmyk),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
