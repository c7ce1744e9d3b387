#include "fixture.h"

#include "archives.h"

/* A CIFAR-10 data set in a folder that is there. */
static void write_cifar(const char *folder)
{
    uint8_t batch[3073] = {0};

    fixture_write(fixture_join(folder, '/', "data_batch_1.bin"), batch,
                  sizeof batch);
}

/* An IDX data set, so far as its files' names tell. */
static void write_idx(const char *folder)
{
    fixture_write(fixture_join(folder, '/', "train-images-idx3-ubyte"),
                  "\0\0\x08\3", 4);
    fixture_write(fixture_join(folder, '/', "train-labels-idx1-ubyte"),
                  "\0\0\x08\1", 4);
}

static struct tg_archive look(const char *path, const struct tg_format *format)
{
    struct tg_archive archive;

    assert_int_equal(tg_archive_look(path, format, &archive), 0);
    return archive;
}

/* A data set three levels below is found, and no deeper one; within rubbish,
 * or in the folder itself, there is none. */
static void test_depth(void **state)
{
    struct tg_archive archive;

    (void)state;
    fixture_folder("a");
    fixture_folder("a/b");
    fixture_folder("a/b/c");
    fixture_folder("a/b/c/d");
    write_cifar("a/b/c/d");
    fixture_folder("__MACOSX");
    write_cifar("__MACOSX");
    write_cifar(".");
    archive = look(fixture_root, NULL);
    assert_int_equal(archive.homes, 0);
    tg_archive_free(&archive);
    write_cifar("a/b/c");
    archive = look(fixture_join(fixture_root, '/', "//"), NULL);
    assert_int_equal(archive.homes, 1);
    assert_string_equal(archive.home[0].path, fixture_path("a/b/c"));
    assert_ptr_equal(archive.home[0].format, &tg_format_cifar);
    tg_archive_free(&archive);
    assert_null(archive.home[0].path);
    write_cifar("a/b"); /* below which nothing is looked for */
    archive = look(fixture_root, NULL);
    assert_int_equal(archive.homes, 1);
    assert_string_equal(archive.home[0].path, fixture_path("a/b"));
    tg_archive_free(&archive);
}

/* Data sets of one format, or of any. */
static void test_formats(void **state)
{
    struct tg_archive archive;

    (void)state;
    fixture_folder("a");
    fixture_folder("b");
    write_cifar("a");
    write_idx("b");
    archive = look(fixture_root, NULL);
    assert_int_equal(archive.homes, 2);
    assert_string_equal(archive.home[0].path, fixture_path("a"));
    assert_string_equal(archive.home[1].path, fixture_path("b"));
    assert_ptr_equal(archive.home[1].format, &tg_format_idx);
    tg_archive_free(&archive);
    archive = look(fixture_root, &tg_format_cifar);
    assert_int_equal(archive.homes, 1);
    assert_string_equal(archive.home[0].path, fixture_path("a"));
    tg_archive_free(&archive);
}

/* Several are refused by name, with pictures that may be one more. */
static void test_refusal(void **state)
{
    struct tg_archive archive;
    const char *message;

    (void)state;
    for (char name[] = "a"; *name < 'k'; ++*name) {
        fixture_folder(name);
        write_cifar(name);
    }
    archive = look(fixture_root, NULL);
    assert_int_equal(archive.homes, TG_ARCHIVE_HOMES);
    assert_int_equal(tg_archive_fail(fixture_root, &archive), TG_EDATA);
    message = tg_error_message(TG_EDATA);
    assert_non_null(strstr(message, fixture_join(fixture_path("a"), ',', " ")));
    assert_non_null(strstr(message, "; give the folder of one"));
    assert_null(strstr(message, "pictures"));
    tg_error_clear();
    archive.pictures = 2;
    assert_int_equal(tg_archive_fail(fixture_root, &archive), TG_EDATA);
    assert_non_null(strstr(tg_error_message(TG_EDATA), ", and pictures; give"));
    tg_archive_free(&archive);
}

/* Folders of pictures are counted, and many end the look. */
static void test_pictures(void **state)
{
    struct tg_archive archive;
    char name[16];

    (void)state;
    fixture_write("0.png", "x", 1);
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "c%02d", i);
        fixture_folder(name);
        fixture_write(fixture_join(name, '/', "1.JPG"), "x", 1);
        if (i == 1) {
            archive = look(fixture_root, NULL);
            assert_int_equal(archive.pictures, 2);
            tg_archive_free(&archive);
        }
    }
    fixture_folder("z");
    write_cifar("z");
    archive = look(fixture_root, NULL);
    assert_in_range(archive.pictures, 2, 39);
    assert_int_equal(archive.homes, 0);
    tg_archive_free(&archive);
}

/* The most telling file that can't be read; of those alike, the first. */
static void test_clues(void **state)
{
    static const struct {
        const char *file, *told, *says;
    } cases[] = {
        {"a/notes", NULL, NULL},
        {"a/x.csv", "a/x.csv", "numpy.save"},
        {"a/y.ZIP", "a/y.ZIP", "unzip"},
        {"x.npz", "a/y.ZIP", "unzip"},
        {"a/b.zip", "a/b.zip", "unzip"},
        {"a/data_batch_1.old", "a/b.zip", "unzip"},
        {"data_batch_1", "data_batch_1", "cifar-10-binary.tar.gz"},
    };

    (void)state;
    fixture_folder("a");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tg_archive archive;

        fixture_write(cases[i].file, "x", 1);
        archive = look(fixture_root, NULL);
        if (cases[i].told) {
            assert_string_equal(archive.file, fixture_path(cases[i].told));
            assert_non_null(strstr(archive.remedy, cases[i].says));
            assert_non_null(archive.what);
        } else {
            assert_null(archive.file);
        }
        tg_archive_free(&archive);
    }
}

/* A folder that can't be opened is as good as empty; links in a circle end. */
static void test_odd_folders(void **state)
{
    struct tg_archive archive;

    (void)state;
    archive = look(fixture_path("missing"), NULL);
    assert_int_equal(archive.homes, 0);
    assert_null(archive.file);
    tg_archive_free(&archive);
    fixture_folder("a");
    assert_int_equal(symlink("..", fixture_path("a/up")), 0);
    assert_int_equal(symlink("gone", fixture_path("a/gone")), 0);
    archive = look(fixture_root, NULL);
    assert_int_equal(archive.homes, 0);
    assert_int_equal(archive.folders, 4); /* itself, a, a/up, a/up/a */
    tg_archive_free(&archive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_depth),   fixture_test(test_formats),
        fixture_test(test_refusal), fixture_test(test_pictures),
        fixture_test(test_clues),   fixture_test(test_odd_folders),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
