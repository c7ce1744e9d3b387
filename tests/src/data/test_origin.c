#include "fixture.h"

#include <math.h>

#include "error.h"
#include "origin.h"

enum { N = 1000, D = 6 };

static double size = 1; /* of all values */

static double wave(size_t row)
{
    return (double)(row * 37 % 101) - 50; /* -50 to 50 */
}

/* Far from zero; around zero; constant; sparse; large; small. */
static double value(size_t row, size_t f)
{
    switch (f) {
    case 0:
        return 1.7e9 + 11 + (row % 3 ? 0 : wave(row) / 1024);
    case 1:
        return wave(row);
    case 2:
        return -7.5;
    case 3:
        return row % 3 ? 0 : wave(row);
    case 4:
        return 1e30 * wave(row);
    default:
        return 1e-30 * wave(row);
    }
}

static int read_real(const struct tg_dataset *dataset, const size_t *rows,
                     size_t n, double *samples)
{
    for (size_t i = 0; i < n; i++) {
        assert_true(rows[i] < dataset->count && (!i || rows[i] > rows[i - 1]));
        for (size_t f = 0; f < D; f++)
            *samples++ = size * value(rows[i], f);
    }
    return TG_OK;
}

static int fail_to_read(const struct tg_dataset *dataset, const size_t *rows,
                        size_t n, double *samples)
{
    (void)dataset, (void)rows, (void)n, (void)samples;
    return TG_EDATA;
}

static struct tg_dataset make_data(size_t count)
{
    size = 1;
    return (struct tg_dataset){.spec = "x.npy",
                               .type = TG_F32,
                               .count = count,
                               .features = D,
                               .read_real = read_real};
}

static void test_shift(void **state)
{
    const double expected[D] = {1.7e9 + 11, 0, -7.5, 0, 0, 0};
    struct tg_dataset data = make_data(N);
    struct tg_origin *origin;

    (void)state;
    assert_int_equal(tg_origin_find(&data, &origin), TG_OK);
    for (size_t f = 0; f < D; f++)
        assert_true(origin->shift[f] == expected[f]);
    tg_origin_free(origin);
}

/* Factors are powers of two that make the largest difference 1 to 2. */
static void test_factor(void **state)
{
    struct tg_dataset data = make_data(N);
    struct tg_origin *origin;
    int exponent;

    (void)state;
    assert_int_equal(tg_origin_find(&data, &origin), TG_OK);
    for (size_t f = 0; f < D; f++) {
        double largest = 0;

        assert_true(frexp(origin->factor[f], &exponent) == 0.5);
        for (size_t i = 0; i < 63; i++)
            largest =
                fmax(largest, fabs(value(i * N / 63, f) - origin->shift[f]));
        if (f != 2)
            assert_in_range((int)floor(largest * origin->factor[f]), 1, 1);
    }
    assert_true(origin->factor[2] == 0.25); /* the constant's */
    assert_true(origin->variance > 1 && origin->variance < 2500);
    tg_origin_free(origin);
}

/* Of data times a power of two all is the same, to the bit, but for that. */
static void test_power_of_two(void **state)
{
    struct tg_dataset data = make_data(N);
    struct tg_origin *one, *other;

    (void)state;
    assert_int_equal(tg_origin_find(&data, &one), TG_OK);
    size = 0x1p-40;
    assert_int_equal(tg_origin_find(&data, &other), TG_OK);
    for (size_t f = 0; f < D; f++) {
        assert_true(other->shift[f] == one->shift[f] * size);
        assert_true(other->factor[f] == one->factor[f] / size);
    }
    assert_true(other->variance == one->variance * size * size);
    tg_origin_free(one);
    tg_origin_free(other);
}

/* As few samples as there can be: then nothing varies. */
static void test_few(void **state)
{
    (void)state;
    for (size_t n = 1; n < 70; n++) {
        struct tg_dataset data = make_data(n);
        struct tg_origin *origin;

        assert_int_equal(tg_origin_find(&data, &origin), TG_OK);
        assert_true(origin->shift[2] == -7.5);
        assert_true(origin->variance > 0);
        if (n == 1)
            assert_true(origin->factor[1] == 0x1p-5 && origin->variance == 1);
        tg_origin_free(origin);
    }
}

static void test_none(void **state)
{
    struct tg_dataset data = make_data(N);
    struct tg_origin other, *origin = &other;

    (void)state;
    data.type = TG_U8;
    assert_int_equal(tg_origin_find(&data, &origin), TG_OK);
    assert_null(origin);
    data.type = TG_F32;
    data.read_real = fail_to_read;
    origin = &other;
    assert_int_equal(tg_origin_find(&data, &origin), TG_EDATA);
    assert_null(origin);
    tg_origin_free(NULL);
}

/* What can't be squared even in double is named. */
static void test_too_large(void **state)
{
    struct tg_dataset data = make_data(N);
    struct tg_origin *origin;

    (void)state;
    size = 1e125;
    assert_int_equal(tg_origin_find(&data, &origin), TG_EDATA);
    assert_null(origin);
    assert_non_null(strstr(tg_error_message(TG_EDATA), "feature 4 "));
    tg_error_clear();
    size = 1e-190;
    assert_int_equal(tg_origin_find(&data, &origin), TG_EDATA);
    assert_non_null(strstr(tg_error_message(TG_EDATA), "feature 0 "));
    tg_error_clear();
}

/* What is too small for that is nothing beside others, as in double. */
static void test_too_small(void **state)
{
    struct tg_dataset data = make_data(N);
    struct tg_origin *origin;

    (void)state;
    size = 1e-125;
    assert_int_equal(tg_origin_find(&data, &origin), TG_OK);
    assert_true(origin->factor[5] * size < 1e10);
    tg_origin_free(origin);
}

/* Zeros, or next to it, but in one sample that is not looked at at first. */
static int read_rare(const struct tg_dataset *dataset, const size_t *rows,
                     size_t n, double *samples)
{
    (void)dataset;
    for (size_t i = 0; i < n; i++) {
        const double rare = rows[i] == 5 ? 0.75 : 0;

        *samples++ = size * wave(rows[i]);
        *samples++ = rare;
        *samples++ = rare + 1e-30 * wave(rows[i]);
        *samples++ = rare + 1e-30;
        for (size_t f = 4; f < 8; f++)
            *samples++ = size * wave(rows[i] + f);
    }
    return TG_OK;
}

static void test_rare(void **state)
{
    const double sizes[] = {1e-30, 1, 1e30};
    struct tg_dataset data = make_data(N);
    struct tg_origin *origin;

    (void)state;
    data.features = 8;
    data.read_real = read_rare;
    for (size_t i = 0; i < 3; i++) {
        size = sizes[i];
        assert_int_equal(tg_origin_find(&data, &origin), TG_OK);
        assert_true(origin->factor[2] == 2 && origin->factor[3] == 2);
        if (size != 1) /* else most others' is good enough */
            assert_true(origin->factor[1] == 2);
        tg_origin_free(origin);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shift),        cmocka_unit_test(test_factor),
        cmocka_unit_test(test_power_of_two), cmocka_unit_test(test_few),
        cmocka_unit_test(test_none),         cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_too_small),    cmocka_unit_test(test_rare),
    };

    return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
