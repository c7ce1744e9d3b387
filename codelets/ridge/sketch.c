#include "sketch.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "blas.h"
#include "error.h"
#include "hash.h"
#include "task.h"

enum {
    STRIP = 256, /* rows that are multiplied at a time, in place */
    WORK = 40    /* values of workspace for each eigenvalue */
};

/* Eigenvalues below, of the largest, are rounding. */
#define ROUNDING 1e-12

/* ---- Draw -------------------------------------------------------------- */

static int sketch_draw(void *buffers[], const void *arguments)
{
    size_t d = TG_ROWS(buffers[0]), r = TG_COLS(buffers[0]);
    double *omega = TG_PTR(double, buffers[0]);

    (void)arguments;
    for (size_t c = 0; c < r; c++)
        for (size_t f = 0; f < d; f++)
            omega[f + c * d] = r == d                   ? (double)(f == c)
                               : tg_hash(f + c * d) & 1 ? 1
                                                        : -1;
    return TG_OK;
}

TG_STAGE(sketch, 0xdadaeb, "factorize");
TG_CODELET(sketch_draw, .stage = &tg_stage_sketch, TG_MODES(STARPU_W));

int tg_sketch_draw_insert(struct tg_tile omega)
{
    assert(tg_tile_cols(omega) <= tg_tile_rows(omega));
    return TG_INSERT(&sketch_draw_codelet, TG_PRIORITY_ASSEMBLE, TG_NONE,
                     omega);
}

/* ---- Factor ------------------------------------------------------------ */

size_t tg_sketch_scratch(size_t r)
{
    return r * r + r + STRIP * r + WORK * r;
}

/* What the factor is made in. */
struct room {
    double *a;      /* r x r */
    double *values; /* [r] */
    double *strip;  /* STRIP x r */
    double *work;   /* [WORK r] */
};

/* Eigenvectors of A, in its place, and eigenvalues, ascending. */
static int eigen(size_t r, const struct room *room)
{
    int n = (int)r, lwork = WORK * n, info;

    dsyev_("V", "U", &n, room->a, &n, room->values, room->work, &lwork, &info,
           1, 1);
    return info == 0 ? TG_OK
                     : tg_fail(TG_EDATA,
                               "the eigenvalues of %zu random directions "
                               "were not found; are there features that "
                               "are not finite?",
                               r);
}

/* A's columns over the square roots of their eigenvalues; 0 where those are
 * rounding. */
static void divide(size_t r, const struct room *room)
{
    double least = ROUNDING * room->values[r - 1];

    for (size_t c = 0; c < r; c++) {
        bool there = room->values[c] > 0 && room->values[c] >= least;

        cblas_dscal((int)r, there ? 1 / sqrt(room->values[c]) : 0,
                    room->a + c * r, 1);
    }
}

/* B = B T, some rows at a time. Shapes: B d x r, T r x r. */
static void multiply(size_t d, size_t r, const double *t, double *strip,
                     double *b)
{
    for (size_t first = 0; first < d; first += STRIP) {
        size_t rows = d - first < STRIP ? d - first : STRIP;

        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, (int)rows,
                    (int)r, (int)r, 1, b + first, (int)d, t, (int)r, 0, strip,
                    (int)rows);
        for (size_t c = 0; c < r; c++)
            memcpy(b + first + c * d, strip + c * rows, rows * sizeof *b);
    }
}

/* Ascending to descending. */
static void reverse(size_t d, size_t r, double *values, double *u)
{
    for (size_t c = 0; c < r / 2; c++) {
        double value = values[c];

        values[c] = values[r - 1 - c];
        values[r - 1 - c] = value;
        cblas_dswap((int)d, u + c * d, 1, u + (r - 1 - c) * d, 1);
    }
}

/* A is about B B^T, B = Y C^-1/2 with C = Omega^T Y; and B = U S^1/2 V^T. */
static int factor(size_t d, size_t r, const double *omega, double *y, double *s,
                  const struct room *room)
{
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)r, (int)r, (int)d,
                1, omega, (int)d, y, (int)d, 0, room->a, (int)r);
    TG_TRY(eigen(r, room));
    divide(r, room);
    multiply(d, r, room->a, room->strip, y);
    cblas_dsyrk(CblasColMajor, CblasUpper, CblasTrans, (int)r, (int)d, 1, y,
                (int)d, 0, room->a, (int)r);
    TG_TRY(eigen(r, room));
    memcpy(s, room->values, r * sizeof *s);
    divide(r, room);
    multiply(d, r, room->a, room->strip, y);
    for (size_t c = 0; c < r; c++)
        if (!(s[c] > 0) || s[c] < ROUNDING * s[r - 1])
            s[c] = 0;
    reverse(d, r, s, y);
    return TG_OK;
}

static int sketch_factor(void *buffers[], const void *arguments)
{
    size_t d = TG_ROWS(buffers[0]), r = TG_COLS(buffers[0]);
    double *at = TG_PTR(double, buffers[1]);
    struct room room = {.a = at,
                        .values = at + r * r,
                        .strip = at + r * r + r,
                        .work = at + r * r + r + STRIP * r};

    (void)arguments;
    return factor(d, r, TG_PTR(double, buffers[0]), TG_PTR(double, buffers[2]),
                  TG_PTR(double, buffers[3]), &room);
}

TG_CODELET(sketch_factor, .stage = &tg_stage_sketch,
           TG_MODES(STARPU_R, STARPU_SCRATCH, STARPU_RW, STARPU_W));

int tg_sketch_factor_insert(struct tg_tile omega, struct tg_tile scratch,
                            struct tg_tile y, struct tg_tile s)
{
    assert(tg_tile_rows(omega) == tg_tile_rows(y) &&
           tg_tile_cols(omega) == tg_tile_cols(y) &&
           tg_tile_cols(y) == tg_tile_rows(s));
    return TG_INSERT(&sketch_factor_codelet, TG_PRIORITY_SOLVE, TG_NONE, omega,
                     scratch, y, s);
}
