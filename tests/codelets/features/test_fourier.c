/* Random Fourier features against their definition, and against the kernel that
 * they are to approximate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fourier.h"
#include "harness.h"
#include "hash.h"
#include "tiles.h"

/* A map, and its gamma. */
struct map {
    struct tg_fourier fourier;
    double gamma;
};

static struct map map_new(size_t values, size_t d, uint64_t seed, double gamma)
{
    return (struct map){
        {.values = values, .features = d, .seed = seed, .unit = 1.0 / 255},
        gamma};
}

static struct matrix samples_new(size_t values, size_t n)
{
    struct matrix x = matrix_new(values, n, 1);

    matrix_random(&x);
    return x;
}

/* The same samples as floats. */
static struct matrix floats_new(const struct matrix *x, float unit)
{
    struct matrix xf = matrix_new(x->rows, x->cols, 4);

    for (size_t i = 0; i < x->rows * x->cols; i++)
        matrix_floats(&xf)[i] = matrix_bytes(x)[i] * unit;
    return xf;
}

/* The block of a map, with weights. */
static struct matrix block_new(const struct map *map)
{
    struct matrix block = matrix_new(tg_fourier_bytes(&map->fourier), 1, 1);
    struct tg_tile scratch =
        scratch_new(tg_fourier_weights_scratch(&map->fourier), 1);

    assert_int_equal(tg_fourier_gamma_insert(map->gamma, block.handle), TG_OK);
    assert_int_equal(tg_fourier_weights_insert(&map->fourier, scratch,
                                               block.handle),
                     TG_OK);
    harness_wait();
    scratch_free(scratch);
    return block;
}

/* Rows [first, first + d) of a tile. */
static void insert(const struct map *map, size_t first, struct tg_tile raw,
                   struct tg_tile features)
{
    struct matrix block = block_new(map);
    struct tg_tile scratch = scratch_new(tg_fourier_scratch(&map->fourier), 1);

    assert_int_equal(tg_fourier_insert(&map->fourier, first, raw, block.handle,
                                       scratch, features),
                     TG_OK);
    harness_wait();
    scratch_free(scratch);
    matrix_free(&block);
}

static struct matrix features_of(const struct map *map, const struct matrix *x)
{
    struct matrix features =
        matrix_new(map->fourier.features, x->cols, map->fourier.single ? 4 : 1);

    insert(map, 0, x->handle, features.handle);
    matrix_take(&features);
    return features;
}

/* ---- The definition ---------------------------------------------------- */

static uint64_t key_of(const struct map *map, size_t feature)
{
    return tg_hash(tg_hash(map->fourier.seed) + feature);
}

/* Value v of a direction: Box and Muller's transform of a pair of words. */
static double normal(uint64_t key, size_t v)
{
    double first = ldexp((double)(tg_hash(key + v / 2 * 2) >> 11) + 1, -53);
    double second = ldexp((double)(tg_hash(key + v / 2 * 2 + 1) >> 11), -53);
    double angle = 2 * M_PI * second;

    return sqrt(-2 * log(first)) * (v % 2 ? sin(angle) : cos(angle));
}

/* cos(w.x + b), with w as it is or in whole parts of a standard deviation. */
static double defined(const struct map *map, size_t feature, const uint8_t *x,
                      double parts)
{
    uint64_t key = key_of(map, feature);
    double offset = ldexp((double)(tg_hash(~key) >> 32), -32), sum = 0;

    for (size_t v = 0; v < map->fourier.values; v++) {
        double w = normal(key, v);

        if (parts > 0)
            w = fmax(-127, fmin(127, rint(w * parts))) / parts;
        sum += w * x[v] / 255;
    }
    return cos(sqrt(2 * map->gamma) * sum + 2 * M_PI * offset);
}

static void check_definition(size_t values, size_t n, size_t d)
{
    struct map map = map_new(values, d, 12, 3.0 / (double)values);
    struct matrix x = samples_new(values, n), bytes = features_of(&map, &x);
    struct matrix xf = floats_new(&x, 1.0f / 255), mixed, floats;

    map.fourier.single = true;
    mixed = features_of(&map, &x);
    map.fourier.unit = 1;
    floats = features_of(&map, &xf);
    for (size_t s = 0; s < n; s++)
        for (size_t f = 0; f < d; f++) {
            const uint8_t *sample = matrix_bytes(&x) + s * values;
            double coarse = defined(&map, f, sample, 127.0 / 5);
            double fine = defined(&map, f, sample, 0);
            size_t at = f + s * d;

            assert_true(fabs(matrix_bytes(&bytes)[at] - 127.5 * (1 + coarse)) <=
                        0.53);
            assert_true(fabs(matrix_floats(&mixed)[at] - fine) < 2e-5);
            assert_true(fabs(matrix_floats(&floats)[at] - fine) < 2e-5);
        }
    matrix_free(&x);
    matrix_free(&xf);
    matrix_free(&bytes);
    matrix_free(&mixed);
    matrix_free(&floats);
}

