#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "error.h"
#include "harness.h"
#include "tiles.h"

static const struct tg_placement p = {.ranks = 1};

static void test_shapes(void **state)
{
    static const size_t sizes[][6] = {
        /* rows, cols, block rows and cols, last rows and cols */
        {1, 1, 1, 1, 1, 1},
        {784, 784, 400, 400, 384, 384},
        {10, 7, 16, 3, 10, 1},
        {48, 9, 16, 9, 16, 9},
    };
    struct tg_tiles tiles;

    (void)state;
    for (size_t s = 0; s < 4; s++) {
        const size_t *size = sizes[s];

        assert_int_equal(tg_tiles_init(&tiles, size[0], size[1], size[2],
                                       size[3], 8, &p, tg_owner_first, 0),
                         TG_OK);
        for (size_t i = 0; i < tiles.row_tiles; i++) {
            bool last = i + 1 == tiles.row_tiles;

            assert_int_equal(tg_tiles_rows(&tiles, i), size[last ? 4 : 2]);
        }
        for (size_t j = 0; j < tiles.col_tiles; j++) {
            bool last = j + 1 == tiles.col_tiles;
            starpu_data_handle_t handle = tg_tile_handle(tg_tile(&tiles, 0, j));

            assert_int_equal(tg_tiles_cols(&tiles, j), size[last ? 5 : 3]);
            assert_int_equal(starpu_matrix_get_nx(handle),
                             tg_tiles_rows(&tiles, 0));
            assert_int_equal(starpu_matrix_get_ny(handle),
                             tg_tiles_cols(&tiles, j));
            assert_int_equal(starpu_matrix_get_elemsize(handle), 8);
            assert_ptr_equal(tg_tile_handle(tg_tile(&tiles, 0, j)), handle);
        }
        tg_tiles_release(&tiles);
    }
}

/* No two tiles of any matrix have the same tag. */
static void test_tags(void **state)
{
    struct tg_tiles a, b;
    starpu_mpi_tag_t tags[18];

    (void)state;
    assert_int_equal(tg_tiles_init(&a, 30, 30, 10, 10, 8, &p, tg_owner_first,
                                   0),
                     TG_OK);
    assert_int_equal(tg_tiles_init(&b, 30, 30, 10, 10, 8, &p, tg_owner_first,
                                   0),
                     TG_OK);
    for (size_t at = 0; at < 18; at++) {
        struct tg_tiles *tiles = at < 9 ? &a : &b;

        tags[at] = starpu_mpi_data_get_tag(
            tg_tile_handle(tg_tile(tiles, at % 3, at % 9 / 3)));
        for (size_t other = 0; other < at; other++)
            assert_true(tags[at] != tags[other]);
    }
    tg_tiles_release(&a);
    tg_tiles_release(&b);
}

static void test_read_and_write(void **state)
{
    struct tg_tiles tiles;
    double values[7 * 5], copy[7 * 5];

    (void)state;
    for (size_t i = 0; i < 35; i++)
        values[i] = (double)i;
    assert_int_equal(tg_tiles_init(&tiles, 7, 5, 7, 5, 8, &p, tg_owner_first,
                                   0),
                     TG_OK);
    tg_tiles_write(&tiles, values);
    tg_tiles_read(&tiles, copy);
    assert_memory_equal(values, copy, sizeof values);
    tg_tiles_release(&tiles);

    assert_int_equal(tg_tiles_init(&tiles, 7, 5, 3, 2, 8, &p, tg_owner_first,
                                   0),
                     TG_OK);
    for (size_t j = 0; j < 3; j++) {
        for (size_t i = 0; i < 3; i++) {
            starpu_data_handle_t handle = tg_tile_handle(tg_tile(&tiles, i, j));
            size_t rows = tg_tiles_rows(&tiles, i);

            starpu_data_acquire(handle, STARPU_W);
            double *tile = (double *)starpu_matrix_get_local_ptr(handle);
            for (size_t c = 0; c < tg_tiles_cols(&tiles, j); c++)
                for (size_t r = 0; r < rows; r++)
                    tile[r + c * rows] = values[3 * i + r + 7 * (2 * j + c)];
            starpu_data_release(handle);
        }
    }
    memset(copy, 0, sizeof copy);
    tg_tiles_read(&tiles, copy);
    assert_memory_equal(values, copy, sizeof values);
    tg_tiles_release(&tiles);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_shapes, harness_reset),
        cmocka_unit_test_setup(test_tags, harness_reset),
        cmocka_unit_test_setup(test_read_and_write, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
