/* Each 8-bit Gram kernel that this processor has, against 64-bit integers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gram_u8.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SENTINEL (-1.0 / 7) /* never a value of G */

/* Two blocks of a raw tile and their product; pj is pi on the diagonal. */
struct problem {
    size_t bi, bj, n, first_i, first_j, ldx, ldg;
    bool diagonal;
    uint8_t *x, *pi, *pj;
    int64_t *start, *expected; /* bi x bj */
};

static void *allocate(size_t size)
{
    void *p = malloc(size > 0 ? size : 1);

    assert_non_null(p);
    return p;
}

static uint32_t random_number(void)
{
    static uint32_t state = 20240229;

    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

static void fill(size_t size, int value, uint8_t *x)
{
    for (size_t i = 0; i < size; i++)
        x[i] = value < 0 ? (uint8_t)random_number() : (uint8_t)value;
}

/* Exactly sized, so that a sanitizer sees what is read or written outside. */
static uint8_t *pack(const struct tg_gram_u8_variant *kernel, size_t first,
                     size_t b, const struct problem *p)
{
    uint8_t *packed = allocate(tg_packed_u8_size(b, p->n));

    kernel->pack(first, b, p->n, p->x, p->ldx, packed);
    return packed;
}

static void product(struct problem *p)
{
    for (size_t j = 0; j < p->bj; j++)
        for (size_t i = 0; i < p->bi; i++) {
            const uint8_t *xi = p->x + p->first_i + i;
            const uint8_t *xj = p->x + p->first_j + j;
            int64_t sum = 0;

            for (size_t s = 0; s < p->n; s++)
                sum += (int64_t)xi[s * p->ldx] * xj[s * p->ldx];
            p->start[i + j * p->bi] = ((int64_t)random_number() << 20) - 77;
            p->expected[i + j * p->bi] = p->start[i + j * p->bi] + sum;
        }
}

/* Values below 0 stand for random data. */
static struct problem make(size_t bi, size_t bj, size_t n, bool diagonal,
                           int value)
{
    struct problem p = {
        .bi = bi, .bj = bj, .n = n, .first_i = 3, .diagonal = diagonal};

    p.first_j = diagonal ? p.first_i : p.first_i + bi;
    p.ldx = p.first_j + bj; /* the last block ends with the sample */
    p.ldg = bi + 5;
    p.x = allocate(p.ldx * n);
    p.start = allocate(bi * bj * sizeof(*p.start));
    p.expected = allocate(bi * bj * sizeof(*p.expected));
    fill(p.ldx * n, value, p.x);
    product(&p);
    return p;
}

static void destroy(struct problem *p)
{
    free(p->x);
    free(p->start);
    free(p->expected);
}

static double element(const struct problem *p, const int64_t *values, size_t i,
                      size_t j)
{
    if (i >= p->bi || (p->diagonal && i < j))
        return SENTINEL;
    return (double)values[i + j * p->bi];
}

static double *block(const struct problem *p, const int64_t *values)
{
    double *g = allocate(p->ldg * p->bj * sizeof(*g));

    for (size_t j = 0; j < p->bj; j++)
        for (size_t i = 0; i < p->ldg; i++)
            g[i + j * p->ldg] = element(p, values, i, j);
    return g;
}

/* Also what lies between the columns and above the diagonal. */
static void check_block(const struct problem *p, const double *g)
{
    double *expected = block(p, p->expected);

    assert_memory_equal(g, expected, p->ldg * p->bj * sizeof(*g));
    free(expected);
}

static void check_kernel(const struct tg_gram_u8_variant *kernel,
                         struct problem *p)
{
    uint8_t *pi = pack(kernel, p->first_i, p->bi, p);
    uint8_t *pj = p->diagonal ? pi : pack(kernel, p->first_j, p->bj, p);
    size_t size_i = tg_packed_u8_size(p->bi, p->n);
    size_t size_j = tg_packed_u8_size(p->bj, p->n);
    double *g = block(p, p->start);

    if (p->pi == NULL) {
        p->pi = pi;
        p->pj = pj;
    }
    assert_memory_equal(pi, p->pi, size_i);
    assert_memory_equal(pj, p->pj, size_j);
    kernel->gram(p->bi, p->bj, p->n, pi, pj, p->diagonal, g, p->ldg);
    check_block(p, g);
    free(g);
    if (pi != p->pi) {
        assert_memory_equal(pi, p->pi, size_i);
        assert_memory_equal(pj, p->pj, size_j);
        free(pi);
        if (pj != pi)
            free(pj);
    }
}

static void check(size_t bi, size_t bj, size_t n, bool diagonal, int value)
{
    struct problem p = make(bi, bj, n, diagonal, value);
    uint8_t *x = allocate(p.ldx * n);
    const struct tg_gram_u8_variant *kernel;

    memcpy(x, p.x, p.ldx * n);
    for (size_t k = 0; (kernel = tg_gram_u8_variant(k)) != NULL; k++)
        check_kernel(kernel, &p);
    assert_memory_equal(p.x, x, p.ldx * n);
    free(x);
    if (p.pj != p.pi)
        free(p.pj);
    free(p.pi);
    destroy(&p);
}

static void test_packed_layout(void **state)
{
    enum { FIRST = 2, B = 21, N = 6, LDX = 30, GROUPS = 2 };
    uint8_t x[N * LDX], expected[2 * GROUPS * 16 * 4] = {0};
    const struct tg_gram_u8_variant *kernel;

    (void)state;
    fill(sizeof(x), -1, x);
    for (size_t f = 0; f < B; f++)
        for (size_t s = 0; s < N; s++)
            expected[((f / 16 * GROUPS + s / 4) * 16 + f % 16) * 4 + s % 4] =
                x[FIRST + f + s * LDX];
    assert_int_equal(tg_packed_u8_size(B, N), sizeof(expected));
    for (size_t k = 0; (kernel = tg_gram_u8_variant(k)) != NULL; k++) {
        uint8_t packed[sizeof(expected)];

        memset(packed, 0xa5, sizeof(packed));
        kernel->pack(FIRST, B, N, x, LDX, packed);
        assert_memory_equal(packed, expected, sizeof(expected));
    }
}

static void test_packed_size(void **state)
{
    (void)state;
    assert_int_equal(tg_packed_u8_size(0, 10), 0);
    assert_int_equal(tg_packed_u8_size(10, 0), 0);
    assert_int_equal(tg_packed_u8_size(1, 1), 64);
    assert_int_equal(tg_packed_u8_size(16, 4), 64);
    assert_int_equal(tg_packed_u8_size(17, 4), 128);
    assert_int_equal(tg_packed_u8_size(16, 5), 128);
    assert_int_equal(tg_packed_u8_size(784, 938), 49 * 235 * 64);
}

static void test_ragged_sizes(void **state)
{
    static const size_t bs[] = {1,  2,  8,  9,  15, 16, 17, 31, 32,
                                33, 47, 48, 49, 63, 64, 65, 81, 100};
    static const size_t ns[] = {1, 2, 3, 4, 5, 7, 8, 9, 33, 130};

    (void)state;
    for (size_t i = 0; i < LENGTH(bs); i++)
        for (size_t s = 0; s < LENGTH(ns); s++) {
            check(bs[i], bs[i], ns[s], true, -1);
            for (size_t j = 0; j < LENGTH(bs); j++)
                check(bs[i], bs[j], ns[s], false, -1);
        }
}

/* Around the lengths of registers of tiles, and those at which kernels flush
 * their 32-bit sums. */
static void test_many_samples(void **state)
{
    static const size_t ns[] = {61,   64,   65,   68,   128,  129,  508,
                                509,  512,  513,  516,  1000, 1020, 1024,
                                1025, 1029, 1085, 1088, 1089, 2048, 2049};

    (void)state;
    for (size_t s = 0; s < LENGTH(ns); s++) {
        check(49, 49, ns[s], true, -1);
        check(50, 35, ns[s], false, -1);
    }
}

static void test_large_blocks(void **state)
{
    (void)state;
    check(400, 400, 61, true, -1);
    check(400, 384, 1000, false, -1);
    check(1100, 1100, 5, true, -1);
    check(40, 1100, 9, false, -1);
    check(1100, 40, 9, false, -1);
}

/* 255 * 255 * 140,001 does not fit 32 bits, signed or unsigned. */
static void test_no_overflow(void **state)
{
    (void)state;
    check(17, 17, 140001, true, 255);
    check(3, 33, 140001, false, 255);
    check(49, 49, 1100, true, 255);
    check(49, 49, 1100, true, 128);
    check(49, 49, 1100, true, 127);
    check(49, 49, 1100, true, 0);
}

static void test_no_samples(void **state)
{
    const struct tg_gram_u8_variant *kernel;
    uint8_t none = 0;

    (void)state;
    for (size_t k = 0; (kernel = tg_gram_u8_variant(k)) != NULL; k++) {
        double g = 5;

        kernel->pack(0, 1, 0, &none, 1, &none);
        kernel->gram(1, 1, 0, &none, &none, true, &g, 1);
        assert_true(g == 5);
        kernel->gram(0, 0, 4, &none, &none, true, &g, 1);
        assert_true(g == 5);
    }
}

/* Buffers at odd addresses, as a caller's slices may be. */
static void test_unaligned(void **state)
{
    enum { B = 50, N = 77, SIZE = 4 * 20 * 64 };
    uint8_t *x = allocate(B * N + 1), *packed = allocate(SIZE + 1);
    double *room = allocate((B * B + 1) * sizeof(double));
    double *expected = allocate(B * B * sizeof(double)), *g = room + 1;
    const struct tg_gram_u8_variant *kernel;

    (void)state;
    fill(B * N + 1, -1, x);
    assert_int_equal(tg_packed_u8_size(B, N), SIZE);
    for (size_t k = 0; (kernel = tg_gram_u8_variant(k)) != NULL; k++) {
        memset(g, 0, B * B * sizeof(double));
        kernel->pack(0, B, N, x + 1, B, packed + 1);
        kernel->gram(B, B, N, packed + 1, packed + 1, true, g, B);
        if (k == 0)
            memcpy(expected, g, B * B * sizeof(double));
        assert_memory_equal(g, expected, B * B * sizeof(double));
    }
    free(x);
    free(packed);
    free(room);
    free(expected);
}

/* The public functions are the first variant; the portable one is last. */
static void test_choice(void **state)
{
    struct problem p = make(60, 60, 50, true, -1);
    uint8_t *packed = allocate(tg_packed_u8_size(p.bi, p.n));
    double *g = block(&p, p.start);
    size_t count = 0;

    (void)state;
    while (tg_gram_u8_variant(count) != NULL)
        count++;
    assert_true(count > 0);
    assert_string_equal(tg_gram_u8_kernel(), tg_gram_u8_variant(0)->name);
    assert_string_equal(tg_gram_u8_variant(count - 1)->name, "generic");
    tg_pack_u8(p.first_i, p.bi, p.n, p.x, p.ldx, packed);
    tg_gram_u8(p.bi, p.bj, p.n, packed, packed, true, g, p.ldg);
    check_block(&p, g);
    free(g);
    free(packed);
    destroy(&p);
}

#if defined(__x86_64__)

/* Let this process' arch_prctl() fail, as old systems do that know no AMX. */
static int refuse_amx(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_arch_prctl, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {LENGTH(filter), filter};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* The first test: a process asks once. */
static void test_amx_refused(void **state)
{
    enum { DONE, CHOSEN, CANNOT_REFUSE };
    int status, child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        if (refuse_amx())
            _exit(CANNOT_REFUSE);
        _exit(strcmp(tg_gram_u8_kernel(), "amx-int8") == 0 ? CHOSEN : DONE);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == CANNOT_REFUSE)
        skip();
    assert_int_equal(WEXITSTATUS(status), DONE);
}

/* Other code may use AMX too: registers are as if no one had. */
static void test_amx_released(void **state)
{
    uint8_t x[64] = {1}, packed[16 * 64], config[64];
    double g = 0;

    (void)state;
    if (strcmp(tg_gram_u8_kernel(), "amx-int8") != 0)
        skip();
    tg_pack_u8(0, 1, 64, x, 1, packed);
    tg_gram_u8(1, 1, 64, packed, packed, true, &g, 1);
    __asm__ volatile("sttilecfg %0" : "=m"(config));
    for (size_t i = 0; i < sizeof(config); i++)
        assert_int_equal(config[i], 0);
    assert_true(g == 1);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#if defined(__x86_64__)
        cmocka_unit_test(test_amx_refused),
        cmocka_unit_test(test_amx_released),
#endif
        cmocka_unit_test(test_packed_layout),
        cmocka_unit_test(test_packed_size),
        cmocka_unit_test(test_ragged_sizes),
        cmocka_unit_test(test_many_samples),
        cmocka_unit_test(test_large_blocks),
        cmocka_unit_test(test_no_overflow),
        cmocka_unit_test(test_no_samples),
        cmocka_unit_test(test_unaligned),
        cmocka_unit_test(test_choice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
