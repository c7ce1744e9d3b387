#include "report_fixture.h"

#include <jansson.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include "confusion.h"
#include "confusion_tally.h"
#include "report.h"

static const int64_t three[9] = {1200, 300, 0, 100, 400, 0, 0, 0, 0};

static void test_accuracy(void **state)
{
    struct tg_confusion confusion = {.classes = 3};
    struct tg_hits hits = tg_confusion_hits(&confusion);
    char *text;

    (void)state;
    assert_true(isnan(hits.accuracy) && hits.right == 0 && hits.all == 0);
    confusion.counts = three;
    hits = tg_confusion_hits(&confusion);
    assert_true(hits.accuracy == 0.8);
    assert_int_equal(hits.right, 1600);
    assert_int_equal(hits.all, 2000);
    PRINTED(text, tg_confusion_line(out, &confusion));
    assert_string_equal(text, "0.8000 (1,600 of 2,000)\n");
    free(text);
}

static int put(struct tg_json *json, const void *confusion)
{
    tg_confusion_json(json, "confusion", confusion);
    return 0;
}

static const struct tg_section section = {.json = put};
static const struct tg_section *const sections[] = {&section, NULL};
static const struct tg_report report = {.sections = sections};

/* A confusion as it comes out of JSON, to be freed. */
static json_t *write_and_read(const struct tg_confusion *confusion)
{
    json_error_t error;
    json_t *json, *value;

    assert_int_equal(tg_report_json(path, &report, confusion), 0);
    json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("%s", error.text);
    value = json_incref(json_object_get(json, "confusion"));
    json_decref(json);
    return value;
}

static int64_t at(const json_t *list, size_t i)
{
    return json_integer_value(json_array_get(list, i));
}

/* Up to 100 classes a matrix; beyond, what is not zero. */
static void test_json(void **state)
{
    enum { K = 101 };
    static int64_t counts[K * K];
    struct tg_confusion confusion = {.classes = 100, .counts = counts};
    json_t *json, *rows, *columns, *values;

    (void)state;
    counts[3 + 100 * 99] = 7; /* truth 3, predicted 99 */
    json = write_and_read(&confusion);
    assert_int_equal(json_array_size(json), 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(json_array_size(json_array_get(json, i)), 100);
    assert_int_equal(at(json_array_get(json, 3), 99), 7);
    assert_int_equal(at(json_array_get(json, 99), 3), 0);
    json_decref(json);

    memset(counts, 0, sizeof counts);
    counts[3 + K * 100] = 7;
    counts[100 + K * 2] = INT64_C(5000000000);
    counts[0] = 1;
    confusion.classes = K;
    json = write_and_read(&confusion);
    assert_int_equal(json_object_size(json), 3);
    rows = json_object_get(json, "rows");
    columns = json_object_get(json, "columns");
    values = json_object_get(json, "counts");
    assert_int_equal(json_array_size(rows), 3);
    assert_int_equal(json_array_size(columns), 3);
    assert_int_equal(json_array_size(values), 3);
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < 3; i++)
        counts[at(rows, i) + K * at(columns, i)] = at(values, i);
    assert_int_equal(counts[3 + K * 100], 7);
    assert_int_equal(counts[100 + K * 2], INT64_C(5000000000));
    assert_int_equal(counts[0], 1);
    json_decref(json);

    confusion.counts = NULL;
    json = write_and_read(&confusion);
    assert_true(json_is_null(json));
    json_decref(json);
}

/* More classes than the square root of what an int holds: 16 GiB of zeros,
 * which no one has to have, and a count at their end. */
static void test_large(void **state)
{
    enum { K = 46342 };
    const size_t size = (size_t)K * K * sizeof(int64_t);
    int64_t *counts = mmap(NULL, size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    const struct tg_confusion confusion = {.classes = K, .counts = counts};
    struct tg_hits hits;
    json_t *json, *rows, *columns;

    (void)state;
    if (counts == MAP_FAILED) {
        print_message("skipped: no room for %zu addresses\n", size);
        skip();
    }
    madvise(counts, size, MADV_HUGEPAGE); /* faster */
    counts[(size_t)K * K - 1] = 3;
    counts[(size_t)K * K - 2] = 1;
    hits = tg_confusion_hits(&confusion);
    assert_int_equal(hits.right, 3);
    assert_int_equal(hits.all, 4);
    json = write_and_read(&confusion);
    rows = json_object_get(json, "rows");
    columns = json_object_get(json, "columns");
    assert_int_equal(json_array_size(rows), 2);
    assert_int_equal(at(rows, 1), K - 1);
    assert_int_equal(at(columns, 1), K - 1);
    json_decref(json);
    munmap(counts, size);
}

/* What is shown of a confusion, to be freed. */
static char *shown(const struct tg_confusion *confusion)
{
    char *text;

    PRINTED(text, {
        tg_confusion_line(out, confusion);
        assert_int_equal(tg_confusion_table(out, confusion, NULL, 0), 0);
        tg_confusion_page(out, confusion, "test");
    });
    return text;
}

/* A list of cells is shown as the matrix of the same samples is. */
static void compare_forms(int k, size_t n)
{
    size_t side = (size_t)k;
    char *name = "a", **names = calloc(side, sizeof *names), *texts[2];
    int64_t *counts = calloc(side * side, sizeof *counts);
    struct tg_confusion_tally tally = {0};
    struct tg_confusion forms[2] = {
        {.classes = k, .names = names, .counts = counts}};
    json_t *json[2];

    for (size_t i = 0; i < side; i++)
        names[i] = name;
    assert_int_equal(tg_confusion_start(&tally, side, n), 0);
    for (size_t i = 0; i < n; i++) {
        size_t truth = i * 7 % 900 + side - 900;
        size_t predicted = i % 3 ? truth : i % 500;

        counts[truth + side * predicted]++;
        tg_confusion_count(&tally, (uint16_t)truth, (uint16_t)predicted);
    }
    assert_int_equal(tg_confusion_finish(&tally, names, &forms[1]), 0);
    assert_true((forms[1].cells == NULL) == (k <= TG_CONFUSION_DENSE));
    for (int f = 0; f < 2; f++) {
        texts[f] = shown(&forms[f]);
        json[f] = write_and_read(&forms[f]);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_true(json_equal(json[0], json[1]));
    assert_true(tg_confusion_hits(&forms[1]).all == (int64_t)n);
    for (int f = 0; f < 2; f++) {
        free(texts[f]);
        json_decref(json[f]);
    }
    tg_confusion_free(&tally);
    free(counts);
    free(names);
}

static void test_tally(void **state)
{
    (void)state;
    compare_forms(TG_CONFUSION_DENSE, 4000);
    compare_forms(TG_CONFUSION_DENSE + 1, 4000);
    compare_forms(TG_CONFUSION_DENSE + 1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accuracy),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_tally),
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
