#include "krylov.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "blas.h"
#include "error.h"
#include "krylov_system.h"
#include "task.h"
#include "value.h"

enum { ROWS = TG_KRYLOV_ROWS };

struct args {
    size_t l, column;
    double tolerance, near;
    bool first;
    struct tg_gate *gate;
};

static size_t columns_left(void *state)
{
    size_t left = 0;

    for (size_t c = 0; c < TG_COLS(state); c++)
        left += TG_PTR(double, state)[TG_KRYLOV_THERE + c * ROWS] == 0 ? 1 : 0;
    return left;
}

/* |R| / |B| of a column, squared. */
static double relative(const double *own)
{
    return own[TG_KRYLOV_BB] > 0 ? own[TG_KRYLOV_RR] / own[TG_KRYLOV_BB] : 0;
}

TG_STAGE(krylov, 0x9e9ac8, "solve");

/* ---- Start ------------------------------------------------------------- */

static int krylov_start(void *buffers[], const void *arguments)
{
    size_t k = TG_COLS(buffers[0]), ldm = TG_LD(buffers[0]), d = ldm - 1;
    const double *m = TG_PTR(double, buffers[0]);
    const double *scale = TG_PTR(double, buffers[1]) + d;
    double *u = TG_PTR(double, buffers[2]), *r = u + d * k;
    double *state = TG_PTR(double, buffers[3]);
    double n = tg_value_row_sum(k, m, ldm, d);

    (void)arguments;
    memset(u, 0, d * k * sizeof *u);
    memset(state, 0, ROWS * k * sizeof *state);
    for (size_t c = 0; c < k; c++, state += ROWS) {
        double mean = (2 * m[d + c * ldm] - n) / n, norm = 0;

        for (size_t f = 0; f < d; f++) {
            double sum = tg_value_row_sum(k, m, ldm, f);
            double b = scale[f] * (2 * m[f + c * ldm] - sum - sum * mean);

            r[f + c * d] = b;
            norm += b * b;
        }
        state[TG_KRYLOV_BB] = state[TG_KRYLOV_RR] = norm;
        state[TG_KRYLOV_THERE] = norm == 0;
        state[TG_KRYLOV_SAMPLES] = n;
    }
    return TG_OK;
}

TG_CODELET(krylov_start, .stage = &tg_stage_krylov,
           TG_MODES(STARPU_R, STARPU_R, STARPU_W, STARPU_W));

int tg_krylov_start_insert(const struct tg_krylov_samples *samples,
                           struct tg_tile x, struct tg_tile state)
{
    assert(tg_tile_rows(state) == ROWS);
    return TG_INSERT(&krylov_start_codelet, TG_PRIORITY_SOLVE, TG_NONE,
                     samples->moments, samples->scale, x, state);
}

/* ---- Direction --------------------------------------------------------- */

/* T = ((s_r + lambda) / (S + lambda) - 1) T, s_r the least that is not 0. */
static void damp(size_t r, size_t k, const double *s, double lambda, double *t)
{
    double least = s[0];

    for (size_t i = 0; i < r; i++)
        least = s[i] > 0 && s[i] < least ? s[i] : least;
    for (size_t i = 0; i < r; i++) {
        double factor = s[i] > 0 ? (least + lambda) / (s[i] + lambda) - 1 : 0;

        for (size_t c = 0; c < k; c++)
            t[i + c * r] *= factor;
    }
}

static int krylov_precondition(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t d = TG_ROWS(buffers[0]), r = TG_COLS(buffers[0]);
    size_t k = TG_COLS(buffers[6]);
    const double *u = TG_PTR(double, buffers[0]);
    const double *from = TG_PTR(double, buffers[3]) + d * k;
    double *t = TG_PTR(double, buffers[5]), *z = TG_PTR(double, buffers[6]);

    memcpy(z, from, d * k * sizeof *z);
    if (columns_left(buffers[4]) == 0)
        return TG_OK;
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)r, (int)k, (int)d,
                1, u, (int)d, from, (int)d, 0, t, (int)r);
    damp(r, k, TG_PTR(double, buffers[1]), TG_PTR(double, buffers[2])[args->l],
         t);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, (int)d, (int)k,
                (int)r, 1, u, (int)d, t, (int)r, 1, z, (int)d);
    return TG_OK;
}

TG_CODELET(krylov_precondition, .stage = &tg_stage_krylov,
           .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_R, STARPU_R,
                    STARPU_SCRATCH, STARPU_W));

