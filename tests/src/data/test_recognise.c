#include "fixture.h"

#include "recognise.h"

static void write_cifar(const char *folder)
{
    uint8_t batch[3073] = {0};

    fixture_write(fixture_join(folder, '/', "data_batch_1.bin"), batch,
                  sizeof batch);
}

/* The format of a SPEC, the path in it, and the folder below (or NULL). */
static void check(const char *spec, const struct tg_format *expected,
                  const char *names, const char *below)
{
    const struct tg_format *format;
    const char *path;
    char *home;
    int error = tg_recognise(spec, &format, &path, &home);

    if (error)
        fail_msg("%s: %s", spec, tg_error_message(error));
    assert_ptr_equal(format, expected);
    assert_string_equal(path, names);
    assert_int_equal(!home, !below);
    if (home)
        assert_string_equal(home, below);
    free(home);
}

static void check_refused(const char *spec, int code, const char *says)
{
    const struct tg_format *format;
    const char *path;
    char *home;

    assert_int_equal(tg_recognise(spec, &format, &path, &home), code);
    if (!strstr(tg_error_message(code), says))
        fail_msg("%s: \"%s\" doesn't say \"%s\"", spec, tg_error_message(code),
                 says);
    assert_null(home);
    tg_error_clear();
}

/* A prefix decides, of what is there or not. */
static void test_prefixes(void **state)
{
    (void)state;
    check("npy:x", &tg_format_npy, "x", NULL);
    check("npy:idx:x", &tg_format_npy, "idx:x", NULL);
    check("synth", &tg_format_synth, "", NULL);
    check("synth:5", &tg_format_synth, "5", NULL);
    check("cifar:none", &tg_format_cifar, "none", NULL);
    check_refused("npy:", TG_EUSAGE, "npy:PATH");
    check_refused("npy", TG_ENOINPUT, "npy: No such file");
}

/* A data set may lie below the folder, beside the pictures of one folder. */
static void test_below(void **state)
{
    const char *below = fixture_path("a/b");

    (void)state;
    fixture_folder("a");
    fixture_folder("a/b");
    write_cifar("a/b");
    check(below, &tg_format_cifar, below, NULL);
    check(fixture_root, &tg_format_cifar, fixture_root, below);
    check(fixture_spec("cifar", fixture_root), &tg_format_cifar, fixture_root,
          below);
    check(fixture_spec("idx", fixture_root), &tg_format_idx, fixture_root,
          NULL);
    fixture_folder("a/b/c");
    write_cifar("a/b/c");
    check(fixture_spec("cifar", below), &tg_format_cifar, below, NULL);
    fixture_folder("c");
    fixture_write("c/1.png", "x", 1);
    check(fixture_root, &tg_format_cifar, fixture_root, below);
    fixture_folder("d");
    fixture_write("d/1.png", "x", 1);
    check_refused(fixture_root, TG_EDATA, "a/b, and pictures; give the folder");
}

/* Two data sets below a folder are one too many. */
static void test_two(void **state)
{
    (void)state;
    fixture_folder("a");
    fixture_folder("b");
    write_cifar("a");
    write_cifar("b");
    check_refused(fixture_root, TG_EDATA, "holds several data sets");
    check_refused(fixture_spec("cifar", fixture_root), TG_EDATA,
                  "holds several data sets");
}

/* What is nothing that is read, by what it is. */
static void test_refused(void **state)
{
    (void)state;
    check_refused(fixture_root, TG_EDATA, "neither IDX files");
    fixture_write("x.zip", "PK\3\4", 4);
    check_refused(fixture_root, TG_EDATA, "x.zip, an archive; unpack it");
    check_refused(fixture_path("x.zip"), TG_EDATA, "but a zip archive; unpack");
    check_refused(fixture_write("train-images-idx3-ubyte", "\0\0\x08\3", 4),
                  TG_EDATA, "give the folder that holds them");
    check_refused("/dev/null", TG_EDATA, "is neither a .npy file");
    check_refused(fixture_path("missing"), TG_ENOINPUT, "missing: No such");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_prefixes),
        fixture_test(test_below),
        fixture_test(test_two),
        fixture_test(test_refused),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
