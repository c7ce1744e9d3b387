#include "gram.h"

#include <assert.h>

#include "blas.h"
#include "class_sums.h"
#include "gram_u8.h"
#include "error.h"
#include "task.h"

enum {
    RUN = 2048, /* samples multiplied in single precision at a time */
    TILE_ROWS_U8 = 1024,
    TILE_ROWS_F32 = RUN /* fewer passes over G, at the memory's speed */
};

static int moments(void *buffers[], const void *arguments)
{
    (void)arguments;
    size_t d = TG_ROWS(buffers[0]), n = TG_COLS(buffers[0]);
    size_t k = TG_COLS(buffers[3]), ldx = TG_LD(buffers[0]);
    const uint16_t *labels = TG_PTR(uint16_t, buffers[1]);
    if (TG_ELEMENT(buffers[0]) == 1)
        tg_class_sums_u8(d, n, k, TG_PTR(uint8_t, buffers[0]), ldx, labels,
                         TG_PTR(uint16_t, buffers[2]),
                         TG_PTR(double, buffers[3]), TG_LD(buffers[3]));
    else
        tg_class_sums_f32(d, n, k, TG_PTR(float, buffers[0]), ldx, labels,
                          TG_PTR(double, buffers[3]), TG_LD(buffers[3]));
    return TG_OK;
}

TG_STAGE(moments, 0x6baed6, "gram");
TG_CODELET(moments, .stage = &tg_stage_moments,
           TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

size_t tg_moments_scratch(size_t d, size_t k)
{
    return tg_class_sums_u8_scratch(d, k);
}

int tg_moments_insert(struct tg_tile raw, struct tg_tile labels,
                      struct tg_tile scratch, struct tg_tile moments)
{
    assert(tg_tile_cols(raw) == tg_tile_rows(labels));
    assert(tg_tile_rows(raw) + 1 == tg_tile_rows(moments));
    return TG_INSERT(&moments_codelet, TG_PRIORITY_PACK, TG_NONE, raw, labels,
                     scratch, moments);
}

struct gram_args {
    size_t n;
    bool diagonal;
};

size_t tg_gram_scratch(size_t block, size_t element)
{
    return element == 1 ? 1 : block * block;
}

size_t tg_gram_tile_rows(size_t element)
{
    return element == 1 ? TILE_ROWS_U8 : TILE_ROWS_F32;
}

double tg_gram_weight(size_t element)
{
    return element == 1 ? 0.25 : 1;
}

/* G += the product of a run, below the diagonal or whole. */
TG_CLONES static void accumulate(size_t rows, size_t cols, bool diagonal,
                                 const float *product, double *g, size_t ldg)
{
    for (size_t c = 0; c < cols; c++)
        for (size_t r = diagonal ? c : 0; r < rows; r++)
            g[r + c * ldg] += (double)product[r + c * rows];
}

/* G += Xi Xj^T for floats. Shapes: xi bi x n, xj bj x n, scratch bi x bj. */
static void gram_f32(size_t bi, size_t bj, size_t n, const float *xi,
                     const float *xj, bool diagonal, float *scratch, double *g,
                     size_t ldg)
{
    for (size_t s = 0; s < n; s += RUN) {
        int run = (int)(n - s < RUN ? n - s : RUN);

        if (diagonal)
            cblas_ssyrk(CblasColMajor, CblasLower, CblasNoTrans, (int)bi, run,
                        1, xi + s * bi, (int)bi, 0, scratch, (int)bi);
        else
            cblas_sgemm(CblasColMajor, CblasNoTrans, CblasTrans, (int)bi,
                        (int)bj, run, 1, xi + s * bi, (int)bi, xj + s * bj,
                        (int)bj, 0, scratch, (int)bi);
        accumulate(bi, bj, diagonal, scratch, g, ldg);
    }
}

static int gram(void *buffers[], const void *arguments)
{
    const struct gram_args *args = arguments;
    void *xi = buffers[0], *xj = buffers[1];
    double *g = TG_PTR(double, buffers[3]);
    size_t ldg = TG_LD(buffers[3]);
    size_t bi = TG_ROWS(buffers[3]), bj = TG_COLS(buffers[3]);
    if (TG_ELEMENT(buffers[0]) == 1)
        tg_gram_u8(bi, bj, args->n, TG_PTR(uint8_t, xi), TG_PTR(uint8_t, xj),
                   args->diagonal, g, ldg);
    else
        gram_f32(bi, bj, args->n, TG_PTR(float, xi), TG_PTR(float, xj),
                 args->diagonal, TG_PTR(float, buffers[2]), g, ldg);
    return TG_OK;
}

/* A diagonal block is as large as its neighbours, and half the work. */
static uint32_t gram_cost(const void *arguments)
{
    const struct gram_args *args = arguments;

    return args->diagonal;
}

TG_STAGE(gram, 0x1f78b4, "gram");
TG_CODELET(gram, .stage = &tg_stage_gram, .args = sizeof(struct gram_args),
           .cost = gram_cost,
           TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_gram_insert(size_t n, struct tg_tile xi, struct tg_tile xj,
                   struct tg_tile scratch, struct tg_tile gram)
{
    struct gram_args args = {n, tg_tile_same(xi, xj)};

    assert(!args.diagonal || tg_tile_rows(gram) == tg_tile_cols(gram));
    return TG_INSERT(&gram_codelet, TG_PRIORITY_GRAM, &args, xi, xj, scratch,
                     gram);
}
