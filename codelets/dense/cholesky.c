#include "cholesky.h"

#include <assert.h>
#include <float.h>
#include <math.h>

#include "error.h"
#include "real.h"
#include "task.h"

enum { LEAF = 32 }; /* order below which BLAS and LAPACK do it */

struct potrf_args {
    size_t i, d;
};

/* B = B L^-T by halves, so that most of the work is gemm's: OpenBLAS' own
 * dtrsm runs at a third of its dgemm's rate on AVX-512.
 * Shapes: l n x n, b m x n. */
static void trsm_right_kernel(size_t element, int m, int n, const void *l,
                              int ldl, void *b, int ldb)
{
    if (n <= LEAF) {
        tg_real_trsm(element, CblasRight, CblasTrans, m, n, l, ldl, b, ldb);
        return;
    }
    int half = (n / 2 + LEAF - 1) / LEAF * LEAF;
    void *rest = tg_real_at(b, element, (size_t)half * (size_t)ldb);
    const void *below = tg_real_at(l, element, (size_t)half);

    trsm_right_kernel(element, m, half, l, ldl, b, ldb);
    tg_real_gemm(element, CblasNoTrans, CblasTrans, m, n - half, half, b, ldb,
                 below, ldl, rest, ldb);
    trsm_right_kernel(element, m, n - half,
                      tg_real_at(below, element, (size_t)half * (size_t)ldl),
                      ldl, rest, ldb);
}

/* Cholesky by halves, for the same reason. Value: LAPACK's info. */
static int factor(size_t element, int n, void *a, int lda)
{
    int info;

    if (n <= LEAF)
        return tg_real_potrf(element, n, a, lda);
    int half = (n / 2 + LEAF - 1) / LEAF * LEAF;
    void *below = tg_real_at(a, element, (size_t)half);
    void *rest = tg_real_at(below, element, (size_t)half * (size_t)lda);

    info = factor(element, half, a, lda);
    if (info)
        return info;
    trsm_right_kernel(element, n - half, half, a, lda, below, lda);
    tg_real_syrk(element, n - half, half, below, lda, rest, lda);
    info = factor(element, n - half, rest, lda);
    return info ? info + half : 0;
}

/* LAPACK's info, with pivots that are nothing but rounding taken as failed: in
 * single precision, which is but for validation, as it is on average. */
static int potrf_kernel(size_t element, int n, size_t d, const double *diagonal,
                        void *a, int lda)
{
    bool single = element == sizeof(float);
    double tolerance = single ? sqrt((double)d) * (double)FLT_EPSILON
                              : (double)d * DBL_EPSILON;
    int info = factor(element, n, a, lda);

    for (size_t r = 0; info == 0 && r < (size_t)n; r++) {
        const void *at = tg_real_at(a, element, r + r * (size_t)lda);
        double pivot =
            single ? (double)*(const float *)at : *(const double *)at;

        if (!(pivot * pivot > tolerance * diagonal[r]))
            info = (int)r + 1;
    }
    return info;
}

static int potrf(void *buffers[], const void *arguments)
{
    const struct potrf_args *args = arguments;
    double *status = TG_PTR(double, buffers[2]) + TG_ROWS(buffers[2]) - 1;
    int info = potrf_kernel(TG_ELEMENT(buffers[1]), (int)TG_ROWS(buffers[1]),
                            args->d, TG_PTR(double, buffers[0]),
                            TG_PTR(void, buffers[1]), (int)TG_LD(buffers[1]));
    if (info && *status == 0)
        *status = (double)args->i + info;
    return TG_OK;
}

TG_STAGE(potrf, 0x006d2c, "factorize");
TG_CODELET(potrf, .stage = &tg_stage_potrf, .args = sizeof(struct potrf_args),
           TG_MODES(STARPU_R, STARPU_RW, STARPU_RW));

int tg_potrf_insert(size_t part, size_t i, size_t d, struct tg_tile diagonal,
                    struct tg_tile a, struct tg_tile status)
{
    struct potrf_args args = {i, d};

    assert(tg_tile_rows(a) == tg_tile_cols(a) &&
           tg_tile_rows(diagonal) == tg_tile_rows(a));
    return TG_INSERT(&potrf_codelet, tg_priority_part(TG_PRIORITY_PANEL, part),
                     &args, diagonal, a, status);
}

static int trsm(void *buffers[], const void *arguments)
{
    (void)arguments;
    trsm_right_kernel(TG_ELEMENT(buffers[1]), (int)TG_ROWS(buffers[1]),
                      (int)TG_COLS(buffers[1]), TG_PTR(void, buffers[0]),
                      (int)TG_LD(buffers[0]), TG_PTR(void, buffers[1]),
                      (int)TG_LD(buffers[1]));
    return TG_OK;
}

