/* Warped copies: what chance draws, and the tasks that make them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "facts.h"
#include "harness.h"
#include "warp.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

enum { N = 11, SEED = 42 };

/* Samples of a data set, in the order of no data set. */
static const size_t rows[N] = {7, 0, 59999, 3, 12, 13, 14, 70000, 1, 2, 500};

static const struct tg_raster rasters[] = {{1, 1, 1},
                                           {28, 28, 1},
                                           {9, 5, 3},
                                           {70, 2, 1}};

/* What suits digits. */
static const struct tg_warp_amounts usual = {12, 1.5, 0.1, 0.15, false};

/* ---- What is drawn ------------------------------------------------------ */

static const double *fields(const struct tg_affine *map, double values[5])
{
    values[0] = map->rotation;
    values[1] = map->shift_x;
    values[2] = map->shift_y;
    values[3] = map->scale;
    values[4] = map->shear;
    return values;
}

/* Two maps, computed elsewhere by the rule. */
static void test_rule(void **state)
{
    static const double first[] = {-2.752102015529334, 0.9835141545245101,
                                   0.7666595341655372, -0.017949097251875212,
                                   0.013952263080898341};
    static const double later[] = {3.644542990291715, -0.11507457414599043,
                                   -0.9515181183403768, -0.08934747101279016,
                                   -0.05669771288087989};
    struct tg_warp_amounts amounts = usual;
    struct tg_affine map;
    double values[5];

    (void)state;
    amounts.mirror = true;
    map = tg_warp_draw(&amounts, 0, 0, 1);
    assert_memory_equal(fields(&map, values), first, sizeof first);
    assert_true(map.mirror);
    map = tg_warp_draw(&amounts, 42, 59999, 3);
    assert_memory_equal(fields(&map, values), later, sizeof later);
    assert_false(map.mirror);
}

/* Evenly within the amounts: mean 0, variance a third, correlated with none;
 * and half of the copies mirrored, if any. */
static void test_even(void **state)
{
    const struct tg_warp_amounts amounts = {1, 1, 0.5, 2, true};
    const double sizes[] = {1, 1, 1, 0.5, 2};
    double sums[5] = {0}, products[5][5] = {{0}}, mirrored = 0, count = 0;

    (void)state;
    for (size_t row = 0; row < 5000; row++)
        for (size_t copy = 1; copy <= 8; copy++, count++) {
            struct tg_affine map = tg_warp_draw(&amounts, SEED, row, copy);
            double values[5];

            fields(&map, values);
            for (int i = 0; i < 5; i++) {
                assert_true(fabs(values[i]) <= sizes[i]);
                sums[i] += values[i] / sizes[i];
                for (int j = 0; j < 5; j++)
                    products[i][j] +=
                        values[i] / sizes[i] * values[j] / sizes[j];
            }
            mirrored += map.mirror;
        }
    for (int i = 0; i < 5; i++) { /* five standard errors */
        assert_true(fabs(sums[i]) <= 5 * sqrt(count / 3));
        for (int j = 0; j < 5; j++)
            assert_true(fabs(products[i][j] - (i == j ? count / 3 : 0)) <=
                        5 * sqrt(count / 9));
    }
    assert_true(fabs(mirrored - count / 2) <= 5 * sqrt(count / 4));
}

static void test_not_mirrored(void **state)
{
    (void)state;
    for (size_t row = 0; row < 100; row++)
        assert_false(tg_warp_draw(&usual, SEED, row, 1).mirror);
}

/* ---- What tasks make of it --------------------------------------------- */

static struct matrix pictures(const struct tg_raster *raster, size_t element)
{
    struct matrix raw =
        matrix_new(raster->width * raster->height * raster->channels, N,
                   element);

    matrix_random(&raw);
    return raw;
}

/* The columns [first, first + n), as a tile of their own. */
static struct matrix part(const struct matrix *of, size_t first, size_t n)
{
    struct matrix tile = matrix_new(of->rows, n, of->element);

    memcpy(tile.values,
           (const char *)of->values + first * of->rows * of->element,
           n * of->rows * of->element);
    return tile;
}

/* Copies of all, made in tiles of `width` samples. */
static void make_copies(const struct matrix *raw,
                        const struct tg_raster *raster,
                        const struct tg_warp_amounts *amounts, uint64_t seed,
                        size_t copy, size_t width, void *copies)
{
    for (size_t first = 0; first < N; first += width) {
        size_t n = N - first < width ? N - first : width;
        struct matrix from = part(raw, first, n);
        struct matrix to = matrix_new(raw->rows, n, raw->element);

        memset(to.values, 0xa5, n * raw->rows * raw->element);
        matrix_remember(&from);
        assert_int_equal(tg_warp_insert(raster, amounts, seed, copy,
                                        rows + first, from.handle, to.handle),
                         TG_OK);
        harness_wait();
        matrix_take(&from);
        matrix_take(&to);
        matrix_check_unchanged(&from);
        memcpy((char *)copies + first * raw->rows * raw->element, to.values,
               n * raw->rows * raw->element);
        matrix_free(&from);
        matrix_free(&to);
    }
}

