#include "split_fixture.h"

/* ---- What a split says ------------------------------------------------- */

static size_t tile_of(const struct tg_split *split, size_t row)
{
    size_t found = SIZE_MAX, times = 0;

    for (size_t t = 0; t < split->tiles; t++)
        for (size_t at = split->offsets[t]; at < split->offsets[t + 1]; at++)
            if (split->rows[at] == row) {
                found = t;
                times++;
            }
    assert_int_equal(times, 1);
    return found;
}

static void folds_of(const struct tg_split *split, size_t n, size_t *fold)
{
    for (size_t row = 0; row < n; row++)
        fold[row] = tile_of(split, row) % split->folds;
}

static size_t largest(const size_t *values, size_t n)
{
    size_t max = 0;

    for (size_t i = 0; i < n; i++)
        max = values[i] > max ? values[i] : max;
    return max;
}

static size_t smallest(const size_t *values, size_t n)
{
    size_t min = SIZE_MAX;

    for (size_t i = 0; i < n; i++)
        min = values[i] < min ? values[i] : min;
    return min;
}

static void start(struct tg_split *split, const uint16_t *labels, size_t folds,
                  size_t tiles, uint64_t seed)
{
    tg_error_clear();
    assert_int_equal(tg_split_init(split, COUNT, NULL, labels, folds, tiles,
                                   seed),
                     TG_OK);
    assert_int_equal(split->count, COUNT);
    assert_int_equal(split->folds, folds);
    assert_int_equal(split->tiles, tiles);
    assert_int_equal(split->offsets[0], 0);
    assert_int_equal(split->offsets[tiles], COUNT);
}

/* ---- Tests ------------------------------------------------------------- */

static void test_rule(void **state)
{
    uint16_t labels[COUNT];
    size_t rows[COUNT], fold[COUNT];
    struct tg_split split;

    (void)state;
    for (int sorted = 0; sorted < 2; sorted++) {
        for (uint64_t seed = 0; seed < 3; seed++) {
            make_labels(sorted, labels);
            for (size_t i = 0; i < COUNT; i++)
                rows[i] = i;
            sort_rows(COUNT, labels, seed, rows);
            start(&split, labels, 5, 17, seed);
            folds_of(&split, COUNT, fold);
            for (size_t p = 0; p < COUNT; p++)
                assert_int_equal(fold[rows[p]], p % 5);
            tg_split_free(&split);
        }
    }
}

static void test_balance(void **state)
{
    static const size_t folds[] = {1, 2, 3, 5, 10};
    uint16_t labels[COUNT];
    size_t fold[COUNT], sizes[10], of_class[10];
    struct tg_split split;

    (void)state;
    make_labels(true, labels);
    for (size_t f = 0; f < 5; f++) {
        size_t n = folds[f];

        start(&split, labels, n, 23, 7);
        folds_of(&split, COUNT, fold);
        memset(sizes, 0, sizeof sizes);
        for (size_t i = 0; i < COUNT; i++)
            sizes[fold[i]]++;
        assert_true(largest(sizes, n) - smallest(sizes, n) <= 1);
        for (uint16_t c = 0; c < CLASSES; c++) {
            memset(of_class, 0, sizeof of_class);
            for (size_t i = 0; i < COUNT; i++)
                if (labels[i] == c)
                    of_class[fold[i]]++;
            assert_true(largest(of_class, n) - smallest(of_class, n) <= 1);
        }
        tg_split_free(&split);
    }
}

/* Tiles of a fold differ by one row at the most; rows ascend in a tile. */
static void test_tiles(void **state)
{
    uint16_t labels[COUNT];
    struct tg_split split;

    (void)state;
    make_labels(true, labels);
    for (size_t tiles = 5; tiles <= 40; tiles++) {
        size_t max = 0;

        start(&split, labels, 5, tiles, 0);
        for (size_t t = 0; t < tiles; t++) {
            size_t n = tg_split_rows(&split, t);

            max = n > max ? n : max;
            assert_int_equal(n, split.offsets[t + 1] - split.offsets[t]);
            assert_true(n > 0);
            for (size_t at = split.offsets[t] + 1; at < split.offsets[t + 1];
                 at++)
                assert_true(split.rows[at - 1] < split.rows[at]);
            for (size_t u = t % 5; u < tiles; u += 5) {
                size_t other = tg_split_rows(&split, u);

                assert_true(n <= other + 1 && other <= n + 1);
            }
        }
        assert_int_equal(tg_split_max_rows(&split), max);
        tg_split_free(&split);
    }
}

