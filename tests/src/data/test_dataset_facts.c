#include "fixture.h"

#include "dataset_facts.h"

static struct tg_facts facts_of(const struct tg_dataset *dataset)
{
    struct tg_facts facts = {0};

    assert_int_equal(tg_facts_dataset(&facts, "training", dataset), 0);
    return facts;
}

static const char *difference(const struct tg_dataset *dataset,
                              const struct tg_facts *before)
{
    static struct tg_facts facts;
    const struct tg_fact *fact;

    facts = facts_of(dataset);
    fact = tg_facts_differ(&facts, before);
    return fact ? fact->name : "";
}

/* The same data are found the same, and each change is named. */
static void test_dataset(void **state)
{
    struct tg_dataset *one = fixture_open("synth:200", TG_TRAIN, NULL);
    struct tg_dataset *two = fixture_open("synth:200", TG_TRAIN, NULL);
    struct tg_dataset *more = fixture_open("synth:201", TG_TRAIN, NULL);
    struct tg_facts facts = facts_of(one);

    (void)state;
    assert_string_equal(difference(two, &facts), "");
    assert_string_equal(difference(more, &facts), "training samples");
    two->labels[17] ^= 1;
    assert_string_equal(difference(two, &facts), "training labels");
    two->labels[17] ^= 1;
    two->class_names[3][0]++;
    assert_string_equal(difference(two, &facts), "training class names");
    two->class_names[3][0]--;
    assert_string_equal(difference(NULL, &facts), "training samples");
    assert_string_equal(difference(two, &facts), "");
    tg_dataset_close(one);
    tg_dataset_close(two);
    tg_dataset_close(more);
}

/* Only values tell these data sets apart, in the last sample. */
static void test_values(void **state)
{
    unsigned char array[128 + 40] = "\x93NUMPY\x01\0\x76";
    struct tg_dataset *dataset;
    struct tg_facts facts;

    (void)state;
    snprintf((char *)array + 10, sizeof array - 10, "%-117s\n",
             "{'descr': '|u1', 'fortran_order': False, 'shape': (10, 4), }");
    dataset = fixture_open(fixture_write("a.npy", array, sizeof array),
                           TG_TRAIN, NULL);
    facts = facts_of(dataset);
    tg_dataset_close(dataset);
    array[sizeof array - 1] = 1;
    dataset = fixture_open(fixture_write("b.npy", array, sizeof array),
                           TG_TRAIN, NULL);
    assert_string_equal(difference(dataset, &facts), "training values");
    tg_dataset_close(dataset);
}

static void test_numbers_and_bytes(void **state)
{
    struct tg_facts one = {0}, two = {0};

    (void)state;
    tg_facts_number(&one, "a", 1);
    tg_facts_bytes(&one, "b", "xy", 2);
    tg_facts_number(&two, "a", 1);
    assert_string_equal(tg_facts_differ(&one, &two)->name, "b");
    tg_facts_bytes(&two, "b", "xz", 2);
    assert_string_equal(tg_facts_differ(&one, &two)->name, "b");
    assert_true(tg_facts_differ(&one, &two)->sum);
    assert_null(tg_facts_differ(&one, &one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_dataset),
        fixture_test(test_values),
        fixture_test(test_numbers_and_bytes),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
