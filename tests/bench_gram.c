/*
 * Rates of the 8-bit Gram kernels on one core, with BLAS beside them:
 *   OPENBLAS_NUM_THREADS=1 taskset -c 1 bench_gram [d [block [n [seconds]]]]
 * A pass is what the task graph does with one tile: pack each block of
 * features once, then update each block of the lower triangle. The methods
 * take turns, each for an untimed and a timed sweep over tiles that together
 * exceed the L2 cache. sgemm and ssyrk get the same tiles as floats,
 * converted beforehand.
 */
#include <cblas.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gram_u8.h"

enum { TILES = 8, METHODS_MAX = 8, PASSES_MAX = 10000 };

struct bench {
    size_t d, block, blocks, n;
    uint8_t *x[TILES];
    float *xf[TILES];
    uint8_t **packed;
    double *g;
    float *gf;
};

struct method {
    const char *name, *unit;
    const struct tg_gram_u8_variant *variant; /* NULL: BLAS */
    bool pack_only, gemm;                     /* else ssyrk */
    double ops;                               /* per pass */
    int passes;
    double seconds[PASSES_MAX];
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *allocate(size_t size)
{
    void *p = NULL;

    if (posix_memalign(&p, 64, size ? size : 64) != 0) {
        fprintf(stderr, "bench_gram: out of memory\n");
        exit(EXIT_FAILURE);
    }
    memset(p, 0, size);
    return p;
}

static size_t block_size(const struct bench *b, size_t i)
{
    size_t left = b->d - i * b->block;

    return left < b->block ? left : b->block;
}

static void setup(struct bench *b)
{
    uint32_t state = 1;

    b->blocks = (b->d + b->block - 1) / b->block;
    for (int t = 0; t < TILES; t++) {
        b->x[t] = allocate(b->d * b->n);
        b->xf[t] = allocate(b->d * b->n * sizeof(float));
        for (size_t e = 0; e < b->d * b->n; e++) {
            state = state * 1664525u + 1013904223u;
            b->x[t][e] = state >> 24;
            b->xf[t][e] = b->x[t][e];
        }
    }
    b->packed = allocate(b->blocks * sizeof(*b->packed));
    for (size_t i = 0; i < b->blocks; i++)
        b->packed[i] = allocate(tg_packed_u8_size(block_size(b, i), b->n));
    b->g = allocate(b->d * b->d * sizeof(double));
    b->gf = allocate(b->d * b->d * sizeof(float));
}

static void teardown(struct bench *b)
{
    for (int t = 0; t < TILES; t++) {
        free(b->x[t]);
        free(b->xf[t]);
    }
    for (size_t i = 0; i < b->blocks; i++)
        free(b->packed[i]);
    free(b->packed);
    free(b->g);
    free(b->gf);
}

/* Each block of G is a tile of its own, as in the task graph. */
static void pass_u8(struct bench *b, const struct method *m, const uint8_t *x)
{
    double *g = b->g;

    for (size_t i = 0; i < b->blocks; i++)
        m->variant->pack(i * b->block, block_size(b, i), b->n, x, b->d,
                         b->packed[i]);
    if (m->pack_only)
        return;
    for (size_t j = 0; j < b->blocks; j++)
        for (size_t i = j; i < b->blocks; i++) {
            size_t bi = block_size(b, i), bj = block_size(b, j);

            m->variant->gram(bi, bj, b->n, b->packed[i], b->packed[j], i == j,
                             g, bi);
            g += bi * bj;
        }
}

static void pass(struct bench *b, const struct method *m, int tile)
{
    int d = (int)b->d, n = (int)b->n;
    const float *x = b->xf[tile];

    if (m->variant)
        pass_u8(b, m, b->x[tile]);
    else if (m->gemm)
        cblas_sgemm(CblasColMajor, CblasNoTrans, CblasTrans, d, d, n, 1.0f, x,
                    d, x, d, 1.0f, b->gf, d);
    else
        cblas_ssyrk(CblasColMajor, CblasLower, CblasNoTrans, d, n, 1.0f, x, d,
                    1.0f, b->gf, d);
}

static void turn(struct bench *b, struct method *m)
{
    for (int tile = 0; tile < TILES; tile++)
        pass(b, m, tile);
    for (int tile = 0; tile < TILES && m->passes < PASSES_MAX; tile++) {
        double start = now();

        pass(b, m, tile);
        m->seconds[m->passes++] = now() - start;
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void report(struct method *m)
{
    double best, median;

    qsort(m->seconds, (size_t)m->passes, sizeof(double), ascending);
    best = m->seconds[0];
    median = m->seconds[m->passes / 2];
    printf("%-20s %8.1f %8.1f %s   (%d passes, median %.3f ms)\n", m->name,
           m->ops / best * 1e-9, m->ops / median * 1e-9, m->unit, m->passes,
           median * 1e3);
}

static int add_methods(const struct bench *b, struct method *methods)
{
    double useful = (double)b->n * (double)b->d * (double)b->d;
    const struct tg_gram_u8_variant *variant;
    int count = 0;

    for (size_t v = 0; (variant = tg_gram_u8_variant(v)) != NULL; v++)
        methods[count++] = (struct method){.name = variant->name,
                                           .unit = "GOP/s (N d^2)",
                                           .variant = variant,
                                           .ops = useful};
    methods[count++] = (struct method){.name = "packing alone",
                                       .unit = "GB/s read",
                                       .variant = tg_gram_u8_variant(0),
                                       .pack_only = true,
                                       .ops = (double)(b->n * b->d)};
    methods[count++] = (struct method){.name = "sgemm",
                                       .unit = "GF/s (2 N d^2)",
                                       .gemm = true,
                                       .ops = 2.0 * useful};
    methods[count++] =
        (struct method){.name = "ssyrk", .unit = "GF/s (N d^2)", .ops = useful};
    return count;
}

int main(int argc, char **argv)
{
    static struct method methods[METHODS_MAX];
    struct bench b = {.d = 784, .block = 392, .n = 938};
    double seconds = 3.0;
    int count;

    if (argc > 1)
        b.d = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        b.block = strtoul(argv[2], NULL, 10);
    if (argc > 3)
        b.n = strtoul(argv[3], NULL, 10);
    if (argc > 4)
        seconds = strtod(argv[4], NULL);
    if (b.d == 0 || b.block == 0 || b.n == 0) {
        fprintf(stderr, "usage: bench_gram [d [block [n [seconds]]]]\n");
        return EXIT_FAILURE;
    }
    setup(&b);
    count = add_methods(&b, methods);
    for (double end = now() + seconds; now() < end;)
        for (int m = 0; m < count; m++)
            turn(&b, &methods[m]);
    printf("d %zu, block %zu, n %zu: best and median rate\n", b.d, b.block,
           b.n);
    for (int m = 0; m < count; m++)
        report(&methods[m]);
    teardown(&b);
    return EXIT_SUCCESS;
}
