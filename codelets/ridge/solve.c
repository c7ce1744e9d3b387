#include "solve.h"

#include <assert.h>
#include <math.h>

#include "task.h"

struct args {
    size_t i, job;
};

static void rhs_kernel(size_t rows, size_t k, size_t i, const double *m,
                       size_t ldm, double *w)
{
    double n = 0;

    for (size_t c = 0; c < k; c++)
        n += m[ldm - 1 + c * ldm];
    for (size_t r = 0; r < rows; r++) {
        double sum = 0;

        for (size_t c = 0; c < k; c++)
            sum += m[i + r + c * ldm];
        for (size_t c = 0; c < k; c++) {
            double mean_target = (2 * m[ldm - 1 + c * ldm] - n) / n;

            w[r + c * rows] = 2 * m[i + r + c * ldm] - sum - sum * mean_target;
        }
    }
}

static void rhs(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct args args;

    if (!tg_task_begin(&timer, TG_STAGE_RHS))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    rhs_kernel(TG_ROWS(buffers[1]), TG_COLS(buffers[1]), args.i,
               TG_PTR(double, buffers[0]), TG_LD(buffers[0]),
               TG_PTR(double, buffers[1]));
    tg_task_end(&timer);
}

TG_CODELET(RHS, rhs, 2, STARPU_R, STARPU_W);

int tg_rhs_insert(size_t i, starpu_data_handle_t moments,
                  starpu_data_handle_t w)
{
    struct args args = {.i = i};

    assert(TG_HANDLE_COLS(moments) == TG_HANDLE_COLS(w));
    return TG_INSERT(&rhs_codelet, TG_PRIORITY_ASSEMBLE, &args, STARPU_R,
                     moments, STARPU_W, w);
}

static void intercept_kernel(size_t rows, size_t k, size_t i, const double *m,
                             size_t ldm, const double *w, double *b)
{
    double n = 0;

    for (size_t c = 0; c < k; c++)
        n += m[ldm - 1 + c * ldm];
    for (size_t c = 0; c < k && i == 0; c++)
        b[c] = (2 * m[ldm - 1 + c * ldm] - n) / n;
    for (size_t r = 0; r < rows; r++) {
        double sum = 0;

        for (size_t c = 0; c < k; c++)
            sum += m[i + r + c * ldm];
        for (size_t c = 0; c < k; c++)
            b[c] -= w[r + c * rows] * (sum / n);
    }
}

static void intercept(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct args args;

    if (!tg_task_begin(&timer, TG_STAGE_INTERCEPT))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    intercept_kernel(TG_ROWS(buffers[1]), TG_COLS(buffers[1]), args.i,
                     TG_PTR(double, buffers[0]), TG_LD(buffers[0]),
                     TG_PTR(double, buffers[1]), TG_PTR(double, buffers[2]));
    tg_task_end(&timer);
}

TG_CODELET(INTERCEPT, intercept, 3, STARPU_R, STARPU_R, STARPU_RW);

int tg_intercept_insert(size_t i, starpu_data_handle_t moments,
                        starpu_data_handle_t w, starpu_data_handle_t status)
{
    struct args args = {.i = i};

    assert(TG_HANDLE_ROWS(status) == TG_HANDLE_COLS(w) + 1);
    return TG_INSERT(&intercept_codelet, TG_PRIORITY_SOLVE, &args, STARPU_R,
                     moments, STARPU_R, w, STARPU_RW, status);
}

static void collect_kernel(size_t rows, size_t k, size_t i, const double *w,
                           const double *status, double *v, size_t ldv)
{
    bool failed = status[k] != 0;

    for (size_t c = 0; c < k; c++) {
        for (size_t r = 0; r < rows; r++)
            v[i + r + c * ldv] = failed ? NAN : w[r + c * rows];
        if (i == 0)
            v[ldv - 1 + c * ldv] = failed ? NAN : status[c];
    }
}

static void collect(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct args args;

    if (!tg_task_begin(&timer, TG_STAGE_COLLECT))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    size_t k = TG_COLS(buffers[0]), ldv = TG_LD(buffers[2]);
    collect_kernel(TG_ROWS(buffers[0]), k, args.i, TG_PTR(double, buffers[0]),
                   TG_PTR(double, buffers[1]),
                   TG_PTR(double, buffers[2]) + args.job * k * ldv, ldv);
    tg_task_end(&timer);
}

TG_CODELET(COLLECT, collect, 3, STARPU_R, STARPU_R, STARPU_RW);

int tg_collect_insert(size_t i, size_t job, starpu_data_handle_t w,
                      starpu_data_handle_t status, starpu_data_handle_t v)
{
    struct args args = {i, job};

    assert((job + 1) * TG_HANDLE_COLS(w) <= TG_HANDLE_COLS(v));
    assert(i + TG_HANDLE_ROWS(w) < TG_HANDLE_ROWS(v));
    return TG_INSERT(&collect_codelet, TG_PRIORITY_SOLVE, &args, STARPU_R, w,
                     STARPU_R, status, STARPU_RW, v);
}
