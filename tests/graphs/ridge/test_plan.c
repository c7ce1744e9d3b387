#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "combine.h"
#include "error.h"
#include "samples.h"

static struct tg_plan start(size_t d, size_t folds, size_t lambdas)
{
    return (struct tg_plan){.features = d,
                            .classes = 10,
                            .element = 1,
                            .folds = folds,
                            .lambdas = lambdas};
}

static struct tg_plan plan_of(size_t d, size_t folds, size_t samples,
                              size_t *tiles, size_t block, size_t lanes,
                              int ranks)
{
    struct tg_plan plan = start(d, folds, folds > 1 ? 20 : 1);

    assert_int_equal(tg_plan_init(&plan, samples, tiles, block, lanes,
                                  256u << 20, ranks - 1, ranks),
                     TG_OK);
    return plan;
}

static void check_blocks(const struct tg_plan *plan)
{
    assert_true(plan->block % 16 == 0 || plan->block == plan->features);
    assert_int_equal(plan->blocks,
                     (plan->features + plan->block - 1) / plan->block);
    assert_true(plan->block * (plan->blocks - 1) < plan->features);
}

/* About 400 features a block; all of one size, save for whole panels. */
static void test_default_blocks(void **state)
{
    (void)state;
    for (size_t d = 1; d <= 5000; d += d < 1000 ? 1 : 97) {
        size_t tiles = 64;
        struct tg_plan plan FREED = plan_of(d, 5, 60000, &tiles, 0, 0, 1);

        check_blocks(&plan);
        assert_true(plan.block <= 400);
        if (d >= 400)
            assert_true(plan.block > 200);
        else
            assert_int_equal(plan.block, d);
        assert_int_equal(tiles, 64);
    }
}

/* What the user asks for, in whole panels, and never more than there is. */
static void test_given_blocks(void **state)
{
    static const size_t given[][3] = {{784, 1, 16},    {784, 16, 16},
                                      {784, 144, 144}, {784, 145, 160},
                                      {784, 784, 784}, {784, 5000, 784},
                                      {10, 3, 10},     {4096, 4096, 4096}};

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        size_t tiles = 64;
        struct tg_plan plan FREED =
            plan_of(given[i][0], 1, 60000, &tiles, given[i][1], 0, 1);

        check_blocks(&plan);
        assert_int_equal(plan.block, given[i][2]);
    }
}

/* Lanes are a multiple of folds, no more than tiles where that can be. */
static void test_lanes(void **state)
{
    static const size_t features[] = {4, 784, 3072};

    (void)state;
    for (size_t f = 0; f < 3; f++) {
        for (size_t folds = 1; folds <= 10; folds++) {
            for (size_t count = folds; count < 100; count += 3) {
                for (size_t lanes = 0; lanes < 20; lanes += 7) {
                    size_t tiles = count;
                    struct tg_plan plan FREED =
                        plan_of(features[f], folds, 60000, &tiles, 0, lanes, 1);

                    assert_int_equal(tiles, count);
                    assert_true(plan.lanes > 0);
                    assert_int_equal(plan.lanes % folds, 0);
                    assert_true(plan.lanes <= tiles);
                    if (lanes)
                        assert_true(plan.lanes < lanes + folds);
                    if (lanes && lanes + folds <= tiles)
                        assert_true(plan.lanes >= lanes);
                }
            }
        }
    }
}

/* By default lanes x Gram blocks are enough for many workers. */
static void test_default_lanes(void **state)
{
    size_t tiles = 1000;
    struct tg_plan plan FREED = plan_of(784, 1, 1000000, &tiles, 0, 0, 1);

    (void)state;
    assert_true(plan.lanes * plan.blocks * (plan.blocks + 1) / 2 >= 48);
}

static void test_default_tiles(void **state)
{
    static const size_t samples[] = {1, 7, 100, 3000, 60000, 1200000};

    (void)state;
    for (size_t s = 0; s < 6; s++) {
        size_t tiles = 0;
        struct tg_plan plan FREED =
            plan_of(784, 1, samples[s], &tiles, 0, 0, 1);

        assert_in_range(tiles, 1, samples[s]);
        assert_true(tiles >= plan.lanes);
        assert_true(samples[s] / tiles <= 1024);
        if (samples[s] >= 60000)
            assert_true(samples[s] / tiles >= 900);
    }
}

/* A tile for each fold, also where few folds are validated, on many features,
 * and lanes are few. */
static void test_default_tiles_of_folds(void **state)
{
    (void)state;
    for (size_t validated = 1; validated <= 10; validated += 3) {
        for (size_t samples = 7; samples < 60000; samples *= 5) {
            size_t tiles = 0;
            struct tg_plan plan FREED = start(9000, 10, 5);

            plan.mapped = true;
            plan.validated = validated;
            assert_int_equal(tg_plan_init(&plan, samples, &tiles, 0, 0, 0, 0,
                                          1),
                             TG_OK);
            assert_true(tiles >= (samples < 10 ? samples : 10));
        }
    }
}

/* What the model's bytes depend on never depends on ranks. */
static void test_independent_of_ranks(void **state)
{
    static const size_t features[] = {2, 784, 4096};

    (void)state;
    for (size_t f = 0; f < 3; f++) {
        for (size_t folds = 1; folds <= 5; folds += 4) {
            size_t alone = 0;
            struct tg_plan one FREED =
                plan_of(features[f], folds, 7000, &alone, 0, 0, 1);

            for (int ranks = 2; ranks < 200; ranks++) {
                size_t tiles = 0;
                struct tg_plan plan FREED =
                    plan_of(features[f], folds, 7000, &tiles, 0, 0, ranks);

                assert_int_equal(tiles, alone);
                assert_int_equal(plan.block, one.block);
                assert_int_equal(plan.blocks, one.blocks);
                assert_int_equal(plan.lanes, one.lanes);
                assert_int_equal(plan.placement.ranks, ranks);
                assert_int_equal(plan.placement.rank, ranks - 1);
            }
        }
    }
}