static void test_definition(void **state)
{
    (void)state;
    check_definition(1, 1, 1);
    check_definition(7, 9, 50);
    check_definition(100, 17, 33);
    check_definition(785, 3, 130);
}

/* ---- The kernel -------------------------------------------------------- */

static double square_distance(const struct matrix *x, size_t i, size_t j)
{
    double sum = 0;

    for (size_t v = 0; v < x->rows; v++) {
        double difference =
            matrix_bytes(x)[v + i * x->rows] - matrix_bytes(x)[v + j * x->rows];

        sum += difference * difference / 255 / 255;
    }
    return sum;
}

/* The mean square of what the inner products are off by, over all pairs. */
static double mean_square(const struct map *map, const struct matrix *x)
{
    struct matrix features = features_of(map, x);
    double total = 0;

    for (size_t i = 1; i < x->cols; i++)
        for (size_t j = 0; j < i; j++) {
            const uint8_t *fi =
                matrix_bytes(&features) + i * map->fourier.features;
            const uint8_t *fj =
                matrix_bytes(&features) + j * map->fourier.features;
            double error = -exp(-map->gamma * square_distance(x, i, j));

            for (size_t f = 0; f < map->fourier.features; f++)
                error += 2 * (fi[f] / 127.5 - 1) * (fj[f] / 127.5 - 1) /
                         (double)map->fourier.features;
            total += error * error;
        }
    matrix_free(&features);
    return total / (double)(x->cols * (x->cols - 1) / 2);
}

static double mean_over_seeds(struct map map, const struct matrix *x)
{
    enum { SEEDS = 6 };
    double total = 0;

    for (map.fourier.seed = 1; map.fourier.seed <= SEEDS; map.fourier.seed++)
        total += mean_square(&map, x);
    return total / SEEDS;
}

/* By theory d times the mean square is 1 / 2 + (1 - exp(-2 z))^2 / 2 for
 * independent directions, z = gamma |x - y|^2: here, about 0.88. */
static void test_kernel(void **state)
{
    enum { VALUES = 64, N = 24 };
    struct matrix x = samples_new(VALUES, N);
    double before = 0;

    (void)state;
    for (size_t d = 64; d <= 4096; d *= 4) {
        struct map map = map_new(VALUES, d, 0, 0.1);
        double independent = mean_over_seeds(map, &x);

        map.fourier.orthogonal = true;
        double orthogonal = mean_over_seeds(map, &x);

        if (!(independent * (double)d > 0.7 && independent * (double)d < 1.1))
            fail_msg("%zu features: %g", d, independent * (double)d);
        if (!(orthogonal < 0.85 * independent))
            fail_msg("%zu features: %g and, orthogonal, %g", d, independent,
                     orthogonal);
        if (before > 0) /* 1 / d, within what few seeds tell */
            assert_true(before > 2.8 * independent &&
                        before < 5.6 * independent);
        before = independent;
    }
    matrix_free(&x);
}

/* ---- Orthogonal directions --------------------------------------------- */

/* Directions over offsets, in single precision, of a block. */
struct directions {
    struct matrix block;
    size_t values;
    const float *w;
};

static struct directions directions_of(struct map map)
{
    struct directions directions = {.values = map.fourier.values};

    map.fourier.single = true;
    directions.block = block_new(&map);
    matrix_take(&directions.block);
    directions.w = (const float *)(matrix_bytes(&directions.block) + 64);
    return directions;
}

static const float *direction(const struct directions *directions, size_t i)
{
    return directions->w + i * (directions->values + 1);
}

static double product(const struct directions *directions, size_t i, size_t j)
{
    const float *a = direction(directions, i), *b = direction(directions, j);
    double sum = 0;

    for (size_t v = 0; v < directions->values; v++)
        sum += (double)a[v] * b[v];
    return sum;
}

