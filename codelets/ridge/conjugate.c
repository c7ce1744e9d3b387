#include "conjugate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "blas.h"
#include "error.h"
#include "task.h"
#include "value.h"

enum { ROWS = TG_CONJUGATE_ROWS };

struct args {
    size_t i;
    bool first, diagonal, transposed;
};

static double quotient(double over, double under)
{
    return over == 0 ? 0 : over / under; /* what has converged stays */
}

TG_STAGE(conjugate, 0xdadaeb, "solve");

/* ---- Direction -------------------------------------------------------- */

static int conjugate_residual(void *buffers[], const void *arguments)
{
    size_t n = TG_ROWS(buffers[0]) * TG_COLS(buffers[0]);
    const double *r = TG_PTR(double, buffers[0]);

    (void)arguments;
    if (TG_ELEMENT(buffers[1]) == sizeof(float))
        for (size_t at = 0; at < n; at++)
            TG_PTR(float, buffers[1])[at] = (float)r[at];
    else
        memcpy(TG_PTR(double, buffers[1]), r, n * sizeof *r);
    return TG_OK;
}

TG_CODELET(conjugate_residual, .stage = &tg_stage_conjugate,
           TG_MODES(STARPU_R, STARPU_W));

int tg_conjugate_residual_insert(struct tg_tile r, struct tg_tile z)
{
    return TG_INSERT(&conjugate_residual_codelet, TG_PRIORITY_SOLVE, TG_NONE, r,
                     z);
}

static int conjugate_begin(void *buffers[], const void *arguments)
{
    double *state = TG_PTR(double, buffers[0]);

    (void)arguments;
    for (size_t c = 0; c < TG_COLS(buffers[0]); c++, state += ROWS) {
        state[TG_CONJUGATE_RZ_BEFORE] = state[TG_CONJUGATE_RZ];
        state[TG_CONJUGATE_RZ] = 0;
        state[TG_CONJUGATE_PQ] = 0;
        state[TG_CONJUGATE_SP] = 0;
    }
    return TG_OK;
}

TG_CODELET(conjugate_begin, .stage = &tg_stage_conjugate, TG_MODES(STARPU_RW));

int tg_conjugate_begin_insert(struct tg_tile state)
{
    assert(tg_tile_rows(state) == ROWS);
    return TG_INSERT(&conjugate_begin_codelet, TG_PRIORITY_SOLVE, TG_NONE,
                     state);
}

static int conjugate_rz(void *buffers[], const void *arguments)
{
    size_t rows = TG_ROWS(buffers[0]);
    const double *r = TG_PTR(double, buffers[0]);
    const void *z = TG_PTR(void, buffers[1]);
    double *state = TG_PTR(double, buffers[2]);

    (void)arguments;
    for (size_t c = 0; c < TG_COLS(buffers[0]); c++)
        for (size_t f = 0; f < rows; f++)
            state[TG_CONJUGATE_RZ + c * ROWS] +=
                r[f + c * rows] *
                tg_value_get(z, TG_ELEMENT(buffers[1]), f + c * rows);
    return TG_OK;
}

TG_CODELET(conjugate_rz, .stage = &tg_stage_conjugate,
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_conjugate_rz_insert(struct tg_tile r, struct tg_tile z,
                           struct tg_tile state)
{
    return TG_INSERT(&conjugate_rz_codelet, TG_PRIORITY_SOLVE, TG_NONE, r, z,
                     state);
}

static int conjugate_direction(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t rows = TG_ROWS(buffers[0]), columns = TG_COLS(buffers[0]);
    size_t k = TG_COLS(buffers[1]), ldm = TG_LD(buffers[1]);
    const void *z = TG_PTR(void, buffers[0]);
    const double *m = TG_PTR(double, buffers[1]);
    double *p = TG_PTR(double, buffers[2]), *state = TG_PTR(double, buffers[3]);

    for (size_t f = 0; f < rows; f++) {
        double sum = tg_value_row_sum(k, m, ldm, args->i + f);

        for (size_t c = 0; c < columns; c++) {
            double *own = state + c * ROWS, *to = &p[f + c * rows];
            double beta =
                quotient(own[TG_CONJUGATE_RZ], own[TG_CONJUGATE_RZ_BEFORE]);
            double before = args->first ? 0 : beta * *to;

            *to =
                tg_value_get(z, TG_ELEMENT(buffers[0]), f + c * rows) + before;
            own[TG_CONJUGATE_SP] += sum * *to;
        }
    }
    return TG_OK;
}

TG_CODELET(conjugate_direction, .stage = &tg_stage_conjugate,
           .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW, STARPU_RW));
