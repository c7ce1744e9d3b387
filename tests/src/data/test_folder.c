#include "folder_fixture.h"

/* Three classes; files and folders that must be left out. */
static void make_folder(void)
{
    fixture_folder("b");
    fixture_folder("B");
    fixture_folder("10");
    fixture_folder(".hidden");
    write_png("b/2.png", 1);
    write_png("b/10.PNG", 2);
    write_png("b/.x.png", 3);
    write_png("B/x.jpg", 4); /* what is in it counts, not its name */
    write_png("10/c.JpEg", 5);
    write_png("10/a.png", 6);
    write_png("10/b.png", 7);
    write_png("top.png", 8);
    write_png(".hidden/a.png", 9);
    fixture_write("10/notes.txt", "x", 1);
    fixture_write("b/png", "x", 1);
    fixture_folder("b/sub.png");
}

/* Classes and files are in the order of their bytes. */
static void test_order(void **state)
{
    static const int offsets[] = {6, 7, 5, 4, 2, 1};
    static const int labels[] = {0, 0, 0, 1, 2, 2};
    struct tg_dataset *dataset;
    uint8_t *samples;

    (void)state;
    make_folder();
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_string_equal(dataset->format, "pictures");
    assert_int_equal(dataset->type, TG_U8);
    assert_int_equal(dataset->count, 6);
    assert_int_equal(dataset->nnotes, 2);
    assert_note(dataset, "in no sub-folder and so in no class: 1 PNG or JPEG");
    assert_note(dataset, "left out: 1 of no ending, 1 .txt");
    assert_int_equal(dataset->width, 7);
    assert_int_equal(dataset->height, 5);
    assert_int_equal(dataset->channels, 3);
    assert_int_equal(dataset->features, 105);
    assert_int_equal(dataset->classes, 3);
    assert_string_equal(dataset->class_names[0], "10");
    assert_string_equal(dataset->class_names[1], "B");
    assert_string_equal(dataset->class_names[2], "b");
    samples = fixture_read(dataset);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(dataset->labels[i], labels[i]);
        for (int k = 0; k < 105; k++)
            assert_int_equal(samples[105 * i + k],
                             noise[offsets[i] + k % 35 * 3 + k / 35]);
    }
    free(samples);
    tg_dataset_close(dataset);
    assert_int_equal(tg_dataset_open(fixture_root, TG_TEST, NULL, &dataset), 0);
    assert_null(dataset);
}

/* Pictures of any size, as gray ones of one size, black and white. */
static void test_options(void **state)
{
    const uint8_t picture[] = {0,   0,   0,   255, 255, 255, 255, 0, 0,
                               255, 255, 255, 0,   0,   255, 0,   0, 0};
    struct tg_dataset_options options = {.width = 3, .height = 1};
    struct tg_dataset *dataset;
    uint8_t *samples;

    (void)state;
    fixture_folder("a");
    fixture_png("a/1.png", 3, 2, PNG_COLOR_TYPE_RGB, 8, 0, picture);
    fixture_png("a/2.png", 9, 11, PNG_COLOR_TYPE_GRAY, 8, 0, noise);
    fixture_jpeg("a/3.jpeg", 20, 30, 3, noise);
    dataset = fixture_open(fixture_root, TG_TRAIN, &options);
    assert_int_equal(dataset->classes, 1);
    assert_int_equal(dataset->features, 9);
    samples = fixture_read(dataset);
    assert_int_equal(samples[0], 128); /* red of (white + black) / 2 */
    assert_int_equal(samples[2], 128);
    assert_int_equal(samples[5], 0);
    free(samples);
    tg_dataset_close(dataset);
    options.gray = options.binary = true;
    options.threshold = 0.4; /* of 128, 142, 38 the first two are above */
    dataset = fixture_open(fixture_root, TG_TRAIN, &options);
    assert_int_equal(dataset->channels, 1);
    assert_int_equal(dataset->features, 3);
    samples = fixture_read(dataset);
    assert_int_equal(samples[0], 255);
    assert_int_equal(samples[1], 255);
    assert_int_equal(samples[2], 0);
    for (size_t i = 3; i < 9; i++)
        assert_true(samples[i] == 0 || samples[i] == 255);
    free(samples);
    tg_dataset_close(dataset);
    options.labels = "a.npy";
    fixture_refuse(fixture_root, TG_TRAIN, &options, TG_EUSAGE, "--labels");
}

/* Pictures without sub-folders are samples without labels. */
static void test_unlabelled(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    write_png("2.png", 1);
    write_png("1.png", 2);
    fixture_write("x.txt", "x", 1);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->count, 2);
    assert_int_equal(dataset->nnotes, 1);
    assert_note(dataset, "left out: 1 .txt");
    assert_int_equal(dataset->classes, 0);
    assert_null(dataset->labels);
    free(fixture_read(dataset));
    assert_file(dataset, 1, "2.png");
    tg_dataset_close(dataset);
}

