#include "fixture.h"

#include <math.h>

enum { ROOM = 1 << 20 };

static char buffer[ROOM];

/* Write a .npy file with any header text; returns its path. */
static const char *write_raw(const char *name, int version, const char *text,
                             const void *data, size_t n)
{
    const size_t length = strlen(text), start = version == 1 ? 10 : 12;

    assert_true(start + length + n < ROOM);
    memcpy(buffer, "\x93NUMPY", 6);
    buffer[6] = (char)version;
    buffer[7] = 0;
    for (size_t i = 8; i < start; i++)
        buffer[i] = (char)(length >> 8 * (i - 8));
    memcpy(buffer + start, text, length);
    memcpy(buffer + start + length, data, n);
    return fixture_write(name, buffer, start + length + n);
}

/* As numpy writes it: padded with spaces, ended by a newline. */
static const char *write_npy(const char *name, int version, const char *descr,
                             const char *shape, const void *data, size_t n)
{
    char text[256];

    snprintf(text, sizeof text,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s, }     \n",
             descr, shape);
    return write_raw(name, version, text, data, n);
}

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
        fixture_unreadable(dataset, 17, TG_EDATA, "row 17 ");
        f32[17 * 3 + i] = 0;
        tg_dataset_close(dataset);
    }
    for (int i = 0; i < 4; i++) {
        f64[19 * 3 + 1] = i < 3 ? bad[i] : 3.5e38;
        write_npy("x.npy", 1, "<f8", "(20, 3)", f64, sizeof f64);
        dataset = fixture_open(path, TG_TRAIN, NULL);
        fixture_unreadable(dataset, 19, TG_EDATA, "row 19 ");
        tg_dataset_close(dataset);
    }
}

/* From an origin: subtracted in double, then rounded, whatever the file holds,
 * in the order of planes. */
static void test_origin(void **state)
{
    enum { ROWS = 40, PIXELS = 6, CHANNELS = 3, D = PIXELS * CHANNELS };
    static const char *const shapes[] = {"(40, 18)", "(40, 2, 3, 3)"};
    double f64[ROWS * D], origin[D];
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
        origin[f] = 1.7e9 + (double)f / 3;
    for (int wide = 0; wide < 2; wide++)
        for (int planes = 0; planes < 2; planes++) {
            const char *path =
                write_npy("x.npy", 1, wide ? "<f8" : "<f4", shapes[planes],
                          wide ? (void *)f64 : f32,
                          wide ? sizeof f64 : sizeof f32);
            struct tg_dataset *dataset = fixture_open(path, TG_TRAIN, NULL);

            assert_int_equal(dataset->rounded, wide);
            assert_int_equal(tg_dataset_load(dataset, origin, rows, ROWS,
                                             samples),
                             0);
            for (size_t i = 0; i < ROWS * D; i++) {
                const size_t f = i % D;
                const size_t at =
                    !planes ? i : i - f + f / PIXELS + f % PIXELS * CHANNELS;
                const double value = wide ? f64[at] : (double)f32[at];

                assert_true(samples[i] == (float)(value - origin[f]));
            }
            tg_dataset_close(dataset);
        }
}

/* float32 less a float32 is what single precision makes of it. */
static void test_origin_single(void **state)
{
    enum { ROWS = 500, D = 4 };
    float data[ROWS * D], samples[ROWS * D];
    const double origin[D] = {(double)0.1f, -3e7, (double)1e-30f, 0};
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
    assert_int_equal(tg_dataset_load(dataset, origin, rows, ROWS, samples), 0);
    for (int i = 0; i < ROWS * D; i++)
        assert_true(samples[i] == data[i] - (float)origin[i % D]);
    tg_dataset_close(dataset);
}

/* What float32 can't hold is refused, with an origin as without. */
static void test_origin_not_finite(void **state)
{
    const double origin[] = {0, 3e38}, bad[] = {NAN, INFINITY, 3.5e38, -3e38};
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
        assert_int_equal(tg_dataset_load(dataset, origin, &row, 1, samples),
                         TG_EDATA);
        assert_non_null(strstr(tg_error_message(TG_EDATA), "row 7 "));
        tg_error_clear();
        tg_dataset_close(dataset);
    }
}

