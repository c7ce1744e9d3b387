#include "fixture.h"

#include "idx_find.h"

#define ROLE "train-images"

/* The file of a role that is found; NULL: none. */
static void check(const char *role, const struct tg_idx_found *like,
                  const char *path, bool gz)
{
    struct tg_idx_found found;

    assert_int_equal(tg_idx_find(fixture_root, role, like, &found), 0);
    if (!like)
        assert_int_equal(tg_idx_has(fixture_root, role), path != NULL);
    if (path) {
        assert_non_null(found.path);
        assert_string_equal(found.path, path);
        assert_int_equal(found.gz, gz);
    } else {
        assert_null(found.path);
    }
    tg_idx_found_free(&found);
    assert_null(found.path);
}

/* In every spelling that is used; other names are none. */
static void test_names(void **state)
{
    static const char *const names[] = {
        "train-images-idx3-ubyte",
        "train-images.idx3-ubyte",
        "train-images-idx3",
        "TRAIN-IMAGES-IDX3-UBYTE",
        "emnist-letters-train-images-idx3-ubyte",
    };
    static const char *const others[] = {
        "train-images",
        "train-images-idx-ubyte",
        "train-images-idx3-byte",
        "train-images-idx3-ubyte.zip",
        "retrain-images-idx3",
        ".a-train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        fixture_clean(state);
        fixture_write(fixture_join(names[i], '.', "gz"), "x", 1);
        check(ROLE, NULL, fixture_join(names[i], '.', "gz"), true);
        fixture_write(names[i], "x", 1);
        check(ROLE, NULL, names[i], false);
        check("t10k-images", NULL, NULL, false);
    }
    fixture_clean(state);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        fixture_write(others[i], "x", 1);
    check(ROLE, NULL, NULL, false);
}

/* A folder named like the file has it within; one without is told. */
static void test_folders(void **state)
{
    struct tg_idx_found found;

    (void)state;
    fixture_folder("train-images-idx3-ubyte");
    assert_int_equal(tg_idx_find(fixture_root, ROLE, NULL, &found), 0);
    assert_true(found.empty);
    tg_idx_found_free(&found);
    fixture_write("train-images-idx3-ubyte/train-images-idx3-ubyte", "x", 1);
    assert_int_equal(tg_idx_find(fixture_root, ROLE, NULL, &found), 0);
    assert_false(found.empty);
    assert_int_equal(found.folder, strlen("train-images-idx3-ubyte/"));
    assert_string_equal(found.path,
                        "train-images-idx3-ubyte/train-images-idx3-ubyte");
    tg_idx_found_free(&found);
    fixture_write("train-images.idx3-ubyte.gz", "x", 1);
    check(ROLE, NULL, "train-images.idx3-ubyte.gz", true);
}

/* Files of one data set start alike; of two, both are named. */
static void test_prefixes(void **state)
{
    struct tg_idx_found found;

    (void)state;
    fixture_write("a-train-images-idx3-ubyte", "x", 1);
    fixture_write("a-train-labels-idx1-ubyte", "x", 1);
    fixture_write("b-train-labels-idx1-ubyte", "x", 1);
    assert_int_equal(tg_idx_find(fixture_root, ROLE, NULL, &found), 0);
    assert_int_equal(found.prefix, 2);
    check("train-labels", &found, "a-train-labels-idx1-ubyte", false);
    check("t10k-labels", &found, NULL, false);
    tg_idx_found_free(&found);
    assert_int_equal(tg_idx_find(fixture_root, "train-labels", NULL, &found),
                     TG_EDATA);
    assert_non_null(strstr(tg_error_message(TG_EDATA),
                           "of a-train-labels, b-train-labels; give each"));
    tg_idx_found_free(&found);
}

/* A folder that is missing is told, where it matters. */
static void test_missing(void **state)
{
    const char *path = fixture_path("missing");
    struct tg_idx_found found;

    (void)state;
    assert_false(tg_idx_has(path, ROLE));
    assert_int_equal(tg_idx_find(path, ROLE, NULL, &found), TG_ENOINPUT);
    assert_non_null(strstr(tg_error_message(TG_ENOINPUT), path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_names),
        fixture_test(test_folders),
        fixture_test(test_prefixes),
        fixture_test(test_missing),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
