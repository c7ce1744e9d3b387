/*
 * Rates of the patches' kernels on one core, with BLAS beside them:
 *   OPENBLAS_NUM_THREADS=1 taskset -c 1 bench_patches [filters [dims [size]]]
 * Pictures are 32 x 32 x 3, the grid is 3 x 3.  Operations are those of the
 * filters, 2 * positions * dims * filters: whitening comes on top and is not
 * counted.  The methods take turns, five times each.
 */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "patches.h"
#include "patches_f32.h"

enum { METHODS_MAX = 12, TURNS = 5, GEMM = 1536 };

struct method {
    char name[32];
    const struct tg_patches_variant *u8;
    const struct tg_patches_f32_variant *f32; /* neither: sgemm */
    size_t pictures;
    double ops; /* a turn's */
    double seconds[TURNS];
};

struct bench {
    struct tg_patches_shape shape;
    struct tg_patches u8;
    struct tg_patches_f32 f32;
    size_t pictures, values, width;
    uint8_t *x, *features;
    float *xf, *features_f;
    float *a, *b, *c; /* GEMM x GEMM */
    void *scratch, *scratch_f;
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
        fprintf(stderr, "bench_patches: out of memory\n");
        exit(EXIT_FAILURE);
    }
    memset(p, 0, size);
    return p;
}

/* In [-1, 1). */
static float random_value(void)
{
    static uint32_t state = 1;

    state = state * 1664525u + 1013904223u;
    return (float)(state >> 8) * 0x1p-23f - 1;
}

static void learn(struct bench *b)
{
    const struct tg_patches_shape *s = &b->shape;
    size_t m = tg_patches_values(s);

    *b->u8.softness = *b->f32.softness = 300;
    *b->u8.length = 400;
    *b->f32.threshold = 0.3f;
    for (size_t i = 0; i < s->dims; i++)
        b->u8.gain[i] = 1e-3f;
    for (size_t i = 0; i < s->dims * m; i++) {
        b->f32.whitener[i] = random_value();
        b->u8.whitener[i] = (int16_t)(b->f32.whitener[i] * 9999);
    }
    for (size_t i = 0; i < s->dims * s->filters; i++) {
        b->f32.filters[i] = random_value();
        b->u8.filters[i] = (int8_t)(b->f32.filters[i] * 127);
    }
    for (size_t f = 0; f < s->filters; f++)
        b->u8.threshold[f] = 3000;
    for (size_t j = 0; j < b->width; j++)
        b->u8.quantum[j] = 1e-4f;
    tg_patches_pack(&b->u8);
    tg_patches_f32_pack(&b->f32);
}

static void setup(struct bench *b)
{
    const struct tg_patches_shape *s = &b->shape;

    b->values = s->width * s->height * s->channels;
    b->width = tg_patches_width(s);
    tg_patches_view(s, allocate(tg_patches_bytes(s)), &b->u8);
    tg_patches_f32_view(s, allocate(tg_patches_f32_bytes(s)), &b->f32);
    learn(b);
    b->x = allocate(b->pictures * b->values);
    b->xf = allocate(b->pictures * b->values * sizeof(float));
    for (size_t i = 0; i < b->pictures * b->values; i++) {
        b->x[i] = (uint8_t)(128 + 127 * random_value());
        b->xf[i] = b->x[i];
    }
    b->features = allocate(b->pictures * b->width);
    b->features_f = allocate(b->pictures * b->width * sizeof(float));
    b->scratch = allocate(tg_patches_scratch(s));
    b->scratch_f = allocate(tg_patches_f32_scratch(s));
    b->a = allocate((size_t)GEMM * GEMM * sizeof(float));
    b->b = allocate((size_t)GEMM * GEMM * sizeof(float));
    b->c = allocate((size_t)GEMM * GEMM * sizeof(float));
    for (size_t i = 0; i < (size_t)GEMM * GEMM; i++) {
        b->a[i] = random_value();
        b->b[i] = random_value();
    }
}

static void run(struct bench *b, const struct method *m)
{
    if (m->u8)
        tg_patches_u8_by(m->u8, &b->u8, m->pictures, b->x, b->values,
                         b->features, b->width, b->scratch);
    else if (m->f32)
        tg_patches_f32_by(m->f32, &b->f32, m->pictures, b->xf, b->values,
                          b->features_f, b->width, b->scratch_f);
    else
        cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, GEMM, GEMM, GEMM,
                    1.0f, b->a, GEMM, b->b, GEMM, 0.0f, b->c, GEMM);
}

static size_t add_methods(const struct bench *b, struct method *methods)
{
    const struct tg_patches_shape *s = &b->shape;
    double picture = 2.0 * (double)(tg_patches_columns(s) * tg_patches_rows(s) *
                                    s->dims * s->filters);
    size_t count = 0;

    strcpy(methods[count].name, "sgemm");
    methods[count++].ops = 2.0 * GEMM * GEMM * (double)GEMM;
    for (size_t v = 0; tg_patches_variant(v); v++, count++) {
        methods[count].u8 = tg_patches_variant(v);
        snprintf(methods[count].name, sizeof methods->name, "8 bits, %s",
                 methods[count].u8->name);
    }
    for (size_t v = 0; tg_patches_f32_variant(v); v++, count++) {
        methods[count].f32 = tg_patches_f32_variant(v);
        snprintf(methods[count].name, sizeof methods->name, "single, %s",
                 methods[count].f32->name);
    }
    for (size_t m = 1; m < count; m++) {
        bool plain = strstr(methods[m].name, "generic") != NULL;

        methods[m].pictures = plain ? b->pictures / 8 : b->pictures;
        methods[m].ops = picture * (double)methods[m].pictures;
    }
    return count;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(struct method *m)
{
    qsort(m->seconds, TURNS, sizeof(double), ascending);
    return m->ops / m->seconds[TURNS / 2] * 1e-9;
}

int main(int argc, char **argv)
{
    static struct method methods[METHODS_MAX];
    struct bench b = {.pictures = 128};
    size_t filters = argc > 1 ? strtoul(argv[1], NULL, 10) : 512;
    size_t dims = argc > 2 ? strtoul(argv[2], NULL, 10) : 64;
    size_t size = argc > 3 ? strtoul(argv[3], NULL, 10) : 6, count;
    double gemm;

    if (filters == 0 || dims == 0 || size == 0 || size > 30) {
        fprintf(stderr, "usage: bench_patches [filters [dims [size]]]\n");
        return EXIT_FAILURE;
    }
    b.shape = (struct tg_patches_shape){32,   32,      3,     size,  3,
                                        dims, filters, false, false, false};
    setup(&b);
    count = add_methods(&b, methods);
    for (int turn = 0; turn < TURNS; turn++)
        for (size_t m = 0; m < count; m++) {
            double start = now();

            run(&b, &methods[m]);
            methods[m].seconds[turn] = now() - start;
        }
    gemm = median(&methods[0]);
    printf(
        "%zu filters, %zu dimensions, patches %zu x %zu x 3: medians of %d\n",
        filters, dims, size, size, TURNS);
    printf("%-20s %8.1f Gop/s\n", methods[0].name, gemm);
    for (size_t m = 1; m < count; m++) {
        double rate = median(&methods[m]);

        printf("%-20s %8.1f Gop/s %6.2f x sgemm %9.0f pictures/s\n",
               methods[m].name, rate, rate / gemm,
               rate * 1e9 * (double)methods[m].pictures / methods[m].ops);
    }
    return EXIT_SUCCESS;
}
