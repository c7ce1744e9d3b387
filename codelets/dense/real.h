/* BLAS and LAPACK by the size of an element: 4, single precision, or 8. */
#ifndef TG_DENSE_REAL_H
#define TG_DENSE_REAL_H

#include <stddef.h>

#include "blas.h"

/* Element i of an array, of such a size. */
static inline void *tg_real_at(const void *array, size_t element, size_t i)
{
    return (char *)array + i * element;
}

/* C = C - op(A) op(B). */
static inline void tg_real_gemm(size_t element, CBLAS_TRANSPOSE ta,
                                CBLAS_TRANSPOSE tb, int m, int n, int k,
                                const void *a, int lda, const void *b, int ldb,
                                void *c, int ldc)
{
    if (element == sizeof(float))
        cblas_sgemm(CblasColMajor, ta, tb, m, n, k, -1, a, lda, b, ldb, 1, c,
                    ldc);
    else
        cblas_dgemm(CblasColMajor, ta, tb, m, n, k, -1, a, lda, b, ldb, 1, c,
                    ldc);
}

/* C = C - A A^T, lower triangle. */
static inline void tg_real_syrk(size_t element, int n, int k, const void *a,
                                int lda, void *c, int ldc)
{
    if (element == sizeof(float))
        cblas_ssyrk(CblasColMajor, CblasLower, CblasNoTrans, n, k, -1, a, lda,
                    1, c, ldc);
    else
        cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, n, k, -1, a, lda,
                    1, c, ldc);
}

/* B = op(L)^-1 B, or B op(L)^-1. */
static inline void tg_real_trsm(size_t element, CBLAS_SIDE side,
                                CBLAS_TRANSPOSE t, int m, int n, const void *l,
                                int ldl, void *b, int ldb)
{
    if (element == sizeof(float))
        cblas_strsm(CblasColMajor, side, CblasLower, t, CblasNonUnit, m, n, 1,
                    l, ldl, b, ldb);
    else
        cblas_dtrsm(CblasColMajor, side, CblasLower, t, CblasNonUnit, m, n, 1,
                    l, ldl, b, ldb);
}

/* A = L L^T. Value: LAPACK's info. */
static inline int tg_real_potrf(size_t element, int n, void *a, int lda)
{
    int info;

    if (element == sizeof(float))
        spotrf_("L", &n, a, &lda, &info, 1);
    else
        dpotrf_("L", &n, a, &lda, &info, 1);
    return info;
}

#endif
