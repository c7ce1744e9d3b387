#include "combine.h"

#include <assert.h>
#include <string.h>

#include "error.h"
#include "task.h"

static int zero(void *buffers[], const void *arguments)
{
    (void)arguments;
    assert(TG_LD(buffers[0]) == TG_ROWS(buffers[0]));
    memset(TG_PTR(void, buffers[0]), 0,
           TG_ROWS(buffers[0]) * TG_COLS(buffers[0]) * TG_ELEMENT(buffers[0]));
    return TG_OK;
}

TG_STAGE(fill, 0xd9d9d9, "reduce");
TG_CODELET(zero, .stage = &tg_stage_fill, TG_MODES(STARPU_W));

int tg_zero_insert(struct tg_tile y)
{
    return TG_INSERT(&zero_codelet, TG_PRIORITY_ASSEMBLE, TG_NONE, y);
}

/* The values travel with the task, as many as there are. */
static int fill(void *buffers[], const void *values)
{
    memcpy(TG_PTR(double, buffers[0]), values,
           TG_ROWS(buffers[0]) * sizeof(double));
    return TG_OK;
}

TG_CODELET(fill, .stage = &tg_stage_fill, .args = TG_FILL_MAX * sizeof(double),
           TG_MODES(STARPU_W));

int tg_fill_insert(const double *values, size_t n, struct tg_tile y)
{
    assert(tg_tile_rows(y) == n && tg_tile_cols(y) == 1);
    assert(n <= TG_FILL_MAX);
    return tg_task_insert(&fill_codelet, TG_PRIORITY_ASSEMBLE, values,
                          n * sizeof *values, &y, 1);
}

static int copy(void *buffers[], const void *arguments)
{
    size_t bytes = TG_ROWS(buffers[0]) * TG_ELEMENT(buffers[0]);

    (void)arguments;
    for (size_t c = 0; c < TG_COLS(buffers[0]); c++)
        memcpy(TG_PTR(char, buffers[1]) +
                   c * TG_LD(buffers[1]) * TG_ELEMENT(buffers[1]),
               TG_PTR(char, buffers[0]) +
                   c * TG_LD(buffers[0]) * TG_ELEMENT(buffers[0]),
               bytes);
    return TG_OK;
}

TG_STAGE(copy, 0xfee391, "reduce");
TG_CODELET(copy, .stage = &tg_stage_copy, TG_MODES(STARPU_R, STARPU_W));

int tg_copy_insert(struct tg_tile x, struct tg_tile y)
{
    assert(tg_tile_rows(x) == tg_tile_rows(y) &&
           tg_tile_cols(x) == tg_tile_cols(y) &&
           x.of->element == y.of->element);
    return TG_INSERT(&copy_codelet, TG_PRIORITY_DECIDE, TG_NONE, x, y);
}

struct add_args {
    double alpha, beta;
};

static void add_kernel(size_t n, double alpha, const double *x, double beta,
                       double *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = alpha * x[i] + beta * y[i];
}

static int add(void *buffers[], const void *arguments)
{
    const struct add_args *args = arguments;
    size_t rows = TG_ROWS(buffers[1]);
    for (size_t j = 0; j < TG_COLS(buffers[1]); j++)
        add_kernel(rows, args->alpha,
                   TG_PTR(double, buffers[0]) + j * TG_LD(buffers[0]),
                   args->beta,
                   TG_PTR(double, buffers[1]) + j * TG_LD(buffers[1]));
    return TG_OK;
}

TG_STAGE(add, 0xfdbf6f, "reduce");
TG_CODELET(add, .stage = &tg_stage_add, .args = sizeof(struct add_args),
           TG_MODES(STARPU_R, STARPU_RW));

int tg_add_insert(double alpha, double beta, struct tg_tile x, struct tg_tile y)
{
    struct add_args args = {alpha, beta};

    assert(tg_tile_rows(x) == tg_tile_rows(y) &&
           tg_tile_cols(x) == tg_tile_cols(y));
    return TG_INSERT(&add_codelet, TG_PRIORITY_REDUCE, &args, x, y);
}