/* Labels of four samples, in a file beside it, give these class names. */
static void check_labels(const char *descr, const char *shape, const void *data,
                         size_t n, const char *names, const int *expected)
{
    struct tg_dataset *dataset;
    char joined[64] = "";

    write_npy("x.labels.npy", 1, descr, shape, data, n);
    dataset = fixture_open(fixture_path("x.npy"), TG_TRAIN, NULL);
    for (int c = 0; c < dataset->classes; c++) {
        strcat(joined, dataset->class_names[c]);
        strcat(joined, " ");
    }
    assert_string_equal(joined, names);
    for (int i = 0; i < 4; i++)
        assert_int_equal(dataset->labels[i], expected[i]);
    tg_dataset_close(dataset);
}

static void test_labels(void **state)
{
    const int8_t i8[] = {10, -3, 9, 10};
    const uint8_t u8[] = {200, 3, 9, 200};
    const int16_t i16[] = {10, -300, 9, 10};
    const uint32_t u32[] = {4000000000, 3, 9, 4000000000};
    const int64_t i64[] = {INT64_MAX, INT64_MIN, 9, INT64_MAX};
    const uint64_t u64[] = {INT64_MAX, 3, 9, INT64_MAX};
    const uint8_t b1[] = {1, 0, 0, 1};
    const float f4[] = {10, -3, 9, 10};
    const double f8[] = {1e15, -3, -0.0, 1e15};
    const uint32_t texts[] = {'b', 0, 'B', 0, 'a', 0x20ac, 'b', 0};
    const int order[] = {2, 0, 1, 2}, bools[] = {1, 0, 0, 1};
    const int text_order[] = {2, 0, 1, 2};

    (void)state;
    write_npy("x.npy", 1, "|u1", "(4, 6)", buffer, 24);
    check_labels("|i1", "(4,)", i8, 4, "-3 9 10 ", order);
    check_labels("|u1", "(4,)", u8, 4, "3 9 200 ", order);
    check_labels("<i2", "(4, 1)", i16, 8, "-300 9 10 ", order);
    check_labels("<u4", "(4,)", u32, 16, "3 9 4000000000 ", order);
    check_labels("<i8", "(4,)", i64, 32,
                 "-9223372036854775808 9 9223372036854775807 ", order);
    check_labels("<u8", "(4,)", u64, 32, "3 9 9223372036854775807 ", order);
    check_labels("|b1", "(4,)", b1, 4, "0 1 ", bools);
    check_labels("<f4", "(4,)", f4, 16, "-3 9 10 ", order);
    check_labels("<f8", "(4,)", f8, 32, "-3 0 1000000000000000 ", order);
    check_labels("<U2", "(4,)", texts, 32, "B a\u20ac b ", text_order);
}

/* --labels FILE wins over FILE.labels.npy; it must exist. */
static void test_given_labels(void **state)
{
    const uint8_t own[] = {1, 1, 1, 1}, given[] = {7, 8, 9, 7};
    struct tg_dataset_options options = {0};
    struct tg_dataset *dataset;
    const char *path;

    (void)state;
    path = write_npy("x.npy", 1, "|u1", "(4, 6)", buffer, 24);
    write_npy("x.labels.npy", 1, "|u1", "(4,)", own, 4);
    options.labels = write_npy("y.npy", 1, "|u1", "(4,)", given, 4);
    dataset = fixture_open(path, TG_TRAIN, &options);
    assert_int_equal(dataset->classes, 3);
    tg_dataset_close(dataset);
    options.labels = "/no/such/labels.npy";
    fixture_refuse(path, TG_TRAIN, &options, TG_ENOINPUT, "/no/such/labels");
}

static void refuse_labels(const char *descr, const char *shape,
                          const void *data, size_t n, const char *says)
{
    write_npy("x.labels.npy", 1, descr, shape, data, n);
    fixture_refuse(fixture_path("x.npy"), TG_TRAIN, NULL, TG_EDATA, says);
}