/* So is a picture by itself. */
static void test_one(void **state)
{
    struct tg_dataset *dataset;
    uint8_t *samples;

    (void)state;
    fixture_folder("a");
    write_png("a/1.PNG", 1);
    fixture_refuse(fixture_path("a/2.png"), TG_TRAIN, NULL, TG_ENOINPUT,
                   "a/2.png");
    dataset = fixture_open(fixture_path("a/1.PNG"), TG_TRAIN, NULL);
    assert_string_equal(dataset->format, "pictures");
    assert_int_equal(dataset->count, 1);
    assert_int_equal(dataset->width, 7);
    assert_null(dataset->labels);
    samples = fixture_read(dataset);
    assert_int_equal(samples[0], noise[1]);
    free(samples);
    assert_file(dataset, 0, "a/1.PNG");
    tg_dataset_close(dataset);
    fixture_write("a/text.jpg", "x", 1);
    fixture_refuse(fixture_path("a/text.jpg"), TG_TRAIN, NULL, TG_EDATA,
                   "a/text.jpg");
}

/* Links to folders and files count as what they lead to; one that leads nowhere
 * is, by its name, a picture that cannot be read, or refused, since a class may
 * be missing. */
static void test_links(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    fixture_folder("a");
    write_png("a/1.png", 1);
    assert_int_equal(symlink("1.png", fixture_path("a/2.png")), 0);
    assert_int_equal(symlink("a", fixture_path("b")), 0);
    assert_int_equal(symlink("no", fixture_path("a/3.png")), 0);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->count, 6);
    fixture_unreadable(dataset, 2, TG_ENOINPUT, "a/3.png");
    tg_dataset_close(dataset);
    unlink(fixture_path("a/3.png"));
    assert_int_equal(symlink("c", fixture_path("c")), 0);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_ENOINPUT, "/c: is a link");
    unlink(fixture_path("c"));
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->classes, 2);
    assert_int_equal(dataset->count, 4);
    free(fixture_read(dataset));
    tg_dataset_close(dataset);
}

/* A damaged picture shows when it is read, with its name. */
static void test_damaged(void **state)
{
    struct tg_dataset *dataset;
    size_t row = 1;
    uint8_t sample[105];

    (void)state;
    fixture_folder("a");
    write_png("a/1.png", 1);
    fixture_write("a/2.png", "no picture", 10);
    write_png("a/3.png", 1);
    write_png("a/4.png", 1);
    assert_int_equal(truncate(fixture_path("a/3.png"), 90), 0);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    fixture_unreadable(dataset, 1, TG_EDATA, "a/2.png");
    fixture_unreadable(dataset, 2, TG_EDATA, "a/3.png");
    unlink(fixture_path("a/4.png"));
    fixture_unreadable(dataset, 3, TG_ENOINPUT, "a/4.png");
    fixture_write("a/2.png", "", 0);
    assert_int_equal(tg_dataset_load(dataset, NULL, &row, 1, sample), TG_EDATA);
    tg_error_clear();
    tg_dataset_close(dataset);
    fixture_write("a/1.png", "no picture", 10); /* it gives the size */
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA, "a/1.png");
}

static void test_nothing(void **state)
{
    struct tg_dataset_options options = {.width = 100000, .height = 100000};
    const char *spec = fixture_spec("pictures", fixture_root);

    (void)state;
    fixture_refuse(spec, TG_TRAIN, NULL, TG_EDATA, "one sub-folder per class");
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA, "one sub-folder");
    fixture_folder("a");
    fixture_folder("b");
    fixture_refuse(spec, TG_TRAIN, NULL, TG_EDATA, "holds no PNG or JPEG");
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA, "one sub-folder");
    write_png("a/1.png", 1);
    fixture_folder("c");
    fixture_write("c/1.gif", "GIF", 3);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA,
                   "'b' (nothing), 'c' (1 .gif picture)");
    write_png("b/1.png", 1);
    write_png("c/1.png", 1);
    fixture_refuse(spec, TG_TRAIN, &options, TG_EUSAGE, "--image");
    fixture_refuse("pictures:/no/such/folder", TG_TRAIN, NULL, TG_ENOINPUT,
                   "/no/such/folder");
}

/* 2,062 photographs, three of them of 3024 x 3024. */
static void test_real(void **state)
{
    struct tg_dataset_options options = {.width = 8, .height = 8, .gray = 1};
    struct tg_dataset *dataset =
        fixture_open(fixture_data("hands"), TG_TRAIN, NULL);
    size_t rows[230];
    uint8_t *samples;
    size_t n = 0;

    (void)state;
    assert_int_equal(dataset->count, 2062);
    assert_int_equal(dataset->classes, 10);
    assert_int_equal(dataset->width, 100);
    assert_int_equal(dataset->height, 100);
    assert_int_equal(dataset->features, 30000);
    tg_dataset_close(dataset);
    dataset = fixture_open(fixture_data("hands"), TG_TRAIN, &options);
    for (size_t i = 0; i < dataset->count; i++)
        if (dataset->labels[i] == 7)
            rows[n++] = i;
    samples = malloc(64 * n);
    assert_int_equal(tg_dataset_load(dataset, NULL, rows, n, samples), 0);
    free(samples);
    tg_dataset_close(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_order),   fixture_test(test_options),
        fixture_test(test_links),   fixture_test(test_unlabelled),
        fixture_test(test_one),     fixture_test(test_damaged),
        fixture_test(test_nothing), fixture_test(test_real),
    };

    fixture_fill(1, sizeof noise, noise);
    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