static void check_runs(size_t values, size_t d)
{
    struct map map = map_new(values, d, 5, 0.5);
    struct directions independent = directions_of(map), w;
    double across = 0;

    map.fourier.orthogonal = true;
    w = directions_of(map);
    for (size_t i = 0; i < d; i++) {
        double length = sqrt(product(&w, i, i));

        /* Lengths and offsets are those of independent directions. */
        check_close(length, sqrt(product(&independent, i, i)), 1e-5);
        assert_true(direction(&w, i)[values] ==
                    direction(&independent, i)[values]);
        for (size_t j = 0; j < i; j++) {
            double cosine =
                product(&w, i, j) / length / sqrt(product(&w, j, j));

            if (i / values == j / values)
                assert_true(fabs(cosine) < 1e-5);
            else
                across = fmax(across, fabs(cosine));
        }
    }
    if (d > values)
        assert_true(across > 1e-2); /* runs are independent of each other */
    matrix_free(&w.block);
    matrix_free(&independent.block);
}

static void test_orthogonal(void **state)
{
    (void)state;
    check_runs(1, 3);
    check_runs(2, 5);
    check_runs(33, 80);
    check_runs(100, 40);
    check_runs(64, 128);
}

/* ---- Tiles ------------------------------------------------------------- */

/* Columns [first, first + n) of a matrix, alone. */
static struct matrix part_of(const struct matrix *x, size_t first, size_t n)
{
    struct matrix part = matrix_new(x->rows, n, x->element);

    memcpy(part.values, (char *)x->values + first * x->rows * x->element,
           n * x->rows * x->element);
    return part;
}

/* However samples are cut, and how many features follow, they have the same
 * bytes; other rows of the tile stay. */
static void check_tiles(bool orthogonal, size_t values, size_t d)
{
    enum { N = 23, ABOVE = 3, BELOW = 2 };
    static const size_t cuts[] = {0, 1, 9, 23};
    struct map more = map_new(values, d + 29, 9, 0.2);
    struct map map = map_new(values, d, 9, 0.2);
    struct matrix x = samples_new(values, N), whole;

    map.fourier.orthogonal = more.fourier.orthogonal = orthogonal;
    whole = features_of(&more, &x);
    for (size_t c = 0; c + 1 < sizeof cuts / sizeof *cuts; c++) {
        size_t n = cuts[c + 1] - cuts[c], rows = ABOVE + d + BELOW;
        struct matrix part = part_of(&x, cuts[c], n);
        struct matrix features = matrix_new(rows, n, 1);

        memset(features.values, 77, rows * n);
        insert(&map, ABOVE, part.handle, features.handle);
        matrix_take(&features);
        for (size_t s = 0; s < n; s++) {
            const uint8_t *column = matrix_bytes(&features) + s * rows;

            for (size_t r = 0; r < rows; r++)
                if (r < ABOVE || r >= ABOVE + d)
                    assert_int_equal(column[r], 77);
            assert_memory_equal(column + ABOVE,
                                matrix_bytes(&whole) + (cuts[c] + s) * (d + 29),
                                d);
        }
        matrix_free(&part);
        matrix_free(&features);
    }
    matrix_free(&x);
    matrix_free(&whole);
}

static void test_tiles(void **state)
{
    (void)state;
    check_tiles(false, 50, 71);
    check_tiles(true, 50, 130);
    check_tiles(true, 3, 40);
    check_tiles(false, 1, 1);
}

/* Pictures whose lines are turned. */
static struct matrix mirrored(const struct matrix *x, size_t line)
{
    struct matrix y = matrix_new(x->rows, x->cols, x->element);
    size_t bytes = x->element;

    for (size_t i = 0; i < x->rows * x->cols; i++)
        memcpy((char *)y.values + i * bytes,
               (char *)x->values +
                   (i / line * line + line - 1 - i % line) * bytes,
               bytes);
    return y;
}

/* Mirrored, a feature is the mean of a picture's and its image's: of both the
 * same, to the bit. */