static void test_bad_labels(void **state)
{
    const uint8_t zeros[64] = {0};
    const double half[] = {0, 1, 0.5, 1}, nan[] = {0, NAN, 0, 1},
                 large[] = {0, 1, 1e300, 1};
    const uint64_t u64[] = {0, 0, 0, UINT64_MAX};
    const uint32_t inner[] = {'a', 0, 'b', 0}, none[] = {'a', 0, 'b', 'c'},
                   wrong[] = {'a', 0x110000, 'b', 'c'},
                   half_pair[] = {'a', 0xd800, 'b', 'c'},
                   newline[] = {'a', '\n', 'b', 'c'},
                   control[] = {'a', 0x9b, 'b', 'c'};

    (void)state;
    write_npy("x.npy", 1, "|u1", "(4, 6)", buffer, 24);
    refuse_labels("|u1", "(5,)", zeros, 5, "5 labels");
    refuse_labels("|u1", "(2, 2)", zeros, 4, "2 dimensions");
    refuse_labels("<f2", "(4,)", zeros, 8, "dtype 'f2'");
    refuse_labels("|S3", "(4,)", zeros, 12, "dtype 'S3'");
    refuse_labels("<f8", "(4,)", half, 32, "label 2 ");
    refuse_labels("<f8", "(4,)", nan, 32, "label 1 ");
    refuse_labels("<f8", "(4,)", large, 32, "label 2 ");
    refuse_labels("<u8", "(4,)", u64, 32, "label 3 ");
    refuse_labels("|u1", "(4,)", zeros, 3, "claims 4 bytes");
    write_npy("x.npy", 1, "|u1", "(2, 6)", buffer, 12);
    refuse_labels("<U2", "(2,)", wrong, 16, "UTF-8");
    refuse_labels("<U2", "(2,)", half_pair, 16, "UTF-8");
    refuse_labels("<U2", "(2,)", newline, 16, "UTF-8");
    refuse_labels("<U2", "(2,)", control, 16, "UTF-8");
    refuse_labels("<U1", "(2,)", inner, 8, "UTF-8"); /* an empty name */
    write_npy("x.npy", 1, "|u1", "(1, 6)", buffer, 6);
    refuse_labels("<U4", "(1,)", none, 16, "UTF-8"); /* 0 within a name */
}

static void test_many_classes(void **state)
{
    enum { N = 65536 };
    uint32_t *labels = malloc(N * sizeof *labels);
    uint8_t *data = calloc(N, 2);
    struct tg_dataset *dataset;

    (void)state;
    assert_true(labels && data);
    for (uint32_t i = 0; i < N; i++)
        labels[i] = 2 * (N - i);
    write_npy("x.npy", 1, "|u1", "(65536, 2)", data, 2 * N);
    refuse_labels("<u4", "(65536,)", labels, N * sizeof *labels, "65535");
    labels[0] = labels[1];
    write_npy("x.labels.npy", 1, "<u4", "(65536,)", labels, N * sizeof *labels);
    dataset = fixture_open(fixture_path("x.npy"), TG_TRAIN, NULL);
    assert_int_equal(dataset->classes, 65535);
    assert_int_equal(dataset->labels[0], 65534);
    assert_int_equal(dataset->labels[N - 1], 0);
    assert_string_equal(dataset->class_names[65534], "131070");
    tg_dataset_close(dataset);
    free(labels);
    free(data);
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
    refuse_text(1, FIELDS("'|u1'", "True", "(4, 3)"), 12, "Fortran");
    refuse_text(1, FIELDS("'>f4'", "False", "(4, 3)"), 48, "'>f4'");
    refuse_text(1, FIELDS("'|O'", "False", "(4, 3)"), 96, "'|O'");
    refuse_text(1, FIELDS("'<f2'", "False", "(4, 3)"), 24, "'f2'");
    refuse_text(1, FIELDS("'<i8'", "False", "(4, 3)"), 96, "'i8'");
    refuse_text(1, FIELDS("'<U2'", "False", "(4, 3)"), 96, "'U4'");
    refuse_text(1, FIELDS("[('a', '<f4')]", "False", "(4, 3)"), 48, "header");
    refuse_text(1, FIELDS("'|u1'", "False", "(12,)"), 12, "1 dimensions");
    refuse_text(1, FIELDS("'|u1'", "False", "()"), 1, "0 dimensions");
    refuse_text(1, FIELDS("'|u1'", "False", "(1, 1, 1, 1, 1)"), 1, "header");
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
    };

    (void)state;
    for (int i = 0; i < 3; i++) {
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
        fixture_test(test_labels),
        fixture_test(test_given_labels),
        fixture_test(test_bad_labels),
        fixture_test(test_many_classes),
        fixture_test(test_bad_headers),
        fixture_test(test_other_headers),
        fixture_test(test_lying_lengths),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