static void test_folds_do_not_depend_on_tiles(void **state)
{
    uint16_t labels[COUNT];
    size_t expected[COUNT], fold[COUNT];
    struct tg_split split;

    (void)state;
    make_labels(false, labels);
    start(&split, labels, 5, 5, 3);
    folds_of(&split, COUNT, expected);
    tg_split_free(&split);
    for (size_t tiles = 6; tiles < 60; tiles += 7) {
        start(&split, labels, 5, tiles, 3);
        folds_of(&split, COUNT, fold);
        assert_memory_equal(fold, expected, sizeof fold);
        tg_split_free(&split);
    }
}

static void test_seed(void **state)
{
    uint16_t labels[COUNT];
    struct tg_split one, same, other;

    (void)state;
    make_labels(true, labels);
    start(&one, labels, 5, 13, 1);
    start(&same, labels, 5, 13, 1);
    start(&other, labels, 5, 13, 2);
    assert_memory_equal(one.rows, same.rows, COUNT * sizeof *one.rows);
    assert_memory_equal(one.offsets, same.offsets, 14 * sizeof *one.offsets);
    assert_memory_not_equal(one.rows, other.rows, COUNT * sizeof *one.rows);
    tg_split_free(&one);
    tg_split_free(&same);
    tg_split_free(&other);
}

/* Without labels rows stay in order, and tiles differ by a row at the most. */
static void test_unlabelled(void **state)
{
    struct tg_split split;

    (void)state;
    for (size_t tiles = 1; tiles < 50; tiles += 3) {
        start(&split, NULL, 1, tiles, 0);
        for (size_t i = 0; i < COUNT; i++)
            assert_int_equal(split.rows[i], i);
        for (size_t t = 0; t < tiles; t++) {
            assert_true(tg_split_rows(&split, t) >= COUNT / tiles);
            assert_true(tg_split_rows(&split, t) <= COUNT / tiles + 1);
        }
        tg_split_free(&split);
    }
}

/* A subset's rows, and no others; keys go by row, not by position. */
static void test_subset(void **state)
{
    uint16_t labels[COUNT];
    size_t subset[COUNT / 3], rows[COUNT / 3];
    struct tg_split split;

    (void)state;
    make_labels(true, labels);
    for (size_t i = 0; i < COUNT / 3; i++)
        subset[i] = rows[i] = 3 * i + 1;
    sort_rows(COUNT / 3, labels, 11, rows);
    assert_int_equal(tg_split_init(&split, COUNT / 3, subset, labels, 4, 9, 11),
                     TG_OK);
    for (size_t p = 0; p < COUNT / 3; p++)
        assert_int_equal(tile_of(&split, rows[p]) % 4, p % 4);
    tg_split_free(&split);
    assert_int_equal(tg_split_init(&split, COUNT / 3, subset, NULL, 1, 2, 0),
                     TG_OK);
    assert_memory_equal(split.rows, subset, sizeof subset);
    tg_split_free(&split);
}

static void test_one_row_a_tile(void **state)
{
    uint16_t labels[COUNT];
    struct tg_split split;

    (void)state;
    make_labels(true, labels);
    assert_int_equal(tg_split_init(&split, 7, NULL, labels, 7, 7, 0), TG_OK);
    assert_int_equal(tg_split_max_rows(&split), 1);
    for (size_t row = 0; row < 7; row++)
        tile_of(&split, row);
    tg_split_free(&split);
}

static void test_errors(void **state)
{
    uint16_t labels[COUNT];
    struct tg_split split;

    (void)state;
    make_labels(true, labels);
    tg_error_clear();
    assert_int_equal(tg_split_init(&split, 10, NULL, labels, 2, 11, 0),
                     TG_EUSAGE);
    assert_non_null(strstr(tg_error_message(TG_EUSAGE), "--tiles 11"));
    tg_error_clear();
    assert_int_equal(tg_split_init(&split, 10, NULL, labels, 5, 4, 0),
                     TG_EUSAGE);
    assert_non_null(strstr(tg_error_message(TG_EUSAGE), "--folds 5"));
    tg_error_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule),
        cmocka_unit_test(test_balance),
        cmocka_unit_test(test_tiles),
        cmocka_unit_test(test_folds_do_not_depend_on_tiles),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_unlabelled),
        cmocka_unit_test(test_subset),
        cmocka_unit_test(test_one_row_a_tile),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
