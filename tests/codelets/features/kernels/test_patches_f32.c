/* Features of patches in single precision, by each variant that this processor
 * has, against one position and one filter at a time in double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "patches_f32.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SENTINEL (-1.0f / 7) /* never a feature */

enum { PICTURES = 3, DIMS_MAX = 128 };

/* In [-1, 1). */
static float random_value(void)
{
    static uint32_t state = 20261125;

    state = state * 1664525u + 1013904223u;
    return (float)(state >> 8) * 0x1p-23f - 1;
}

static void *allocate(size_t size)
{
    void *p = NULL;

    assert_int_equal(posix_memalign(&p, 64, size), 0);
    return p;
}

/* ---- By definition ---------------------------------------------------- */

/* A value of the picture, its mirror image, or the half of either. */
static double value(const struct tg_patches_shape *s, const float *x,
                    bool mirror, size_t column, size_t row, size_t channel)
{
    size_t step = s->halve ? 2 : 1;
    double sum = 0;

    for (size_t j = 0; j < step * step; j++) {
        size_t at = step * column + j % step;
        size_t line = channel * s->height + step * row + j / step;

        sum += (double)x[line * s->width + (mirror ? s->width - 1 - at : at)];
    }
    return sum / (double)(step * step);
}

static void whiten(const struct tg_patches_f32 *p, const double *patch,
                   double *whitened)
{
    size_t m = tg_patches_values(&p->shape);
    double mean = 0, variance = 0, square = 0;

    for (size_t j = 0; j < m; j++)
        mean += patch[j] / (double)m;
    for (size_t j = 0; j < m; j++)
        variance += (patch[j] - mean) * (patch[j] - mean) / (double)m;
    for (size_t i = 0; i < p->shape.dims; i++) {
        double y = 0;

        for (size_t j = 0; j < m; j++)
            y += (double)p->whitener[i * m + j] * (patch[j] - mean);
        whitened[i] =
            y / sqrt(variance + (double)*p->softness) - (double)p->bias[i];
        square += whitened[i] * whitened[i];
    }
    for (size_t i = 0; p->shape.unit && i < p->shape.dims; i++)
        whitened[i] /= sqrt(square + 0.1);
}

/* Where a feature lies. */
static size_t place(const struct tg_patches_shape *s, size_t filter,
                    bool negative, size_t cell)
{
    size_t cells = s->grid * s->grid, first = filter / 16 * 16;
    size_t width = s->filters - first < 16 ? s->filters - first : 16;

    return first * 2 * cells + (negative * cells + cell) * width + filter -
           first;
}

/* What the patch at a position adds to its cell's sums. */
static void add_position(const struct tg_patches_f32 *p, const float *x,
                         bool mirror, size_t column, size_t row, double *sums)
{
    const struct tg_patches_shape *s = &p->shape;
    size_t size = s->size, m = tg_patches_values(s);
    size_t cell = row * s->grid / tg_patches_rows(s) * s->grid +
                  column * s->grid / tg_patches_columns(s);
    double *patch = allocate(m * sizeof *patch), whitened[DIMS_MAX];

    for (size_t i = 0; i < m; i++)
        patch[i] = value(s, x, mirror, column + i % size, row + i / size % size,
                         i / (size * size));
    whiten(p, patch, whitened);
    for (size_t f = 0; f < s->filters; f++) {
        double z = 0, t = (double)*p->threshold;

        for (size_t i = 0; i < s->dims; i++)
            z += (double)p->filters[f * s->dims + i] * whitened[i];
        sums[place(s, f, false, cell)] += fmax(z - t, 0);
        sums[place(s, f, true, cell)] += fmax(-z - t, 0);
    }
    free(patch);
}

/* Positions in each cell. */
static void count_positions(const struct tg_patches_shape *s, double *positions)
{
    size_t columns = tg_patches_columns(s), rows = tg_patches_rows(s);

    memset(positions, 0, s->grid * s->grid * sizeof *positions);
    for (size_t i = 0; i < columns * rows; i++)
        positions[i / columns * s->grid / rows * s->grid +
                  i % columns * s->grid / columns]++;
}

