#include "cholesky.h"

#include <assert.h>
#include <float.h>

#include "blas.h"
#include "task.h"

enum { LEAF = 32 }; /* order below which BLAS and LAPACK do it */

struct potrf_args {
    size_t i, d;
};

/* B = B L^-T by halves, so that most of the work is gemm's: OpenBLAS' own
 * dtrsm runs at a third of its dgemm's rate on AVX-512.
 * Shapes: l n x n, b m x n. */
static void trsm_right_kernel(int m, int n, const double *l, int ldl, double *b,
                              int ldb)
{
    if (n <= LEAF) {
        cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans,
                    CblasNonUnit, m, n, 1, l, ldl, b, ldb);
        return;
    }
    int half = (n / 2 + LEAF - 1) / LEAF * LEAF;
    double *rest = b + (size_t)half * (size_t)ldb;

    trsm_right_kernel(m, half, l, ldl, b, ldb);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, m, n - half, half, -1,
                b, ldb, l + half, ldl, 1, rest, ldb);
    trsm_right_kernel(m, n - half, l + half + (size_t)half * (size_t)ldl, ldl,
                      rest, ldb);
}

/* Cholesky by halves, for the same reason. Value: LAPACK's info. */
static int factor(int n, double *a, int lda)
{
    int info = 0;

    if (n <= LEAF) {
        dpotrf_("L", &n, a, &lda, &info, 1);
        return info;
    }
    int half = (n / 2 + LEAF - 1) / LEAF * LEAF;
    double *below = a + half, *rest = below + (size_t)half * (size_t)lda;

    info = factor(half, a, lda);
    if (info)
        return info;
    trsm_right_kernel(n - half, half, a, lda, below, lda);
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, n - half, half, -1,
                below, lda, 1, rest, lda);
    info = factor(n - half, rest, lda);
    return info ? info + half : 0;
}

/* LAPACK's info, with pivots that are nothing but rounding taken as failed. */
static int potrf_kernel(int n, double tolerance, const double *diagonal,
                        double *a, int lda)
{
    int info = factor(n, a, lda);

    for (int r = 0; info == 0 && r < n; r++) {
        double pivot = a[r + (size_t)r * (size_t)lda];

        if (!(pivot * pivot > tolerance * diagonal[r]))
            info = r + 1;
    }
    return info;
}

static void potrf(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct potrf_args args;

    if (!tg_task_begin(&timer, TG_STAGE_POTRF))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    double *status = TG_PTR(double, buffers[2]) + TG_ROWS(buffers[2]) - 1;
    int info =
        potrf_kernel((int)TG_ROWS(buffers[1]), (double)args.d * DBL_EPSILON,
                     TG_PTR(double, buffers[0]), TG_PTR(double, buffers[1]),
                     (int)TG_LD(buffers[1]));
    if (info && *status == 0)
        *status = (double)args.i + info;
    tg_task_end(&timer);
}

TG_CODELET(POTRF, potrf, 3, STARPU_R, STARPU_RW, STARPU_RW);

int tg_potrf_insert(size_t i, size_t d, starpu_data_handle_t diagonal,
                    starpu_data_handle_t a, starpu_data_handle_t status)
{
    struct potrf_args args = {i, d};

    assert(TG_HANDLE_ROWS(a) == TG_HANDLE_COLS(a) &&
           TG_HANDLE_ROWS(diagonal) == TG_HANDLE_ROWS(a));
    return TG_INSERT(&potrf_codelet, TG_PRIORITY_PANEL, &args, STARPU_R,
                     diagonal, STARPU_RW, a, STARPU_RW, status);
}

static void trsm(void *buffers[], void *arguments)
{
    struct tg_timer timer;

    (void)arguments;
    if (!tg_task_begin(&timer, TG_STAGE_TRSM))
        return;
    trsm_right_kernel((int)TG_ROWS(buffers[1]), (int)TG_COLS(buffers[1]),
                      TG_PTR(double, buffers[0]), (int)TG_LD(buffers[0]),
                      TG_PTR(double, buffers[1]), (int)TG_LD(buffers[1]));
    tg_task_end(&timer);
}

TG_CODELET(TRSM, trsm, 2, STARPU_R, STARPU_RW);

int tg_trsm_right_insert(starpu_data_handle_t l, starpu_data_handle_t b)
{
    int none = 0;

    assert(TG_HANDLE_ROWS(l) == TG_HANDLE_COLS(b));
    return TG_INSERT(&trsm_codelet, TG_PRIORITY_PANEL, &none, STARPU_R, l,
                     STARPU_RW, b);
}