int tg_krylov_precondition_insert(size_t l, struct tg_tile basis,
                                  struct tg_tile values, struct tg_tile lambdas,
                                  struct tg_tile x, struct tg_tile state,
                                  struct tg_tile scratch, struct tg_tile z)
{
    const struct args args = {.l = l};

    assert(tg_tile_rows(basis) == tg_tile_rows(x) && l < tg_tile_rows(lambdas));
    assert(tg_tile_cols(x) == 2 * tg_tile_cols(z));
    return TG_INSERT(&krylov_precondition_codelet, TG_PRIORITY_SOLVE, &args,
                     basis, values, lambdas, x, state, scratch, z);
}

static int krylov_direction(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t d = TG_ROWS(buffers[0]), k = TG_COLS(buffers[0]);
    const double *z = TG_PTR(double, buffers[0]);
    const double *r = TG_PTR(double, buffers[1]) + d * k;
    double *own = TG_PTR(double, buffers[2]);
    double *p = TG_PTR(double, buffers[3]) + args->column * d;

    for (size_t c = 0; c < k; c++, own += ROWS, z += d, r += d, p += d) {
        double rz = cblas_ddot((int)d, r, 1, z, 1);
        double beta = args->first ? 0 : rz / own[TG_KRYLOV_RZ];

        own[TG_KRYLOV_RZ] = rz;
        for (size_t f = 0; f < d; f++)
            p[f] = own[TG_KRYLOV_THERE] != 0 ? 0
                   : args->first             ? z[f]
                                             : z[f] + beta * p[f];
    }
    return TG_OK;
}

TG_CODELET(krylov_direction, .stage = &tg_stage_krylov,
           .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW, STARPU_RW));

int tg_krylov_direction_insert(bool first, size_t column, struct tg_tile z,
                               struct tg_tile x, struct tg_tile state,
                               struct tg_tile p)
{
    const struct args args = {.first = first, .column = column};

    assert(column + tg_tile_cols(z) <= tg_tile_cols(p));
    return TG_INSERT(&krylov_direction_codelet, TG_PRIORITY_SOLVE, &args, z, x,
                     state, p);
}

/* ---- Step -------------------------------------------------------------- */

static void step_column(const struct tg_krylov_system *a, double tolerance,
                        const double *p, const double *q, double *u, double *r,
                        double *own)
{
    double op = 0, pq = 0, rr = 0, alpha;

    for (size_t f = 0; f < a->d; f++)
        op += tg_krylov_offset(a, f) * p[f];
    for (size_t f = 0; f < a->d; f++)
        pq += p[f] * tg_krylov_apply(a, op, p[f], q[f], f);
    if (!(pq > 0)) { /* NaN of a lambda that none is, too */
        own[TG_KRYLOV_THERE] = 1;
        return;
    }
    alpha = own[TG_KRYLOV_RZ] / pq;
    for (size_t f = 0; f < a->d; f++) {
        u[f] += alpha * p[f];
        r[f] -= alpha * tg_krylov_apply(a, op, p[f], q[f], f);
        rr += r[f] * r[f];
    }
    own[TG_KRYLOV_RR] = rr;
    own[TG_KRYLOV_STEPS]++;
    own[TG_KRYLOV_THERE] = relative(own) <= tolerance * tolerance;
}

static int krylov_step(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t k = TG_COLS(buffers[0]), ldm = TG_LD(buffers[0]), d = ldm - 1;
    const double *own = TG_PTR(double, buffers[1]),
                 *scale = TG_PTR(double, buffers[2]);
    const struct tg_krylov_system a = {
        .d = d,
        .n = tg_value_row_sum(k, TG_PTR(double, buffers[0]), ldm, d),
        .lambda = TG_PTR(double, buffers[3])[args->l],
        .mean = scale,
        .scale = scale + d,
        .own_mean = own,
        .own_scale = own + d};

    for (size_t c = 0; c < k; c++) {
        double *state = TG_PTR(double, buffers[7]) + c * ROWS;
        double *u = TG_PTR(double, buffers[6]) + c * d;
        size_t at = (args->column + c) * d;

        if (state[TG_KRYLOV_THERE] == 0)
            step_column(&a, args->tolerance, TG_PTR(double, buffers[4]) + at,
                        TG_PTR(double, buffers[5]) + at, u, u + k * d, state);
    }
    return TG_OK;
}

TG_CODELET(krylov_step, .stage = &tg_stage_krylov, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_R, STARPU_R, STARPU_R,
                    STARPU_RW, STARPU_RW));

int tg_krylov_step_insert(size_t l, size_t column, double tolerance,
                          const struct tg_krylov_samples *samples,
                          struct tg_tile lambdas, struct tg_tile p,
                          struct tg_tile q, struct tg_tile x,
                          struct tg_tile state)
{
    const struct args args = {.l = l, .column = column, .tolerance = tolerance};

