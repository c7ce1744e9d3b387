#include "statistics.h"

#include <assert.h>
#include <string.h>

#include "blas.h"
#include "class_sums.h"
#include "gram_u8.h"
#include "task.h"

enum { RUN = 2048 }; /* samples multiplied in single precision at a time */

struct features_args {
    size_t first, b;
};

static void copy_block(size_t b, size_t n, const float *x, size_t ldx,
                       float *block)
{
    for (size_t s = 0; s < n; s++)
        memcpy(block + s * b, x + s * ldx, b * sizeof *block);
}

static void features(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct features_args args;

    if (!tg_task_begin(&timer, TG_STAGE_FEATURES))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    size_t n = TG_COLS(buffers[0]), ldx = TG_LD(buffers[0]);
    if (TG_ELEMENT(buffers[0]) == 1)
        tg_pack_u8(args.first, args.b, n, TG_PTR(uint8_t, buffers[0]), ldx,
                   TG_PTR(uint8_t, buffers[1]));
    else
        copy_block(args.b, n, TG_PTR(float, buffers[0]) + args.first, ldx,
                   TG_PTR(float, buffers[1]));
    tg_task_end(&timer);
}

TG_CODELET(FEATURES, features, 2, STARPU_R, STARPU_W);

int tg_features_insert(size_t first, size_t b, starpu_data_handle_t raw,
                       starpu_data_handle_t block)
{
    struct features_args args = {first, b};

    assert(first + b <= TG_HANDLE_ROWS(raw));
    assert(TG_HANDLE_ELEMENT(raw) == TG_HANDLE_ELEMENT(block));
    return TG_INSERT(&features_codelet, TG_PRIORITY_FEATURES, &args, STARPU_R,
                     raw, STARPU_W, block);
}

static void moments(void *buffers[], void *arguments)
{
    struct tg_timer timer;

    (void)arguments;
    if (!tg_task_begin(&timer, TG_STAGE_MOMENTS))
        return;
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
    tg_task_end(&timer);
}

TG_CODELET(MOMENTS, moments, 4, STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW);

size_t tg_moments_scratch(size_t d, size_t k)
{
    return tg_class_sums_u8_scratch(d, k);
}

int tg_moments_insert(starpu_data_handle_t raw, starpu_data_handle_t labels,
                      starpu_data_handle_t scratch,
                      starpu_data_handle_t moments)
{
    int none = 0;

    assert(TG_HANDLE_COLS(raw) == TG_HANDLE_ROWS(labels));
    assert(TG_HANDLE_ROWS(raw) + 1 == TG_HANDLE_ROWS(moments));
    return TG_INSERT(&moments_codelet, TG_PRIORITY_FEATURES, &none, STARPU_R,
                     raw, STARPU_R, labels, STARPU_SCRATCH, scratch, STARPU_RW,
                     moments);
}

struct gram_args {
    size_t n;
    bool diagonal;
};

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

static void gram(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct gram_args args;

    if (!tg_task_begin(&timer, TG_STAGE_GRAM))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    void *xi = buffers[0], *xj = buffers[1];
    double *g = TG_PTR(double, buffers[3]);
    size_t ldg = TG_LD(buffers[3]);
    size_t bi = TG_ROWS(buffers[3]), bj = TG_COLS(buffers[3]);
    if (TG_ELEMENT(buffers[0]) == 1)
        tg_gram_u8(bi, bj, args.n, TG_PTR(uint8_t, xi), TG_PTR(uint8_t, xj),
                   args.diagonal, g, ldg);
    else
        gram_f32(bi, bj, args.n, TG_PTR(float, xi), TG_PTR(float, xj),
                 args.diagonal, TG_PTR(float, buffers[2]), g, ldg);
    tg_task_end(&timer);
}

/* A diagonal block is as large as its neighbours, and half the work. */
static uint32_t gram_cost(struct starpu_task *task)
{
    struct gram_args args;

    starpu_codelet_unpack_args(task->cl_arg, &args);
    return starpu_hash_crc32c_be(args.diagonal,
                                 starpu_task_data_footprint(task));
}

TG_CODELET_COST(GRAM, gram, gram_cost, 4, STARPU_R, STARPU_R, STARPU_SCRATCH,
                STARPU_RW);

int tg_gram_insert(size_t n, starpu_data_handle_t xi, starpu_data_handle_t xj,
                   starpu_data_handle_t scratch, starpu_data_handle_t gram)
{
    struct gram_args args = {n, xi == xj};

    assert(!args.diagonal || TG_HANDLE_ROWS(gram) == TG_HANDLE_COLS(gram));
    return TG_INSERT(&gram_codelet, TG_PRIORITY_GRAM, &args, STARPU_R, xi,
                     STARPU_R, xj, STARPU_SCRATCH, scratch, STARPU_RW, gram);
}