/* Systems in flight: two at least, so that one can be assembled as another is
 * solved; no more than 1 GiB of them beyond. */
static void test_slots(void **state)
{
    (void)state;
    for (size_t d = 16; d <= 20000; d += 1001) {
        size_t tiles = 0;
        struct tg_plan plan FREED = plan_of(d, 5, 60000, &tiles, 0, 0, 1);
        size_t bytes = d * d / 2 * sizeof(double);

        assert_in_range(plan.slots, 2, 32);
        assert_true(plan.slots == 2 || plan.slots * bytes <= 1u << 30);
    }
}

/* The dual form: row tiles are blocks, of up to 512 rows, and as many in each
 * fold; features are whole; products of many samples in single precision, and
 * of systems a rank has no more than it has jobs. */
static void test_dual(void **state)
{
    (void)state;
    for (size_t n = 2; n <= 60000; n = 3 * n + 1) {
        for (int ranks = 1; ranks <= 3; ranks += 2) {
            size_t folds = n < 5 ? 1 : 5, tiles = 0;
            struct tg_plan plan FREED = start(100000, folds, folds > 1 ? 3 : 1);

            plan.dual = true;
            assert_int_equal(tg_plan_init(&plan, n, &tiles, 0, 0, 0, 0, ranks),
                             TG_OK);
            assert_int_equal(plan.blocks, 1);
            assert_int_equal(plan.kept, folds);
            assert_int_equal(plan.dual_element, n > 8192 ? 4 : 8);
            assert_in_range(tiles, folds, n);
            assert_true(tiles % folds == 0 || tiles == n);
            assert_true((n + tiles - 1) / tiles <= 512);
            assert_in_range(plan.lanes, 1, tiles);
            assert_in_range(plan.slots, 1, ranks == 1 ? 15 : 5);
        }
    }
}

static void test_cache(void **state)
{
    size_t tiles = 10;

    (void)state;
    for (int ranks = 1; ranks <= 4; ranks++) {
        struct tg_plan plan FREED = start(1000, 5, 20);

        assert_int_equal(tg_plan_init(&plan, 10000, &tiles, 0, 0, 5000000, 0,
                                      ranks),
                         TG_OK);
        assert_int_equal(plan.kept == plan.folds, ranks >= 2);
    }
}

/* Bytes of a part that is needed. */
static double need_of(const struct tg_plan *plan, size_t samples, size_t tests,
                      const char *part)
{
    struct tg_memory_need needs[16];
    const struct tg_extent extent = {.tile_rows = 2048,
                                     .samples = samples,
                                     .tests = tests,
                                     .workers = 2};
    size_t n = tg_plan_needs(plan, &extent, needs);

    for (size_t i = 0; i < n; i++)
        if (!strcmp(needs[i].what, part))
            return needs[i].bytes;
    fail_msg("no %s", part);
    return 0;
}

/* Features that are not kept are made again, as many tiles as are in flight,
 * while a system is being solved: of no more samples than there are. */
static void test_features_ahead(void **state)
{
    enum { D = 9216, ROW = D + 784 };
    static const double window = 12.0 * 2048;
    size_t tiles = 0;
    struct tg_plan plan FREED = start(D, 10, 5);

    (void)state;
    plan.mapped = true;
    plan.sample_bytes = ROW - D;
    plan.validated = 1;
    assert_int_equal(tg_plan_init(&plan, 600000, &tiles, 0, 2, 1u << 30, 0, 1),
                     TG_OK);
    assert_int_equal(plan.kept, 1);
    assert_true(fabs(need_of(&plan, 600000, 0, "samples") -
                     (60000.0 * D + window * ROW)) < 1);
    plan.kept = plan.folds; /* fewer samples are all kept ... */
    assert_true(fabs(need_of(&plan, 60000, 0, "samples") - 60000.0 * D) < 1);
    assert_true(fabs(need_of(&plan, 60000, 1000, "samples") -
                     (60000.0 * D + 1000.0 * ROW)) < 1); /* but tests are not */
}

static void test_too_many_lambdas(void **state)
{
    struct tg_plan plan FREED = start(784, 5, TG_FILL_MAX);
    size_t tiles = 0;

    (void)state;
    tg_error_clear();
    assert_int_equal(tg_plan_init(&plan, 60000, &tiles, 0, 0, 0, 0, 1), TG_OK);
    tg_plan_free(&plan);
    plan = start(784, 5, TG_FILL_MAX + 1);
    assert_int_equal(tg_plan_init(&plan, 60000, &tiles, 0, 0, 0, 0, 1),
                     TG_EUSAGE);
    assert_non_null(strstr(tg_error_message(TG_EUSAGE), "--lambda"));
    tg_error_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_blocks),
        cmocka_unit_test(test_given_blocks),
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_default_lanes),
        cmocka_unit_test(test_default_tiles),
        cmocka_unit_test(test_default_tiles_of_folds),
        cmocka_unit_test(test_independent_of_ranks),
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_dual),
        cmocka_unit_test(test_cache),
        cmocka_unit_test(test_features_ahead),
        cmocka_unit_test(test_too_many_lambdas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
