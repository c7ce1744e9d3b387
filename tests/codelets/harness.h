/* What the tests of codelets and graphs share: StarPU-MPI in this process
 * alone, random numbers, matrices that tests and tasks both see, and a dense
 * solver that has nothing in common with the one under test.
 */
#ifndef TG_TESTS_HARNESS_H
#define TG_TESTS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tiles.h"

/* First thing in main: may replace the process by itself, once. */
void harness_prepare(char **argv);

/* The set-up and tear-down of a cmocka group: StarPU-MPI started once. */
int harness_start(void **state);
int harness_stop(void **state);

/* Wait for all tasks; the test fails where one of them has. */
void harness_wait(void);

/* Set-up of a test: no failure recorded, the same random numbers as ever. */
int harness_reset(void **state);

/* Random numbers: integers below n, and doubles evenly in [-1, 1). */
uint64_t harness_below(uint64_t n);
double harness_real(void);

/* A column-major matrix, known to StarPU from the start, in memory of its own
 * size and no more. */
struct matrix {
    size_t rows, cols, element;
    void *values; /* tests write here before the first task ... */
    void *before; /* ... as it was when tasks were about to start */
    struct tg_tile handle;
};

/* Scratch for tasks; to be freed once they are done. */
struct tg_tile scratch_new(size_t elements, size_t element);
void scratch_free(struct tg_tile scratch);

struct matrix matrix_new(size_t rows, size_t cols, size_t element);

/* The values, column-major, as the type that the test knows them to have. */
double *matrix_doubles(const struct matrix *m);
float *matrix_floats(const struct matrix *m);
uint8_t *matrix_bytes(const struct matrix *m);
uint16_t *matrix_labels(const struct matrix *m);

/* Fill with random values: bytes in 0..255, reals in [-1, 1), labels below
 * `classes`. */
void matrix_random(struct matrix *m);
void matrix_random_labels(struct matrix *m, uint16_t classes);

/* Remember the values, for matrix_check_unchanged. */
void matrix_remember(struct matrix *m);

/* Wait for the tasks that use it, and take it back from StarPU: `values` is
 * then what tasks made of it. */
void matrix_take(struct matrix *m);

/* After matrix_take: the test fails where a task wrote to it. */
void matrix_check_unchanged(const struct matrix *m);

void matrix_free(struct matrix *m);

/* |a - b| <= tolerance (|a| + |b|) / 2, or the test fails. NaN equals none. */
void check_close(double a, double b, double tolerance);

/* The largest difference of two arrays, over the largest magnitude in b. */
double largest_difference(size_t n, const double *a, const double *b);

/* Solve A X = B by elimination with partial pivoting, in long double.
 * Shapes: A n x n and B n x m, column-major, both overwritten; B becomes X. */
void solve_dense(size_t n, size_t m, long double *a, long double *b);

/* Ridge classification by its definition: minimise
 *   sum_i |y_i - W^T x_i - b|^2 + lambda |W|^2, with y in {-1, +1}^k,
 * the intercept unpenalised, through the normal equations of (W; b).
 * Shapes: x d x n, labels[n], v (d+1) x k: weights over the intercept. */
void ridge_by_definition(size_t d, size_t n, size_t k, const double *x,
                         const uint16_t *labels, double lambda, double *v);

#endif
