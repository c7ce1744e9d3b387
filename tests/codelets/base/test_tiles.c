#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "error.h"
#include "harness.h"
#include "tiles.h"

enum { RANKS = 40, LANES = 50 };

/* ---- Placement --------------------------------------------------------- */

static void check_owners(const struct tg_placement *p, size_t lanes,
                         size_t jobs)
{
    bool used[RANKS + 1] = {false};
    int last = 0;

    assert_in_range(p->lane_ranks * p->block_ranks, 1, p->ranks);
    assert_int_equal(p->grid_rows * p->grid_cols, p->ranks);
    for (size_t l = 0; l < lanes; l++) {
        for (size_t i = 0; i < 5; i++) {
            for (size_t j = 0; j < 5; j++) {
                int owner = tg_owner_lane(p, l, i, j);

                assert_in_range(owner, 0, p->ranks - 1);
                used[owner] = true;
            }
        }
    }
    for (int r = 0; r < p->lane_ranks * p->block_ranks; r++)
        assert_true(used[r] || p->block_ranks > 9);
    for (size_t t = 0; t < 3 * lanes; t++) { /* a tile is where its lane is */
        int owner = tg_owner_row_tile(p, t, 0, 0);

        assert_in_range(owner, 0, p->ranks - 1);
        assert_int_equal(owner % p->lane_ranks,
                         tg_owner_lane(p, t % lanes, 0, 0) % p->lane_ranks);
    }
    for (size_t job = 0; job < jobs; job++) {
        int owner = tg_owner_job(p, job, 0, 0);

        assert_in_range(owner, last, p->ranks - 1);
        last = owner;
    }
    for (size_t i = 0; i < 20; i++)
        for (size_t j = 0; j < 20; j++)
            assert_in_range(tg_owner_grid(p, 0, i, j), 0, p->ranks - 1);
    assert_int_equal(tg_owner_first(p, 3, 2, 1), 0);
    for (int r = 0; r < p->ranks; r++)
        assert_int_equal(tg_owner_rank(p, (size_t)r, 2, 1), r);
}

static void test_owners(void **state)
{
    (void)state;
    for (int ranks = 1; ranks <= RANKS; ranks++) {
        for (size_t lanes = 1; lanes <= LANES; lanes++) {
            size_t jobs = lanes % 5 * 20 + 1;
            struct tg_placement p;

            tg_placement_init(&p, ranks - 1, ranks, lanes, jobs);
            assert_int_equal(p.rank, ranks - 1);
            check_owners(&p, lanes, jobs);
        }
    }
}

/* Factorizations are dealt out evenly, to within one. */
static void test_jobs_are_balanced(void **state)
{
    (void)state;
    for (int ranks = 1; ranks <= RANKS; ranks++) {
        struct tg_placement p;
        int count[RANKS] = {0};

        tg_placement_init(&p, 0, ranks, 5, 100);
        for (size_t job = 0; job < 100; job++)
            count[tg_owner_job(&p, job, 0, 0)]++;
        for (int r = 0; r < ranks; r++)
            assert_in_range(count[r], 100 / ranks, 100 / ranks + 1);
    }
}

/* All ranks take part in the final factorization. */
static void test_grid(void **state)
{
    (void)state;
    for (int ranks = 1; ranks <= RANKS; ranks++) {
        struct tg_placement p;
        bool used[RANKS] = {false};

        tg_placement_init(&p, 0, ranks, 5, 100);
        for (size_t i = 0; i < RANKS; i++)
            for (size_t j = 0; j <= i; j++)
                used[tg_owner_grid(&p, 0, i, j)] = true;
        for (int r = 0; r < ranks; r++)
            assert_true(used[r]);
    }
}

/* ---- Tiles ------------------------------------------------------------- */

static struct tg_placement alone(void)
{
    struct tg_placement p;

    tg_placement_init(&p, 0, 1, 1, 1);
    return p;
}

static void test_shapes(void **state)
{
    static const size_t sizes[][6] = {
        /* rows, cols, block rows and cols, last rows and cols */
        {1, 1, 1, 1, 1, 1},
        {784, 784, 400, 400, 384, 384},
        {10, 7, 16, 3, 10, 1},
        {48, 9, 16, 9, 16, 9},
    };
    const struct tg_placement p = alone();
    struct tg_tiles tiles;

    (void)state;
    for (size_t s = 0; s < 4; s++) {
        const size_t *size = sizes[s];

        assert_int_equal(tg_tiles_init(&tiles, size[0], size[1], size[2],
                                       size[3], 8, &p, tg_owner_first, 0),
                         TG_OK);
        for (size_t i = 0; i < tiles.row_tiles; i++) {
            bool last = i + 1 == tiles.row_tiles;

            assert_int_equal(tg_tile_rows(&tiles, i), size[last ? 4 : 2]);
        }
        for (size_t j = 0; j < tiles.col_tiles; j++) {
            bool last = j + 1 == tiles.col_tiles;
            starpu_data_handle_t handle = tg_tile(&tiles, 0, j);

            assert_int_equal(tg_tile_cols(&tiles, j), size[last ? 5 : 3]);
            assert_int_equal(starpu_matrix_get_nx(handle),
                             tg_tile_rows(&tiles, 0));
            assert_int_equal(starpu_matrix_get_ny(handle),
                             tg_tile_cols(&tiles, j));
            assert_int_equal(starpu_matrix_get_elemsize(handle), 8);
            assert_ptr_equal(tg_tile(&tiles, 0, j), handle);
        }
        tg_tiles_release(&tiles);
    }
}

/* No two tiles of any matrix have the same tag. */
static void test_tags(void **state)
{
    const struct tg_placement p = alone();
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

        tags[at] = starpu_mpi_data_get_tag(tg_tile(tiles, at % 3, at % 9 / 3));
        for (size_t other = 0; other < at; other++)
            assert_true(tags[at] != tags[other]);
    }
    tg_tiles_release(&a);
    tg_tiles_release(&b);
}

static void test_read_and_write(void **state)
{
    const struct tg_placement p = alone();
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
            starpu_data_handle_t handle = tg_tile(&tiles, i, j);
            size_t rows = tg_tile_rows(&tiles, i);

            starpu_data_acquire(handle, STARPU_W);
            double *tile = (double *)starpu_matrix_get_local_ptr(handle);
            for (size_t c = 0; c < tg_tile_cols(&tiles, j); c++)
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
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_jobs_are_balanced),
        cmocka_unit_test(test_grid),
        cmocka_unit_test_setup(test_shapes, harness_reset),
        cmocka_unit_test_setup(test_tags, harness_reset),
        cmocka_unit_test_setup(test_read_and_write, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
