#include "picture_fixture.h"

#include <libdeflate.h>
#include <sys/resource.h>
#include <zlib.h>

#include "image.h"

static uint8_t noise[1 << 16];

static void refuse(const char *path, int code, const char *says)
{
    struct tg_image image;
    int error = tg_image_decode(path, NULL, &image);
    const char *message = tg_error_message(error);

    if (error != code || !strstr(message, says) || !strstr(message, path))
        fail_msg("%s: expected error %d, \"%s\"; got %d, \"%s\"", path, code,
                 says, error, error ? message : "");
    assert_null(image.pixels);
    tg_error_clear();
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
        if (tg_image_decode(fixture_path("cut"), NULL, &image) == 0)
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

/* What a file is instead of a picture that is read. */
static void test_signature(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *says;
    } cases[] = {
        {"RIFF\1\2\3\4WEBPVP8 ", 16, "but a WebP picture"},
        {"GIF89a", 6, "but a GIF picture"},
        {"<!DOCTYPE html>", 15, "but a web page"},
        {"\0\0\0\x1c"
         "ftypheic",
         12, "but a HEIC picture"},
        {"hello\1", 6, "but of no known kind"},
        {"hello", 5, "but text"},
        {"", 0, "but empty"},
    };
    struct tg_image image;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int error =
            tg_image_decode(fixture_write("a.jpg", cases[i].bytes, cases[i].n),
                            NULL, &image);

        assert_int_equal(error, TG_EDATA);
        if (!strstr(tg_error_message(error), cases[i].says))
            fail_msg("'%s' is not in: %s", cases[i].says,
                     tg_error_message(error));
        tg_error_clear();
    }
}

/* Colours of a ground, and what is none. */
static void test_read_ground(void **state)
{
    struct tg_ground ground = {0};

    (void)state;
    assert_true(tg_ground_read("#12aBfF", &ground));
    assert_true(ground.given);
    assert_memory_equal(ground.rgb, "\x12\xab\xff", 3);
    assert_false(tg_ground_read("#12aBf", &ground));
    assert_false(tg_ground_read("12aBfF0", &ground));
    assert_false(tg_ground_read("#12aBf ", &ground));
    assert_false(tg_ground_read("#-2aBf0", &ground));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_signature),     fixture_test(test_read_ground),
        fixture_test(test_damaged),       fixture_test(test_bombs),
        fixture_test(test_swelling_text),
    };

    fixture_fill(1, sizeof noise, noise);
    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
