#include "fixture.h"

static const char npy[] = "\x93NUMPY\1\0\x46\0{'descr': '|u1', "
                          "'fortran_order': False, 'shape': (4, 2), }"
                          "          \nabcdefgh";

static void write_idx(void)
{
    static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 1, 0,
                                     0, 0, 1, 0, 0, 0, 2, 7, 9};
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 1, 3};

    fixture_write("train-images-idx3-ubyte", images, sizeof images);
    fixture_write("train-labels-idx1-ubyte", labels, sizeof labels);
}

static void check_format(const char *spec, const char *format)
{
    struct tg_dataset *dataset = fixture_open(spec, TG_TRAIN, NULL);

    assert_string_equal(dataset->format, format);
    tg_dataset_close(dataset);
}

/* Formats are told apart by what is there, or by a prefix. */
static void test_recognition(void **state)
{
    uint8_t record[3073] = {0};

    (void)state;
    check_format("synth:5", "synth");
    fixture_write("x.npy", npy, sizeof npy - 1);
    check_format(fixture_path("x.npy"), "npy");
    fixture_write("y", npy, sizeof npy - 1);
    check_format(fixture_spec("npy", fixture_path("y")), "npy");
    fixture_refuse(fixture_path("y"), TG_TRAIN, NULL, TG_EDATA,
                   "neither a .npy");
    fixture_write("data_batch_1.bin", record, sizeof record);
    check_format(fixture_root, "CIFAR-10");
    write_idx(); /* a folder of both: IDX comes first */
    check_format(fixture_root, "IDX");
    check_format(fixture_spec("cifar", fixture_root), "CIFAR-10");
    check_format(fixture_spec("idx", fixture_root), "IDX");
}

static void check_labels_path(const char *spec, const char *expected)
{
    char *path;

    assert_int_equal(tg_dataset_labels_path(spec, &path), TG_OK);
    assert_int_equal(!path, !expected);
    if (path)
        assert_string_equal(path, expected);
    free(path);
}

/* What others ask of a SPEC, and of names, without opening anything. */
static void test_files(void **state)
{
    static const struct {
        const char *spec, *path;
    } specs[] = {
        {"synth", NULL},      {"synth:", NULL},
        {"synth:9:1", NULL},  {"synthetic", "synthetic"},
        {"npy:a", "a"},       {"idx:", ""},
        {"cifar:b/c", "b/c"}, {"pictures:d", "d"},
        {"e:f", "e:f"},
    };
    static const struct {
        const char *name, *prefix;
    } names[] = {
        {"a/x-ubyte", "idx"},
        {"x-ubyte.gz", "idx"},
        {"data_batch_1.bin", "cifar"},
        {"batches.meta.txt", "cifar"},
        {"x.PNG", "pictures"},
        {"x.jpeg", "pictures"},
        {"x.npy", NULL},
        {"feat-0.npy", "shards"},
        {"test/labels.npy", "shards"},
        {"x.txt", NULL},
        {"bin", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        const char *path = tg_dataset_path(specs[i].spec);

        assert_int_equal(!path, !specs[i].path);
        if (path)
            assert_string_equal(path, specs[i].path);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct tg_format *format = tg_dataset_format_of(names[i].name);

        assert_int_equal(!format, !names[i].prefix);
        if (format)
            assert_string_equal(format->prefix, names[i].prefix);
    }
    fixture_write("x.npy", npy, 1);
    check_labels_path("npy:a/b", "a/b.labels.npy");
    check_labels_path(fixture_path("x.npy"), fixture_path("x.labels.npy"));
    check_labels_path("synth", NULL);
    check_labels_path("idx:x.npy", NULL);
}

/* What a format does not obey is refused, with those that do. */
static void test_refused_options(void **state)
{
    static const struct {
        struct tg_dataset_options options;
        const char *says;
    } rows[] = {
        {{.labels = "l.npy"}, "--labels is for .npy files or folders of .npy shards, and this is "
         "CIFAR"},
        {{.width = 8, .height = 8}, "--image is for folders of pictures"},
        {{.gray = true}, "--gray is for folders of pictures"},
        {{.binary = true}, "--threshold is for folders of pictures"},
    };
    static const struct tg_dataset_options fit = {.width = 32, .height = 32},
                                           implied = {.gray = true,
                                                      .binary = true,
                                                      .implied = true};
    static const char vector[] = "\x93NUMPY\1\0\x39\0{'descr': '|u1', "
                                 "'fortran_order': False, 'shape': (1,2)}\nab";
    uint8_t record[3073] = {0};

    (void)state;
    fixture_write("data_batch_1.bin", record, sizeof record);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fixture_refuse(fixture_root, TG_TRAIN, &rows[i].options, TG_EUSAGE,
                       rows[i].says);
    tg_dataset_close(fixture_open(fixture_root, TG_TRAIN, &fit));
    tg_dataset_close(fixture_open(fixture_root, TG_TRAIN, &implied));
    fixture_refuse(fixture_write("x.npy", vector, sizeof vector - 1), TG_TRAIN,
                   &implied, TG_EUSAGE, "no --threshold is applied");
}

static void test_nothing(void **state)
{
    (void)state;
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA, "holds neither");
    fixture_refuse(fixture_root, TG_TEST, NULL, TG_EDATA, "holds neither");
    fixture_refuse("/no/such/thing", TG_TRAIN, NULL, TG_ENOINPUT,
                   "No such file");
    fixture_refuse("", TG_TRAIN, NULL, TG_ENOINPUT, "No such file");
    fixture_refuse("/dev/null", TG_TRAIN, NULL, TG_EDATA, "neither a .npy");
    fixture_folder("x.npy");
    fixture_refuse(fixture_path("x.npy"), TG_TRAIN, NULL, TG_EDATA,
                   "holds neither");
    tg_dataset_close(NULL);
}

