/* Gaussian numbers against the mathematical library's, and directions that are
 * to be orthogonal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gauss.h"

static void *allocate(size_t size)
{
    void *p = malloc(size);

    assert_non_null(p);
    return p;
}

/* Marsaglia's xorshift*. */
static uint64_t word(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * UINT64_C(2685821657736338717);
}

static void check_pair(uint64_t first, uint64_t second)
{
    uint64_t bits[2] = {first, second};
    double u = ldexp((double)(first >> 11) + 1, -53);
    double angle = 2 * M_PI * ldexp((double)(second >> 11), -53);
    double radius = sqrt(-2 * log(u)), z[2], alone[2] = {0, 77};

    tg_gauss(2, bits, z);
    if (!(fabs(z[0] - radius * cos(angle)) <= 4e-15 * (1 + radius)) ||
        !(fabs(z[1] - radius * sin(angle)) <= 4e-15 * (1 + radius)))
        fail_msg("%.17g, %.17g for %llx, %llx", z[0], z[1],
                 (unsigned long long)first, (unsigned long long)second);
    tg_gauss(1, bits, alone);
    assert_true(alone[0] == z[0] && alone[1] == 77);
}

static void test_box_muller(void **state)
{
    static const uint64_t edges[] = {0,
                                     1 << 11,
                                     UINT64_MAX,
                                     UINT64_MAX - (1 << 11),
                                     UINT64_C(1) << 63,
                                     UINT64_C(1) << 62,
                                     UINT64_C(3) << 62,
                                     UINT64_C(1) << 61,
                                     UINT64_C(7) << 61,
                                     UINT64_C(0xb504f333f9de6484)};
    enum { EDGES = sizeof edges / sizeof *edges };

    (void)state;
    for (size_t i = 0; i < EDGES; i++)
        for (size_t j = 0; j < EDGES; j++)
            check_pair(edges[i], edges[j]);
    for (size_t i = 0; i < 100000; i++)
        check_pair(word(), word());
}

/* Mean, variance and fourth moment, each within five standard errors. */
static void test_moments(void **state)
{
    enum { N = 200000 };
    uint64_t *bits = allocate(N * sizeof *bits);
    double *z = allocate(N * sizeof *z), sums[3] = {0};

    (void)state;
    for (size_t i = 0; i < N; i++)
        bits[i] = word();
    tg_gauss(N, bits, z);
    for (size_t i = 0; i < N; i++) {
        double square = z[i] * z[i];

        sums[0] += z[i];
        sums[1] += square;
        sums[2] += square * square;
    }
    assert_true(fabs(sums[0] / N) < 5 / sqrt(N));
    assert_true(fabs(sums[1] / N - 1) < 5 * sqrt(2.0 / N));
    assert_true(fabs(sums[2] / N - 3) < 5 * sqrt(96.0 / N));
    free(bits);
    free(z);
}

/* Gaussian directions, padded with zeroes. */
static double *directions(size_t values, size_t count)
{
    size_t stride = tg_gauss_stride(values);
    uint64_t *bits = allocate((values + 1) * sizeof *bits);
    double *q = allocate(count * stride * sizeof *q);

    memset(q, 0, count * stride * sizeof *q);
    for (size_t i = 0; i < count; i++) {
        for (size_t v = 0; v <= values; v++)
            bits[v] = word();
        tg_gauss(values, bits, q + i * stride);
    }
    free(bits);
    return q;
}

static long double product(size_t n, const double *a, const double *b)
{
    long double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (long double)a[i] * b[i];
    return sum;
}

static void check_orthonormal(size_t values, size_t count)
{
    size_t stride = tg_gauss_stride(values);
    double *start = directions(values, count);
    double *q = allocate(count * stride * sizeof *q);

    memcpy(q, start, count * stride * sizeof *q);
    tg_gauss_orthogonalise(stride, 0, count, q);
    for (size_t i = 0; i < count; i++) {
        const double *from = start + i * stride, *to = q + i * stride;

        for (size_t j = 0; j <= i; j++) {
            long double dot = product(stride, to, q + j * stride);

            if (!(fabsl(dot - (i == j)) < 1e-10))
                fail_msg("directions %zu and %zu of %zu: %Lg", i, j, values,
                         dot);
        }
        /* Later directions have nothing of the one that it was made from. */
        for (size_t j = i + 1; j < count; j++)
            assert_true(fabsl(product(stride, from, q + j * stride)) < 1e-9);
        assert_true(product(stride, from, to) > 0);
        for (size_t v = values; v < stride; v++)
            assert_true(to[v] == 0);
    }
    free(start);
    free(q);
}

static void test_orthogonal(void **state)
{
    static const size_t sizes[][2] = {{1, 1},   {2, 2},    {3, 2},    {31, 31},
                                      {32, 32}, {33, 33},  {70, 70},  {100, 5},
                                      {65, 64}, {200, 97}, {257, 257}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_orthonormal(sizes[i][0], sizes[i][1]);
}

/* The same bytes in however many goes. */
static void test_goes(void **state)
{
    enum { VALUES = 90, COUNT = 80 };
    size_t stride = tg_gauss_stride(VALUES);
    size_t bytes = COUNT * stride * sizeof(double);
    double *at_once = directions(VALUES, COUNT), *in_parts = allocate(bytes);

    (void)state;
    memcpy(in_parts, at_once, bytes);
    tg_gauss_orthogonalise(stride, 0, COUNT, at_once);
    for (size_t done = 0, go = 1; done < COUNT; done += go, go += 2) {
        go = go < COUNT - done ? go : COUNT - done;
        tg_gauss_orthogonalise(stride, done, go, in_parts);
    }
    assert_memory_equal(in_parts, at_once, bytes);
    free(at_once);
    free(in_parts);
}

static void test_length(void **state)
{
    double *a = directions(1000, 1), *b = directions(5, 1);
    size_t stride = tg_gauss_stride(1000);

    (void)state;
    assert_int_equal(stride, 1024);
    assert_int_equal(tg_gauss_stride(1024), 1024);
    assert_true(fabs(tg_gauss_length(stride, a) -
                     (double)sqrtl(product(1000, a, a))) < 1e-12);
    assert_true(fabs(tg_gauss_length(32, b) - (double)sqrtl(product(5, b, b))) <
                1e-14);
    free(a);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_box_muller), cmocka_unit_test(test_moments),
        cmocka_unit_test(test_orthogonal), cmocka_unit_test(test_goes),
        cmocka_unit_test(test_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
