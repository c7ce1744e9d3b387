#include "fixture.h"

#include "synth.h"

enum { D = TG_SYNTH_SIDE * TG_SYNTH_SIDE };

static uint64_t checksum(const uint8_t *bytes, size_t n)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void check_shape(const struct tg_dataset *dataset, size_t count)
{
    assert_string_equal(dataset->format, "synth");
    assert_int_equal(dataset->type, TG_U8);
    assert_int_equal(dataset->count, count);
    assert_int_equal(dataset->width, 28);
    assert_int_equal(dataset->height, 28);
    assert_int_equal(dataset->channels, 1);
    assert_int_equal(dataset->features, D);
    assert_int_equal(dataset->classes, 10);
    assert_string_equal(dataset->class_names[0], "0");
    assert_string_equal(dataset->class_names[9], "9");
}

static void test_counts(void **state)
{
    static const struct {
        const char *spec;
        size_t train, test;
    } cases[] = {
        {"synth", 60000, 10000},
        {"synth:", 60000, 10000},
        {"synth:600", 600, 100},
        {"synth:1", 1, 1},
        {"synth:11:3", 11, 1},
        {"synth:18446:18446744073709551615", 18446, 3074},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tg_dataset *train = fixture_open(cases[i].spec, TG_TRAIN, NULL);
        struct tg_dataset *test = fixture_open(cases[i].spec, TG_TEST, NULL);

        check_shape(train, cases[i].train);
        check_shape(test, cases[i].test);
        tg_dataset_close(train);
        tg_dataset_close(test);
    }
}

/* The bytes are the same on every machine, and part of the interface. */
static void test_bytes(void **state)
{
    struct tg_dataset *dataset = fixture_open("synth:1000", TG_TRAIN, NULL);
    uint8_t *samples = fixture_read(dataset);
    const uint16_t labels[] = {5, 4, 1, 8, 3, 3, 0, 8, 3, 3, 8, 9, 6, 2, 0, 8};

    (void)state;
    assert_memory_equal(dataset->labels, labels, sizeof labels);
    assert_true(checksum(samples, 1000 * D) == UINT64_C(0xc7c0729ccf3cfef0));
    free(samples);
    tg_dataset_close(dataset);
}

/* A sample depends on seed and index alone; the test part continues. */
static void test_index(void **state)
{
    struct tg_dataset *few = fixture_open("synth:60:5", TG_TRAIN, NULL);
    struct tg_dataset *test = fixture_open("synth:60:5", TG_TEST, NULL);
    struct tg_dataset *many = fixture_open("synth:600:5", TG_TRAIN, NULL);
    struct tg_dataset *other = fixture_open("synth:60:6", TG_TRAIN, NULL);
    uint8_t *a = fixture_read(few), *b = fixture_read(test);
    uint8_t *c = fixture_read(many), *d = fixture_read(other);
    int same = 0;

    (void)state;
    assert_memory_equal(a, c, 60 * D);
    assert_memory_equal(b, c + 60 * D, 10 * D);
    assert_memory_equal(few->labels, many->labels, 60 * sizeof *few->labels);
    assert_memory_equal(test->labels, many->labels + 60,
                        10 * sizeof *test->labels);
    for (size_t i = 0; i < 600; i++) {
        assert_int_equal(many->labels[i], tg_synth_label(5, i));
        if (i < 60)
            same += memcmp(a + i * D, d + i * D, D) == 0;
        if (i > 0)
            same += memcmp(c + (i - 1) * D, c + i * D, D) == 0;
    }
    assert_int_equal(same, 0);
    free(a);
    free(b);
    free(c);
    free(d);
    tg_dataset_close(few);
    tg_dataset_close(test);
    tg_dataset_close(many);
    tg_dataset_close(other);
}

/* The mean of the training pictures of each class, as a classifier, is right
 * for most test pictures, and not for all: they vary. */
