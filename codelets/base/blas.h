/* The BLAS and LAPACK routines in use, in double and single precision.
 * OpenBLAS' cblas.h, and the one LAPACK routine that Debian's OpenBLAS exports
 * by its Fortran name only. */
#ifndef TG_BLAS_H
#define TG_BLAS_H

#include <cblas.h>

/* Cholesky factorization. Source: LAPACK dpotrf. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda,
             int *info, unsigned long uplo_length);

#endif
