#include "shards_fixture.h"

#include <math.h>
#include <sys/resource.h>

#include "check.h"
#include "formats.h"
#include "view.h"

static bool has_note(const struct tg_dataset *dataset, const char *says)
{
    for (int i = 0; i < dataset->nnotes; i++)
        if (strstr(dataset->notes[i], says))
            return true;
    return false;
}

static void assert_samples(const struct tg_dataset *dataset)
{
    uint8_t *samples = fixture_read(dataset);

    assert_memory_equal(samples, noise, sizeof noise);
    free(samples);
}

/* One data set, in the order of numbers; a prefix forces it. */
static void test_shards(void **state)
{
    struct tg_dataset *dataset;
    const char *specs[] = {fixture_root, fixture_spec("shards", fixture_root)};

    (void)state;
    write_shards();
    for (int i = 0; i < 2; i++) {
        dataset = fixture_open(specs[i], TG_TRAIN, NULL);
        assert_ptr_equal(dataset->kind, &tg_format_shards);
        assert_string_equal(dataset->format, "npy");
        assert_int_equal(dataset->type, TG_U8);
        assert_int_equal(dataset->count, ROWS);
        assert_int_equal(dataset->features, D);
        assert_int_equal(dataset->width, 0);
        assert_null(dataset->labels);
        assert_string_equal(dataset->notes[0],
                            "it is 3 shards: feat-9.npy to feat-11.npy");
        assert_string_equal(dataset->notes[1],
                            "shards are in the order of their numbers: "
                            "feat-9.npy comes before feat-10.npy");
        assert_int_equal(dataset->nnotes, 2);
        assert_samples(dataset);
        tg_dataset_close(dataset);
        assert_int_equal(tg_dataset_open(specs[i], TG_TEST, NULL, &dataset), 0);
        assert_null(dataset);
    }
    unlink(fixture_path("feat-9.npy"));
    unlink(fixture_path("feat-10.npy"));
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_string_equal(dataset->notes[0], "it is 1 shard: feat-11.npy");
    assert_int_equal(dataset->nnotes, 1);
    tg_dataset_close(dataset);
}

/* Rows of the noise in Fortran order, flat or as pictures of 3 x 2. */
static void write_fortran(const char *name, size_t first, size_t n, bool flat)
{
    uint8_t data[ROWS * D];
    char text[128];

    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < D; f++)
            data[i + n * (flat ? f : f / 3 + f % 3 * 2)] =
                noise[(first + i) * D + f];
    snprintf(text, sizeof text,
             "{'descr': '|u1', 'fortran_order': True, 'shape': (%zu, %s)}", n,
             flat ? "6" : "2, 3");
    write_raw(name, 1, text, data, n * D);
}

/* Each shard may have its own order of axes. */
static void test_orders_of_axes(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    write_shards();
    write_fortran("feat-11.npy", 6, 6, true);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_samples(dataset);
    tg_dataset_close(dataset);
    write_fortran("feat-9.npy", 0, 5, true);
    write_fortran("feat-10.npy", 5, 1, true);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_samples(dataset);
    tg_dataset_close(dataset);
}

/* Pictures, too; what is assumed of their axes is said once, of all. */
static void test_pictures(void **state)
{
    static const struct tg_dataset_options said = {.layout = TG_LAYOUT_NHW};
    struct tg_dataset *dataset;

    (void)state;
    write_shards();
    write_fortran("feat-9.npy", 0, 5, false);
    write_npy("feat-10.npy", 1, "|u1", "(1, 2, 3)", noise + 5 * D, D);
    write_fortran("feat-11.npy", 6, 6, false);
    for (int i = 0; i < 2; i++) {
        dataset = fixture_open(fixture_root, TG_TRAIN, i ? &said : NULL);
        assert_int_equal(dataset->width, 3);
        assert_int_equal(dataset->height, 2);
        assert_int_equal(dataset->channels, 1);
        assert_int_equal(dataset->nnotes, 3 - i);
        assert_int_equal(has_note(dataset, "its shape, 12 x 2 x 3, is"), !i);
        assert_samples(dataset);
        tg_dataset_close(dataset);
    }
}

/* Floats of both orders of bytes; what is none is told by its file and row,
 * also beside samples that are left out. */
static void test_floats(void **state)
{
    static const size_t out[] = {0, 2};
    float values[] = {1, -2, 3.5f, 0x1p-100f, 5, NAN};
    const char turned[] = "\x3f\x80\0\0\xc0\0\0\0";
    struct tg_dataset *dataset;
    float *samples;

    (void)state;
    write_npy("feat-0.npy", 1, ">f4", "(1, 2)", turned, 8);
    write_npy("feat-1.npy", 1, "<f4", "(2, 2)", values + 2, 16);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->type, TG_F32);
    assert_false(dataset->rounded);
    fixture_unreadable(dataset, 2, TG_EDATA,
                       "/feat-1.npy: row 1, feature 1 (the first are 0) is "
                       "NaN; remove or replace it");
    assert_int_equal(tg_view_leave_out(&dataset, 1, out, false), 0);
    assert_non_null(
        strstr(dataset->notes[1], "1 bad sample is left out: row 0 of /"));
    fixture_unreadable(dataset, 1, TG_EDATA, "/feat-1.npy: row 1, feature 1 ");
    tg_dataset_close(dataset);
    values[5] = 6;
    write_npy("feat-1.npy", 1, "<f4", "(2, 2)", values + 2, 16);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    samples = fixture_read(dataset);
    assert_memory_equal(samples, values, sizeof values);
    free(samples);
    tg_dataset_close(dataset);
}

/* ---- Parts ------------------------------------------------------------ */

