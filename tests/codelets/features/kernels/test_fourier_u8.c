/* Each kernel of 8-bit Fourier features that this processor has, against the
 * definition: 64-bit sums, and the mathematical library's cosine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fourier_f32.h"
#include "fourier_u8.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SENTINEL 0xa5

/* A map, its samples, and what its directions are. */
struct problem {
    size_t values, n, d, ldx, ldf;
    double gamma, unit;
    uint8_t *x, *panels;
    double *w;        /* [values x d] standard deviations */
    uint32_t *offset; /* [d] */
};

static void *allocate(size_t size)
{
    void *p = malloc(size > 0 ? size : 1);

    assert_non_null(p);
    return p;
}

static uint32_t random_number(void)
{
    static uint64_t state = 20240229;

    state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

/* Not normal, but some as far out as to be clipped. */
static double random_weight(void)
{
    return ((double)random_number() * 0x1p-31 - 1) * 5.3;
}

static void pack(struct problem *p)
{
    size_t panels = (p->d + TG_FOURIER_PANEL - 1) / TG_FOURIER_PANEL;
    size_t size = tg_fourier_panel_size(p->values);

    p->panels = allocate(panels * size);
    for (size_t i = 0; i < panels; i++)
        tg_fourier_start(p->values, tg_fourier_step(p->gamma, p->unit),
                         p->panels + i * size);
    for (size_t f = 0; f < p->d; f++)
        tg_fourier_pack(p->values, f % TG_FOURIER_PANEL, p->w + f * p->values,
                        p->offset[f], p->panels + f / TG_FOURIER_PANEL * size);
}

/* Values below 0 stand for random samples. Exactly sized, so that a sanitizer
 * sees what is read or written outside. */
static struct problem make(size_t values, size_t n, size_t d, double gamma,
                           int value)
{
    struct problem p = {.values = values,
                        .n = n,
                        .d = d,
                        .ldx = values + 3,
                        .ldf = d + 5,
                        .gamma = gamma,
                        .unit = 1.0 / 255};
    size_t size = (n - 1) * p.ldx + values;

    p.x = allocate(size);
    p.w = allocate(values * d * sizeof *p.w);
    p.offset = allocate(d * sizeof *p.offset);
    for (size_t i = 0; i < size; i++)
        p.x[i] = value < 0 ? (uint8_t)random_number() : (uint8_t)value;
    for (size_t i = 0; i < values * d; i++)
        p.w[i] = random_weight();
    for (size_t f = 0; f < d; f++)
        p.offset[f] = random_number();
    pack(&p);
    return p;
}

static void destroy(struct problem *p)
{
    free(p->x);
    free(p->panels);
    free(p->w);
    free(p->offset);
}

/* Sum of a sample's values times a direction in whole 127ths of 5. */
static int64_t sum(const struct problem *p, size_t f, size_t s)
{
    int64_t total = 0;

    for (size_t v = 0; v < p->values; v++) {
        double weight = round(p->w[v + f * p->values] * 127 / 5);

        weight = fmax(-127, fmin(127, weight));
        total += (int64_t)weight * p->x[v + s * p->ldx];
    }
    return total;
}

/* 127.5 + 127.5 cos, not rounded. */
static double defined(const struct problem *p, size_t f, size_t s)
{
    long double turns = (long double)sum(p, f, s) * 5 / 127 * p->unit *
                        sqrtl(2 * p->gamma) / (2 * M_PIl);

    turns += ldexpl(p->offset[f], -32);
    return (double)(127.5L * (1 + cosl(2 * M_PIl * (turns - floorl(turns)))));
}

static uint8_t *run(const struct tg_fourier_variant *kernel,
                    const struct problem *p)
{
    size_t size = (p->n - 1) * p->ldf + p->d;
    uint8_t *features = allocate(size);

    memset(features, SENTINEL, size);
    kernel->features(p->values, p->n, p->x, p->ldx, p->d, p->panels, features,
                     p->ldf);
    for (size_t s = 0; s + 1 < p->n; s++)
        for (size_t f = p->d; f < p->ldf; f++)
            assert_int_equal(features[f + s * p->ldf], SENTINEL);
    return features;
}

static void check_same(const struct tg_fourier_variant *kernel,
                       const struct problem *p, const uint8_t *expected)
{
    uint8_t *features = run(kernel, p);

    assert_memory_equal(features, expected, (p->n - 1) * p->ldf + p->d);
    free(features);
}

static void check(size_t values, size_t n, size_t d, double gamma, int value)
{
    const struct tg_fourier_variant chosen = {"chosen", tg_fourier_u8}, *kernel;
    struct problem p = make(values, n, d, gamma, value);
    uint8_t *first = run(tg_fourier_variant(0), &p);

    for (size_t s = 0; s < n; s++)
        for (size_t f = 0; f < d; f++) {
            double got = first[f + s * p.ldf], expected = defined(&p, f, s);

            if (!(fabs(got - expected) <= 0.53))
                fail_msg("%zu values, %zu samples, %zu features, gamma %g: %g "
                         "for %g",
                         values, n, d, gamma, got, expected);
        }
    for (size_t k = 1; (kernel = tg_fourier_variant(k)) != NULL; k++)
        check_same(kernel, &p, first);
    check_same(&chosen, &p, first);
    free(first);
    destroy(&p);
}

static void test_ragged(void **state)
{
    static const size_t values[] = {1, 2, 3, 4, 5, 7, 8, 49, 130};
    static const size_t samples[] = {1, 2, 3, 7, 8, 9, 17};
    static const size_t features[] = {1,  2,  15, 16, 17, 31, 32,
                                      33, 48, 49, 64, 65, 97};

    (void)state;
    for (size_t v = 0; v < LENGTH(values); v++)
        for (size_t s = 0; s < LENGTH(samples); s++)
            for (size_t f = 0; f < LENGTH(features); f++)
                check(values[v], samples[s], features[f], 0.3, -1);
}

/* From features that are constant to such as turn often. */
static void test_gammas(void **state)
{
    static const double gammas[] = {1e-30, 1e-12, 1e-6, 1e-4, 0.01,
                                    1,     37,    1e3,  1e5,  1e6};

    (void)state;
    for (size_t g = 0; g < LENGTH(gammas); g++)
        check(300, 20, 50, gammas[g], -1);
}

static void test_large(void **state)
{
    (void)state;
    check(784, 1400, 4, 0.01, -1); /* several runs of the cache's size */
    check(16384, 9, 33, 1e-3, -1);
    check(16384, 9, 33, 1e-3, 255);
    check(16384, 9, 33, 1e-3, 0);
    check(16383, 2, 17, 1e-3, 255);
}

/* The largest sums: all weights and values at their ends. */
static void test_no_overflow(void **state)
{
    size_t values = TG_FOURIER_VALUES_MAX;
    const struct tg_fourier_variant *kernel;
    struct problem p = make(values, 2, 2, 1e-6, 255);

    (void)state;
    for (size_t v = 0; v < values; v++) {
        p.w[v] = 6;
        p.w[v + values] = -6;
    }
    free(p.panels);
    pack(&p);
    for (size_t k = 0; (kernel = tg_fourier_variant(k)) != NULL; k++) {
        uint8_t *features = run(kernel, &p);

        for (size_t f = 0; f < 2; f++)
            assert_true(fabs(features[f] - defined(&p, f, 0)) <= 0.53);
        free(features);
    }
    destroy(&p);
}

/* Over a whole turn, by offsets alone: rounding is all that differs from the
 * cosine, and it has no bias. */
static void test_cosine(void **state)
{
    enum { TURN = 1 << 16 };
    struct problem p = make(1, 1, TURN, 1, 0);
    const struct tg_fourier_variant *kernel;

    (void)state;
    for (size_t f = 0; f < TURN; f++)
        p.offset[f] = (uint32_t)f << 16 | 0x8000;
    free(p.panels);
    pack(&p);
    for (size_t k = 0; (kernel = tg_fourier_variant(k)) != NULL; k++) {
        uint8_t *features = run(kernel, &p);
        double total = 0, squares = 0;

        for (size_t f = 0; f < TURN; f++) {
            double error = features[f] - defined(&p, f, 0);

            assert_true(fabs(error) < 0.52);
            total += error;
            squares += error * error;
        }
        assert_true(fabs(total / TURN) < 1e-3);
        assert_true(fabs(12 * squares / TURN - 1) < 0.03);
        free(features);
    }
    destroy(&p);
}

static void test_step(void **state)
{
    (void)state;
    for (double gamma = 1e-20; gamma < 1e30; gamma *= 1.7) {
        struct tg_fourier_step step = tg_fourier_step(gamma, 1.0 / 255);
        double turns = sqrt(2 * gamma) / 255 * 5 / 127 / (2 * M_PI);
        double got = ldexp((uint32_t)step.multiplier, -32 - (int)step.shift);

        assert_true(step.shift <= 32);
        if (turns < 1)
            assert_true(fabs(got - turns) <= turns * 0x1p-30 + 0x1p-65);
        else
            assert_true(got < 1);
    }
    assert_int_equal(tg_fourier_step(0, 1).multiplier, 0);
}

/* In single precision, to its last digits. */
static void test_single(void **state)
{
    enum { D = 101, N = 500, LD = 110 };
    float *z = allocate(N * LD * sizeof *z);
    float *before = allocate(N * LD * sizeof *z);

    (void)state;
    for (size_t i = 0; i < N * LD; i++)
        z[i] = ((float)i / (N * LD / 2) - 1) * (i % 2 ? 1 : 30);
    memcpy(before, z, N * LD * sizeof *z);
    tg_fourier_f32(D, N, z, LD);
    for (size_t i = 0; i < N * LD; i++) {
        double expected = cos(2 * M_PI * before[i]);

        if (i % LD >= D)
            assert_true(z[i] == before[i]);
        else
            assert_true(fabs(z[i] - expected) < 3e-7);
    }
    free(z);
    free(before);
}

/* The portable kernel is last. */
static void test_choice(void **state)
{
    size_t count = 0;

    (void)state;
    while (tg_fourier_variant(count) != NULL)
        count++;
    assert_true(count > 0);
    assert_string_equal(tg_fourier_variant(count - 1)->name, "generic");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ragged),      cmocka_unit_test(test_gammas),
        cmocka_unit_test(test_large),       cmocka_unit_test(test_cosine),
        cmocka_unit_test(test_no_overflow), cmocka_unit_test(test_step),
        cmocka_unit_test(test_single),      cmocka_unit_test(test_choice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
