/*
 * Rates of the 8-bit Fourier features on one core, with BLAS beside them:
 *   OPENBLAS_NUM_THREADS=1 taskset -c 1 bench_fourier [values [d [n [secs]]]]
 * The methods take turns; sgemm is the product alone, of the same sizes, from
 * floats that were converted beforehand.
 */
#include <cblas.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fourier_u8.h"

enum { METHODS_MAX = 8 };

struct bench {
    size_t values, d, n;
    uint8_t *x, *panels, *features;
    float *xf, *wf, *zf;
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
        fprintf(stderr, "bench_fourier: out of memory\n");
        exit(EXIT_FAILURE);
    }
    return p;
}

static void fill(size_t count, uint8_t *bytes, float *floats)
{
    static uint32_t state = 1;

    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(state >> 24);
        floats[i] = bytes[i];
    }
}

static void setup(struct bench *b)
{
    size_t panels = (b->d + TG_FOURIER_PANEL - 1) / TG_FOURIER_PANEL;
    size_t panel = tg_fourier_panel_size(b->values);
    double *w = allocate(b->values * sizeof *w);

    b->x = allocate(b->values * b->n);
    b->xf = allocate(b->values * b->n * sizeof *b->xf);
    b->features = allocate(b->d * b->n);
    b->panels = allocate(panels * panel);
    b->wf = allocate(b->values * b->d * sizeof *b->wf);
    b->zf = allocate(b->d * b->n * sizeof *b->zf);
    fill(b->values * b->n, b->x, b->xf);
    for (size_t v = 0; v < b->values; v++)
        w[v] = (double)(v % 9) / 4 - 1;
    for (size_t i = 0; i < b->values * b->d; i++)
        b->wf[i] = (float)w[i % b->values];
    for (size_t p = 0; p < panels; p++) {
        uint8_t *to = b->panels + p * panel;

        tg_fourier_start(b->values, tg_fourier_step(0.01, 1.0 / 255), to);
        for (size_t f = 0; f < TG_FOURIER_PANEL; f++)
            tg_fourier_pack(b->values, f, w, (uint32_t)f << 28, to);
    }
    free(w);
}

static void teardown(struct bench *b)
{
    free(b->x);
    free(b->xf);
    free(b->features);
    free(b->panels);
    free(b->wf);
    free(b->zf);
}

/* NULL: sgemm. */
static double seconds_of(struct bench *b, const struct tg_fourier_variant *v)
{
    double start = now();

    if (v)
        v->features(b->values, b->n, b->x, b->values, b->d, b->panels,
                    b->features, b->d);
    else
        cblas_sgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)b->d,
                    (int)b->n, (int)b->values, 1.0f, b->wf, (int)b->values,
                    b->xf, (int)b->values, 0.0f, b->zf, (int)b->d);
    return now() - start;
}

int main(int argc, char **argv)
{
    struct bench b = {.values = 784, .d = 4096, .n = 938};
    const struct tg_fourier_variant *variants[METHODS_MAX] = {NULL};
    double best[METHODS_MAX], seconds = 3;
    size_t count = 0;

    if (argc > 1)
        b.values = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        b.d = strtoul(argv[2], NULL, 10);
    if (argc > 3)
        b.n = strtoul(argv[3], NULL, 10);
    if (argc > 4)
        seconds = strtod(argv[4], NULL);
    setup(&b);
    while ((variants[count] = tg_fourier_variant(count)) != NULL)
        count++;
    for (size_t m = 0; m <= count; m++)
        best[m] = seconds_of(&b, variants[m]); /* warms up, too */
    for (double end = now() + seconds; now() < end;)
        for (size_t m = 0; m <= count; m++) {
            double took = seconds_of(&b, variants[m]);

            best[m] = took < best[m] ? took : best[m];
        }
    printf("%zu values, d %zu, n %zu: best of each\n", b.values, b.d, b.n);
    for (size_t m = 0; m <= count; m++)
        printf("%-12s %8.2f ms %8.1f Gop/s %6.2f x sgemm\n",
               variants[m] ? variants[m]->name : "sgemm", best[m] * 1e3,
               2e-9 * (double)(b.values * b.d * b.n) / best[m],
               best[count] / best[m]);
    teardown(&b);
    return EXIT_SUCCESS;
}