TG_CODELET_NAMED(conjugate_first, conjugate_direction,
                 .stage = &tg_stage_conjugate, .args = sizeof(struct args),
                 TG_MODES(STARPU_R, STARPU_R, STARPU_W, STARPU_RW));

int tg_conjugate_direction_insert(bool first, size_t i, struct tg_tile z,
                                  struct tg_tile moments, struct tg_tile p,
                                  struct tg_tile state)
{
    const struct args args = {.i = i, .first = first};

    return TG_INSERT(first ? &conjugate_first_codelet
                           : &conjugate_direction_codelet,
                     TG_PRIORITY_SOLVE, &args, z, moments, p, state);
}

/* ---- Product ---------------------------------------------------------- */

static int conjugate_penalize(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t k = TG_COLS(buffers[0]), ldm = TG_LD(buffers[0]);
    size_t rows = TG_ROWS(buffers[3]), columns = TG_COLS(buffers[3]);
    const double *m = TG_PTR(double, buffers[0]);
    const double *penalty = TG_PTR(double, buffers[1]);
    const double *lambda = TG_PTR(double, buffers[2]);
    const double *p = TG_PTR(double, buffers[3]);
    const double *state = TG_PTR(double, buffers[4]);
    double *q = TG_PTR(double, buffers[5]);
    double n = tg_value_row_sum(k, m, ldm, ldm - 1);

    for (size_t f = 0; f < rows; f++) {
        double sum = tg_value_row_sum(k, m, ldm, args->i + f);

        for (size_t c = 0; c < columns; c++)
            q[f + c * rows] = lambda[c / k] * penalty[f] * p[f + c * rows] -
                              sum * (state[TG_CONJUGATE_SP + c * ROWS] / n);
    }
    return TG_OK;
}

TG_CODELET(conjugate_penalize, .stage = &tg_stage_conjugate,
           .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_R, STARPU_R,
                    STARPU_W));

int tg_conjugate_penalize_insert(size_t i, struct tg_tile moments,
                                 struct tg_tile penalty, struct tg_tile lambdas,
                                 struct tg_tile p, struct tg_tile state,
                                 struct tg_tile q)
{
    const struct args args = {.i = i};

    assert(tg_tile_rows(lambdas) * tg_tile_cols(moments) == tg_tile_cols(p));
    return TG_INSERT(&conjugate_penalize_codelet, TG_PRIORITY_SOLVE, &args,
                     moments, penalty, lambdas, p, state, q);
}

static int conjugate_multiply(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const double *g = TG_PTR(double, buffers[0]),
                 *p = TG_PTR(double, buffers[1]);
    double *q = TG_PTR(double, buffers[2]);
    int ldg = (int)TG_LD(buffers[0]), columns = (int)TG_COLS(buffers[1]);
    int inner = (int)TG_ROWS(buffers[1]), rows = (int)TG_ROWS(buffers[2]);

    if (args->diagonal)
        cblas_dsymm(CblasColMajor, CblasLeft, CblasLower, rows, columns, 1, g,
                    ldg, p, inner, 1, q, rows);
    else
        cblas_dgemm(CblasColMajor, args->transposed ? CblasTrans : CblasNoTrans,
                    CblasNoTrans, rows, columns, inner, 1, g, ldg, p, inner, 1,
                    q, rows);
    return TG_OK;
}