struct substitute_args {
    CBLAS_TRANSPOSE transpose;
};

static void substitute(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct substitute_args args;

    if (!tg_task_begin(&timer, TG_STAGE_SUBSTITUTE))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, args.transpose,
                CblasNonUnit, (int)TG_ROWS(buffers[1]),
                (int)TG_COLS(buffers[1]), 1, TG_PTR(double, buffers[0]),
                (int)TG_LD(buffers[0]), TG_PTR(double, buffers[1]),
                (int)TG_LD(buffers[1]));
    tg_task_end(&timer);
}

TG_CODELET(SUBSTITUTE, substitute, 2, STARPU_R, STARPU_RW);

int tg_trsm_left_insert(bool transposed, starpu_data_handle_t l,
                        starpu_data_handle_t b)
{
    struct substitute_args args = {transposed ? CblasTrans : CblasNoTrans};

    assert(TG_HANDLE_ROWS(l) == TG_HANDLE_ROWS(b));
    return TG_INSERT(&substitute_codelet, TG_PRIORITY_SOLVE, &args, STARPU_R, l,
                     STARPU_RW, b);
}

static void syrk(void *buffers[], void *arguments)
{
    struct tg_timer timer;

    (void)arguments;
    if (!tg_task_begin(&timer, TG_STAGE_SYRK))
        return;
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans,
                (int)TG_ROWS(buffers[1]), (int)TG_COLS(buffers[0]), -1,
                TG_PTR(double, buffers[0]), (int)TG_LD(buffers[0]), 1,
                TG_PTR(double, buffers[1]), (int)TG_LD(buffers[1]));
    tg_task_end(&timer);
}

TG_CODELET(SYRK, syrk, 2, STARPU_R, STARPU_RW);

int tg_syrk_insert(starpu_data_handle_t a, starpu_data_handle_t c)
{
    int none = 0;

    assert(TG_HANDLE_ROWS(a) == TG_HANDLE_ROWS(c));
    return TG_INSERT(&syrk_codelet, TG_PRIORITY_UPDATE, &none, STARPU_R, a,
                     STARPU_RW, c);
}

struct gemm_args {
    enum tg_stage stage;
    CBLAS_TRANSPOSE a, b;
};

static void gemm(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct gemm_args args;

    starpu_codelet_unpack_args(arguments, &args);
    if (!tg_task_begin(&timer, args.stage))
        return;
    size_t k = args.a == CblasTrans ? TG_ROWS(buffers[0]) : TG_COLS(buffers[0]);
    cblas_dgemm(CblasColMajor, args.a, args.b, (int)TG_ROWS(buffers[2]),
                (int)TG_COLS(buffers[2]), (int)k, -1,
                TG_PTR(double, buffers[0]), (int)TG_LD(buffers[0]),
                TG_PTR(double, buffers[1]), (int)TG_LD(buffers[1]), 1,
                TG_PTR(double, buffers[2]), (int)TG_LD(buffers[2]));
    tg_task_end(&timer);
}

TG_CODELET(GEMM, gemm, 3, STARPU_R, STARPU_R, STARPU_RW);

int tg_gemm_insert(starpu_data_handle_t a, starpu_data_handle_t b,
                   starpu_data_handle_t c)
{
    struct gemm_args args = {TG_STAGE_GEMM, CblasNoTrans, CblasTrans};

    assert(TG_HANDLE_ROWS(a) == TG_HANDLE_ROWS(c) &&
           TG_HANDLE_ROWS(b) == TG_HANDLE_COLS(c));
    return TG_INSERT(&gemm_codelet, TG_PRIORITY_UPDATE, &args, STARPU_R, a,
                     STARPU_R, b, STARPU_RW, c);
}

int tg_gemm_left_insert(bool transposed, starpu_data_handle_t l,
                        starpu_data_handle_t b, starpu_data_handle_t c)
{
    struct gemm_args args = {TG_STAGE_SUBSTITUTE,
                             transposed ? CblasTrans : CblasNoTrans,
                             CblasNoTrans};

    assert((transposed ? TG_HANDLE_ROWS(l) : TG_HANDLE_COLS(l)) ==
           TG_HANDLE_ROWS(b));
    return TG_INSERT(&gemm_codelet, TG_PRIORITY_SOLVE, &args, STARPU_R, l,
                     STARPU_R, b, STARPU_RW, c);
}
