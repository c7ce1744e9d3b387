#include "harness.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <starpu_mpi.h>

#include "error.h"
#include "runtime.h"
#include "task.h"

/* All tiles are this rank's. */
static const struct tg_placement alone = {.ranks = 1};

static struct tg_runtime runtime;
static uint64_t random_state;

void harness_prepare(char **argv)
{
    setenv("STARPU_SILENT", "1", 0);
    tg_runtime_prepare(&runtime, argv);
}

int harness_start(void **state)
{
    (void)state;
    if (tg_runtime_start_mpi(&runtime))
        return -1;
    return tg_runtime_start_starpu(&runtime) ? -1 : 0;
}

int harness_stop(void **state)
{
    (void)state;
    tg_runtime_stop_starpu(&runtime);
    tg_runtime_stop_mpi(&runtime);
    return 0;
}

int harness_reset(void **state)
{
    (void)state;
    random_state = 88172645463325252u;
    tg_error_clear();
    tg_task_clear();
    tg_tally_start(false);
    return 0;
}

void harness_wait(void)
{
    tg_runtime_wait();
    assert_int_equal(tg_task_error(), TG_OK);
}

/* Source: Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8
 * (2003), with a multiplication at the end. */
static uint64_t next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * UINT64_C(2685821657736338717);
}

uint64_t harness_below(uint64_t n)
{
    return (next() >> 11) % n;
}

double harness_real(void)
{
    return ldexp((double)(next() >> 11), -52) - 1;
}

static struct tg_tiles *tiles_new(void)
{
    struct tg_tiles *tiles = calloc(1, sizeof *tiles);

    assert_non_null(tiles);
    return tiles;
}

struct tg_tile scratch_new(size_t elements, size_t element)
{
    struct tg_tiles *tiles = tiles_new();

    assert_int_equal(tg_scratch_init(tiles, elements, element), TG_OK);
    return tg_tile(tiles, 0, 0);
}

void scratch_free(struct tg_tile scratch)
{
    tg_tiles_release(scratch.of);
    free(scratch.of);
}

struct matrix matrix_new(size_t rows, size_t cols, size_t element)
{
    struct matrix m = {.rows = rows, .cols = cols, .element = element};
    struct tg_tiles *tiles = tiles_new();

    m.values = calloc(rows * cols, element);
    assert_non_null(m.values);
    assert_int_equal(tg_tiles_init_one(tiles, rows, cols, element, &alone,
                                       tg_owner_first, 0),
                     TG_OK);
    starpu_matrix_data_register(&tiles->handles[0], STARPU_MAIN_RAM,
                                (uintptr_t)m.values, (uint32_t)rows,
                                (uint32_t)rows, (uint32_t)cols, element);
    starpu_mpi_data_register(tiles->handles[0], tiles->first_tag, 0);
    m.handle = tg_tile(tiles, 0, 0);
    return m;
}

double *matrix_doubles(const struct matrix *m)
{
    assert_int_equal(m->element, sizeof(double));
    return m->values;
}

float *matrix_floats(const struct matrix *m)
{
    assert_int_equal(m->element, sizeof(float));
    return m->values;
}

uint8_t *matrix_bytes(const struct matrix *m)
{
    assert_int_equal(m->element, sizeof(uint8_t));
    return m->values;
}

uint16_t *matrix_labels(const struct matrix *m)
{
    assert_int_equal(m->element, sizeof(uint16_t));
    return m->values;
}

void matrix_random(struct matrix *m)
{
    for (size_t i = 0; i < m->rows * m->cols; i++) {
        if (m->element == sizeof(uint8_t))
            matrix_bytes(m)[i] = (uint8_t)harness_below(256);
        else if (m->element == sizeof(float))
            matrix_floats(m)[i] = (float)harness_real();
        else
            matrix_doubles(m)[i] = harness_real();
    }
}

void matrix_random_labels(struct matrix *m, uint16_t classes)
{
    for (size_t i = 0; i < m->rows * m->cols; i++)
        matrix_labels(m)[i] = (uint16_t)harness_below(classes);
}

void matrix_remember(struct matrix *m)
{
    size_t size = m->rows * m->cols * m->element;

    free(m->before);
    m->before = malloc(size);
    assert_non_null(m->before);
    memcpy(m->before, m->values, size);
}

void matrix_take(struct matrix *m)
{
    struct tg_tiles *tiles = m->handle.of;

    starpu_data_unregister(tiles->handles[0]);
    free(tiles->handles);
    free(tiles);
    m->handle.of = NULL;
}

void matrix_check_unchanged(const struct matrix *m)
{
    assert_null(m->handle.of);
    assert_non_null(m->before);
    assert_memory_equal(m->values, m->before, m->rows * m->cols * m->element);
}

void matrix_free(struct matrix *m)
{
    if (m->handle.of)
        matrix_take(m);
    free(m->values);
    free(m->before);
    *m = (struct matrix){0};
}

void check_close(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance * 0.5 * (fabs(a) + fabs(b))))
        fail_msg("%.17g and %.17g differ by %.2g of their size, more than %.2g",
                 a, b, fabs(a - b) / (0.5 * (fabs(a) + fabs(b))), tolerance);
}

double largest_difference(size_t n, const double *a, const double *b)
{
    double difference = 0, size = 0;

    for (size_t i = 0; i < n; i++) {
        if (isnan(a[i]) || isnan(b[i]))
            return INFINITY;
        difference = fmax(difference, fabs(a[i] - b[i]));
        size = fmax(size, fabs(b[i]));
    }
    return difference == 0 ? 0 : difference / size;
}

void solve_dense(size_t n, size_t m, long double *a, long double *b)
{
    for (size_t p = 0; p < n; p++) {
        size_t pivot = p;

        for (size_t r = p + 1; r < n; r++)
            if (fabsl(a[r + p * n]) > fabsl(a[pivot + p * n]))
                pivot = r;
        for (size_t c = 0; c < n + m; c++) {
            long double *column = c < n ? a + c * n : b + (c - n) * n;
            long double swap = column[p];

            column[p] = column[pivot];
            column[pivot] = swap;
        }
        for (size_t r = 0; r < n; r++) {
            long double factor = a[r + p * n] / a[p + p * n];

            for (size_t c = p; r != p && c < n; c++)
                a[r + c * n] -= factor * a[p + c * n];
            for (size_t c = 0; r != p && c < m; c++)
                b[r + c * n] -= factor * b[p + c * n];
        }
    }
    for (size_t c = 0; c < m; c++)
        for (size_t r = 0; r < n; r++)
            b[r + c * n] /= a[r + r * n];
}

void ridge_by_definition(size_t d, size_t n, size_t k, const double *x,
                         const uint16_t *labels, double lambda, double *v)
{
    size_t size = d + 1;
    long double *a = calloc(size * size, sizeof *a);
    long double *b = calloc(size * k, sizeof *b);

    assert_non_null(a);
    assert_non_null(b);
    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < size; i++) {
            long double xi = i < d ? x[i + s * d] : 1;

            for (size_t j = 0; j < size; j++)
                a[i + j * size] += xi * (j < d ? x[j + s * d] : 1);
            for (size_t c = 0; c < k; c++)
                b[i + c * size] += labels[s] == c ? xi : -xi;
        }
    }
    for (size_t i = 0; i < d; i++)
        a[i + i * size] += lambda;
    solve_dense(size, k, a, b);
    for (size_t i = 0; i < size * k; i++)
        v[i] = (double)b[i];
    free(a);
    free(b);
}
