#include "fixture.h"

#include "shards_names.h"

/* A list of names that ends with NULL, sorted. */
static struct tg_names list(const char *const *names)
{
    struct tg_names found = {0};

    for (; *names; names++)
        assert_int_equal(tg_names_add(&found, strdup(*names)), 0);
    tg_shards_sort(&found);
    return found;
}

static void test_kinds(void **state)
{
    static const char *const shards[] = {"feat-.npy", "feat-0.npy",
                                         "feat-a.b.npy", "feat-labels.npy"};
    static const char *const others[] = {
        "feat-0.labels.npy", "feat-0.npz", "feat-0.npy.part",
        "Feat-0.npy",        "feat0.npy",  "x.npy",
        ".feat-0.npy",       "feat-",      "feats-0.npy",
    };
    static const struct {
        const char *name;
        int kind;
    } labels[] = {
        {"feat-0.labels.npy", 0}, {"label-0.npy", 1},
        {"labels-0.npy", 2},      {"labels.npy", TG_SHARDS_ALL},
        {"label.npy", 4},         {"labels2.npy", 4},
        {"feat-0.npy", 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof shards / sizeof *shards; i++)
        assert_true(tg_shards_is_name(shards[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(tg_shards_is_name(others[i]));
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        assert_int_equal(tg_shards_kind(labels[i].name), labels[i].kind);
}

/* From a shard to its labels, and back. */
static void test_pairs(void **state)
{
    static const char *const names[] = {"feat-7.x.labels.npy", "label-7.x.npy",
                                        "labels-7.x.npy"};

    (void)state;
    for (int kind = 0; kind < TG_SHARDS_EACH; kind++) {
        char *labels = tg_shards_labels_of(kind, "feat-7.x.npy");
        char *shard = tg_shards_shard_of(kind, names[kind]);

        assert_string_equal(labels, names[kind]);
        assert_string_equal(shard, "feat-7.x.npy");
        free(labels);
        free(shard);
    }
}

/* Numbers by value, however long; all else by bytes. */
static void test_order(void **state)
{
    static const char *const sorted[] = {
        "feat-0.npy",
        "feat-1.npy",
        "feat-01.npy",
        "feat-2.npy",
        "feat-10-2.npy",
        "feat-10-10.npy",
        "feat-10.npy",
        "feat-99999999999999999999999999999999999998.npy",
        "feat-099999999999999999999999999999999999999.npy",
        "feat-a.npy",
        "feat-b1.npy",
        "feat-b9.npy",
        "feat-b10.npy",
        NULL};
    const size_t n = sizeof sorted / sizeof *sorted - 1;
    struct tg_names found = {0};

    for (size_t i = 0; i < n; i++) /* in some other order */
        assert_int_equal(tg_names_add(&found, strdup(sorted[i * 5 % n])), 0);
    (void)state;
    tg_shards_sort(&found);
    for (size_t i = 0; i < n; i++) {
        if (i == 1 || i == 2) /* of one number: by bytes */
            continue;
        assert_string_equal(found.names[i], sorted[i]);
        assert_true(tg_shards_has(&found, sorted[i]));
    }
    assert_string_equal(found.names[1], "feat-01.npy");
    assert_false(tg_shards_has(&found, "feat-3.npy"));
    tg_names_free(&found);
    assert_false(tg_shards_has(&found, "feat-3.npy"));
}

static void test_numbers(void **state)
{
    static const struct {
        const char *names[6];
        const char *says; /* NULL: they are good */
    } rows[] = {
        {{"feat-0.npy", "feat-1.npy", "feat-2.npy"}, NULL},
        {{"feat-08.npy", "feat-09.npy", "feat-10.npy"}, NULL},
        {{"feat-7.npy"}, NULL},
        {{"feat-a.npy", "feat-c.npy", "feat-x.npy"}, NULL},
        {{"feat-a1.npy", "feat-b3.npy", "feat-b9.npy"}, NULL},
        {{"feat-1-1.npy", "feat-1-2.npy", "feat-2-1.npy"}, NULL},
        {{"feat-1-1.npy", "feat-1-2.npy", "feat-4-2.npy"}, NULL},
        {{"feat-00000-of-2.npy", "feat-00001-of-2.npy"}, NULL},
        {{"feat-one-of-9.npy"}, NULL},
        {{"feat-1-of-many.npy"}, NULL},
        /* samples before them, of which shards have 10, 20, 30, ... */
        {{"feat-0.npy", "feat-10.npy", "feat-30.npy", "feat-60.npy"}, NULL},
        {{"feat-0.npy", "feat-10.npy", "feat-60.npy"}, "number 30 is missing"},
        {{"feat-0.npy", "feat-1.npy", "feat-3.npy"},
         "feat-1.npy is followed by feat-3.npy, and number 2 is missing; add"},
        {{"feat-08.npy", "feat-11.npy"}, "number 9 is missing"},
        {{"feat-00.npy", "feat-0.npy"}, "feat-0.npy and feat-00.npy have the"},
        {{"feat-1-of-3.npy", "feat-2-of-3.npy"}, "one of 3 shards, and 2 are"},
        {{"feat-7-of-9.npy"}, "one of 9 shards, and 1 are"},
        {{"feat-99999999999999999999.npy", "feat-99999999999999999997.npy"},
         NULL},
    };
    static const size_t counts[] = {10, 20, 30, 40, 50, 60};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tg_names names = list(rows[i].names);
        int error = tg_shards_check_numbers("d", &names, counts);

        assert_int_equal(error, rows[i].says ? TG_EDATA : 0);
        if (error && (!strstr(tg_error_message(error), rows[i].says) ||
                      strncmp(tg_error_message(error), "d: ", 3) != 0))
            fail_msg("\"%s\" does not say \"%s\"", tg_error_message(error),
                     rows[i].says);
        tg_error_clear();
        tg_names_free(&names);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_kinds),
        fixture_test(test_pairs),
        fixture_test(test_order),
        fixture_test(test_numbers),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
