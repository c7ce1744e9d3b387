#include "npy_fixture.h"

#include <math.h>

#include "error.h"
#include "origin.h"

static void check_shape(const struct tg_dataset *dataset, enum tg_type type,
                        size_t count, size_t features, int width, int height,
                        int channels)
{
    assert_string_equal(dataset->format, "npy");
    assert_int_equal(dataset->type, type);
    assert_int_equal(dataset->count, count);
    assert_int_equal(dataset->features, features);
    assert_int_equal(dataset->width, width);
    assert_int_equal(dataset->height, height);
    assert_int_equal(dataset->channels, channels);
}

static void test_u8(void **state)
{
    uint8_t data[40 * 6], *samples;
    struct tg_dataset *dataset = (struct tg_dataset *)1;
    const char *path;

    (void)state;
    fixture_fill(1, sizeof data, data);
    for (int version = 1; version <= 3; version++) {
        path = write_npy("x.npy", version, "|u1", "(40, 6)", data, 240);
        dataset = fixture_open(path, TG_TRAIN, NULL);
        check_shape(dataset, TG_U8, 40, 6, 0, 0, 0);
        assert_int_equal(dataset->classes, 0);
        assert_null(dataset->labels);
        samples = fixture_read(dataset);
        assert_memory_equal(samples, data, 240);
        free(samples);
        tg_dataset_close(dataset);
        assert_int_equal(tg_dataset_open(path, TG_TEST, NULL, &dataset), 0);
        assert_null(dataset);
    }
    path = write_npy("x.npy", 1, "<u1", "(40, 2, 3)", data, 240);
    dataset = fixture_open(path, TG_TRAIN, NULL);
    check_shape(dataset, TG_U8, 40, 6, 3, 2, 1);
    tg_dataset_close(dataset);
}

/* Pixels (channel fastest) become planes, in every element type. */
static void test_planes(void **state)
{
    static const char *const descrs[] = {"|u1", "<f4", "<f8"};
    const int n = 10 * 4 * 5 * 3;
    uint8_t u8[600];
    float f32[600], *floats;
    double f64[600];
    const void *const data[] = {u8, f32, f64};
    const size_t sizes[] = {1, 4, 8};

    (void)state;
    fixture_fill(2, sizeof u8, u8);
    for (int i = 0; i < n; i++) {
        f32[i] = (float)u8[i] - 100;
        f64[i] = f32[i];
    }
    for (int t = 0; t < 3; t++) {
        struct tg_dataset *dataset =
            fixture_open(write_npy("x.npy", 1, descrs[t], "(10, 4, 5, 3)",
                                   data[t], 600 * sizes[t]),
                         TG_TRAIN, NULL);
        uint8_t *bytes = fixture_read(dataset);

        floats = (float *)bytes;
        check_shape(dataset, t ? TG_F32 : TG_U8, 10, 60, 5, 4, 3);
        for (int s = 0; s < 10; s++)
            for (int p = 0; p < 20; p++)
                for (int c = 0; c < 3; c++) {
                    const int to = s * 60 + c * 20 + p;
                    const int from = (s * 20 + p) * 3 + c;

                    assert_true((t ? floats[to] + 100 : bytes[to]) == u8[from]);
                }
        free(bytes);
        tg_dataset_close(dataset);
    }
}

/* Many rows of float64, beyond one buffer: rounded to nearest. */
static void test_f64(void **state)
{
    enum { ROWS = 1000, D = 100 };
    double *data = malloc(ROWS * D * sizeof *data);
    struct tg_dataset *dataset;
    float *samples;

    (void)state;
    assert_non_null(data);
    for (int i = 0; i < ROWS * D; i++)
        data[i] = sin(i) * exp(i % 70 - 35);
    data[5] = 3.4028234663852886e38; /* the largest float32 */
    data[6] = -1e-300;
    data[7] = 1 + 0x1p-24 + 0x1p-50; /* just above a tie */
    dataset = fixture_open(write_npy("x.npy", 1, "<f8", "(1000, 100)", data,
                                     ROWS * D * sizeof *data),
                           TG_TRAIN, NULL);
    samples = fixture_read(dataset);
    for (int i = 0; i < ROWS * D; i++)
        assert_true(samples[i] == (float)data[i]);
    assert_true(samples[7] == 1 + 0x1p-23f);
    free(samples);
    free(data);
    tg_dataset_close(dataset);
}

