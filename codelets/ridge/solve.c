#include "solve.h"

#include <assert.h>
#include <math.h>

#include "error.h"
#include "task.h"
#include "value.h"

struct args {
    size_t i, job;
};

static void rhs_kernel(size_t rows, size_t columns, size_t k, size_t i,
                       const double *m, size_t ldm, size_t element, void *w)
{
    double n = tg_value_row_sum(k, m, ldm, ldm - 1);

    for (size_t r = 0; r < rows; r++) {
        double sum = tg_value_row_sum(k, m, ldm, i + r);

        for (size_t c = 0; c < columns; c++) {
            double mean_target = (2 * m[ldm - 1 + c % k * ldm] - n) / n;

            tg_value_put(w, element, r + c * rows,
                         2 * m[i + r + c % k * ldm] - sum - sum * mean_target);
        }
    }
}

static int rhs(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;

    rhs_kernel(TG_ROWS(buffers[1]), TG_COLS(buffers[1]), TG_COLS(buffers[0]),
               args->i, TG_PTR(double, buffers[0]), TG_LD(buffers[0]),
               TG_ELEMENT(buffers[1]), TG_PTR(void, buffers[1]));
    return TG_OK;
}

TG_STAGE(rhs, 0xcab2d6, "solve");
TG_CODELET(rhs, .stage = &tg_stage_rhs, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_W));

int tg_rhs_insert(size_t i, struct tg_tile moments, struct tg_tile w)
{
    struct args args = {.i = i};

    assert(tg_tile_cols(w) % tg_tile_cols(moments) == 0);
    return TG_INSERT(&rhs_codelet, TG_PRIORITY_ASSEMBLE, &args, moments, w);
}

static void intercept_kernel(size_t rows, size_t k, size_t i, const double *m,
                             size_t ldm, size_t element, const void *w,
                             double *b)
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
            b[c] -= tg_value_get(w, element, r + c * rows) * (sum / n);
    }
}

static int intercept(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;

    intercept_kernel(TG_ROWS(buffers[1]), TG_COLS(buffers[1]), args->i,
                     TG_PTR(double, buffers[0]), TG_LD(buffers[0]),
                     TG_ELEMENT(buffers[1]), TG_PTR(void, buffers[1]),
                     TG_PTR(double, buffers[2]));
    return TG_OK;
}

TG_STAGE(intercept, 0x9e9ac8, "solve");
TG_CODELET(intercept, .stage = &tg_stage_intercept, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_intercept_insert(size_t i, struct tg_tile moments, struct tg_tile w,
                        struct tg_tile status)
{
    struct args args = {.i = i};

    assert(tg_tile_rows(status) == tg_tile_cols(w) + 1);
    return TG_INSERT(&intercept_codelet, TG_PRIORITY_SOLVE, &args, moments, w,
                     status);
}

static void collect_kernel(size_t rows, size_t k, size_t i, size_t element,
                           const void *w, const double *status, double *v,
                           size_t ldv)
{
    bool failed = status[k] != 0;

    for (size_t c = 0; c < k; c++) {
        for (size_t r = 0; r < rows; r++)
            v[i + r + c * ldv] =
                failed ? NAN : tg_value_get(w, element, r + c * rows);
        if (i == 0)
            v[ldv - 1 + c * ldv] = failed ? NAN : status[c];
    }
}

static int collect(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t k = TG_COLS(buffers[0]), ldv = TG_LD(buffers[2]);
    collect_kernel(TG_ROWS(buffers[0]), k, args->i, TG_ELEMENT(buffers[0]),
                   TG_PTR(void, buffers[0]), TG_PTR(double, buffers[1]),
                   TG_PTR(double, buffers[2]) + args->job * k * ldv, ldv);
    return TG_OK;
}

TG_STAGE(collect, 0x756bb1, "solve");
TG_CODELET(collect, .stage = &tg_stage_collect, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_collect_insert(size_t i, size_t job, struct tg_tile w,
                      struct tg_tile status, struct tg_tile v)
{
    struct args args = {i, job};

    assert((job + 1) * tg_tile_cols(w) <= tg_tile_cols(v));
    assert(i + tg_tile_rows(w) < tg_tile_rows(v));
    return TG_INSERT(&collect_codelet, TG_PRIORITY_SOLVE, &args, w, status, v);
}