static void by_definition(const struct tg_patches_f32 *p, const float *x,
                          double *features)
{
    const struct tg_patches_shape *s = &p->shape;
    size_t cells = s->grid * s->grid;
    double *positions = allocate(cells * sizeof *positions);

    count_positions(s, positions);
    memset(features, 0, tg_patches_width(s) * sizeof *features);
    for (int mirror = 0; mirror <= s->mirror; mirror++)
        for (size_t row = 0; row < tg_patches_rows(s); row++)
            for (size_t c = 0; c < tg_patches_columns(s); c++)
                add_position(p, x, mirror, c, row, features);
    for (size_t f = 0; f < s->filters; f++)
        for (size_t c = 0; c < 2 * cells; c++)
            features[place(s, f, c / cells, c % cells)] /=
                fmax(positions[c % cells], 1);
    free(positions);
}

/* ---- A map with random parameters ------------------------------------- */

struct fixture {
    struct tg_patches_f32 map;
    void *block, *scratch;
    size_t values, width, ldx, ldf, last;
    float *x;         /* the last picture ends with the array */
    double *expected; /* width x PICTURES */
    float *features;  /* ldf x PICTURES, of which the last ends with it */
};

static void learn(struct tg_patches_f32 *p)
{
    size_t m = tg_patches_values(&p->shape), dims = p->shape.dims;

    *p->softness = 370;
    *p->threshold = 0.1f;
    for (size_t i = 0; i < dims; i++) {
        float *w = p->whitener + i * m, last = 0;

        for (size_t j = 0; j + 1 < m; j++) {
            float next = random_value() / sqrtf((float)m);

            w[j] = next - last;
            last = next;
        }
        w[m - 1] = -last;
        p->bias[i] = random_value() / 4;
    }
    for (size_t i = 0; i < dims * p->shape.filters; i++)
        p->filters[i] =
            2 * random_value() / (p->shape.unit ? 1 : sqrtf((float)dims));
}

/* `grey` below 0: random pictures; else that everywhere. */
static struct fixture make(const struct tg_patches_shape *shape, float grey)
{
    struct fixture f = {0};

    f.values = shape->width * shape->height * shape->channels;
    f.width = tg_patches_width(shape);
    f.ldx = f.values + 3;
    f.ldf = f.width + 5;
    f.last = (PICTURES - 1) * f.ldf + f.width;
    f.block = allocate(tg_patches_f32_bytes(shape));
    memset(f.block, 0xff, tg_patches_f32_bytes(shape));
    f.scratch = allocate(tg_patches_f32_scratch(shape));
    memset(f.scratch, 0xff, tg_patches_f32_scratch(shape));
    f.x = allocate(((PICTURES - 1) * f.ldx + f.values) * sizeof *f.x);
    for (size_t i = 0; i < (PICTURES - 1) * f.ldx + f.values; i++)
        f.x[i] = grey < 0 ? 127.5f + 127.5f * random_value() : grey;
    f.expected = allocate(PICTURES * f.width * sizeof *f.expected);
    f.features = allocate(f.last * sizeof *f.features);
    tg_patches_f32_view(shape, f.block, &f.map);
    learn(&f.map);
    tg_patches_f32_pack(&f.map);
    for (size_t s = 0; s < PICTURES; s++)
        by_definition(&f.map, f.x + s * f.ldx, f.expected + s * f.width);
    return f;
}

static void destroy(struct fixture *f)
{
    free(f->block);
    free(f->scratch);
    free(f->x);
    free(f->expected);
    free(f->features);
}

/* Features of the pictures, `step` at a time. */
static void map(struct fixture *f, const struct tg_patches_f32_variant *variant,
                size_t step)
{
    for (size_t i = 0; i < f->last; i++)
        f->features[i] = SENTINEL;
    for (size_t s = 0; s < PICTURES; s += step)
        tg_patches_f32_by(variant, &f->map,
                          PICTURES - s < step ? PICTURES - s : step,
                          f->x + s * f->ldx, f->ldx, f->features + s * f->ldf,
                          f->ldf, f->scratch);
}

static void check(struct fixture *f)
{
    const struct tg_patches_f32_variant *variant;

    for (size_t v = 0; (variant = tg_patches_f32_variant(v)) != NULL; v++) {
        map(f, variant, PICTURES);
        for (size_t i = 0; i < f->last; i++) {
            size_t j = i % f->ldf;

            if (j >= f->width)
                assert_true(f->features[i] == SENTINEL);
            else
                assert_true(fabs((double)f->features[i] -
                                 f->expected[i / f->ldf * f->width + j]) <
                            2e-6 * sqrt((double)f->map.shape.dims));
        }
    }
}

/* ---- Tests ------------------------------------------------------------ */