static void *copies_new(const struct matrix *raw)
{
    void *copies = malloc(raw->rows * N * raw->element);

    assert_non_null(copies);
    return copies;
}

/* Copies are the kernel's, of the maps drawn, in any tiles. */
static void check_copies(const struct tg_raster *raster, size_t element)
{
    static const size_t widths[] = {N, 1, 2, 4, N - 1};
    struct matrix raw = pictures(raster, element);
    void *copies = copies_new(&raw), *expected = copies_new(&raw);
    size_t d = raw.rows;

    for (size_t s = 0; s < N; s++) {
        struct tg_affine map = tg_warp_draw(&usual, SEED, rows[s], 2);

        if (element == 1)
            tg_affine_u8(raster, &map, matrix_bytes(&raw) + s * d,
                         (uint8_t *)expected + s * d);
        else
            tg_affine_f32(raster, &map, matrix_floats(&raw) + s * d,
                          (float *)expected + s * d);
    }
    for (size_t w = 0; w < LENGTH(widths); w++) {
        make_copies(&raw, raster, &usual, SEED, 2, widths[w], copies);
        assert_memory_equal(copies, expected, d * N * element);
    }
    free(copies);
    free(expected);
    matrix_free(&raw);
}

static void test_copies(void **state)
{
    (void)state;
    for (size_t r = 0; r < LENGTH(rasters); r++) {
        check_copies(&rasters[r], sizeof(uint8_t));
        check_copies(&rasters[r], sizeof(float));
    }
}

/* The bytes that models were fitted to, on every processor. */
static void test_same_bytes(void **state)
{
    struct tg_warp_amounts amounts = usual;
    uint64_t sums[] = {TG_FACTS_START, TG_FACTS_START};

    (void)state;
    amounts.mirror = true;
    for (size_t r = 0; r < LENGTH(rasters); r++)
        for (size_t element = 1; element <= 4; element += 3) {
            struct matrix raw = pictures(&rasters[r], element);
            void *copies = copies_new(&raw);
            uint64_t *sum = &sums[element > 1];

            make_copies(&raw, &rasters[r], &amounts, SEED, 1, N, copies);
            *sum = tg_facts_hash(*sum, copies, raw.rows * N * element);
            free(copies);
            matrix_free(&raw);
        }
    assert_int_equal(sums[0], UINT64_C(0x73781fe8fc5737a3));
    assert_int_equal(sums[1], UINT64_C(0x7b24518cd2e01b7a));
}

/* Without amounts, copies are the pictures themselves. */
static void test_no_amounts(void **state)
{
    const struct tg_warp_amounts none = {0};

    (void)state;
    for (size_t r = 0; r < LENGTH(rasters); r++)
        for (size_t element = 1; element <= 4; element += 3) {
            struct matrix raw = pictures(&rasters[r], element);
            void *copies = copies_new(&raw);

            make_copies(&raw, &rasters[r], &none, SEED, 1, N, copies);
            assert_memory_equal(copies, raw.values, raw.rows * N * element);
            free(copies);
            matrix_free(&raw);
        }
}

/* The same picture in every row: each seed, row and copy has its own map. */
static void test_all_differ(void **state)
{
    const struct tg_raster raster = {28, 28, 1};
    struct matrix raw = pictures(&raster, 1);
    size_t d = raw.rows, size = d * N, made = 4;
    uint8_t *copies = malloc(made * size);

    (void)state;
    assert_non_null(copies);
    for (size_t s = 1; s < N; s++)
        memcpy(matrix_bytes(&raw) + s * d, raw.values, d);
    for (size_t c = 0; c < made; c++)
        make_copies(&raw, &raster, &usual, SEED + c / 2, 1 + c % 2, N,
                    copies + c * size);
    for (size_t a = 0; a < made * N; a++) {
        assert_memory_not_equal(copies + a * d, raw.values, d);
        for (size_t b = 0; b < a; b++)
            assert_memory_not_equal(copies + a * d, copies + b * d, d);
    }
    free(copies);
    matrix_free(&raw);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_rule, harness_reset),
        cmocka_unit_test_setup(test_even, harness_reset),
        cmocka_unit_test_setup(test_not_mirrored, harness_reset),
        cmocka_unit_test_setup(test_copies, harness_reset),
        cmocka_unit_test_setup(test_same_bytes, harness_reset),
        cmocka_unit_test_setup(test_no_amounts, harness_reset),
        cmocka_unit_test_setup(test_all_differ, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
