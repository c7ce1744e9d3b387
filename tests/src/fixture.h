/* What the tests of data sets share: a folder of their own, small files in
 * it, and data sets that must open, or must be refused. */
#ifndef TG_FIXTURE_H
#define TG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dataset.h"
#include "error.h"

static char fixture_root[] = "/tmp/tg_test.XXXXXX";

static struct fixture_text {
    char *text;
    struct fixture_text *next;
} * fixture_texts; /* of the test that runs */

static inline int fixture_begin(void **state)
{
    (void)state;
    return mkdtemp(fixture_root) ? 0 : -1;
}

static inline int fixture_remove(const char *path, const struct stat *info,
                                 int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline int fixture_end(void **state)
{
    (void)state;
    while (fixture_texts) {
        struct fixture_text *text = fixture_texts;

        fixture_texts = text->next;
        free(text->text);
        free(text);
    }
    return nftw(fixture_root, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* A test starts without a recorded failure, in an empty folder. */
static inline int fixture_clean(void **state)
{
    tg_error_clear();
    return fixture_end(state) || mkdir(fixture_root, 0777);
}

/* Two texts joined by a character; kept to the end of the test. */
static inline const char *fixture_join(const char *head, char by,
                                       const char *tail)
{
    struct fixture_text *text = malloc(sizeof *text);

    assert_non_null(text);
    assert_true(asprintf(&text->text, "%s%c%s", head, by, tail) >= 0);
    text->next = fixture_texts;
    fixture_texts = text;
    return text->text;
}

/* The path of a name in the tests' folder. */
static inline const char *fixture_path(const char *name)
{
    return fixture_join(fixture_root, '/', name);
}

/* The SPEC of a prefix and a path. */
static inline const char *fixture_spec(const char *prefix, const char *path)
{
    return fixture_join(prefix, ':', path);
}

static inline const char *fixture_folder(const char *name)
{
    assert_int_equal(mkdir(fixture_path(name), 0777), 0);
    return fixture_path(name);
}

static inline const char *fixture_write(const char *name, const void *bytes,
                                        size_t n)
{
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* A folder of the public data sets, or the test is skipped. */
static inline const char *fixture_data(const char *name)
{
    static char *path;
    const char *given = getenv("STARPU_RIDGE_DATA");
    const char *slash = strrchr(__FILE__, '/');
    const int length = slash ? (int)(slash - __FILE__) : 0;

    free(path);
    if (given)
        assert_true(asprintf(&path, "%s/%s", given, name) >= 0);
    else
        assert_true(asprintf(&path, "%.*s/../../../shared/data/%s",
                             length ? length : 1, length ? __FILE__ : ".",
                             name) >= 0);
    if (access(path, R_OK) != 0) {
        print_message("skipped: no data set %s in ../shared/data or "
                      "$STARPU_RIDGE_DATA\n",
                      name);
        skip();
    }
    return path;
}

/* Bytes that look random, the same in every run. */
static inline void fixture_fill(uint32_t seed, size_t n, void *bytes)
{
    uint8_t *to = bytes;

    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        to[i] = (uint8_t)(seed >> 24);
    }
}

static inline struct tg_dataset *
fixture_open(const char *spec, enum tg_part part,
             const struct tg_dataset_options *options)
{
    struct tg_dataset *dataset = NULL;
    int error = tg_dataset_open(spec, part, options, &dataset);

    if (error)
        fail_msg("%s: %s", spec, tg_error_message(error));
    assert_non_null(dataset);
    assert_string_equal(dataset->spec, spec);
    assert_int_equal(dataset->part, part);
    return dataset;
}

/* Opening must fail with a code, and a message that contains `says`. */
static inline void fixture_refuse(const char *spec, enum tg_part part,
                                  const struct tg_dataset_options *options,
                                  int code, const char *says)
{
    struct tg_dataset *dataset = (struct tg_dataset *)1;
    int error = tg_dataset_open(spec, part, options, &dataset);
    const char *message = tg_error_message(error);

    if (error != code || !strstr(message, says))
        fail_msg("%s: expected error %d, \"%s\"; got %d, \"%s\"", spec, code,
                 says, error, error ? message : "");
    assert_null(dataset);
    tg_error_clear();
}

/* All samples, to be freed; as read one run, checked against single rows and
 * against every third row. */
static inline void *fixture_read(const struct tg_dataset *dataset)
{
    const size_t n = dataset->count;
    const size_t bytes = dataset->features * tg_type_size(dataset->type);
    size_t *rows = malloc(n * sizeof *rows);
    char *all = malloc(n * bytes + 1), *some = malloc(n * bytes + 1);
    size_t m = 0;

    assert_true(rows && all && some);
    for (size_t i = 0; i < n; i++)
        rows[i] = i;
    all[n * bytes] = 77;
    assert_int_equal(tg_dataset_load(dataset, NULL, rows, n, all), 0);
    assert_int_equal(all[n * bytes], 77);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(tg_dataset_load(dataset, NULL, &i, 1, some), 0);
        assert_memory_equal(some, all + i * bytes, bytes);
    }
    for (size_t i = 2; i < n; i += i % 3 == 0 ? 2 : 1)
        rows[m++] = i;
    assert_int_equal(tg_dataset_load(dataset, NULL, rows, m, some), 0);
    for (size_t i = 0; i < m; i++)
        assert_memory_equal(some + i * bytes, all + rows[i] * bytes, bytes);
    assert_int_equal(tg_dataset_load(dataset, NULL, rows, 0, some), 0);
    free(rows);
    free(some);
    return all;
}

/* Reading one row must fail with a code, and a message that says so. */
static inline void fixture_unreadable(const struct tg_dataset *dataset,
                                      size_t row, int code, const char *says)
{
    void *sample = malloc(dataset->features * tg_type_size(dataset->type));
    int error = tg_dataset_load(dataset, NULL, &row, 1, sample);
    const char *message = tg_error_message(error);

    free(sample);
    if (error != code || !strstr(message, says))
        fail_msg("row %zu: expected error %d, \"%s\"; got %d, \"%s\"", row,
                 code, says, error, error ? message : "");
    tg_error_clear();
}

#define fixture_test(function) cmocka_unit_test_setup(function, fixture_clean)

#endif
