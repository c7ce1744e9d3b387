#include "assemble.h"

#include <assert.h>
#include <float.h>
#include <string.h>

#include "error.h"
#include "task.h"
#include "value.h"

/* What leaves a weight 0, and a factorization finite. */
#define DEAR 0x1p1000

enum { STRIP = 256 }; /* rows whose sums are held on the stack */

struct args {
    size_t i, j;
    const double *units; /* of the tile's features; the diagonal's alone */
    bool standardize;
};

/* Values to elements of a size. */
static void put(size_t n, size_t element, const double *from, void *to,
                size_t at)
{
    if (element == sizeof(float))
        for (size_t i = 0; i < n; i++)
            ((float *)to)[at + i] = (float)from[i];
    else
        memcpy((double *)to + at, from, n * sizeof *from);
}

/* A = G - s_i s_j^T / n; on the diagonal, the lower triangle alone, whose
 * diagonal goes to `own`.  Sums over classes are exact for 8-bit data, so that
 * only mean and product round. */
static void centre(size_t rows, size_t cols, size_t i, size_t j, double *own,
                   size_t k, const double *g, const double *m, size_t ldm,
                   size_t element, void *a)
{
    double n = tg_value_row_sum(k, m, ldm, ldm - 1), sum[STRIP], out[STRIP];

    for (size_t strip = 0; strip < rows; strip += STRIP) {
        size_t end = rows < strip + STRIP ? rows : strip + STRIP;

        for (size_t r = strip; r < end; r++)
            sum[r - strip] = tg_value_row_sum(k, m, ldm, i + r);
        for (size_t c = 0; c < cols; c++) {
            double mean = tg_value_row_sum(k, m, ldm, j + c) / n;

            for (size_t r = strip; r < end; r++)
                out[r - strip] =
                    own && r < c ? 0 : g[r + c * rows] - sum[r - strip] * mean;
            if (own && c >= strip && c < end)
                own[c] = out[c - strip];
            put(end - strip, element, out, a, strip + c * rows);
        }
    }
}

static int assemble(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;

    centre(TG_ROWS(buffers[2]), TG_COLS(buffers[2]), args->i, args->j, NULL,
           TG_COLS(buffers[1]), TG_PTR(double, buffers[0]),
           TG_PTR(double, buffers[1]), TG_LD(buffers[1]),
           TG_ELEMENT(buffers[2]), TG_PTR(void, buffers[2]));
    return TG_OK;
}

TG_STAGE(assemble, 0xb2df8a, "factorize");
TG_CODELET(assemble, .stage = &tg_stage_assemble, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_W));

/* What the square of a weight costs: lambda in the feature's unit, or times the
 * feature's variance, `square` / n, where it has one that is not rounding. */
static double penalty(const struct args *args, double lambda, size_t r,
                      double square, double whole, double n)
{
    if (args->standardize && square > 4 * DBL_EPSILON * whole)
        return lambda * (square / n);
    lambda /= args->units[r] * args->units[r];
    return lambda > DEAR ? DEAR : lambda; /* NaN, that none is, stays */
}

static int assemble_diagonal(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t b = TG_ROWS(buffers[3]), k = TG_COLS(buffers[1]);
    size_t ldm = TG_LD(buffers[1]);
    const double *g = TG_PTR(double, buffers[0]);
    const double *m = TG_PTR(double, buffers[1]);
    double *d = TG_PTR(double, buffers[4]);
    size_t element = TG_ELEMENT(buffers[3]);
    void *a = TG_PTR(void, buffers[3]);
    double lambda = *TG_PTR(double, buffers[2]);
    double n = tg_value_row_sum(k, m, ldm, ldm - 1);

    centre(b, b, args->i, args->i, d, k, g, m, ldm, element, a);
    for (size_t r = 0; r < b; r++) {
        d[r] += penalty(args, lambda, r, d[r], g[r + r * b], n);
        put(1, element, &d[r], a, r + r * b);
    }
    return TG_OK;
}

TG_CODELET(assemble_diagonal, .stage = &tg_stage_assemble,
           .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_W, STARPU_W));

int tg_assemble_insert(size_t i, size_t j, struct tg_tile gram,
                       struct tg_tile moments, struct tg_tile a)
{
    struct args args = {.i = i, .j = j};

    assert(tg_tile_rows(gram) == tg_tile_rows(a) &&
           tg_tile_cols(gram) == tg_tile_cols(a));
    assert(i + tg_tile_rows(a) < tg_tile_rows(moments));
    return TG_INSERT(&assemble_codelet, TG_PRIORITY_ASSEMBLE, &args, gram,
                     moments, a);
}

int tg_assemble_diagonal_insert(size_t i, const double *units, bool standardize,
                                struct tg_tile gram, struct tg_tile moments,
                                struct tg_tile lambda, struct tg_tile a,
                                struct tg_tile d)
{
    struct args args = {.i = i,
                        .j = i,
                        .units = units + i,
                        .standardize = standardize};

    assert(tg_tile_rows(gram) == tg_tile_rows(a) &&
           tg_tile_rows(a) == tg_tile_cols(a) &&
           tg_tile_rows(d) == tg_tile_rows(a));
    return TG_INSERT(&assemble_diagonal_codelet, TG_PRIORITY_ASSEMBLE, &args,
                     gram, moments, lambda, a, d);
}

static int penalties(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    size_t b = TG_ROWS(buffers[0]), k = TG_COLS(buffers[1]);
    size_t ldm = TG_LD(buffers[1]);
    const double *g = TG_PTR(double, buffers[0]);
    const double *m = TG_PTR(double, buffers[1]);
    double n = tg_value_row_sum(k, m, ldm, ldm - 1);

    for (size_t r = 0; r < b; r++) {
        double sum = tg_value_row_sum(k, m, ldm, args->i + r),
               whole = g[r + r * b];

        TG_PTR(double, buffers[2])
        [r] = penalty(args, 1, r, whole - sum * (sum / n), whole, n);
    }
    return TG_OK;
}

TG_CODELET(penalties, .stage = &tg_stage_assemble, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_W));

int tg_penalty_insert(size_t i, const double *units, bool standardize,
                      struct tg_tile gram, struct tg_tile moments,
                      struct tg_tile to)
{
    struct args args = {.i = i,
                        .j = i,
                        .units = units + i,
                        .standardize = standardize};

    assert(tg_tile_rows(gram) == tg_tile_rows(to));
    return TG_INSERT(&penalties_codelet, TG_PRIORITY_ASSEMBLE, &args, gram,
                     moments, to);
}
