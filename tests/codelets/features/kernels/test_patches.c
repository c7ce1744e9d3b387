/* Features of patches, by each variant that this processor has, against their
 * definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "patches_definition.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

enum { PICTURES = 3, SENTINEL = 77 };

static uint32_t random_number(void)
{
    static uint32_t state = 20261125;

    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

/* In [-limit, limit]. */
static int32_t random_value(int32_t limit)
{
    return (int32_t)(random_number() % (uint32_t)(2 * limit + 1)) - limit;
}

static void *allocate(size_t size)
{
    void *p = NULL;

    assert_int_equal(posix_memalign(&p, 64, size), 0);
    return p;
}

/* ---- A map with random parameters ------------------------------------- */

struct fixture {
    struct tg_patches map;
    void *block, *scratch;
    size_t values, width, ldx, ldf;
    uint8_t *x;        /* the last picture ends with the array */
    int64_t *sums;     /* by definition */
    uint8_t *expected; /* features, ldf x PICTURES */
    size_t above;      /* how many were above 255 */
};

/* Rows of the whitener have the sum 0, filters one of each extreme. */
static void learn(struct tg_patches *p)
{
    size_t m = tg_patches_values(&p->shape), dims = p->shape.dims;

    *p->softness = 37.5f;
    *p->length = 300;
    for (size_t i = 0; i < dims; i++) {
        int32_t first = random_value(16383), last = first;

        for (size_t j = 0; j + 1 < m; j++) {
            int32_t next = random_value(16383);

            p->whitener[i * m + j] = (int16_t)(last - next);
            last = next;
        }
        p->whitener[i * m + m - 1] = (int16_t)(last - first);
        p->gain[i] = (float)(1 + random_number() % 100) *
                     (p->shape.unit ? 1e-3f : 1e-4f) / sqrtf((float)m);
        p->bias[i] = (float)random_value(500) / 100;
    }
    for (size_t i = 0; i < dims * p->shape.filters; i++)
        p->filters[i] = (int8_t)random_value(127);
    p->filters[0] = 127;
    p->filters[dims * p->shape.filters - 1] = -127;
    for (size_t f = 0; f < p->shape.filters; f++)
        p->threshold[f] = (int32_t)(random_number() % 700);
}

/* Features from 0 to 255 / headroom. */
static void scale(struct fixture *f, float headroom)
{
    bool compand = f->map.shape.compand;

    f->above = 0;
    memset(f->expected, SENTINEL, f->ldf * PICTURES);
    for (size_t j = 0; j < f->width; j++) {
        int64_t most = 1;

        for (size_t s = 0; s < PICTURES; s++)
            if (f->sums[s * f->width + j] > most)
                most = f->sums[s * f->width + j];
        f->map.quantum[j] =
            255 / (headroom * (float)most) * (compand ? 255 : 1);
        for (size_t s = 0; s < PICTURES; s++) {
            float v = (float)f->sums[s * f->width + j] * f->map.quantum[j];

            v = compand ? sqrtf(v) : v;
            f->above += v >= 255.5f;
            f->expected[s * f->ldf + j] = (uint8_t)tg_clipped(v, 255);
        }
    }
}

/* `grey` below 0: random pictures; else that everywhere. */
static struct fixture make(const struct tg_patches_shape *shape, int grey)
{
    struct fixture f = {0};

    f.values = shape->width * shape->height * shape->channels;
    f.width = tg_patches_width(shape);
    f.ldx = f.values + 3;
    f.ldf = f.width + 5;
    f.block = allocate(tg_patches_bytes(shape));
    memset(f.block, 0x55, tg_patches_bytes(shape));
    f.scratch = allocate(tg_patches_scratch(shape));
    memset(f.scratch, 0xaa, tg_patches_scratch(shape));
    f.x = allocate((PICTURES - 1) * f.ldx + f.values);
    for (size_t i = 0; i < (PICTURES - 1) * f.ldx + f.values; i++)
        f.x[i] = (uint8_t)(grey < 0 ? (int)(random_number() & 255) : grey);
    f.sums = allocate(PICTURES * f.width * sizeof *f.sums);
    f.expected = allocate(PICTURES * f.ldf);
    tg_patches_view(shape, f.block, &f.map);
    learn(&f.map);
    tg_patches_pack(&f.map);
    for (size_t s = 0; s < PICTURES; s++)
        tg_sums_by_definition(&f.map, f.x + s * f.ldx, f.sums + s * f.width);
    scale(&f, 1.02f);
    return f;
}

