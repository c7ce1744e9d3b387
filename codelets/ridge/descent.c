#include "descent.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "blas.h"
#include "centring.h"
#include "error.h"
#include "krylov.h"
#include "krylov_system.h"
#include "task.h"

enum { CHUNK = TG_CENTRING_CHUNK, ROWS = TG_KRYLOV_ROWS };

struct args {
    size_t l, first;
};

static size_t rows_of(size_t d, size_t first)
{
    return d - first < CHUNK ? d - first : CHUNK;
}

TG_STAGE(descent, 0x9e9ac8, "solve");

/* ---- Factor ------------------------------------------------------------ */

static int descent_factor(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    int n = (int)rows_of(TG_COLS(buffers[0]), args->first), ld = CHUNK, info;
    double lambda = TG_PTR(double, buffers[1])[args->l];
    double *f = TG_PTR(double, buffers[2]);

    memset(f, 0, CHUNK * CHUNK * sizeof *f);
    memcpy(f, TG_PTR(double, buffers[0]) + args->first * CHUNK,
           (size_t)n * CHUNK * sizeof *f);
    for (size_t r = 0; r < (size_t)n; r++)
        f[r + r * CHUNK] += lambda;
    dpotrf_("L", &n, f, &ld, &info, 1);
    if (info || isnan(lambda))
        f[0] = NAN;
    return TG_OK;
}

TG_CODELET(descent_factor, .stage = &tg_stage_descent,
           .args = sizeof(struct args), TG_MODES(STARPU_R, STARPU_R, STARPU_W));

int tg_descent_factor_insert(size_t l, size_t first, struct tg_tile h,
                             struct tg_tile lambdas, struct tg_tile factor)
{
    const struct args args = {l, first};

    assert(tg_tile_rows(h) == CHUNK && tg_tile_rows(factor) == CHUNK &&
           tg_tile_cols(factor) == CHUNK);
    return TG_INSERT(&descent_factor_codelet, TG_PRIORITY_SOLVE, &args, h,
                     lambdas, factor);
}

/* ---- Visit ------------------------------------------------------------- */

/* G = B - A U of features from `first` on. Value: its square. */
static double residual(const struct tg_krylov_system *a, size_t first,
                       size_t rows, const double *u, const double *b,
                       const double *q, double *g)
{
    double ou = 0, sum = 0;

    for (size_t f = 0; f < a->d; f++)
        ou += tg_krylov_offset(a, f) * u[f];
    for (size_t r = 0; r < rows; r++) {
        size_t f = first + r;

        g[r] = b[f] - tg_krylov_apply(a, ou, u[f], q[r], f);
        sum += g[r] * g[r];
    }
    return sum;
}

/* After the last block the residual is what its blocks had when visited. */
static void account(bool begins, bool ends, double tolerance, double square,
                    double *own)
{
    own[TG_KRYLOV_RZ] = (begins ? 0 : own[TG_KRYLOV_RZ]) + square;
    if (!ends)
        return;
    own[TG_KRYLOV_RR] = own[TG_KRYLOV_RZ];
    own[TG_KRYLOV_STEPS]++;
    own[TG_KRYLOV_THERE] =
        own[TG_KRYLOV_RR] <= tolerance * tolerance * own[TG_KRYLOV_BB];
}

static void visit_column(const struct tg_descent *visit,
                         const struct tg_krylov_system *a, const double *factor,
                         const double *q, double *u, const double *b,
                         double *own, double *delta)
{
    size_t rows = rows_of(a->d, visit->first);
    int n = (int)rows;
    double square;

    memset(delta, 0, CHUNK * sizeof *delta);
    if (own[TG_KRYLOV_THERE] != 0)
        return;
    if (isnan(factor[0])) {
        own[TG_KRYLOV_THERE] = 1;
        return;
    }
    square = residual(a, visit->first, rows, u, b, q, delta);
    cblas_dtrsv(CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, n,
                factor, CHUNK, delta, 1);
    cblas_dtrsv(CblasColMajor, CblasLower, CblasTrans, CblasNonUnit, n, factor,
                CHUNK, delta, 1);
    for (size_t r = 0; r < rows; r++)
        u[visit->first + r] += delta[r];
    account(visit->first == 0, visit->first + rows == a->d, visit->tolerance,
            square, own);
}

static int descent_visit(void *buffers[], const void *arguments)
{
    const struct tg_descent *visit = arguments;
    size_t d = TG_ROWS(buffers[5]), k = TG_COLS(buffers[5]) / 2;
    const double *own = TG_PTR(double, buffers[1]),
                 *scale = TG_PTR(double, buffers[2]);
    const struct tg_krylov_system a = {
        .d = d,
        .n = TG_PTR(double, buffers[6])[TG_KRYLOV_SAMPLES],
        .lambda = TG_PTR(double, buffers[3])[visit->l],
        .mean = scale,
        .scale = scale + d,
        .own_mean = own,
        .own_scale = own + d};
    double *u = TG_PTR(double, buffers[5]);

    for (size_t c = 0; c < k; c++) {
        size_t at = (visit->column + c) * CHUNK;

        visit_column(visit, &a, TG_PTR(double, buffers[0]),
                     TG_PTR(double, buffers[4]) + at, u + c * d,
                     u + (k + c) * d, TG_PTR(double, buffers[6]) + c * ROWS,
                     TG_PTR(double, buffers[7]) + at);
    }
    return TG_OK;
}

TG_CODELET(descent_visit, .stage = &tg_stage_descent,
           .args = sizeof(struct tg_descent),
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_R, STARPU_R, STARPU_RW,
                    STARPU_RW, STARPU_RW));

int tg_descent_visit_insert(const struct tg_descent *visit,
                            struct tg_tile factor, struct tg_tile own,
                            struct tg_tile scale, struct tg_tile lambdas,
                            struct tg_tile q, struct tg_tile x,
                            struct tg_tile state, struct tg_tile delta)
{
    assert(tg_tile_rows(q) == CHUNK && tg_tile_rows(delta) == CHUNK);
    assert(visit->column + tg_tile_cols(x) / 2 <= tg_tile_cols(q));
    return TG_INSERT(&descent_visit_codelet, TG_PRIORITY_SOLVE, visit, factor,
                     own, scale, lambdas, q, x, state, delta);
}
