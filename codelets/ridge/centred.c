#include "centred.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "blas.h"
#include "centring.h"
#include "error.h"
#include "task.h"

enum { CHUNK = TG_CENTRING_CHUNK };

/* ---- Statistics -------------------------------------------------------- */

TG_CLONES static void square_bytes(size_t d, const uint8_t *x, double *q)
{
    for (size_t f = 0; f < d; f++)
        q[f] += (double)(x[f] * x[f]);
}

static void square_floats(size_t d, const float *x, double *q)
{
    for (size_t f = 0; f < d; f++)
        q[f] += (double)x[f] * (double)x[f];
}

static int squares(void *buffers[], const void *arguments)
{
    size_t d = TG_ROWS(buffers[0]), ld = TG_LD(buffers[0]);
    double *q = TG_PTR(double, buffers[1]);

    (void)arguments;
    for (size_t s = 0; s < TG_COLS(buffers[0]); s++)
        if (TG_ELEMENT(buffers[0]) == 1)
            square_bytes(d, TG_PTR(uint8_t, buffers[0]) + s * ld, q);
        else
            square_floats(d, TG_PTR(float, buffers[0]) + s * ld, q);
    return TG_OK;
}

TG_STAGE(squares, 0x9ecae1, "gram");
TG_CODELET(squares, .stage = &tg_stage_squares, TG_MODES(STARPU_R, STARPU_RW));

int tg_squares_insert(struct tg_tile x, struct tg_tile q)
{
    assert(tg_tile_rows(x) == tg_tile_rows(q) && tg_tile_cols(q) == 1);
    return TG_INSERT(&squares_codelet, TG_PRIORITY_PACK, TG_NONE, x, q);
}

struct scale_args {
    const double *units;
    bool standardize;
};

/* As assemble has it of the Gram's diagonal. */
static void scale_kernel(const struct scale_args *args, size_t d, size_t k,
                         const double *m, const double *q, double *mean,
                         double *scale)
{
    double n = 0;

    for (size_t c = 0; c < k; c++)
        n += m[d + c * (d + 1)];
    for (size_t f = 0; f < d; f++) {
        double sum = 0, square;

        for (size_t c = 0; c < k; c++)
            sum += m[f + c * (d + 1)];
        mean[f] = sum / n;
        square = q[f] - sum * mean[f];
        scale[f] = args->standardize && square > 4 * DBL_EPSILON * q[f]
                       ? 1 / sqrt(square / n)
                       : args->units[f];
    }
}

static int scale(void *buffers[], const void *arguments)
{
    size_t d = TG_ROWS(buffers[2]);
    double *s = TG_PTR(double, buffers[2]);

    scale_kernel(arguments, d, TG_COLS(buffers[0]), TG_PTR(double, buffers[0]),
                 TG_PTR(double, buffers[1]), s, s + d);
    return TG_OK;
}

TG_STAGE(scale, 0xc6dbef, "gram");
TG_CODELET(scale, .stage = &tg_stage_scale, .args = sizeof(struct scale_args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_W));

int tg_scale_insert(const double *units, bool standardize,
                    struct tg_tile moments, struct tg_tile q, struct tg_tile to)
{
    struct scale_args args = {units, standardize};

    assert(tg_tile_rows(moments) == tg_tile_rows(q) + 1);
    assert(tg_tile_rows(to) == tg_tile_rows(q) && tg_tile_cols(to) == 2);
    return TG_INSERT(&scale_codelet, TG_PRIORITY_REDUCE, &args, moments, q, to);
}

/* ---- Product ----------------------------------------------------------- */

size_t tg_centred_scratch(size_t n, size_t columns)
{
    return CHUNK * n + (columns < CHUNK ? CHUNK : columns) * n;
}

/* K += Zi^T Zj of a chunk; its lower triangle, where they are one. */
static void multiply(size_t element, int ni, int nj, int rows, const void *zi,
                     const void *zj, void *k, int ldk)
{
    bool single = element == sizeof(float);

    if (zi == zj && single)
        cblas_ssyrk(CblasColMajor, CblasLower, CblasTrans, ni, rows, 1, zi,
                    rows, 1, k, ldk);
    else if (zi == zj)
        cblas_dsyrk(CblasColMajor, CblasLower, CblasTrans, ni, rows, 1, zi,
                    rows, 1, k, ldk);
    else if (single)
        cblas_sgemm(CblasColMajor, CblasTrans, CblasNoTrans, ni, nj, rows, 1,
                    zi, rows, zj, rows, 1, k, ldk);
    else
        cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, ni, nj, rows, 1,
                    zi, rows, zj, rows, 1, k, ldk);
}