static void destroy(struct fixture *f)
{
    free(f->block);
    free(f->scratch);
    free(f->x);
    free(f->sums);
    free(f->expected);
}

/* Features of the pictures, `step` at a time, by each variant. */
static void check_features(struct fixture *f, size_t step)
{
    size_t last = (PICTURES - 1) * f->ldf + f->width;
    uint8_t *features = allocate(last);
    const struct tg_patches_variant *variant;

    for (size_t v = 0; (variant = tg_patches_variant(v)) != NULL; v++) {
        size_t above = 0;

        memset(features, SENTINEL, last);
        for (size_t s = 0; s < PICTURES; s += step) {
            size_t n = PICTURES - s < step ? PICTURES - s : step;

            above +=
                tg_patches_u8_by(variant, &f->map, n, f->x + s * f->ldx, f->ldx,
                                 features + s * f->ldf, f->ldf, f->scratch);
        }
        assert_memory_equal(features, f->expected, last);
        assert_int_equal(above, f->above);
    }
    free(features);
}

static void check_sums(struct fixture *f)
{
    size_t lds = f->width + 2, last = (PICTURES - 1) * lds + f->width;
    uint32_t *sums = allocate(last * sizeof *sums);

    memset(sums, SENTINEL, last * sizeof *sums);
    tg_patches_sums(&f->map, PICTURES, f->x, f->ldx, sums, lds, f->scratch);
    for (size_t i = 0; i < last; i++)
        assert_int_equal(sums[i], i % lds < f->width
                                      ? f->sums[i / lds * f->width + i % lds]
                                      : SENTINEL * 0x01010101);
    free(sums);
}

/* ---- Tests ------------------------------------------------------------ */

/* Width, height, channels; patch; grid; dimensions, filters; halve, mirror,
 * unit, compand.  Cells are uneven, or empty, or one; no side is often the
 * other. */
static const struct tg_patches_shape shapes[] = {
    {12, 11, 3, 6, 3, 64, 64, false, false, false, false},
    {10, 9, 1, 5, 2, 1, 1, false, false, false, false},
    {13, 9, 3, 3, 4, 5, 15, false, true, false, true},
    {11, 14, 1, 4, 3, 64, 17, false, true, true, true},
    {15, 13, 3, 2, 2, 5, 70, true, true, false, false},
    {14, 17, 1, 3, 3, 100, 130, true, false, true, false},
    {9, 7, 2, 1, 4, 16, 16, false, false, true, false},
    {6, 6, 1, 6, 1, 7, 33, false, true, true, false},
    {7, 5, 3, 4, 4, 33, 48, false, false, false, false},
    {28, 28, 1, 10, 3, 64, 70, false, true, false, true},
    {32, 20, 3, 6, 3, 80, 96, true, true, true, false},
    {21, 5, 3, 5, 2, 128, 81, false, false, false, false},
    {5, 8, 1, 4, 4, 9, 16, false, true, false, false},
    {24, 7, 3, 5, 3, 48, 20, false, true, true, false},
    {40, 6, 2, 6, 2, 97, 16, false, false, true, true},
    {38, 36, 3, 13, 1, 40, 16, false, false, true, false},
    {50, 46, 4, 17, 5, 66, 17, true, true, false, false},
    {16, 16, 1, 16, 1, 32, 9, false, true, true, false},
};

/* Is a sum in eight positive, at least? Else a test says little. */
static void assert_telling(const struct fixture *f)
{
    size_t some = 0;

    for (size_t i = 0; i < PICTURES * f->width; i++)
        some += f->sums[i] > 0;
    assert_true(8 * some >= PICTURES * f->width);
}

static void test_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(shapes); i++) {
        struct fixture f = make(&shapes[i], -1);

        assert_true(tg_patches_fit(&shapes[i]));
        assert_int_equal(f.above, 0);
        assert_telling(&f);
        check_features(&f, PICTURES);
        check_sums(&f);
        destroy(&f);
    }
}

static void test_any_division(void **state)
{
    (void)state;
    for (size_t step = 1; step < PICTURES; step++) {
        struct fixture f = make(&shapes[3], -1);

        check_features(&f, step);
        destroy(&f);
    }
}