TG_STAGE(trsm, 0x33a02c, "factorize");
TG_CODELET(trsm, .stage = &tg_stage_trsm, TG_MODES(STARPU_R, STARPU_RW));

int tg_trsm_right_insert(size_t part, struct tg_tile l, struct tg_tile b)
{
    assert(tg_tile_rows(l) == tg_tile_cols(b));
    return TG_INSERT(&trsm_codelet, tg_priority_part(TG_PRIORITY_PANEL, part),
                     TG_NONE, l, b);
}

struct substitute_args {
    CBLAS_TRANSPOSE transpose;
};

static int substitute(void *buffers[], const void *arguments)
{
    const struct substitute_args *args = arguments;

    tg_real_trsm(TG_ELEMENT(buffers[1]), CblasLeft, args->transpose,
                 (int)TG_ROWS(buffers[1]), (int)TG_COLS(buffers[1]),
                 TG_PTR(void, buffers[0]), (int)TG_LD(buffers[0]),
                 TG_PTR(void, buffers[1]), (int)TG_LD(buffers[1]));
    return TG_OK;
}

TG_STAGE(substitute, 0xbcbddc, "solve");
TG_CODELET(substitute, .stage = &tg_stage_substitute,
           .args = sizeof(struct substitute_args),
           TG_MODES(STARPU_R, STARPU_RW));

int tg_trsm_left_insert(bool transposed, struct tg_tile l, struct tg_tile b)
{
    struct substitute_args args = {transposed ? CblasTrans : CblasNoTrans};

    assert(tg_tile_rows(l) == tg_tile_rows(b));
    return TG_INSERT(&substitute_codelet, TG_PRIORITY_SOLVE, &args, l, b);
}

static int syrk(void *buffers[], const void *arguments)
{
    (void)arguments;
    tg_real_syrk(TG_ELEMENT(buffers[1]), (int)TG_ROWS(buffers[1]),
                 (int)TG_COLS(buffers[0]), TG_PTR(void, buffers[0]),
                 (int)TG_LD(buffers[0]), TG_PTR(void, buffers[1]),
                 (int)TG_LD(buffers[1]));
    return TG_OK;
}

TG_STAGE(syrk, 0x74c476, "factorize");
TG_CODELET(syrk, .stage = &tg_stage_syrk, TG_MODES(STARPU_R, STARPU_RW));

int tg_syrk_insert(size_t part, struct tg_tile a, struct tg_tile c)
{
    assert(tg_tile_rows(a) == tg_tile_rows(c));
    return TG_INSERT(&syrk_codelet, tg_priority_part(TG_PRIORITY_UPDATE, part),
                     TG_NONE, a, c);
}

/* C = C - op(A) op(B), as the buffers are A, B, C. */
static void multiply(void *buffers[], CBLAS_TRANSPOSE a, CBLAS_TRANSPOSE b)
{
    size_t k = a == CblasTrans ? TG_ROWS(buffers[0]) : TG_COLS(buffers[0]);

    tg_real_gemm(TG_ELEMENT(buffers[2]), a, b, (int)TG_ROWS(buffers[2]),
                 (int)TG_COLS(buffers[2]), (int)k, TG_PTR(void, buffers[0]),
                 (int)TG_LD(buffers[0]), TG_PTR(void, buffers[1]),
                 (int)TG_LD(buffers[1]), TG_PTR(void, buffers[2]),
                 (int)TG_LD(buffers[2]));
}

static int gemm(void *buffers[], const void *arguments)
{
    (void)arguments;
    multiply(buffers, CblasNoTrans, CblasTrans);
    return TG_OK;
}

TG_STAGE(gemm, 0x41ab5d, "factorize");
TG_CODELET(gemm, .stage = &tg_stage_gemm,
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_gemm_insert(size_t part, struct tg_tile a, struct tg_tile b,
                   struct tg_tile c)
{
    assert(tg_tile_rows(a) == tg_tile_rows(c) &&
           tg_tile_rows(b) == tg_tile_cols(c));
    return TG_INSERT(&gemm_codelet, tg_priority_part(TG_PRIORITY_UPDATE, part),
                     TG_NONE, a, b, c);
}

static int gemm_left(void *buffers[], const void *arguments)
{
    const struct substitute_args *args = arguments;

    multiply(buffers, args->transpose, CblasNoTrans);
    return TG_OK;
}

TG_CODELET(gemm_left, .stage = &tg_stage_substitute,
           .args = sizeof(struct substitute_args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_gemm_left_insert(bool transposed, struct tg_tile l, struct tg_tile b,
                        struct tg_tile c)
{
    struct substitute_args args = {transposed ? CblasTrans : CblasNoTrans};

    assert((transposed ? tg_tile_rows(l) : tg_tile_cols(l)) == tg_tile_rows(b));
    return TG_INSERT(&gemm_left_codelet, TG_PRIORITY_SOLVE, &args, l, b, c);
}
