#include "npy_fixture.h"

#include <math.h>

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

static void refuse_labels(const char *descr, const char *shape,
                          const void *data, size_t n, const char *says)
{
    write_npy("x.labels.npy", 1, descr, shape, data, n);
    fixture_refuse(fixture_path("x.npy"), TG_TRAIN, NULL, TG_EDATA, says);
}

/* Big-endian, texts of bytes, and one in every row of axes of one. */
static void test_more_labels(void **state)
{
    const char *f2 = "\x00\x49\x00\xc2\x80\x48\x00\x49";
    const uint16_t texts[] = {0x6200, 0, 0x4200, 0, 0x6100, 0xac20, 0x6200, 0};
    uint32_t big[8];
    const int order[] = {2, 0, 1, 2};

    (void)state;
    for (int i = 0; i < 8; i++)
        big[i] = (uint32_t)texts[i] << 16;
    write_npy("x.npy", 1, "|u1", "(4, 6)", buffer, 24);
    check_labels(">i2", "(4,)", "\0\x0a\xff\xfd\0\x09\0\x0a", 8, "-3 9 10 ",
                 order);
    check_labels(">u4", "(1, 4)", "\xff\0\0\0\0\0\0\3\0\0\0\x09\xff\0\0\0", 16,
                 "3 9 4278190080 ", order);
    check_labels(">i8", "(4, 1, 1)",
                 "\0\0\0\0\0\0\0\x0a\xff\xff\xff\xff\xff\xff\xff\xfd"
                 "\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\0\x0a",
                 32, "-3 9 10 ", order);
    check_labels("<f2", "(4,)", f2, 8, "-3 9 10 ", order);
    check_labels("|S2", "(4,)", "b\0ABaCb\0", 8, "AB aC b ", order);
    check_labels(">U2", "(4,)", big, 32, "B a\u20ac b ", order);
}

/* Rows with a single 1, in both orders; a column without is no class. */
static void test_one_hot(void **state)
{
    const uint8_t rows[] = {0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1},
                  two[] = {1, 0, 0, 1, 1, 1, 1, 0};
    uint8_t columns[16];
    float floats[16];
    struct tg_dataset *dataset;
    const int order[] = {2, 0, 1, 2};

    (void)state;
    write_npy("x.npy", 1, "|u1", "(4, 6)", buffer, 24);
    for (int i = 0; i < 16; i++) {
        columns[i % 4 * 4 + i / 4] = rows[i];
        floats[i] = rows[i];
    }
    check_labels("|u1", "(4, 4)", rows, 16, "0 2 3 ", order);
    check_labels("|b1", "(4, 4)", rows, 16, "0 2 3 ", order);
    check_labels("<f4", "(4, 4)", floats, 64, "0 2 3 ", order);
    write_raw("x.labels.npy", 1,
              "{'descr': '|u1', 'fortran_order': True, 'shape': (4, 4), }",
              columns, 16);
    dataset = fixture_open(fixture_path("x.npy"), TG_TRAIN, NULL);
    for (int i = 0; i < 4; i++)
        assert_int_equal(dataset->labels[i], order[i]);
    assert_int_equal(dataset->nnotes, 1);
    assert_non_null(strstr(dataset->notes[0], "one-hot"));
    tg_dataset_close(dataset);
    refuse_labels("|u1", "(4, 2)", two, 8, "row 2 ");
    refuse_labels("|u1", "(4, 4)", columns, 16, "row 3 ");
    floats[3] = 0.5f;
    refuse_labels("<f4", "(4, 4)", floats, 64, "y.argmax(1)");
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
    refuse_labels("|u1", "(2, 2)", zeros, 4, "holds 2 labels for the 4");
    refuse_labels("|u1", "(2, 4)", zeros, 8, "y.T");
    refuse_labels("|u1", "(2, 2, 4)", zeros, 16, "3 dimensions");
    refuse_labels("|u1", "()", zeros, 1, "holds 1 label for the 4");
    refuse_labels("|O", "(4,)", zeros, 20, "y.astype(str)");
    refuse_labels("<f16", "(4,)", zeros, 64, "y.astype('int64')");
    refuse_labels("<M8[D]", "(4,)", zeros, 32, "y.astype(str)");
    refuse_labels("<c8", "(4,)", zeros, 32, "complex");
    refuse_labels("|V2", "(4,)", zeros, 8, "y.astype(str)");
    refuse_labels("<U1", "(4, 2)", zeros, 32, "y[:, 0]");
    refuse_labels("|S3", "(4,)", zeros, 12, "UTF-8"); /* an empty name */
    refuse_labels("<f8", "(4,)", half, 32, "label 2 (the first is 0), 0.5, ");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_labels),     fixture_test(test_more_labels),
        fixture_test(test_one_hot),    fixture_test(test_given_labels),
        fixture_test(test_bad_labels), fixture_test(test_many_classes),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