static void check_mirror(size_t values, size_t line, size_t n, size_t d,
                         bool single)
{
    struct map map = map_new(values, d, 3, 0.2);
    struct matrix x = samples_new(values, n), y = mirrored(&x, line);
    struct matrix a, b, both, turned;

    map.fourier.single = single;
    a = features_of(&map, &x);
    b = features_of(&map, &y);
    map.fourier.line = line;
    both = features_of(&map, &x);
    turned = features_of(&map, &y);
    assert_memory_equal(both.values, turned.values, d * n * both.element);
    assert_true(line == 1 ||
                memcmp(a.values, b.values, d * n * both.element) != 0);
    for (size_t i = 0; i < d * n; i++)
        if (single)
            assert_true(fabsf(matrix_floats(&both)[i] -
                              (matrix_floats(&a)[i] + matrix_floats(&b)[i]) /
                                  2) < 1e-6f);
        else
            assert_int_equal(matrix_bytes(&both)[i],
                             (matrix_bytes(&a)[i] + matrix_bytes(&b)[i] + 1) /
                                 2);
    matrix_free(&x);
    matrix_free(&y);
    matrix_free(&a);
    matrix_free(&b);
    matrix_free(&both);
    matrix_free(&turned);
}

static void test_mirror(void **state)
{
    (void)state;
    for (int single = 0; single < 2; single++) {
        check_mirror(30, 5, 7, 33, single);
        check_mirror(48, 8, 150, 20,
                     single); /* more than are mirrored at once */
        check_mirror(9, 1, 2, 17, single);
        check_mirror(7, 7, 65, 1, single);
    }
}

/* The same features as ever, on every processor: models keep no weights. */
static void test_fixed(void **state)
{
    static const uint64_t sums[] = {UINT64_C(0xe25c649bdf53d49c),
                                    UINT64_C(0x7efdc19010bc29cf)};

    (void)state;
    for (int orthogonal = 0; orthogonal < 2; orthogonal++) {
        struct map map = map_new(60, 150, 2024, 0.15);
        struct matrix x = matrix_new(60, 40, 1), features;
        uint64_t sum = 0;

        for (size_t i = 0; i < 60 * 40; i++)
            matrix_bytes(&x)[i] = (uint8_t)tg_hash(i);
        map.fourier.orthogonal = orthogonal;
        features = features_of(&map, &x);
        for (size_t i = 0; i < 150 * 40; i++)
            sum = tg_hash(sum ^ matrix_bytes(&features)[i]);
        if (sum != sums[orthogonal])
            fail_msg("0x%llx", (unsigned long long)sum);
        matrix_free(&x);
        matrix_free(&features);
    }
}

/* Other seeds, other features; and each feature is another. */
static void test_seeds(void **state)
{
    struct map map = map_new(30, 64, 1, 0.3), other = map_new(30, 64, 2, 0.3);
    struct matrix x = samples_new(30, 200);
    struct matrix a = features_of(&map, &x), b = features_of(&other, &x);

    (void)state;
    for (size_t i = 0; i < 64; i++)
        for (size_t j = 0; j < 64; j++) {
            size_t equal_ab = 0, equal_aa = 0;

            for (size_t s = 0; s < 200; s++) {
                uint8_t value = matrix_bytes(&a)[i + s * 64];

                equal_ab += value == matrix_bytes(&b)[j + s * 64];
                equal_aa += value == matrix_bytes(&a)[j + s * 64];
            }
            assert_true(equal_ab < 30);
            assert_true(i == j || equal_aa < 30);
        }
    matrix_free(&x);
    matrix_free(&a);
    matrix_free(&b);
}

/* ---- Gamma ------------------------------------------------------------- */

static double gamma_of(const struct matrix *x, uint64_t seed, double unit)
{
    struct tg_fourier map = {.values = x->rows,
                             .features = 5,
                             .seed = seed,
                             .unit = unit};
    struct tg_tile scratch = scratch_new(tg_fourier_median_scratch(), 1);
    struct matrix block = matrix_new(tg_fourier_bytes(&map), 1, 1);
    double gamma;

    assert_int_equal(tg_fourier_median_insert(&map, x->handle, scratch,
                                              block.handle),
                     TG_OK);
    harness_wait();
    matrix_take(&block);
    memcpy(&gamma, block.values, sizeof gamma);
    matrix_free(&block);
    scratch_free(scratch);
    return gamma;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Over all pairs. */
static double median_distance(const struct matrix *x)
{
    size_t pairs = x->cols * (x->cols - 1) / 2, p = 0;
    double *squares = malloc(pairs * sizeof *squares), median;

    assert_non_null(squares);
    for (size_t i = 1; i < x->cols; i++)
        for (size_t j = 0; j < i; j++)
            squares[p++] = square_distance(x, i, j);
    qsort(squares, pairs, sizeof *squares, ascending);
    median = (squares[(pairs - 1) / 2] + squares[pairs / 2]) / 2;
    free(squares);
    return median;
}

static void test_median(void **state)
{
    static const size_t sizes[] = {2, 3, 4, 20, 91, 92, 400};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct matrix x = samples_new(7, sizes[i]);
        struct matrix xf = floats_new(&x, 1.0f / 255);
        double expected = 1 / median_distance(&x);
        double got = gamma_of(&x, 3, 1.0 / 255);

        check_close(got, expected, sizes[i] <= 91 ? 1e-12 : 0.05);
        check_close(gamma_of(&xf, 3, 1), got, 1e-5);
        if (sizes[i] == 400) /* other pairs, another estimate */
            assert_true(gamma_of(&x, 4, 1.0 / 255) != got);
        matrix_free(&x);
        matrix_free(&xf);
    }
}

