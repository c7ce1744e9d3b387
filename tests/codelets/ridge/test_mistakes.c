#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "harness.h"
#include "mistakes.h"

enum { COLUMN = TG_MISTAKE_VALUES * sizeof(double) };

/* One tile's predictions, as tg_classify_insert leaves them. */
struct tile {
    struct matrix result, labels;
    size_t *rows;
};

/* Scores of a few values, so that many margins are equal: multiples of 1/4,
 * whose differences are exact.  A share of the labels is right. */
static struct tile new_tile(size_t k, size_t n, unsigned right)
{
    struct tile tile = {matrix_new(k + 1, n, 8), matrix_new(n, 1, 2),
                        calloc(n, sizeof *tile.rows)};

    assert_non_null(tile.rows);
    matrix_random_labels(&tile.labels, (uint16_t)k);
    for (size_t i = 0; i < n; i++) {
        double *scores = matrix_doubles(&tile.result) + i * (k + 1);
        size_t best = 0;

        for (size_t c = 0; c < k; c++) {
            scores[c] = (double)harness_below(17) / 4 - 2;
            best = scores[c] > scores[best] ? c : best;
        }
        scores[k] = (double)best;
        if (harness_below(100) < right)
            matrix_labels(&tile.labels)[i] = (uint16_t)best;
    }
    return tile;
}

/* Tiles of n samples each, which together hold rows 0 ... m n - 1, dealt out
 * at random. */
static struct tile *new_tiles(size_t m, size_t k, size_t n, unsigned right)
{
    struct tile *tiles = calloc(m, sizeof *tiles);
    size_t *rows = calloc(m * n, sizeof *rows);

    assert_true(tiles && rows);
    for (size_t i = 0; i < m * n; i++) {
        size_t other = harness_below(i + 1);

        rows[i] = rows[other];
        rows[other] = i;
    }
    for (size_t t = 0; t < m; t++) {
        tiles[t] = new_tile(k, n, right);
        memcpy(tiles[t].rows, rows + t * n, n * sizeof *rows);
    }
    free(rows);
    return tiles;
}

static void free_tiles(struct tile *tiles, size_t m)
{
    for (size_t t = 0; t < m; t++) {
        matrix_free(&tiles[t].result);
        matrix_free(&tiles[t].labels);
        free(tiles[t].rows);
    }
    free(tiles);
}

static int compare(const void *left, const void *right)
{
    const double *a = left, *b = right;
    double margins = b[TG_MISTAKE_MARGIN] - a[TG_MISTAKE_MARGIN];
    double rows = a[TG_MISTAKE_ROW] - b[TG_MISTAKE_ROW];
    double order = margins != 0 ? margins : rows;

    return (order > 0) - (order < 0);
}

/* All mistakes, sorted; value: how many. Shapes: list 4 x (m n), zero. */
static size_t brute_force(const struct tile *tiles, size_t m, double *list)
{
    size_t found = 0;

    for (size_t t = 0; t < m; t++) {
        size_t k = tiles[t].result.rows - 1;

        for (size_t i = 0; i < tiles[t].result.cols; i++) {
            const double *scores =
                matrix_doubles(&tiles[t].result) + i * (k + 1);
            uint16_t truth = matrix_labels(&tiles[t].labels)[i];
            double *mistake = list + found * TG_MISTAKE_VALUES;

            if (scores[k] == truth)
                continue;
            mistake[TG_MISTAKE_ROW] = (double)tiles[t].rows[i] + 1;
            mistake[TG_MISTAKE_TRUTH] = truth;
            mistake[TG_MISTAKE_PREDICTED] = scores[k];
            mistake[TG_MISTAKE_MARGIN] =
                scores[(size_t)scores[k]] - scores[truth];
            found++;
        }
    }
    qsort(list, found, COLUMN, compare);
    return found;
}

static void insert(const struct tile *tile, const struct matrix *list)
{
    assert_int_equal(tg_mistakes_insert(tile->result.handle,
                                        tile->labels.handle, tile->rows,
                                        list->handle),
                     TG_OK);
}

/* Insert tiles into lists by turns, from tile `first` on, then all lists into
 * the first one. Value: that one. */