static void test_saturation_is_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct fixture f = make(&shapes[i], -1);

        scale(&f, 0.5f);
        assert_true(f.above > 0);
        check_features(&f, PICTURES);
        destroy(&f);
    }
}

static void test_constant_pictures(void **state)
{
    static const int greys[] = {0, 1, 128, 255};

    (void)state;
    for (size_t g = 0; g < LENGTH(greys); g++)
        for (size_t i = 0; i < 6; i++) {
            struct fixture f = make(&shapes[i], greys[g]);

            check_features(&f, PICTURES);
            destroy(&f);
        }
}

/* Whitened values that no integer holds, and such that are no numbers. */
static void test_values_out_of_scale(void **state)
{
    static const float scales[] = {1e3f, 1e12f, INFINITY};

    (void)state;
    for (size_t g = 0; g < LENGTH(scales); g++)
        for (size_t i = 0; i < 6; i++) {
            struct fixture f = make(&shapes[i], -1);

            for (size_t j = 0; j < f.map.shape.dims; j += 2)
                f.map.gain[j] *= scales[g];
            if (i % 2)
                *f.map.length *= scales[g];
            tg_patches_pack(&f.map);
            for (size_t s = 0; s < PICTURES; s++)
                tg_sums_by_definition(&f.map, f.x + s * f.ldx,
                                      f.sums + s * f.width);
            scale(&f, 1.02f);
            check_features(&f, PICTURES);
            destroy(&f);
        }
}

static void mirror_pictures(struct fixture *f)
{
    size_t width = f->map.shape.width;

    for (size_t s = 0; s < PICTURES; s++)
        for (size_t line = 0; line < f->values / width; line++) {
            uint8_t *x = f->x + s * f->ldx + line * width;

            for (size_t i = 0; i < width / 2; i++) {
                uint8_t other = x[width - 1 - i];

                x[width - 1 - i] = x[i];
                x[i] = other;
            }
        }
}

/* Also where half the picture leaves out a column. */
static void test_mirror_images_are_equal(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(shapes); i++) {
        struct fixture f;

        if (!shapes[i].mirror)
            continue;
        f = make(&shapes[i], -1);
        mirror_pictures(&f);
        check_features(&f, PICTURES);
        destroy(&f);
    }
}

/* The largest sum that a cell may have is the limit. */
static void test_too_coarse_a_grid(void **state)
{
    struct tg_patches_shape shape = {100, 100, 1, 1, 1, 26, 1, 0, 0, 0, 0};

    (void)state;
    assert_true(tg_patches_fit(&shape));
    shape.dims = 27;
    assert_false(tg_patches_fit(&shape));
    shape.grid = 2;
    assert_true(tg_patches_fit(&shape));
    shape.dims = 54;
    shape.mirror = true;
    assert_false(tg_patches_fit(&shape));
}

/* All that can be 127, as many as fit: no sum on the way passes its type. */
static void test_largest_sums(void **state)
{
    static const struct tg_patches_shape shape = {30, 30, 1, 2, 1, 128,
                                                  16, 0,  1, 0, 0};
    struct fixture f = make(&shape, -1);
    size_t m = tg_patches_values(&shape);

    (void)state;
    for (size_t i = 0; i < shape.dims; i++)
        f.map.bias[i] = -1e6f;
    memset(f.map.whitener, 0, shape.dims * m * sizeof *f.map.whitener);
    memset(f.map.filters, 127, shape.dims * shape.filters / 2);
    memset(f.map.filters + shape.dims * shape.filters / 2, -127,
           shape.dims * shape.filters / 2);
    memset(f.map.threshold, 0, shape.filters * sizeof *f.map.threshold);
    tg_patches_pack(&f.map);
    for (size_t s = 0; s < PICTURES; s++)
        tg_sums_by_definition(&f.map, f.x + s * f.ldx, f.sums + s * f.width);
    assert_int_equal(f.sums[0], INT64_C(2) * 29 * 29 * 128 * 127 * 127);
    scale(&f, 1.02f);
    check_sums(&f);
    check_features(&f, PICTURES);
    destroy(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition),
        cmocka_unit_test(test_any_division),
        cmocka_unit_test(test_saturation_is_counted),
        cmocka_unit_test(test_constant_pictures),
        cmocka_unit_test(test_values_out_of_scale),
        cmocka_unit_test(test_mirror_images_are_equal),
        cmocka_unit_test(test_too_coarse_a_grid),
        cmocka_unit_test(test_largest_sums),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