static void test_not_finite(void **state)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    float f32[20 * 3] = {1};
    double f64[20 * 3] = {1};
    struct tg_dataset *dataset;
    const char *path = fixture_path("x.npy");

    (void)state;
    for (int i = 0; i < 3; i++) {
        f32[17 * 3 + i] = bad[i];
        write_npy("x.npy", 1, "<f4", "(20, 3)", f32, sizeof f32);
        dataset = fixture_open(path, TG_TRAIN, NULL);
        fixture_unreadable(dataset, 17, TG_EDATA, "row 17, ");
        f32[17 * 3 + i] = 0;
        tg_dataset_close(dataset);
    }
    for (int i = 0; i < 3; i++) {
        f64[19 * 3 + 1] = bad[i];
        write_npy("x.npy", 1, "<f8", "(20, 3)", f64, sizeof f64);
        dataset = fixture_open(path, TG_TRAIN, NULL);
        fixture_unreadable(dataset, 19, TG_EDATA, "row 19, ");
        tg_dataset_close(dataset);
    }
}

/* From an origin: subtracted in double, then rounded, whatever the file holds,
 * in the order of planes. */
static void test_origin(void **state)
{
    enum { ROWS = 40, PIXELS = 6, CHANNELS = 3, D = PIXELS * CHANNELS };
    static const char *const shapes[] = {"(40, 18)", "(40, 2, 3, 3)"};
    double f64[ROWS * D], shift[D], factor[D];
    const struct tg_origin origin = {shift, factor, 1};
    float f32[ROWS * D], samples[ROWS * D];
    size_t rows[ROWS];

    (void)state;
    for (size_t i = 0; i < ROWS * D; i++) {
        f64[i] = 1.7e9 + 40 * (double)(i % 7) + sin((double)i);
        f32[i] = (float)f64[i] + (float)(i % 11);
    }
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = i;
    for (size_t f = 0; f < D; f++)
        shift[f] = 1.7e9 + (double)f / 3, factor[f] = f % 2 ? 1 : 0.25;
    for (int wide = 0; wide < 2; wide++)
        for (int planes = 0; planes < 2; planes++) {
            const char *path =
                write_npy("x.npy", 1, wide ? "<f8" : "<f4", shapes[planes],
                          wide ? (void *)f64 : f32,
                          wide ? sizeof f64 : sizeof f32);
            struct tg_dataset *dataset = fixture_open(path, TG_TRAIN, NULL);

            assert_int_equal(dataset->rounded, wide);
            assert_int_equal(tg_dataset_load(dataset, &origin, rows, ROWS,
                                             samples),
                             0);
            for (size_t i = 0; i < ROWS * D; i++) {
                const size_t f = i % D;
                const size_t at =
                    !planes ? i : i - f + f / PIXELS + f % PIXELS * CHANNELS;
                const double value = wide ? f64[at] : (double)f32[at];

                assert_true(samples[i] ==
                            (float)((value - shift[f]) * factor[f]));
            }
            tg_dataset_close(dataset);
        }
}

/* float32 less a float32 is what single precision makes of it. */
static void test_origin_single(void **state)
{
    enum { ROWS = 500, D = 4 };
    float data[ROWS * D], samples[ROWS * D];
    double shift[D] = {(double)0.1f, -3e7, (double)1e-30f, 0};
    double factor[D] = {1, 1, 1, 1};
    const struct tg_origin origin = {shift, factor, 1};
    size_t rows[ROWS];
    struct tg_dataset *dataset;

    (void)state;
    for (int i = 0; i < ROWS * D; i++)
        data[i] = (float)(sin(i) * exp(i % 70 - 35));
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = i;
    dataset = fixture_open(write_npy("x.npy", 1, "<f4", "(500, 4)", data,
                                     sizeof data),
                           TG_TRAIN, NULL);
    assert_int_equal(tg_dataset_load(dataset, &origin, rows, ROWS, samples), 0);
    for (int i = 0; i < ROWS * D; i++)
        assert_true(samples[i] == data[i] - (float)shift[i % D]);
    tg_dataset_close(dataset);
}