TG_CODELET(conjugate_multiply, .stage = &tg_stage_conjugate,
           .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_conjugate_multiply_insert(bool diagonal, bool transposed,
                                 struct tg_tile g, struct tg_tile p,
                                 struct tg_tile q)
{
    const struct args args = {.diagonal = diagonal, .transposed = transposed};

    assert((transposed ? tg_tile_rows(g) : tg_tile_cols(g)) == tg_tile_rows(p));
    return TG_INSERT(&conjugate_multiply_codelet, TG_PRIORITY_SOLVE, &args, g,
                     p, q);
}

static int conjugate_pq(void *buffers[], const void *arguments)
{
    int rows = (int)TG_ROWS(buffers[0]);
    double *state = TG_PTR(double, buffers[2]);

    (void)arguments;
    for (size_t c = 0; c < TG_COLS(buffers[0]); c++)
        state[TG_CONJUGATE_PQ + c * ROWS] +=
            cblas_ddot(rows, TG_PTR(double, buffers[0]) + c * (size_t)rows, 1,
                       TG_PTR(double, buffers[1]) + c * (size_t)rows, 1);
    return TG_OK;
}

TG_CODELET(conjugate_pq, .stage = &tg_stage_conjugate,
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_conjugate_pq_insert(struct tg_tile p, struct tg_tile q,
                           struct tg_tile state)
{
    return TG_INSERT(&conjugate_pq_codelet, TG_PRIORITY_SOLVE, TG_NONE, p, q,
                     state);
}

static int conjugate_step(void *buffers[], const void *arguments)
{
    size_t rows = TG_ROWS(buffers[0]);
    const double *p = TG_PTR(double, buffers[0]),
                 *q = TG_PTR(double, buffers[1]);
    const double *state = TG_PTR(double, buffers[2]);
    double *x = TG_PTR(double, buffers[3]), *r = TG_PTR(double, buffers[4]);

    (void)arguments;
    for (size_t c = 0; c < TG_COLS(buffers[0]); c++, state += ROWS) {
        double alpha = quotient(state[TG_CONJUGATE_RZ], state[TG_CONJUGATE_PQ]);

        for (size_t at = c * rows; at < (c + 1) * rows; at++) {
            x[at] += alpha * p[at];
            r[at] -= alpha * q[at];
        }
    }
    return TG_OK;
}

TG_CODELET(conjugate_step, .stage = &tg_stage_conjugate,
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_RW, STARPU_RW));

int tg_conjugate_step_insert(struct tg_tile p, struct tg_tile q,
                             struct tg_tile state, struct tg_tile x,
                             struct tg_tile r)
{
    return TG_INSERT(&conjugate_step_codelet, TG_PRIORITY_SOLVE, TG_NONE, p, q,
                     state, x, r);
}

/* ---- Weights ---------------------------------------------------------- */

static int conjugate_intercept(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t k = TG_COLS(buffers[0]), ldm = TG_LD(buffers[0]);
    size_t rows = TG_ROWS(buffers[1]), columns = TG_COLS(buffers[1]);
    const double *m = TG_PTR(double, buffers[0]),
                 *x = TG_PTR(double, buffers[1]);
    double n = tg_value_row_sum(k, m, ldm, ldm - 1);
    double *b = TG_PTR(double, buffers[2]) + TG_CONJUGATE_INTERCEPT;

    for (size_t c = 0; c < columns && args->i == 0; c++)
        b[c * ROWS] = (2 * m[ldm - 1 + c % k * ldm] - n) / n;
    for (size_t f = 0; f < rows; f++) {
        double mean = tg_value_row_sum(k, m, ldm, args->i + f) / n;

        for (size_t c = 0; c < columns; c++)
            b[c * ROWS] -= x[f + c * rows] * mean;
    }
    return TG_OK;
}

TG_CODELET(conjugate_intercept, .stage = &tg_stage_conjugate,
           .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_conjugate_intercept_insert(size_t i, struct tg_tile moments,
                                  struct tg_tile x, struct tg_tile state)
{
    const struct args args = {.i = i};

    return TG_INSERT(&conjugate_intercept_codelet, TG_PRIORITY_SOLVE, &args,
                     moments, x, state);
}

static int conjugate_collect(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t rows = TG_ROWS(buffers[0]), ldv = TG_LD(buffers[3]);
    const double *x = TG_PTR(double, buffers[0]);
    const double *state = TG_PTR(double, buffers[1]);
    bool failed = TG_PTR(double, buffers[2])[TG_ROWS(buffers[2]) - 1] != 0;
    double *v = TG_PTR(double, buffers[3]);

    for (size_t c = 0; c < TG_COLS(buffers[0]); c++, v += ldv) {
        for (size_t f = 0; f < rows; f++)
            v[args->i + f] = failed ? NAN : x[f + c * rows];
        if (args->i == 0)
            v[ldv - 1] =
                failed ? NAN : state[TG_CONJUGATE_INTERCEPT + c * ROWS];
    }
    return TG_OK;
}

TG_CODELET(conjugate_collect, .stage = &tg_stage_conjugate,
           .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_RW));

int tg_conjugate_collect_insert(size_t i, struct tg_tile x,
                                struct tg_tile state, struct tg_tile status,
                                struct tg_tile v)
{
    const struct args args = {.i = i};

    assert(tg_tile_cols(x) == tg_tile_cols(v));
    return TG_INSERT(&conjugate_collect_codelet, TG_PRIORITY_SOLVE, &args, x,
                     state, status, v);
}
