/* Names of classes as people read them: matched, told apart, explained. */
#include "fixture.h"

#define COMPOSED "caf\xc3\xa9"
#define DECOMPOSED "cafe\xcc\x81"

/* Samples of n classes that are called so; at most ten. */
static struct tg_dataset *open_named(size_t n, const char *const *classes)
{
    struct tg_dataset *dataset = fixture_open("synth:20", TG_TRAIN, NULL);

    for (int c = 0; c < dataset->classes; c++)
        free(dataset->class_names[c]);
    dataset->classes = (int)n;
    for (size_t c = 0; c < n; c++)
        dataset->class_names[c] = strdup(classes[c]);
    for (size_t i = 0; i < dataset->count; i++)
        dataset->labels[i] = (uint16_t)(i % n);
    return dataset;
}

static void test_forms(void **state)
{
    static const char *const own[] = {DECOMPOSED, "tea"};
    char *const others[] = {"x", "tea", COMPOSED};
    struct tg_dataset *dataset = open_named(2, own);

    (void)state;
    assert_int_equal(tg_dataset_match(dataset, 3, others), 0);
    assert_int_equal(dataset->labels[0], 2);
    assert_int_equal(dataset->labels[1], 1);
    assert_string_equal(dataset->class_names[2], COMPOSED);
    tg_dataset_close(dataset);
}

/* Of two that look the same, the same to the byte. */
static void test_same_bytes(void **state)
{
    static const char *const own[] = {DECOMPOSED};
    char *const others[] = {COMPOSED, DECOMPOSED};
    char *const reversed[] = {DECOMPOSED, COMPOSED};
    struct tg_dataset *dataset = open_named(1, own);

    (void)state;
    assert_int_equal(tg_dataset_match(dataset, 2, others), 0);
    assert_int_equal(dataset->labels[0], 1);
    tg_dataset_close(dataset);
    dataset = open_named(1, own);
    assert_int_equal(tg_dataset_match(dataset, 2, reversed), 0);
    assert_int_equal(dataset->labels[0], 0);
    tg_dataset_close(dataset);
}

/* A name that is not known: which is meant, and how they differ. */
static void test_nearest(void **state)
{
    static const struct {
        const char *name, *known, *says;
    } cases[] = {
        {"cat", "Cat", "\"Cat\", which differs in upper and lower case"},
        {"cat ", "cat", "\"cat\", which differs in spaces, '_' or '-'"},
        {"red_fox", "red fox", "differs in spaces"},
        {"cat\xe2\x80\x8b", "cat", "look alike or can't be seen"},
        {"\xef\xbc\xa1", "A", "look alike or can't be seen"},
        {"cafe", COMPOSED, "which differs in accents"},
        {"Red_Fox", "red fox", "which differs in case, spaces or such"},
        {"elefant", "elephant", "but \"elephant\", which differs; "},
        {"dog", "elephant", "did not have; remove"},
    };

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char *const others[] = {"zzzzzzzzz", (char *)cases[k].known};
        struct tg_dataset *dataset = open_named(1, &cases[k].name);
        const int error = tg_dataset_match(dataset, 2, others);

        assert_int_equal(error, TG_EDATA);
        if (!strstr(tg_error_message(error), cases[k].says))
            fail_msg("'%s' is not in: %s", cases[k].says,
                     tg_error_message(error));
        tg_error_clear();
        tg_dataset_close(dataset);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_forms),
        fixture_test(test_same_bytes),
        fixture_test(test_nearest),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
