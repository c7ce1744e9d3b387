/* Folders as they lie about: in depth, in parts, with rubbish, other formats
 * and strange names. */
#include "folder_fixture.h"

/* The count of each class. */
static void assert_counts(const struct tg_dataset *dataset, int classes,
                          const size_t *counts)
{
    assert_int_equal(dataset->classes, classes);
    for (int c = 0; c < classes; c++) {
        size_t n = 0;

        for (size_t i = 0; i < dataset->count; i++)
            n += dataset->labels[i] == c;
        assert_int_equal(n, counts[c]);
    }
}

/* Pictures are in a class at any depth; a link back is not followed. */
static void test_depth(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    fixture_folder("a");
    fixture_folder("a/images");
    fixture_folder("a/images/more");
    fixture_folder("b");
    fixture_folder("elsewhere");
    write_png("a/2.png", 1);
    write_png("a/images/1.JFIF", 2);
    write_png("a/images/more/1.jpe", 3);
    write_png("elsewhere/1.pjpeg", 4);
    assert_int_equal(symlink("../elsewhere", fixture_path("b/link")), 0);
    assert_int_equal(symlink("..", fixture_path("b/up")), 0);
    assert_int_equal(symlink("..", fixture_path("a/images/back")), 0);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_note(dataset, "folder that they are in: links in a, 1");
    assert_note(dataset, "folder that they are in: links in b, 1");
    assert_file(dataset, 0, "a/2.png");
    assert_file(dataset, 1, "a/images/1.JFIF");
    assert_file(dataset, 2, "a/images/more/1.jpe");
    assert_file(dataset, 3, "b/link/1.pjpeg");
    free(fixture_read(dataset));
    tg_dataset_close(dataset);
}

/* What systems leave behind is no class, and not counted. */
static void test_rubbish(void **state)
{
    static const char *const folders[] = {
        "__MACOSX",     "@eaDir",
        "$RECYCLE.BIN", "System Volume Information",
        "__pycache__",  ".ipynb_checkpoints",
        "lost+found",   "#recycle"};
    static const char *const files[] = {
        "thumbs.db", "Desktop.ini",           "._1.png",
        ".DS_Store", "1.png:Zone.Identifier", "Icon\r"};
    struct tg_dataset *dataset;

    (void)state;
    fixture_folder("a");
    fixture_folder("b");
    write_png("a/1.png", 1);
    write_png("b/1.png", 1);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        fixture_folder(folders[i]);
        write_png(fixture_join(folders[i], '/', "x.png"), 1);
        fixture_folder(fixture_join("a", '/', folders[i]));
        write_png(fixture_join(fixture_join("a", '/', folders[i]), '/',
                               "x.png"),
                  1);
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        fixture_write(files[i], "x", 1);
        fixture_write(fixture_join("b", '/', files[i]), "x", 1);
    }
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->classes, 2);
    assert_int_equal(dataset->count, 2);
    assert_int_equal(dataset->nnotes, 0);
    tg_dataset_close(dataset);
}

/* Two classes of pictures below a folder, n of the first. */
static void make_part(const char *part, int n)
{
    fixture_folder(part);
    for (const char *class = "ab"; *class; class ++) {
        const char *folder = fixture_join(part, '/', *class == 'a' ? "a" : "b");

        fixture_folder(folder);
        for (int i = 0; i < (*class == 'a' ? n : 1); i++) {
            char name[] = {(char)('0' + i), '.', 'p', 'n', 'g', 0};

            write_png(fixture_join(folder, '/', name), i + 1);
        }
    }
}

static void assert_part(enum tg_part part, size_t n, const char *says)
{
    struct tg_dataset *dataset = fixture_open(fixture_root, part, NULL);
    const size_t counts[] = {n, 1};

    assert_counts(dataset, 2, counts);
    assert_note(dataset, says);
    free(fixture_read(dataset));
    tg_dataset_close(dataset);
}

/* train and test, or else val, are parts, however they are written. */
static void test_parts(void **state)
{
    (void)state;
    make_part("Train", 3);
    assert_part(TG_TRAIN, 3, "in its only folder with pictures, Train");
    make_part("valid", 2);
    assert_part(TG_TRAIN, 3,
                "in Train are to train on, those in valid to test");
    assert_part(TG_TEST, 2, "its test part is in valid");
    make_part("TEST", 4);
    assert_part(TG_TRAIN, 3, "left out: the pictures in valid");
    assert_part(TG_TEST, 4, "its test part is in TEST");
}