/* What is no number is refused, and what is far from all others; the message
 * names it. */
static void test_origin_not_finite(void **state)
{
    const double bad[] = {NAN, INFINITY, 3e38, -1e20};
    double shift[] = {0, 1}, factor[] = {1, 0.5};
    const struct tg_origin origin = {shift, factor, 1};
    double f64[10 * 2] = {0}, *value = &f64[7 * 2 + 1];
    float samples[10 * 2];
    const size_t row = 7;

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct tg_dataset *dataset;

        *value = bad[i];
        dataset = fixture_open(write_npy("x.npy", 1, "<f8", "(10, 2)", f64,
                                         sizeof f64),
                               TG_TRAIN, NULL);
        assert_int_equal(tg_dataset_load(dataset, &origin, &row, 1, samples),
                         TG_EDATA);
        assert_non_null(
            strstr(tg_error_message(TG_EDATA), "row 7, feature 1 "));
        tg_error_clear();
        tg_dataset_close(dataset);
    }
}

/* Every type of number, in both orders of bytes, as a double of the least, a
 * middle and the largest value. */
static void test_numbers(void **state)
{
    static const struct {
        const char *descr, *bytes;
        bool rounded;
        float values[3];
    } rows[] = {
        {"|b1", "\0\1\2", false, {0, 1, 1}},
        {"|i1", "\x80\xff\x7f", false, {-128, -1, 127}},
        {"<i2", "\0\x80\xfe\xff\xff\x7f", false, {-32768, -2, 32767}},
        {">i2", "\x80\0\xff\xfe\x7f\xff", false, {-32768, -2, 32767}},
        {">u2", "\0\0\1\0\xff\xff", false, {0, 256, 65535}},
        {"<u4",
         "\0\0\0\0\0\1\0\0\xff\xff\xff\xff",
         true,
         {0, 256, 4294967296.f}},
        {">i4",
         "\x80\0\0\0\xff\xff\xff\xfd\x7f\xff\xff\xff",
         true,
         {-2147483648.f, -3, 2147483648.f}},
        {"<i8",
         "\0\0\0\0\0\0\0\x80\xff\xff\xff\xff\xff\xff\xff\xff"
         "\1\0\0\0\0\0\0\0",
         true,
         {-0x1p63f, -1, 1}},
        {">u8",
         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0"
         "\xff\xff\xff\xff\xff\xff\xff\xff",
         true,
         {0, 256, 0x1p64f}},
        {"<f2", "\1\0\x00\xbc\xff\x7b", false, {0x1p-24f, -1, 65504}},
        {">f2", "\x35\x55\x80\0\4\0", false, {0x1.554p-2f, -0.f, 0x1p-14f}},
        {">f4",
         "\x3f\x80\0\0\xbf\0\0\0\x7f\x7f\xff\xff",
         false,
         {1, -0.5f, 0x1.fffffep127f}},
        {">f8",
         "\x3f\xf0\0\0\0\0\0\1\xbf\xe0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
         true,
         {1, -0.5f, 0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const size_t item = (size_t)(rows[i].descr[2] - '0');
        struct tg_dataset *dataset =
            fixture_open(write_npy("x.npy", 1, rows[i].descr, "(3, 1)",
                                   rows[i].bytes, 3 * item),
                         TG_TRAIN, NULL);
        float *samples = fixture_read(dataset);

        check_shape(dataset, TG_F32, 3, 1, 0, 0, 0);
        assert_int_equal(dataset->rounded, rows[i].rounded);
        for (int j = 0; j < 3; j++)
            if (samples[j] != rows[i].values[j])
                fail_msg("%s: %g is not %g", rows[i].descr, (double)samples[j],
                         (double)rows[i].values[j]);
        free(samples);
        tg_dataset_close(dataset);
    }
}

/* Every float16 that is a number. */
static void test_halves(void **state)
{
    enum { ALL = 2 * 31 << 10 };
    uint16_t *halves = malloc(ALL * sizeof *halves);
    struct tg_dataset *dataset;
    float *samples;

    (void)state;
    assert_non_null(halves);
    for (int i = 0; i < ALL; i++)
        halves[i] = (uint16_t)(i % 2 << 15 | i / 2);
    dataset = fixture_open(write_npy("x.npy", 1, "<f2", "(3968, 16)", halves,
                                     ALL * sizeof *halves),
                           TG_TRAIN, NULL);
    samples = fixture_read(dataset);
    for (int i = 0; i < ALL; i++) {
        const int exponent = i / 2 >> 10, fraction = i / 2 & 1023;
        const double value = exponent ? ldexp(1024 + fraction, exponent - 25)
                                      : ldexp(fraction, -24);

        assert_true(samples[i] == (float)(i % 2 ? -value : value));
        assert_int_equal(!!signbit(samples[i]), i % 2);
    }
    free(samples);
    free(halves);
    tg_dataset_close(dataset);
}

/* What float16 can't hold but as infinity or NaN is refused, too. */
static void test_half_not_finite(void **state)
{
    static const char *const bad[] = {"\0\0\0\x7c", "\0\0\0\xfc", "\0\0\1\x7e"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct tg_dataset *dataset =
            fixture_open(write_npy("x.npy", 1, "<f2", "(2, 1)", bad[i], 4),
                         TG_TRAIN, NULL);

        fixture_unreadable(dataset, 1, TG_EDATA, "row 1, feature 0 ");
        tg_dataset_close(dataset);
    }
}

static void refuse_text(int version, const char *text, size_t n,
                        const char *says)
{
    static const uint8_t zeros[4096];

    fixture_refuse(write_raw("x.npy", version, text, zeros, n), TG_TRAIN, NULL,
                   TG_EDATA, says);
}

#define FIELDS(descr, order, shape)                                            \
    "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape "}\n"

static void test_bad_headers(void **state)
{
    (void)state;
    refuse_text(1, FIELDS("'|u1'", "False", "(4, 3)"), 11, "claims 12 bytes");
    refuse_text(1, FIELDS("'|u1'", "False", "(4, 3)"), 13, "13 follow");
    refuse_text(4, FIELDS("'|u1'", "False", "(4, 3)"), 12, "version");
    refuse_text(1, FIELDS("'|O'", "False", "(4, 3)"), 96, "'|O'");
    refuse_text(1, FIELDS("'<f16'", "False", "(4, 3)"), 192, "'float64'");
    refuse_text(1, FIELDS("'<c8'", "False", "(4, 3)"), 96, "X.real");
    refuse_text(1, FIELDS("'<M8[ns]'", "False", "(4, 3)"), 96, "dates");
    refuse_text(1, FIELDS("'<m8[D]'", "False", "(4, 3)"), 96, "timedelta64");
    refuse_text(1, FIELDS("'<U2'", "False", "(4, 3)"), 96, "text");
    refuse_text(1, FIELDS("'|V4'", "False", "(4, 3)"), 48, "no numbers");
    refuse_text(1, FIELDS("'<u'", "False", "(4, 3)"), 48, "'<u'");
    refuse_text(1, FIELDS("'<u3'", "False", "(4, 3)"), 36, "'<u3'");
    refuse_text(1, FIELDS("[('a', '<f4')]", "False", "(4, 3)"), 48, "records");
    refuse_text(1, FIELDS("'|u1'", "False", "(12,)"), 12, "1 dimension,");
    refuse_text(1, FIELDS("'|u1'", "False", "()"), 1, "0 dimensions");
    refuse_text(1, FIELDS("'|u1'", "False", "(1, 1, 1, 1, 2)"), 2,
                "1 x 1 x 1 x 1 x 2");
    refuse_text(1, FIELDS("'|u1'", "False", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), 1,
                "header");
    refuse_text(1, FIELDS("'|u1'", "False", "(0, 3)"), 0, "empty");
    refuse_text(1, FIELDS("'|u1'", "False", "(-4, 3)"), 12, "header");
    refuse_text(1, FIELDS("'|u1'", "False", "(4, 3"), 12, "header");
    refuse_text(1, FIELDS("'|u1'", "Perhaps", "(4, 3)"), 12, "header");
    refuse_text(1, FIELDS("'|u1'", "False", "(4294967296, 4294967296)"), 0,
                "impossibly large");
    refuse_text(1, FIELDS("'|u1'", "False", "(99999999999999999999, 1)"), 0,
                "header");
    refuse_text(1, FIELDS("'|u1", "False", "(4, 3)"), 12, "header");
    refuse_text(1, "{'descr': '|u1', 'shape': (4, 3)}\n", 12, "header");
    refuse_text(1, "{'descr': '|u1', 'fortran_order': False}\n", 12, "header");
    refuse_text(1, "{'fortran_order': False, 'shape': (4, 3)}\n", 12, "dtype");
    refuse_text(1, FIELDS("'|u1'", "False", "(4, 3), 'shape': (4, 3)"), 12,
                "header");
    refuse_text(1, FIELDS("'|u1'", "False", "(4, 3), 'more': 1"), 12, "header");
    refuse_text(1, "", 12, "header");
    refuse_text(1, "{", 12, "header");
    refuse_text(1, FIELDS("'|u1'", "False", "(4, 3)") "x", 12, "header");
}

/* Other orders of the keys, and other quotes, are as good. */
static void test_other_headers(void **state)
{
    static const char *const texts[] = {
        "{\"shape\": (4, 3), \"fortran_order\": False, \"descr\": \"|u1\"}",
        " { 'shape' :( 4 ,3 , ) ,'descr':'<u1','fortran_order':False , } \n",
        "{'fortran_order': False, 'shape': (4, 3), 'descr': '=u1', }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (4L, 3L), }",
    };

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct tg_dataset *dataset =
            fixture_open(write_raw("x.npy", 1, texts[i], "abcdefghijkl", 12),
                         TG_TRAIN, NULL);

        check_shape(dataset, TG_U8, 4, 3, 0, 0, 0);
        tg_dataset_close(dataset);
    }
}

