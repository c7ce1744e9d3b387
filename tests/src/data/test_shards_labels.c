#include "shards_fixture.h"

static void check_labels(const char *const *names, const int *labels)
{
    struct tg_dataset *dataset = fixture_open(fixture_root, TG_TRAIN, NULL);

    for (int c = 0; c < dataset->classes; c++)
        assert_string_equal(dataset->class_names[c], names[c]);
    assert_null(names[dataset->classes]);
    for (int i = 0; i < ROWS; i++)
        assert_int_equal(dataset->labels[i], labels[i]);
    tg_dataset_close(dataset);
}

static const int classes[ROWS] = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
/* In a file beside each shard, of any name; in one for all; or elsewhere. */
static void test_labels(void **state)
{
    static const char *const tables[][4] = {
        {"labels-9.npy", "labels-10.npy", "labels-11.npy"},
        {"label-9.npy", "label-10.npy", "label-11.npy"},
        {"feat-9.labels.npy", "feat-10.labels.npy", "feat-11.labels.npy"},
    };
    static const char *const names[] = {"5", "7", "11", NULL};
    static const size_t first[] = {0, 5, 6, ROWS};
    struct tg_dataset_options given = {0};
    struct tg_dataset *dataset;

    for (int i = 0; i < 3; i++) {
        fixture_clean(state);
        write_shards();
        for (int j = 0; j < 3; j++)
            write_labels(tables[i][j], first[j + 1] - first[j],
                         numbers + first[j]);
        check_labels(names, classes);
    }
    fixture_clean(state);
    write_shards();
    write_labels("labels.npy", ROWS, numbers);
    check_labels(names, classes);
    write_labels("x.npy", ROWS, numbers);
    write_labels("labels.npy", 3, numbers); /* not looked at */
    given.labels = fixture_path("x.npy");
    dataset = fixture_open(fixture_root, TG_TRAIN, &given);
    assert_int_equal(dataset->classes, 3);
    assert_int_equal(dataset->labels[11], 2);
    tg_dataset_close(dataset);
}

/* Texts of different lengths; a class that a shard lacks; integers and whole
 * floats; one-hot rows. */
static void test_kinds_of_labels(void **state)
{
    static const char *const texts[] = {"a", "abc", "b", NULL};
    static const char *const columns[] = {"0", "3", NULL};
    static const char *const integers[] = {"-1", "2", NULL};
    static const int by_text[] = {0, 2, 0, 2, 0, 1, 0, 1, 0, 1, 2, 2};
    static const int two[] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1};
    const float floats[] = {-1, -1, -1, -1, -1};
    uint8_t hot[ROWS * 4] = {0};

    (void)state;
    write_shards();
    write_npy("label-9.npy", 1, "|S1", "(5,)", "ababa", 5);
    write_npy("label-10.npy", 1, "|S3", "(1,)", "abc", 3);
    write_npy("label-11.npy", 1, "|S4", "(6,)",
              "a\0\0\0abc\0a\0\0\0abc\0"
              "b\0\0\0b\0\0\0",
              24);
    check_labels(texts, by_text);
    for (int i = 0; i < ROWS; i++)
        hot[i * 4 + two[i] * 3] = 1;
    write_npy("label-9.npy", 1, "|u1", "(5, 4)", hot, 20);
    write_npy("label-10.npy", 1, "|u1", "(1, 4)", hot + 20, 4);
    write_npy("label-11.npy", 1, "|u1", "(6, 4)", hot + 24, 24);
    check_labels(columns, two);
    write_npy("label-9.npy", 1, "<f4", "(5,)", floats, 20);
    write_labels("label-10.npy", 1, "\2");
    write_npy("label-11.npy", 1, "<i2", "(6, 1)",
              "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\2\0", 12);
    check_labels(integers, two);
}

static void test_bad_labels(void **state)
{
    struct tg_dataset_options given = {0};
    const uint8_t hot[24] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
                             1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};

    (void)state;
    write_shards();
    write_labels("labels-9.npy", 5, numbers);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/feat-10.npy: its labels, labels-10.npy, are missing");
    write_labels("labels-10.npy", 1, numbers);
    write_labels("labels-11.npy", 5, numbers);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/labels-11.npy: holds 5 labels for the 6 samples of ");
    write_npy("labels-11.npy", 1, "|S1", "(6,)", "ababab", 6);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/labels-11.npy: labels are text of bytes, and those of ");
    write_npy("labels-11.npy", 1, "|u1", "(6, 4)", hot, 24);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/labels-11.npy: labels are one-hot rows, and those of ");
    write_npy("labels-9.npy", 1, "|u1", "(5, 3)", hot, 15);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/labels-10.npy: labels are numbers, and those of ");
    write_labels("labels-9.npy", 5, numbers);
    write_labels("labels-11.npy", 6, numbers);
    write_labels("labels-12.npy", 6, numbers);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/labels-12.npy: are the labels of no shard, as feat-12.npy"
                   " is not there");
    write_labels("labels.npy", ROWS, numbers);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "holds labels twice, in labels-9.npy and in labels.npy");
    given.labels = fixture_path("labels-9.npy");
    fixture_refuse(fixture_root, TG_TRAIN, &given, TG_EDATA,
                   "holds 5 labels for the 12 samples of ");
}

/* One-hot rows of as many columns in all. */
static void test_columns_of_labels(void **state)
{
    const uint8_t hot[24] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
                             1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};

    (void)state;
    write_shards();
    write_npy("labels-9.npy", 1, "|u1", "(5, 4)", hot, 20);
    write_npy("labels-10.npy", 1, "|u1", "(1, 4)", hot, 4);
    write_npy("labels-11.npy", 1, "|u1", "(6, 2)", hot, 12);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "labels have 2 columns, and those of ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_labels),
        fixture_test(test_kinds_of_labels),
        fixture_test(test_bad_labels),
        fixture_test(test_columns_of_labels),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
