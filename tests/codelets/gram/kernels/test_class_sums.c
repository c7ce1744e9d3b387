/* Sums and counts per class, against 64-bit integers and doubles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "class_sums.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SENTINEL (-1.0 / 7)

enum { GAP = 3 }; /* unused rows after a column, of x and of sums */

struct tile {
    size_t d, n, k, ldx, ld;
    uint16_t *labels;
    double *sums, *expected; /* ld x k */
};

static void *allocate(size_t size)
{
    void *p = malloc(size > 0 ? size : 1);

    assert_non_null(p);
    return p;
}

static uint32_t random_number(void)
{
    static uint32_t state = 7;

    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

/* The last class stays empty where there are several. */
static struct tile make(size_t d, size_t n, size_t k)
{
    struct tile t = {.d = d, .n = n, .k = k, .ldx = d + GAP};
    size_t used = k > 1 ? k - 1 : 1;

    t.ld = d + 1 + GAP;
    t.labels = allocate(n * sizeof(*t.labels));
    t.sums = allocate(t.ld * k * sizeof(*t.sums));
    t.expected = allocate(t.ld * k * sizeof(*t.expected));
    for (size_t s = 0; s < n; s++)
        t.labels[s] = (uint16_t)(random_number() % used);
    for (size_t e = 0; e < t.ld * k; e++)
        t.sums[e] = e % t.ld <= d ? (double)(random_number() % 1000) : SENTINEL;
    memcpy(t.expected, t.sums, t.ld * k * sizeof(*t.sums));
    return t;
}

static void check_and_destroy(struct tile *t)
{
    assert_memory_equal(t->sums, t->expected, t->ld * t->k * sizeof(*t->sums));
    free(t->labels);
    free(t->sums);
    free(t->expected);
}

/* A value below 0 stands for random data. */
static void check_u8(size_t d, size_t n, size_t k, int value)
{
    struct tile t = make(d, n, k);
    size_t size = n > 0 ? t.ldx * (n - 1) + d : 0;
    size_t room = tg_class_sums_u8_scratch(d, k) * sizeof(uint16_t);
    uint8_t *x = allocate(size), *copy = allocate(size);
    uint16_t *scratch = allocate(room);

    for (size_t e = 0; e < size; e++)
        x[e] = value < 0 ? (uint8_t)random_number() : (uint8_t)value;
    memcpy(copy, x, size);
    memset(scratch, 0xa5, room);
    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < d; i++)
            t.expected[i + t.labels[s] * t.ld] += x[i + s * t.ldx];
        t.expected[d + t.labels[s] * t.ld] += 1;
    }
    tg_class_sums_u8(d, n, k, x, t.ldx, t.labels, scratch, t.sums, t.ld);
    assert_memory_equal(x, copy, size);
    check_and_destroy(&t);
    free(scratch);
    free(copy);
    free(x);
}

static void check_f32(size_t d, size_t n, size_t k)
{
    struct tile t = make(d, n, k);
    size_t size = n > 0 ? t.ldx * (n - 1) + d : 0;
    float *x = allocate(size * sizeof(*x)), *copy = allocate(size * sizeof(*x));

    for (size_t e = 0; e < size; e++)
        x[e] = (float)random_number() / 3.0f - 1e6f;
    memcpy(copy, x, size * sizeof(*x));
    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < d; i++)
            t.expected[i + t.labels[s] * t.ld] += (double)x[i + s * t.ldx];
        t.expected[d + t.labels[s] * t.ld] += 1;
    }
    tg_class_sums_f32(d, n, k, x, t.ldx, t.labels, t.sums, t.ld);
    assert_memory_equal(x, copy, size * sizeof(*x));
    check_and_destroy(&t);
    free(copy);
    free(x);
}

static void test_sizes(void **state)
{
    static const size_t ds[] = {1, 15, 16, 17, 31, 32, 33, 100, 784};
    static const size_t ns[] = {0, 1, 2, 5, 100, 1000};
    static const size_t ks[] = {1, 2, 10, 100};

    (void)state;
    for (size_t i = 0; i < LENGTH(ds); i++)
        for (size_t s = 0; s < LENGTH(ns); s++)
            for (size_t c = 0; c < LENGTH(ks); c++) {
                check_u8(ds[i], ns[s], ks[c], -1);
                check_f32(ds[i], ns[s], ks[c]);
            }
}

/* 257 samples of 255 are the most that 16 bits hold. */
static void test_no_overflow(void **state)
{
    static const size_t ns[] = {256, 257, 258, 514, 515, 100000};

    (void)state;
    for (size_t s = 0; s < LENGTH(ns); s++) {
        check_u8(33, ns[s], 1, 255);
        check_u8(33, ns[s], 2, 255);
    }
}

/* More classes than fit a byte, many of them empty. */
static void test_many_classes(void **state)
{
    (void)state;
    check_u8(20, 3000, 1000, -1);
    check_f32(20, 3000, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_no_overflow),
        cmocka_unit_test(test_many_classes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