/* Nothing to go by: 1 / values. */
static void test_no_median(void **state)
{
    struct matrix constant = matrix_new(50, 300, 1), one = samples_new(50, 1);
    struct matrix unfit = matrix_new(50, 10, 4);

    (void)state;
    memset(constant.values, 9, 50 * 300);
    assert_true(gamma_of(&constant, 1, 1.0 / 255) == 1.0 / 50);
    assert_true(gamma_of(&one, 1, 1.0 / 255) == 1.0 / 50);
    for (size_t i = 0; i < 500; i++)
        matrix_floats(&unfit)[i] = i % 2 ? NAN : INFINITY;
    assert_true(gamma_of(&unfit, 1, 1) == 1.0 / 50);
    matrix_free(&constant);
    matrix_free(&one);
    matrix_free(&unfit);
}

/* ---- In single precision ----------------------------------------------- */

/* The same bytes of a sample in any tile, also at its end. */
static void test_single_tiles(void **state)
{
    enum { VALUES = 37, N = 150, D = 45 };
    static const size_t cuts[] = {0, 1, 18, 82, 147, N};
    struct map map = map_new(VALUES, D, 3, 0.1);
    struct matrix x = samples_new(VALUES, N), xf = floats_new(&x, 1.0f / 255);
    struct matrix all;

    (void)state;
    map.fourier.single = true;
    map.fourier.unit = 1;
    all = features_of(&map, &xf);
    for (size_t c = 0; c + 1 < sizeof cuts / sizeof *cuts; c++) {
        size_t n = cuts[c + 1] - cuts[c];
        struct matrix part = matrix_new(VALUES, n, 4), some;

        memcpy(part.values, matrix_floats(&xf) + cuts[c] * VALUES,
               n * VALUES * sizeof(float));
        some = features_of(&map, &part);
        assert_memory_equal(matrix_floats(&some),
                            matrix_floats(&all) + cuts[c] * D,
                            n * D * sizeof(float));
        matrix_free(&part);
        matrix_free(&some);
    }
    matrix_free(&x);
    matrix_free(&xf);
    matrix_free(&all);
}

/* Samples beyond what single precision tells apart: some cosine. */
static void test_far_samples(void **state)
{
    struct map map = map_new(3, 20, 3, 1e3);
    struct matrix x = matrix_new(3, 4, 4), features;
    static const float far[] = {1e6f, 1e20f, 3.4e38f, INFINITY};

    (void)state;
    map.fourier.single = true;
    map.fourier.unit = 1;
    for (size_t i = 0; i < 12; i++)
        matrix_floats(&x)[i] = far[i / 3] * (i % 2 ? -1 : 1);
    features = features_of(&map, &x);
    for (size_t i = 0; i < 80; i++)
        assert_true(fabsf(matrix_floats(&features)[i]) <= 1);
    matrix_free(&x);
    matrix_free(&features);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_definition, harness_reset),
        cmocka_unit_test_setup(test_kernel, harness_reset),
        cmocka_unit_test_setup(test_orthogonal, harness_reset),
        cmocka_unit_test_setup(test_tiles, harness_reset),
        cmocka_unit_test_setup(test_mirror, harness_reset),
        cmocka_unit_test_setup(test_fixed, harness_reset),
        cmocka_unit_test_setup(test_seeds, harness_reset),
        cmocka_unit_test_setup(test_median, harness_reset),
        cmocka_unit_test_setup(test_no_median, harness_reset),
        cmocka_unit_test_setup(test_single_tiles, harness_reset),
        cmocka_unit_test_setup(test_far_samples, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
