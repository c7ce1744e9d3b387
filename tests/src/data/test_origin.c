#include "fixture.h"

#include "error.h"
#include "origin.h"

enum { N = 1000, D = 5 };

static const double expected[D] = {1000, 0, -7.5, 0, (double)3e38f};

/* Far from zero; around zero; constant; sparse; too large to square. */
static float value(size_t row, size_t f)
{
    const float wave = (float)(row * 37 % 101) - 50; /* -50 to 50 */

    switch (f) {
    case 0:
        return 1000 + (row % 3 ? 0 : wave);
    case 1:
        return wave;
    case 2:
        return -7.5f;
    case 3:
        return row % 3 ? 0 : wave;
    default:
        return 3e38f;
    }
}

static int read_rows(const struct tg_dataset *dataset, const size_t *rows,
                     size_t n, void *samples)
{
    float *to = samples;

    for (size_t i = 0; i < n; i++) {
        assert_true(rows[i] < dataset->count && (!i || rows[i] > rows[i - 1]));
        for (size_t f = 0; f < D; f++)
            *to++ = value(rows[i], f);
    }
    return TG_OK;
}

static int fail_to_read(const struct tg_dataset *dataset, const size_t *rows,
                        size_t n, void *samples)
{
    (void)dataset, (void)rows, (void)n, (void)samples;
    return TG_EDATA;
}

/* Numbers that float32 is too coarse for: their own, and from an origin. */
static double precise(size_t row, size_t f)
{
    const double wave = (double)(row * 37 % 101) - 50;

    return f == 1 ? wave / 16 : 1.7e9 + 11 + wave / 1024;
}

static int read_rounded(const struct tg_dataset *dataset, const size_t *rows,
                        size_t n, void *samples)
{
    float *to = samples;

    (void)dataset;
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < D; f++)
            *to++ = (float)precise(rows[i], f);
    return TG_OK;
}

static int read_from(const struct tg_dataset *dataset, const double *origin,
                     const size_t *rows, size_t n, float *samples)
{
    (void)dataset;
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < D; f++)
            *samples++ = (float)(precise(rows[i], f) - origin[f]);
    return TG_OK;
}

static struct tg_dataset make_data(size_t count)
{
    return (struct tg_dataset){.spec = "x.npy",
                               .type = TG_F32,
                               .count = count,
                               .features = D,
                               .read = read_rows};
}

static void test_medians(void **state)
{
    struct tg_dataset data = make_data(N);
    double *origin;

    (void)state;
    assert_int_equal(tg_origin_find(&data, &origin), TG_OK);
    for (size_t f = 0; f < D; f++)
        assert_true(origin[f] == expected[f]);
    free(origin);
}

/* Medians of what is stored, not of what float32 makes of it: 1.7e9 + 11 lies
 * between two float32 that are 128 apart. */
static void test_rounded(void **state)
{
    struct tg_dataset data = make_data(101); /* each of the waves' values */
    double *origin;
    size_t below = 0, above = 0;

    (void)state;
    data.rounded = true;
    data.read = read_rounded;
    data.read_from = read_from;
    assert_int_equal(tg_origin_find(&data, &origin), TG_OK);
    for (size_t i = 0; i < 63; i++) {
        double value = precise(i * 101 / 63, 0);

        below += value < origin[0];
        above += value > origin[0];
    }
    assert_int_equal(below, 31);
    assert_int_equal(above, 31);
    assert_true(origin[1] == 0);
    free(origin);
}

/* As few samples as there can be. */
static void test_few(void **state)
{
    (void)state;
    for (size_t n = 1; n < 70; n++) {
        struct tg_dataset data = make_data(n);
        double *origin;

        assert_int_equal(tg_origin_find(&data, &origin), TG_OK);
        assert_true(origin[2] == expected[2]);
        free(origin);
    }
}

static void test_none(void **state)
{
    struct tg_dataset data = make_data(N);
    double other, *origin = &other;

    (void)state;
    data.type = TG_U8;
    assert_int_equal(tg_origin_find(&data, &origin), TG_OK);
    assert_null(origin);
    data.type = TG_F32;
    data.read = fail_to_read;
    origin = &other;
    assert_int_equal(tg_origin_find(&data, &origin), TG_EDATA);
    assert_null(origin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_medians),
        cmocka_unit_test(test_rounded),
        cmocka_unit_test(test_few),
        cmocka_unit_test(test_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