static int product(void *buffers[], const void *arguments)
{
    const bool diagonal = *(const bool *)arguments;
    struct tg_centring i = tg_centring_of(buffers[0], buffers[2]);
    struct tg_centring j = tg_centring_of(buffers[1], buffers[2]);
    size_t element = TG_ELEMENT(buffers[4]), ldk = TG_LD(buffers[4]);
    double *zi = TG_PTR(double, buffers[3]);
    double *zj = diagonal ? zi : zi + CHUNK * i.n;

    memset(TG_PTR(void, buffers[4]), 0, ldk * TG_COLS(buffers[4]) * element);
    for (size_t first = 0; first < i.d; first += CHUNK) {
        size_t rows = tg_centring_chunk(&i, first);

        tg_centring_make(&i, first, rows, element, zi);
        if (!diagonal)
            tg_centring_make(&j, first, rows, element, zj);
        multiply(element, (int)i.n, (int)j.n, (int)rows, zi, zj,
                 TG_PTR(void, buffers[4]), (int)ldk);
    }
    return TG_OK;
}

/* On the diagonal, half the work. */
static uint32_t product_cost(const void *arguments)
{
    return *(const bool *)arguments;
}

TG_STAGE(product, 0x2171b5, "gram");
TG_CODELET(product, .stage = &tg_stage_product, .args = sizeof(bool),
           .cost = product_cost,
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_W));

int tg_product_insert(struct tg_tile xi, struct tg_tile xj,
                      struct tg_tile scale, struct tg_tile scratch,
                      struct tg_tile k)
{
    bool diagonal = tg_tile_same(xi, xj);

    assert(tg_tile_rows(xi) == tg_tile_rows(xj) &&
           tg_tile_rows(scale) == tg_tile_rows(xi));
    assert(tg_tile_cols(xi) <= tg_tile_rows(k) &&
           tg_tile_cols(xj) <= tg_tile_cols(k));
    return TG_INSERT(&product_codelet, TG_PRIORITY_GRAM, &diagonal, xi, xj,
                     scale, scratch, k);
}

/* ---- Weights ----------------------------------------------------------- */

/* The first n rows of A as doubles, where it has none. */
static const double *doubles(size_t n, void *a, double *scratch, size_t *lda)
{
    const float *from = TG_PTR(float, a);

    if (TG_ELEMENT(a) == sizeof(double))
        return TG_PTR(double, a);
    for (size_t c = 0; c < TG_COLS(a); c++)
        for (size_t r = 0; r < n; r++)
            scratch[r + c * n] = (double)from[r + c * *lda];
    *lda = n;
    return scratch;
}

static int project(void *buffers[], const void *arguments)
{
    struct tg_centring x = tg_centring_of(buffers[0], buffers[1]);
    size_t columns = TG_COLS(buffers[2]), lda = TG_LD(buffers[2]);
    double *z = TG_PTR(double, buffers[3]), *p = TG_PTR(double, buffers[4]);
    const double *a = doubles(x.n, buffers[2], z + CHUNK * x.n, &lda);

    (void)arguments;
    for (size_t first = 0; first < x.d; first += CHUNK) {
        int rows = (int)tg_centring_chunk(&x, first);

        tg_centring_make(&x, first, (size_t)rows, sizeof(double), z);
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, rows,
                    (int)columns, (int)x.n, 1, z, rows, a, (int)lda, 1,
                    p + first, (int)x.d);
    }
    return TG_OK;
}

TG_STAGE(project, 0xbcbddc, "solve");
TG_CODELET(project, .stage = &tg_stage_project,
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_project_insert(struct tg_tile x, struct tg_tile scale, struct tg_tile a,
                      struct tg_tile scratch, struct tg_tile p)
{
    assert(tg_tile_cols(x) <= tg_tile_rows(a));
    assert(tg_tile_rows(x) == tg_tile_rows(p) &&
           tg_tile_cols(a) == tg_tile_cols(p));
    return TG_INSERT(&project_codelet, TG_PRIORITY_SOLVE, TG_NONE, x, scale, a,
                     scratch, p);
}

static int weights(void *buffers[], const void *arguments)
{
    size_t d = TG_ROWS(buffers[0]), k = TG_COLS(buffers[3]);
    const double *mean = TG_PTR(double, buffers[0]), *scale = mean + d;
    const double *p = TG_PTR(double, buffers[1]), *last = p + k * d;
    const double *status = TG_PTR(double, buffers[2]);
    double *v = TG_PTR(double, buffers[3]);

    (void)arguments;
    for (size_t c = 0; c < k; c++, p += d, v += d + 1) {
        v[d] = status[k] != 0 ? NAN : status[c];
        for (size_t f = 0; f < d; f++) {
            v[f] = scale[f] * (p[f] - status[c] * last[f]);
            v[d] -= v[f] * mean[f];
            if (status[k] != 0)
                v[f] = NAN;
        }
    }
    return TG_OK;
}

TG_STAGE(weights, 0x807dba, "solve");
TG_CODELET(weights, .stage = &tg_stage_weights,
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_W));

int tg_weights_insert(struct tg_tile s, struct tg_tile p, struct tg_tile status,
                      struct tg_tile v)
{
    assert(tg_tile_rows(p) + 1 == tg_tile_rows(v));
    assert(tg_tile_cols(p) == tg_tile_cols(v) + 1 &&
           tg_tile_rows(status) == tg_tile_cols(v) + 1);
    return TG_INSERT(&weights_codelet, TG_PRIORITY_SOLVE, TG_NONE, s, p, status,
                     v);
}