/* A test part without the classes is none, but may be predicted. */
static void test_unlabelled_part(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    make_part("train", 3);
    fixture_folder("test");
    fixture_folder("test/images");
    write_png("test/images/1.png", 1);
    assert_part(TG_TRAIN, 3, "none are for testing");
    assert_part(TG_TRAIN, 3, "left out: the pictures in test; ");
    assert_int_equal(tg_dataset_open(fixture_root, TG_TEST, NULL, &dataset), 0);
    assert_null(dataset);
    fixture_folder("val");
    write_png("val/1.png", 1);
    make_part("x", 1);
    assert_int_equal(rename(fixture_path("val"), fixture_path("y")), 0);
    assert_int_equal(rename(fixture_path("x"), fixture_path("val")), 0);
    assert_part(TG_TEST, 1, "its test part is in val");
}

/* A training part of no known classes is not two classes with the other. */
static void test_flat_parts(void **state)
{
    (void)state;
    fixture_folder("train");
    fixture_folder("test");
    write_png("train/1.png", 1);
    write_png("test/1.png", 1);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "train/ holds pictures of no known class");
}

/* An archive unpacked: classes, or parts, some folders down. */
static void test_alone(void **state)
{
    (void)state;
    fixture_folder("data-1.0");
    fixture_folder("data-1.0/annotations");
    fixture_write("README", "x", 1);
    make_part("data-1.0/images", 2);
    assert_part(TG_TRAIN, 2, "pictures, data-1.0");
    assert_part(TG_TRAIN, 2, "pictures, images");
}

/* One class of pictures in a folder of its own is still that class. */
static void test_one_class(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    fixture_folder("cat");
    fixture_folder("cat/images");
    write_png("cat/images/1.png", 1);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->classes, 1);
    assert_string_equal(dataset->class_names[0], "cat");
    tg_dataset_close(dataset);
}

/* Contents, not names, say whether it is PNG or JPEG; no ending will do. */
static void test_endings(void **state)
{
    static const char *const names[] = {"1.jpg", "2.JPE", "3.apng", "4"};
    struct tg_dataset *dataset;

    (void)state;
    fixture_folder("a");
    for (int i = 0; i < 4; i++)
        write_png(fixture_join("a", '/', names[i]), i);
    fixture_jpeg("a/5.png", 7, 5, 3, noise);
    fixture_write("a/README", "x", 1);
    fixture_write("a/1.WEBP", "x", 1);
    fixture_write("a/2.webp", "x", 1);
    fixture_write("a/1.gif", "x", 1);
    fixture_write("a/1.txt", "x", 1);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->count, 5);
    assert_note(dataset, "left out: 2 .webp, 1 .gif pictures, 1 of no ending, "
                         "1 .txt; PNG and JPEG are read");
    free(fixture_read(dataset));
    tg_dataset_close(dataset);
}

/* Nothing but other formats: which, how many, and what to do. */
static void test_other_formats(void **state)
{
    (void)state;
    fixture_folder("a");
    fixture_write("a/1.webp", "x", 1);
    fixture_write("a/2.webp", "x", 1);
    fixture_write("a/1.txt", "x", 1);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "holds 2 .webp pictures, 1 .txt");
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "-iname '*.webp' -exec mogrify -format png {} +");
}

/* Beside sub-folders without pictures, those of the folder itself count. */
static void test_empty_folders(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    write_png("1.png", 1);
    fixture_folder("results");
    fixture_write("results/1.txt", "x", 1);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->count, 1);
    assert_null(dataset->labels);
    assert_note(dataset,
                "sub-folders without pictures in them are left out: 1");
    tg_dataset_close(dataset);
}

/* Names that are no UTF-8 name classes all the same. */
static void test_bytes(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    fixture_folder("caf\xe9");
    fixture_folder("a\nb");
    fixture_folder("\\xE9");
    write_png("caf\xe9/1\xff.png", 1);
    write_png("a\nb/1.png", 1);
    write_png("\\xE9/1.png", 1);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_string_equal(dataset->class_names[0], "\\x5CxE9");
    assert_string_equal(dataset->class_names[1], "a\\x0Ab");
    assert_string_equal(dataset->class_names[2], "caf\\xE9");
    assert_file(dataset, 2, "caf\xe9/1\xff.png");
    free(fixture_read(dataset));
    tg_dataset_close(dataset);
}