static void test_learnable(void **state)
{
    static double means[10][D];
    struct tg_dataset *train = fixture_open("synth:6000", TG_TRAIN, NULL);
    struct tg_dataset *test = fixture_open("synth:6000", TG_TEST, NULL);
    uint8_t *samples = fixture_read(train);
    size_t counts[10] = {0}, right = 0;

    (void)state;
    for (size_t i = 0; i < train->count; i++)
        counts[train->labels[i]]++;
    for (size_t i = 0; i < train->count; i++)
        for (int j = 0; j < D; j++)
            means[train->labels[i]][j] +=
                samples[i * D + (size_t)j] / (double)counts[train->labels[i]];
    free(samples);
    samples = fixture_read(test);
    for (size_t i = 0; i < test->count; i++) {
        double nearest = 1e300;
        int best = 0;

        for (int c = 0; c < 10; c++) {
            double sum = 0;

            for (int j = 0; j < D; j++) {
                const double x = samples[i * D + (size_t)j] - means[c][j];

                sum += x * x;
            }
            best = sum < nearest ? c : best;
            nearest = sum < nearest ? sum : nearest;
        }
        right += best == test->labels[i];
    }
    for (int c = 0; c < 10; c++)
        assert_in_range(counts[c], 500, 700);
    assert_in_range(right, 650, 950);
    free(samples);
    tg_dataset_close(train);
    tg_dataset_close(test);
}

static void test_bad_specs(void **state)
{
    static const char *const specs[] = {
        "synth:x",
        "synth:0",
        "synth:-1",
        "synth:1e3",
        "synth:5:",
        "synth:5:-1",
        "synth:5:1:2",
        "synth:1000000001",
        "synth:+5",
        "synth: 5",
        "synth:5:18446744073709551616",
        "synth:five",
        "synth:5 ",
    };

    (void)state;
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        fixture_refuse(specs[i], TG_TRAIN, NULL, TG_EUSAGE, "synth[:N[:SEED]]");
}

/* What is written as IDX files is what is generated. */
static void test_write(void **state)
{
    const char *folder = fixture_path("new");

    (void)state;
    assert_int_equal(mkdir(folder, 0777), 0); /* an empty one will do */
    assert_int_equal(tg_synth_write(folder, 100, 9), 0);
    assert_int_equal(tg_synth_write(folder, 50, 1), TG_ECANTCREAT);
    for (int part = TG_TRAIN; part <= TG_TEST; part++) {
        struct tg_dataset *idx = fixture_open(folder, part, NULL);
        struct tg_dataset *synth = fixture_open("synth:100:9", part, NULL);
        uint8_t *a = fixture_read(idx), *b = fixture_read(synth);

        assert_int_equal(idx->count, part == TG_TRAIN ? 100 : 16);
        assert_int_equal(idx->count, synth->count);
        assert_int_equal(tg_dataset_match(idx, 10, synth->class_names), 0);
        assert_memory_equal(a, b, idx->count * D);
        assert_memory_equal(idx->labels, synth->labels,
                            idx->count * sizeof *idx->labels);
        free(a);
        free(b);
        tg_dataset_close(idx);
        tg_dataset_close(synth);
    }
}

static void test_bad_write(void **state)
{
    const char *file = fixture_write("file", "x", 1);

    (void)state;
    assert_int_equal(tg_synth_write(file, 5, 0), TG_ECANTCREAT);
    tg_error_clear();
    assert_int_equal(tg_synth_write(fixture_path("no/such"), 5, 0),
                     TG_ECANTCREAT);
    assert_non_null(strstr(tg_error_message(TG_ECANTCREAT), "no/such"));
    tg_error_clear();
    assert_int_equal(tg_synth_write(fixture_path("a"), 0, 0), TG_EUSAGE);
    assert_int_equal(tg_synth_write(fixture_path("a"), SIZE_MAX, 0), TG_EUSAGE);
    assert_int_equal(access(fixture_path("a"), F_OK), -1);
    /* one of the four can't be made: none is */
    fixture_folder("b");
    fixture_folder("b/t10k-images-idx3-ubyte");
    assert_int_equal(tg_synth_write(fixture_path("b"), 5, 0), TG_ECANTCREAT);
    rmdir(fixture_path("b/t10k-images-idx3-ubyte"));
    assert_int_equal(rmdir(fixture_path("b")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_counts),    fixture_test(test_bytes),
        fixture_test(test_index),     fixture_test(test_learnable),
        fixture_test(test_bad_specs), fixture_test(test_write),
        fixture_test(test_bad_write),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
