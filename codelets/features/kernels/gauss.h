/* Gaussian numbers from random bits, and orthogonal directions from Gaussian
 * ones: single IEEE operations in a fixed order, without the mathematical
 * library, and therefore the same bytes on every processor.
 */
#ifndef TG_GAUSS_H
#define TG_GAUSS_H

#include <stddef.h>
#include <stdint.h>

/* Directions are stored in lines of so many values, padded with zeroes. */
#define TG_GAUSS_LINE 32

/* Values of a stored direction: `values`, rounded up to whole lines. */
size_t tg_gauss_stride(size_t values);

/* Independent normal numbers, mean 0 and variance 1; a pair of words makes a
 * pair of numbers.
 * Shapes: bits[n rounded up to even], evenly distributed; z[n].
 * Source: Box, Muller, "A Note on the Generation of Random Normal Deviates",
 * Annals of Mathematical Statistics 29 (1958). */
void tg_gauss(size_t n, const uint64_t *bits, double *z);

/* The Euclidean length of a direction.
 * Shapes: a[stride], a multiple of the line. */
double tg_gauss_length(size_t stride, const double *a);

/* Make directions orthogonal to those before them and to each other, and of
 * length 1: of independent Gaussian ones, an evenly distributed orthonormal
 * system.  A direction depends on those before it alone, whatever `count`s they
 * were made by.
 * Shapes: q is stride x (done + count), a direction a column; the first `done`
 * are orthonormal already; done + count at most as many as they have values.
 * Source: modified Gram-Schmidt; Golub, Van Loan, "Matrix Computations",
 * 4th ed., section 5.2.8; here each is projected on four others at a time. */
void tg_gauss_orthogonalise(size_t stride, size_t done, size_t count,
                            double *q);

#endif
