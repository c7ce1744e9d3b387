/* Maps of pictures, against their definition in double precision. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "affine.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* Rows shorter and longer than what is done at once; no row, column at all. */
static const struct tg_raster rasters[] = {
    {1, 1, 1},  {1, 1, 3},  {2, 1, 1},   {1, 2, 1},   {1, 40, 3},
    {40, 1, 1}, {3, 2, 1},  {28, 28, 1}, {32, 32, 3}, {40, 60, 1},
    {64, 3, 2}, {65, 4, 1}, {200, 7, 3},
};

/* A picture of random values, and what maps make of it, in memory of their own
 * size and no more. */
struct pictures {
    struct tg_raster raster;
    size_t d;
    uint8_t *bytes, *bytes_out;
    float *floats, *floats_out;
};

static void *allocate(size_t size)
{
    void *p = malloc(size);

    assert_non_null(p);
    return p;
}

static uint32_t random_number(void)
{
    static uint32_t state = 7;

    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

/* Evenly in [-amount, amount]. */
static double within(double amount)
{
    return amount * (random_number() / (double)(1 << 23) - 1);
}

static struct pictures make(struct tg_raster raster)
{
    struct pictures p = {.raster = raster,
                         .d = raster.width * raster.height * raster.channels};

    p.bytes = allocate(p.d);
    p.bytes_out = allocate(p.d);
    p.floats = allocate(p.d * sizeof *p.floats);
    p.floats_out = allocate(p.d * sizeof *p.floats);
    for (size_t i = 0; i < p.d; i++) {
        p.bytes[i] = (uint8_t)random_number();
        p.floats[i] = p.bytes[i] == 0 ? -0.0f : (float)p.bytes[i] - 128;
    }
    return p;
}

static void destroy(struct pictures *p)
{
    free(p->bytes);
    free(p->bytes_out);
    free(p->floats);
    free(p->floats_out);
}

/* Both kinds of values, which the map must not change. */
static void map(struct pictures *p, struct tg_affine affine)
{
    uint8_t *bytes = allocate(p->d);
    float *floats = allocate(p->d * sizeof *floats);

    memcpy(bytes, p->bytes, p->d);
    memcpy(floats, p->floats, p->d * sizeof *floats);
    memset(p->bytes_out, 0xa5, p->d);
    memset(p->floats_out, 0xa5, p->d * sizeof *floats);
    tg_affine_u8(&p->raster, &affine, p->bytes, p->bytes_out);
    tg_affine_f32(&p->raster, &affine, p->floats, p->floats_out);
    assert_memory_equal(p->bytes, bytes, p->d);
    assert_memory_equal(p->floats, floats, p->d * sizeof *floats);
    free(bytes);
    free(floats);
}

static size_t inside(double place, size_t side)
{
    return place < 0 ? 0 : place > (double)side - 1 ? side - 1 : (size_t)place;
}

/* Is the mapped pixel (x, y) of all channels pixel (from_x, from_y), or, where
 * there is none, the nearest one of the edge? */
static void check_moved(const struct pictures *p, size_t x, size_t y,
                        double from_x, double from_y)
{
    size_t width = p->raster.width, height = p->raster.height;

    for (size_t c = 0; c < p->raster.channels; c++) {
        size_t plane = c * width * height, to = plane + y * width + x;
        size_t from =
            plane + inside(from_y, height) * width + inside(from_x, width);

        assert_int_equal(p->bytes_out[to], p->bytes[from]);
        assert_memory_equal(p->floats_out + to, p->floats + from,
                            sizeof(float));
    }
}

static void check_shift(struct pictures *p, double shift_x, double shift_y)
{
    map(p, (struct tg_affine){.shift_x = shift_x, .shift_y = shift_y});
    for (size_t y = 0; y < p->raster.height; y++)
        for (size_t x = 0; x < p->raster.width; x++)
            check_moved(p, x, y, (double)x - shift_x, (double)y - shift_y);
}

/* None at all, and whole pixels; also beyond the picture. */
static void test_shifts(void **state)
{
    static const double shifts[] = {0, 1, -1, 3, -70, TG_AFFINE_SIDE};

    (void)state;
    for (size_t r = 0; r < LENGTH(rasters); r++) {
        struct pictures p = make(rasters[r]);

        for (size_t i = 0; i < LENGTH(shifts); i++)
            for (size_t j = 0; j < LENGTH(shifts); j++)
                check_shift(&p, shifts[i], shifts[j]);
        destroy(&p);
    }
}

/* What takes pixels to pixels: mirrored, upside down, both, and a quarter turn
 * from x to y, where width and height are equal. */
static void test_turns(void **state)
{
    (void)state;
    for (size_t r = 0; r < LENGTH(rasters); r++) {
        struct pictures p = make(rasters[r]);
        size_t right = rasters[r].width - 1, bottom = rasters[r].height - 1;

        for (int turn = 0; turn < 4; turn++) {
            bool mirror = turn & 1, half = turn & 2;

            map(&p, (struct tg_affine){.mirror = mirror,
                                       .rotation = half ? -180 : 0});
            for (size_t y = 0; y <= bottom; y++)
                for (size_t x = 0; x <= right; x++)
                    check_moved(&p, x, y,
                                (double)(mirror != half ? right - x : x),
                                (double)(half ? bottom - y : y));
        }
        map(&p, (struct tg_affine){.rotation = 90});
        for (size_t y = 0; right == bottom && y <= bottom; y++)
            for (size_t x = 0; x <= right; x++)
                check_moved(&p, x, y, (double)y, (double)(bottom - x));
        destroy(&p);
    }
}

/* Where pixel (x, y) of a mapped picture comes from: the definition, step by
 * step backwards. */
static void come_from(const struct tg_raster *raster,
                      const struct tg_affine *affine, size_t x, size_t y,
                      double *from_x, double *from_y)
{
    double centre_x = ((double)raster->width - 1) / 2;
    double centre_y = ((double)raster->height - 1) / 2;
    double angle = affine->rotation * acos(-1) / 180;
    double u = ((double)x - centre_x - affine->shift_x) / (1 + affine->scale);
    double v = ((double)y - centre_y - affine->shift_y) / (1 + affine->scale);
    double turned_x = u * cos(angle) + v * sin(angle);
    double turned_y = v * cos(angle) - u * sin(angle);

    turned_x -= affine->shear * turned_y;
    *from_x = centre_x + (affine->mirror ? -turned_x : turned_x);
    *from_y = centre_y + turned_y;
}

/* A value of a picture between its pixels. */
static double value(const struct tg_raster *raster, const float *plane,
                    double x, double y)
{
    size_t left = inside(floor(x), raster->width);
    size_t right = inside(floor(x) + 1, raster->width);
    size_t top = inside(floor(y), raster->height);
    size_t bottom = inside(floor(y) + 1, raster->height);
    double a = x - floor(x), b = y - floor(y);

    plane += top * raster->width;
    a = (1 - b) * ((1 - a) * (double)plane[left] + a * (double)plane[right]) +
        b * ((1 - a) * (double)plane[(bottom - top) * raster->width + left] +
             a * (double)plane[(bottom - top) * raster->width + right]);
    return a;
}

/* Both kinds differ from the definition by at most 2 of 256 levels: 1/512 of a
 * pixel in each direction, and rounding to a level. */
static void check_defined(struct pictures *p, struct tg_affine affine)
{
    const struct tg_raster *raster = &p->raster;
    size_t plane = raster->width * raster->height;
    float *levels = allocate(p->d * sizeof *levels);

    map(p, affine);
    for (size_t i = 0; i < p->d; i++)
        levels[i] = p->bytes[i];
    for (size_t i = 0; i < p->d; i++) {
        size_t place = i % plane, first = i - place;
        double x, y;

        come_from(raster, &affine, place % raster->width, place / raster->width,
                  &x, &y);
        assert_true(
            fabs(value(raster, levels + first, x, y) - p->bytes_out[i]) <= 2);
        assert_true(fabs(value(raster, p->floats + first, x, y) -
                         (double)p->floats_out[i]) <= 2);
    }
    free(levels);
}

/* Of each amount alone, and of all together. */
static void test_definition(void **state)
{
    (void)state;
    for (size_t r = 0; r < LENGTH(rasters); r++) {
        struct pictures p = make(rasters[r]);

        for (int i = 0; i < 20; i++) {
            struct tg_affine all = {within(180), within(9), within(9),
                                    within(0.9), within(2), i & 1};

            check_defined(&p, (struct tg_affine){.rotation = all.rotation});
            check_defined(&p, (struct tg_affine){.shift_x = all.shift_x});
            check_defined(&p, (struct tg_affine){.shift_y = all.shift_y});
            check_defined(&p, (struct tg_affine){.scale = all.scale});
            check_defined(&p, (struct tg_affine){.shear = all.shear});
            check_defined(&p, all);
        }
        destroy(&p);
    }
}

/* The longest rows, the farthest places: no sum overflows, none blurs. */
static void test_largest(void **state)
{
    static const struct tg_raster longest[] = {{TG_AFFINE_SIDE, 3, 1},
                                               {3, TG_AFFINE_SIDE, 1}};

    (void)state;
    for (size_t r = 0; r < LENGTH(longest); r++)
        for (int sign = -1; sign <= 1; sign += 2) {
            struct pictures p = make(longest[r]);

            check_defined(&p, (struct tg_affine){.rotation = sign * 0.01});
            check_defined(&p, (struct tg_affine){
                                  .rotation = sign * 75,
                                  .shift_x = sign * TG_AFFINE_SIDE,
                                  .shift_y = TG_AFFINE_SIDE,
                                  .scale = -TG_AFFINE_SCALE,
                                  .shear = sign * TG_AFFINE_SHEAR,
                              });
            destroy(&p);
        }
}

/* Between a level and the next, halves go up; equal values stay. */
static void test_rounding(void **state)
{
    const struct tg_raster pair = {2, 1, 1}, square = {9, 9, 1};
    const struct tg_affine half = {.shift_x = 0.5};
    struct tg_affine any = {33, 0.3, -0.7, 0.11, 0.2, true};
    uint8_t in[81], out[81];

    (void)state;
    for (int level = 0; level < 255; level++) {
        in[0] = (uint8_t)level;
        in[1] = (uint8_t)(level + 1);
        tg_affine_u8(&pair, &half, in, out);
        assert_int_equal(out[0], level);
        assert_int_equal(out[1], level + 1);
    }
    for (int level = 0; level < 256; level++) {
        memset(in, level, sizeof in);
        tg_affine_u8(&square, &any, in, out);
        assert_memory_equal(out, in, sizeof in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shifts),     cmocka_unit_test(test_turns),
        cmocka_unit_test(test_definition), cmocka_unit_test(test_largest),
        cmocka_unit_test(test_rounding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