/* Lengths of header and file that lie; every cut of a good file. */
static void test_lying_lengths(void **state)
{
    const char *path = fixture_path("x.npy");
    char cut[1024];
    size_t n;

    (void)state;
    memset(buffer, 0, sizeof cut);
    write_npy("x.npy", 2, "|u1", "(4, 3)", "abcdefghijkl", 12);
    memcpy(cut, buffer, sizeof cut);
    n = 12 + strlen(cut + 12); /* zeros follow */
    for (size_t i = 0; i < n; i++) {
        fixture_write("x.npy", cut, i);
        fixture_refuse(path, TG_TRAIN, NULL, TG_EDATA, "x.npy");
    }
    memset(cut + 8, 0xff, 4);
    fixture_write("x.npy", cut, n);
    fixture_refuse(path, TG_TRAIN, NULL, TG_EDATA, "claims to be");
    fixture_refuse(fixture_spec("npy", fixture_path("none.npy")), TG_TRAIN,
                   NULL, TG_ENOINPUT, "none.npy");
    cut[1] = 'X';
    fixture_write("x.npy", cut, n);
    fixture_refuse(path, TG_TRAIN, NULL, TG_EDATA, "numpy.save");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_u8),
        fixture_test(test_planes),
        fixture_test(test_f64),
        fixture_test(test_not_finite),
        fixture_test(test_origin),
        fixture_test(test_origin_single),
        fixture_test(test_origin_not_finite),
        fixture_test(test_numbers),
        fixture_test(test_halves),
        fixture_test(test_half_not_finite),
        fixture_test(test_bad_headers),
        fixture_test(test_other_headers),
        fixture_test(test_lying_lengths),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