/* Two classes whose names look the same are one mistake. */
static void test_alike(void **state)
{
    (void)state;
    fixture_folder("caf\xc3\xa9");
    fixture_folder("cafe\xcc\x81");
    write_png("caf\xc3\xa9/1.png", 1);
    write_png("cafe\xcc\x81/1.png", 1);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA, "NFD");
}

/* Two that differ in case may be two. */
static void test_cases(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    fixture_folder("Cat");
    fixture_folder("cat");
    write_png("Cat/1.png", 1);
    write_png("cat/1.png", 1);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->classes, 2);
    assert_int_equal(dataset->nnotes, 1);
    assert_note(dataset, "\"Cat\" and \"cat\" differ only in upper");
    tg_dataset_close(dataset);
}

/* Sizes that differ are said, as shown, where they are not chosen. */
static void test_sizes(void **state)
{
    struct tg_dataset_options options = {.width = 2, .height = 2};
    struct tg_dataset *dataset;

    (void)state;
    fixture_folder("a");
    write_png("a/1.png", 1);
    fixture_png("a/2.png", 14, 10, PNG_COLOR_TYPE_GRAY, 8, 0, noise);
    fixture_png("a/3.png", 6, 20, PNG_COLOR_TYPE_GRAY, 8, 0, noise);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_note(dataset, "different sizes, from 6x5 to 14x20; all are resized "
                         "to 7x5, the size of the first, which changes the "
                         "proportions of 1; --image");
    tg_dataset_close(dataset);
    dataset = fixture_open(fixture_root, TG_TRAIN, &options);
    assert_int_equal(dataset->nnotes, 0);
    tg_dataset_close(dataset);
}

/* Of many pictures, some are looked at, the last among them. */
static void test_many(void **state)
{
    struct tg_dataset *dataset;
    char name[32];

    (void)state;
    fixture_folder("a");
    for (int i = 0; i < 1500; i++) {
        snprintf(name, sizeof name, "a/%04d.png", i);
        fixture_png(name, 2, i < 1499 ? 2 : 3, PNG_COLOR_TYPE_GRAY, 8, 0,
                    noise);
    }
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_note(dataset, "from 2x2 to 2x3 (of 1,000 of 1,500 looked at)");
    tg_dataset_close(dataset);
}

/* White strokes on clear ground are lost on white, and it is said. */
static void test_blank_pictures(void **state)
{
    const uint8_t strokes[] = {255, 0, 255, 255, 255, 90, 255, 0};
    struct tg_dataset_options options = {.ground = {.given = true}};
    struct tg_dataset *dataset;
    uint8_t *samples;

    (void)state;
    fixture_folder("a");
    fixture_png("a/1.png", 4, 1, PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0, strokes);
    fixture_png("a/2.png", 4, 1, PNG_COLOR_TYPE_GRAY, 8, 0, noise);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_note(dataset, "of 2 pictures looked at, 1 come out blank");
    assert_note(dataset, "--background black");
    tg_dataset_close(dataset);
    dataset = fixture_open(fixture_root, TG_TRAIN, &options);
    assert_int_equal(dataset->nnotes, 0);
    samples = fixture_read(dataset);
    assert_memory_equal(samples, "\0\xff\x5a\0", 4);
    free(samples);
    tg_dataset_close(dataset);
    options.binary = true;
    options.threshold = 1;
    dataset = fixture_open(fixture_root, TG_TRAIN, &options);
    assert_note(dataset, "of 2 pictures looked at, 2 come out blank");
    tg_dataset_close(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_depth),         fixture_test(test_rubbish),
        fixture_test(test_parts),         fixture_test(test_unlabelled_part),
        fixture_test(test_flat_parts),    fixture_test(test_alone),
        fixture_test(test_one_class),     fixture_test(test_endings),
        fixture_test(test_other_formats), fixture_test(test_empty_folders),
        fixture_test(test_bytes),         fixture_test(test_alike),
        fixture_test(test_cases),         fixture_test(test_sizes),
        fixture_test(test_many),          fixture_test(test_blank_pictures),
    };

    fixture_fill(1, sizeof noise, noise);
    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