static void write_part(const char *folder, size_t first, size_t n)
{
    fixture_folder(folder);
    write_shard(fixture_join(folder, '/', "feat-0.npy"), first, n);
    write_labels(fixture_join(folder, '/', "labels.npy"), n, numbers + first);
}

static void test_parts(void **state)
{
    struct tg_dataset_options given = {.labels = "x"};
    struct tg_dataset *dataset;

    (void)state;
    fixture_fill(7, sizeof noise, noise);
    write_part("Train", 0, 7);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "Train/feat-0.npy, a shard of a data set; give the folder");
    write_part("val", 9, 3);
    for (int test = 0; test < 2; test++) {
        dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
        assert_ptr_equal(dataset->kind, &tg_format_shards);
        assert_int_equal(dataset->count, 7);
        assert_true(has_note(dataset, test ? "in Train are to train on, those "
                                             "in test to test on"
                                           : "those in val to test on"));
        assert_int_equal(has_note(dataset, "left out: the shards in val"),
                         test);
        tg_dataset_close(dataset);
        dataset = fixture_open(fixture_root, TG_TEST, NULL);
        assert_int_equal(dataset->count, test ? 2 : 3);
        assert_int_equal(dataset->classes, test ? 2 : 3);
        assert_string_equal(dataset->notes[0], test
                                                   ? "its test part is in test"
                                                   : "its test part is in val");
        tg_dataset_close(dataset);
        if (!test)
            write_part("test", 7, 2);
    }
    fixture_refuse(fixture_root, TG_TRAIN, &given, TG_EUSAGE,
                   "--labels is for one part, and this has two");
    write_shard("feat-0.npy", 0, 1); /* then the folder's own are meant */
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->count, 1);
    assert_true(has_note(dataset, "left out: the shards in test"));
    tg_dataset_close(dataset);
}

/* ---- Bad ones --------------------------------------------------------- */

static void test_bad_shards(void **state)
{
    static const char *const kinds[] = {"idx", "cifar", "pictures"};
    float floats[6] = {0};

    (void)state;
    write_shards();
    write_npy("feat-10.npy", 1, "|u1", "(1, 5)", noise, 5);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/feat-10.npy: its shape is 1 x 5, and that of ");
    write_npy("feat-10.npy", 1, "|u1", "(1, 2, 3)", noise, 6);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/feat-9.npy 5 x 6, but only the first");
    write_npy("feat-10.npy", 1, "<f4", "(1, 6)", floats, 24);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/feat-10.npy: is of dtype '<f4', and ");
    write_npy("feat-10.npy", 1, "|u1", "(0, 6)", noise, 0);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/feat-10.npy: holds no samples; remove it");
    write_npy("feat-10.npy", 1, "|u1", "(2, 6)", noise, 11);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/feat-10.npy: its header claims 12 bytes of data, and 11");
    write_npy("feat-10.npy", 1, "|O", "(1, 6)", noise, 48);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/feat-10.npy: features are objects");
    fixture_write("feat-10.npy", "", 0);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "/feat-10.npy: is not a .npy file");
    unlink(fixture_path("feat-10.npy"));
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "feat-9.npy is followed by feat-11.npy, and number 10 is");
    fixture_folder("feat-10.npy");
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_ENOINPUT,
                   "/feat-10.npy: is not a regular file");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct tg_dataset *dataset;

        assert_int_not_equal(tg_dataset_open(fixture_spec(kinds[i],
                                                          fixture_root),
                                             TG_TRAIN, NULL, &dataset),
                             0);
        tg_error_clear();
    }
    fixture_refuse(fixture_spec("shards", fixture_folder("none")), TG_TRAIN,
                   NULL, TG_ENOINPUT, "none: holds no feat-*.npy, nor folders");
}

/* A file that is another one, or gone, after it has been opened. */
static void test_changed(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    write_shards();
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    write_shard("feat-11.npy", 0, 5);
    fixture_unreadable(dataset, 6, TG_EIO,
                       "/feat-11.npy: is another file than at the start");
    unlink(fixture_path("feat-11.npy"));
    fixture_unreadable(dataset, 6, TG_ENOINPUT, "/feat-11.npy: ");
    write_shard("feat-11.npy", 6, 6);
    assert_samples(dataset);
    tg_dataset_close(dataset);
}

/* More shards than a process may have open files; each bad sample is listed. */
static void test_many(void **state)
{
    enum { MANY = 100, FILES = 32 };
    float values[2] = {0};
    struct tg_dataset *dataset;
    struct tg_check check = {.last = MANY};
    struct tg_bad_list list;
    struct rlimit before, few;
    char name[32];

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = FILES;
    for (int i = 0; i < MANY; i++) {
        values[0] = (float)i;
        values[1] = i % 30 == 29 ? INFINITY : 0;
        snprintf(name, sizeof name, "feat-%d.npy", i);
        write_npy(name, 1, "<f4", "(1, 2)", values, sizeof values);
    }
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->count, MANY);
    check.dataset = dataset;
    assert_int_equal(tg_check_run(&check, &list), 0);
    assert_int_equal(list.count, 3);
    assert_int_equal(list.bad[1].row, 59);
    assert_non_null(strstr(list.bad[1].why, "/feat-59.npy: row 0, feature "
                                            "1 (the first are 0) is infinite"));
    tg_bad_free(&list);
    tg_dataset_close(dataset);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_shards),   fixture_test(test_orders_of_axes),
        fixture_test(test_pictures), fixture_test(test_floats),
        fixture_test(test_parts),    fixture_test(test_bad_shards),
        fixture_test(test_changed),  fixture_test(test_many),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