/* A prefix is one only before a colon: a file may be called synthetic. */
static void test_prefix(void **state)
{
    char *folder = getcwd(NULL, 0);

    (void)state;
    assert_non_null(folder);
    assert_int_equal(chdir(fixture_root), 0);
    fixture_write("synthetic.npy", npy, sizeof npy - 1);
    check_format("synthetic.npy", "npy");
    fixture_refuse("idxy:a", TG_TRAIN, NULL, TG_ENOINPUT, "idxy:a");
    assert_int_equal(chdir(folder), 0);
    free(folder);
}

/* Labels follow the names of their classes into another list. */
static void test_match(void **state)
{
    char *list[] = {"x", "9", "8", "7", "6", "5", "4", "3", "2", "1", "0"};
    struct tg_dataset *dataset = fixture_open("synth:300", TG_TRAIN, NULL);
    uint16_t *before = malloc(300 * sizeof *before);

    (void)state;
    memcpy(before, dataset->labels, 300 * sizeof *before);
    assert_int_equal(tg_dataset_match(dataset, 11, list), 0);
    assert_int_equal(dataset->classes, 11);
    for (int i = 0; i < 11; i++) {
        assert_string_equal(dataset->class_names[i], list[i]);
        assert_ptr_not_equal(dataset->class_names[i], list[i]);
    }
    for (int i = 0; i < 300; i++)
        assert_int_equal(dataset->labels[i], 10 - before[i]);
    free(before);
    tg_dataset_close(dataset);
}

/* A class that no sample has need not be in the list; others must. */
static void test_match_missing(void **state)
{
    char *list[] = {"4", "5"}, *other[] = {"4", "6"};
    struct tg_dataset *dataset = fixture_open("synth:1", TG_TRAIN, NULL);

    (void)state;
    assert_int_equal(dataset->labels[0], 5);
    assert_int_equal(tg_dataset_match(dataset, 2, other), TG_EDATA);
    assert_non_null(strstr(tg_error_message(TG_EDATA), "\"5\""));
    assert_int_equal(dataset->classes, 10); /* unchanged */
    assert_int_equal(dataset->labels[0], 5);
    assert_int_equal(tg_dataset_match(dataset, 2, list), 0);
    assert_int_equal(dataset->classes, 2);
    assert_int_equal(dataset->labels[0], 1);
    tg_dataset_close(dataset);
    fixture_write("x.npy", npy, sizeof npy - 1); /* without labels */
    dataset = fixture_open(fixture_path("x.npy"), TG_TRAIN, NULL);
    assert_int_equal(tg_dataset_match(dataset, 2, list), 0);
    assert_null(dataset->labels);
    tg_dataset_close(dataset);
}

static void test_type_size(void **state)
{
    (void)state;
    assert_int_equal(tg_type_size(TG_U8), 1);
    assert_int_equal(tg_type_size(TG_F32), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_recognition), fixture_test(test_nothing),
        fixture_test(test_files),       fixture_test(test_refused_options),
        fixture_test(test_prefix),      fixture_test(test_match),
        fixture_test(test_type_size),   fixture_test(test_match_missing),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
