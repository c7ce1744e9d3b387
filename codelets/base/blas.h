/* The BLAS and LAPACK routines in use, in double and single precision.
 * OpenBLAS' cblas.h, and the LAPACK routines that Debian's OpenBLAS exports by
 * their Fortran names only. */
#ifndef TG_BLAS_H
#define TG_BLAS_H

#include <cblas.h>

/* Cholesky factorization. Source: LAPACK dpotrf. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda,
             int *info, unsigned long uplo_length);

/* The same in single precision. Source: LAPACK spotrf. */
void spotrf_(const char *uplo, const int *n, float *a, const int *lda,
             int *info, unsigned long uplo_length);

/* Eigenvalues, ascending, and eigenvectors in place of a symmetric matrix.
 * Shapes: work[lwork], lwork >= 3 n - 1. Source: LAPACK dsyev. */
void dsyev_(const char *jobz, const char *uplo, const int *n, double *a,
            const int *lda, double *w, double *work, const int *lwork,
            int *info, unsigned long jobz_length, unsigned long uplo_length);

#endif