/* Width, height, channels; patch; grid; dimensions, filters; halve, mirror,
 * unit.  Cells are uneven, or empty, or one; no side is often the other. */
static const struct tg_patches_shape shapes[] = {
    {12, 11, 3, 6, 3, 64, 64, false, false, false, false},
    {10, 9, 1, 5, 2, 1, 1, false, false, false, false},
    {13, 9, 3, 3, 4, 5, 15, false, true, false, false},
    {11, 14, 1, 4, 3, 64, 17, false, true, true, false},
    {15, 13, 3, 2, 2, 5, 70, true, true, false, false},
    {14, 17, 1, 3, 3, 100, 130, true, false, true, false},
    {6, 6, 1, 6, 1, 7, 33, false, true, true, false},
    {7, 5, 3, 4, 4, 33, 48, false, false, false, false},
    {5, 8, 1, 4, 4, 9, 16, false, true, false, false},
    {28, 28, 1, 10, 3, 64, 70, false, true, false, false},
    {21, 5, 3, 5, 2, 128, 81, false, false, true, false},
};

static void test_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(shapes); i++) {
        struct fixture f = make(&shapes[i], -1);
        size_t some = 0;

        for (size_t j = 0; j < PICTURES * f.width; j++)
            some += f.expected[j] > 0.01;
        assert_true(8 * some >= PICTURES * f.width);
        check(&f);
        destroy(&f);
    }
}

static void test_constant_pictures(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct fixture black = make(&shapes[i], 0);
        struct fixture white = make(&shapes[i], 255);

        check(&black);
        check(&white);
        destroy(&black);
        destroy(&white);
    }
}

static void test_any_division(void **state)
{
    const struct tg_patches_f32_variant *variant;
    struct fixture f = make(&shapes[3], -1);
    float *whole = allocate(f.last * sizeof *whole);

    (void)state;
    for (size_t v = 0; (variant = tg_patches_f32_variant(v)) != NULL; v++) {
        map(&f, variant, PICTURES);
        memcpy(whole, f.features, f.last * sizeof *whole);
        for (size_t step = 1; step < PICTURES; step++) {
            map(&f, variant, step);
            assert_memory_equal(f.features, whole, f.last * sizeof *whole);
        }
    }
    free(whole);
    destroy(&f);
}

/* Vectors of any width give the same bytes, if they round alike. */
static void test_variants(void **state)
{
    const struct tg_patches_f32_variant *variant;

    (void)state;
    for (size_t i = 0; i < LENGTH(shapes); i++) {
        struct fixture f = make(&shapes[i], -1);
        float *first = allocate(f.last * sizeof *first);

        map(&f, tg_patches_f32_variant(0), PICTURES);
        memcpy(first, f.features, f.last * sizeof *first);
        for (size_t v = 0; (variant = tg_patches_f32_variant(v)) != NULL; v++) {
            map(&f, variant, PICTURES);
            if (variant->fused)
                assert_memory_equal(f.features, first, f.last * sizeof *first);
        }
        free(first);
        destroy(&f);
    }
}

static void mirror_pictures(struct fixture *f)
{
    size_t width = f->map.shape.width;

    for (size_t s = 0; s < PICTURES; s++)
        for (size_t line = 0; line < f->values / width; line++) {
            float *x = f->x + s * f->ldx + line * width;

            for (size_t i = 0; i < width / 2; i++) {
                float other = x[width - 1 - i];

                x[width - 1 - i] = x[i];
                x[i] = other;
            }
        }
}

/* To the last bit, also where half the picture leaves out a column. */
static void test_mirror_images_are_equal(void **state)
{
    const struct tg_patches_f32_variant *variant;

    (void)state;
    for (size_t i = 0; i < LENGTH(shapes); i++) {
        struct fixture f = make(&shapes[i], -1);
        float *before = allocate(f.last * sizeof *before);

        for (size_t v = 0; (variant = tg_patches_f32_variant(v)) != NULL; v++) {
            map(&f, variant, PICTURES);
            memcpy(before, f.features, f.last * sizeof *before);
            mirror_pictures(&f);
            map(&f, variant, PICTURES);
            assert_int_equal(memcmp(f.features, before,
                                    f.last * sizeof *before) == 0,
                             shapes[i].mirror);
        }
        free(before);
        destroy(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition),
        cmocka_unit_test(test_constant_pictures),
        cmocka_unit_test(test_any_division),
        cmocka_unit_test(test_variants),
        cmocka_unit_test(test_mirror_images_are_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
