#include "combine.h"

#include <assert.h>
#include <string.h>

#include "task.h"

static void zero(void *buffers[], void *arguments)
{
    struct tg_timer timer;

    (void)arguments;
    if (!tg_task_begin(&timer, TG_STAGE_FILL))
        return;
    assert(TG_LD(buffers[0]) == TG_ROWS(buffers[0]));
    memset(TG_PTR(void, buffers[0]), 0,
           TG_ROWS(buffers[0]) * TG_COLS(buffers[0]) * TG_ELEMENT(buffers[0]));
    tg_task_end(&timer);
}

TG_CODELET(FILL, zero, 1, STARPU_W);

int tg_zero_insert(starpu_data_handle_t y)
{
    int none = 0;

    return TG_INSERT(&zero_codelet, TG_PRIORITY_ASSEMBLE, &none, STARPU_W, y);
}

/* The values travel with the task; there are as many as lambdas at most. */
struct fill_args {
    size_t n;
    double values[TG_FILL_MAX];
};

static void fill(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct fill_args args;

    if (!tg_task_begin(&timer, TG_STAGE_FILL))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    memcpy(TG_PTR(double, buffers[0]), args.values,
           args.n * sizeof *args.values);
    tg_task_end(&timer);
}

TG_CODELET(FILL, fill, 1, STARPU_W);

int tg_fill_insert(const double *values, size_t n, starpu_data_handle_t y)
{
    struct fill_args args = {.n = n};

    assert(TG_HANDLE_ROWS(y) == n && TG_HANDLE_COLS(y) == 1);
    assert(n <= TG_FILL_MAX);
    memcpy(args.values, values, n * sizeof *values);
    return TG_INSERT(&fill_codelet, TG_PRIORITY_ASSEMBLE, &args, STARPU_W, y);
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

static void add(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct add_args args;

    if (!tg_task_begin(&timer, TG_STAGE_ADD))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    size_t rows = TG_ROWS(buffers[1]);
    for (size_t j = 0; j < TG_COLS(buffers[1]); j++)
        add_kernel(rows, args.alpha,
                   TG_PTR(double, buffers[0]) + j * TG_LD(buffers[0]),
                   args.beta,
                   TG_PTR(double, buffers[1]) + j * TG_LD(buffers[1]));
    tg_task_end(&timer);
}

TG_CODELET(ADD, add, 2, STARPU_R, STARPU_RW);

int tg_add_insert(double alpha, double beta, starpu_data_handle_t x,
                  starpu_data_handle_t y)
{
    struct add_args args = {alpha, beta};

    assert(TG_HANDLE_ROWS(x) == TG_HANDLE_ROWS(y) &&
           TG_HANDLE_COLS(x) == TG_HANDLE_COLS(y));
    return TG_INSERT(&add_codelet, TG_PRIORITY_REDUCE, &args, STARPU_R, x,
                     STARPU_RW, y);
}