static struct matrix collect(const struct tile *tiles, size_t m, size_t first,
                             size_t lists, size_t room)
{
    struct matrix list[8];

    assert_true(lists <= 8);
    for (size_t l = 0; l < lists; l++)
        list[l] = matrix_new(TG_MISTAKE_VALUES, room, 8);
    for (size_t t = 0; t < m; t++)
        insert(&tiles[(first + t) % m], &list[t % lists]);
    for (size_t l = 1; l < lists; l++) {
        assert_int_equal(tg_mistakes_merge_insert(list[l].handle,
                                                  list[0].handle),
                         TG_OK);
        matrix_free(&list[l]);
    }
    harness_wait();
    matrix_take(&list[0]);
    return list[0];
}

/* Whatever the order and the number of lists: the first `room` of all, then
 * zeros. Value: how many mistakes there are. */
static size_t check(size_t m, size_t k, size_t n, unsigned right, size_t room)
{
    struct tile *tiles = new_tiles(m, k, n, right);
    size_t size = (m * n > room ? m * n : room) * TG_MISTAKE_VALUES;
    double *expected = calloc(size, sizeof *expected);

    assert_non_null(expected);
    size_t found = brute_force(tiles, m, expected);
    for (size_t t = 0; t < m; t++) {
        matrix_remember(&tiles[t].result);
        matrix_remember(&tiles[t].labels);
    }
    for (size_t first = 0; first < m; first += 1 + m / 3) {
        for (size_t lists = 1; lists <= 8 && lists <= m; lists++) {
            struct matrix list = collect(tiles, m, first, lists, room);

            assert_memory_equal(list.values, expected, room * COLUMN);
            matrix_free(&list);
        }
    }
    for (size_t t = 0; t < m; t++) {
        matrix_take(&tiles[t].result);
        matrix_take(&tiles[t].labels);
        matrix_check_unchanged(&tiles[t].result);
        matrix_check_unchanged(&tiles[t].labels);
    }
    free(expected);
    free_tiles(tiles, m);
    return found;
}

static void test_more_than_room(void **state)
{
    (void)state;
    assert_true(check(1, 10, 200, 80, 1) > 1);
    assert_true(check(1, 10, 200, 80, 24) > 24);
    assert_true(check(9, 10, 50, 80, 24) > 24);
    assert_true(check(5, 2, 40, 10, 7) > 7);
    assert_true(check(13, 3, 1, 0, 4) > 4);
}

static void test_fewer_than_room(void **state)
{
    (void)state;
    for (size_t room = 100; room <= 300; room += 100) {
        size_t found = check(6, 10, 50, 90, room);

        assert_in_range(found, 1, room - 1);
    }
}

static void test_as_many_as_room(void **state)
{
    size_t found = check(4, 10, 50, 80, 200);

    harness_reset(state); /* the same ones again */
    assert_int_equal(check(4, 10, 50, 80, found), found);
}

static void test_none(void **state)
{
    (void)state;
    assert_int_equal(check(1, 10, 100, 100, 5), 0);
    assert_int_equal(check(4, 2, 25, 100, 1), 0);
}

/* The brute force would not see that no margins are equal. */
static void test_ties_by_row(void **state)
{
    static const double scores[] = {1, 0, 0}; /* of 2 classes; the first */
    static const size_t rows[] = {7, 2, 9, 4, 0};
    static const double expected[] = {1, 3, 5, 8}; /* rows + 1 */
    struct tile tile = new_tile(2, 5, 0);

    (void)state;
    memcpy(tile.rows, rows, sizeof rows);
    for (size_t i = 0; i < 5; i++) {
        memcpy(matrix_doubles(&tile.result) + i * 3, scores, sizeof scores);
        matrix_labels(&tile.labels)[i] = 1;
    }
    struct matrix list = collect(&tile, 1, 0, 1, 4);
    for (size_t i = 0; i < 4; i++) {
        const double *mistake = matrix_doubles(&list) + i * TG_MISTAKE_VALUES;

        assert_true(mistake[TG_MISTAKE_ROW] == expected[i]);
        assert_true(mistake[TG_MISTAKE_TRUTH] == 1);
        assert_true(mistake[TG_MISTAKE_PREDICTED] == 0);
        assert_true(mistake[TG_MISTAKE_MARGIN] == 1);
    }
    matrix_free(&list);
    matrix_free(&tile.result);
    matrix_free(&tile.labels);
    free(tile.rows);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_more_than_room, harness_reset),
        cmocka_unit_test_setup(test_fewer_than_room, harness_reset),
        cmocka_unit_test_setup(test_as_many_as_room, harness_reset),
        cmocka_unit_test_setup(test_none, harness_reset),
        cmocka_unit_test_setup(test_ties_by_row, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