    assert(column + tg_tile_cols(x) / 2 <= tg_tile_cols(p));
    return TG_INSERT(&krylov_step_codelet, TG_PRIORITY_SOLVE, &args,
                     samples->moments, samples->own, samples->scale, lambdas, p,
                     q, x, state);
}

static int krylov_left(void *buffers[], const void *arguments)
{
    (void)arguments;
    *TG_PTR(double, buffers[1]) += (double)columns_left(buffers[0]);
    return TG_OK;
}

TG_CODELET(krylov_left, .stage = &tg_stage_krylov,
           TG_MODES(STARPU_R, STARPU_RW));

int tg_krylov_left_insert(struct tg_tile state, struct tg_tile left)
{
    return TG_INSERT(&krylov_left_codelet, TG_PRIORITY_DECIDE, TG_NONE, state,
                     left);
}

static int krylov_close(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;

    *TG_PTR(double, buffers[1]) = *TG_PTR(double, buffers[0]);
    if (*TG_PTR(double, buffers[0]) == 0)
        args->gate->shut = true;
    return TG_OK;
}

TG_CODELET(krylov_close, .stage = &tg_stage_krylov, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_W));

int tg_krylov_close_insert(struct tg_gate *gate, struct tg_tile left,
                           struct tg_tile token)
{
    const struct args args = {.gate = gate};

    return TG_INSERT(&krylov_close_codelet, TG_PRIORITY_DECIDE, &args, left,
                     token);
}

/* ---- Weights ----------------------------------------------------------- */

static int krylov_collect(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t k = TG_COLS(buffers[0]), ldm = TG_LD(buffers[0]), d = ldm - 1;
    const double *m = TG_PTR(double, buffers[0]);
    const double *mean = TG_PTR(double, buffers[1]);
    const double *scale = TG_PTR(double, buffers[2]) + d;
    const double *u = TG_PTR(double, buffers[3]),
                 *state = TG_PTR(double, buffers[4]);
    double n = tg_value_row_sum(k, m, ldm, d);
    double *v = TG_PTR(double, buffers[5]) + args->column * ldm;

    for (size_t c = 0; c < k; c++, state += ROWS, u += d, v += ldm) {
        bool near = relative(state) <= args->near * args->near;

        v[d] = near ? (2 * m[d + c * ldm] - n) / n : NAN;
        for (size_t f = 0; f < d; f++) {
            v[f] = near ? scale[f] * u[f] : NAN;
            v[d] -= v[f] * mean[f];
        }
    }
    return TG_OK;
}

TG_CODELET(krylov_collect, .stage = &tg_stage_krylov,
           .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_R, STARPU_R,
                    STARPU_RW));

int tg_krylov_collect_insert(size_t column, double near,
                             const struct tg_krylov_samples *samples,
                             struct tg_tile x, struct tg_tile state,
                             struct tg_tile v)
{
    const struct args args = {.column = column, .near = near};

    assert(column + tg_tile_cols(x) / 2 <= tg_tile_cols(v));
    return TG_INSERT(&krylov_collect_codelet, TG_PRIORITY_SOLVE, &args,
                     samples->moments, samples->own, samples->scale, x, state,
                     v);
}

static int krylov_reached(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t k = TG_COLS(buffers[0]);
    const double *state = TG_PTR(double, buffers[0]);
    double *reached = TG_PTR(double, buffers[1]);
    double *status = TG_PTR(double, buffers[2]);

    reached[0] = reached[1] = 0;
    memset(status, 0, (k + 1) * sizeof *status);
    for (size_t c = 0; c < k; c++, state += ROWS) {
        double residual = sqrt(relative(state));

        reached[0] = fmax(reached[0], state[TG_KRYLOV_STEPS]);
        reached[1] = fmax(reached[1], residual);
        if (!(residual <= args->near))
            status[k] = 1;
    }
    return TG_OK;
}

TG_CODELET(krylov_reached, .stage = &tg_stage_krylov,
           .args = sizeof(struct args), TG_MODES(STARPU_R, STARPU_W, STARPU_W));

int tg_krylov_reached_insert(double near, struct tg_tile state,
                             struct tg_tile reached, struct tg_tile status)
{
    const struct args args = {.near = near};

    assert(tg_tile_rows(status) == tg_tile_cols(state) + 1);
    return TG_INSERT(&krylov_reached_codelet, TG_PRIORITY_SOLVE, &args, state,
                     reached, status);
}
