/* What a rank of many submits: counted, without running. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "error.h"
#include "harness.h"
#include "ridge.h"
#include "task.h"

struct job {
    size_t d, n, folds, lambdas;
    bool dual, cg;
    struct tg_split split;
};

static struct tg_submissions count(struct job *job, int rank, int ranks)
{
    const struct tg_reader reader = {0};
    double lambda[20] = {0};
    size_t tiles = 0;
    struct tg_plan plan = {.features = job->d,
                           .classes = 10,
                           .element = 1,
                           .folds = job->folds,
                           .lambdas = job->lambdas,
                           .dual = job->dual,
                           .cg = job->cg,
                           .lambda = lambda};
    struct tg_rows rows;
    struct tg_fit fit;

    tg_task_clear();
    tg_task_dry_run(true);
    assert_int_equal(tg_plan_init(&plan, job->n, &tiles, 0, 0, 0, rank, ranks),
                     TG_OK);
    if (!job->split.rows)
        assert_int_equal(tg_split_init(&job->split, job->n, NULL, NULL, 1,
                                       tiles, 0),
                         TG_OK);
    job->split.folds = job->folds;
    assert_int_equal(tg_rows_init(&rows, &job->split, &reader, job->d, 1,
                                  job->folds, NULL, &plan.placement),
                     TG_OK);
    assert_int_equal(tg_graph_ridge(&plan, &rows, NULL, &fit), TG_OK);
    tg_fit_release(&fit);
    tg_rows_free(&rows);
    tg_plan_free(&plan);
    return tg_task_submissions();
}

/* All tasks are declared by all ranks; of 64, one submits what concerns it, and
 * no more than an eighth of what one alone has to. */
static void check(size_t d, size_t n, size_t folds, size_t lambdas, bool dual)
{
    struct job job = {d, n, folds, lambdas, dual, false, {0}};
    uint64_t all = count(&job, 0, 1).submitted, sum = 0;
    uint64_t declared = count(&job, 0, 64).declared;

    for (int rank = 0; rank < 64; rank++) {
        struct tg_submissions s = count(&job, rank, 64);

        assert_int_equal(s.declared, declared);
        if (s.submitted > all / 8)
            fail_msg("d = %zu, %zu folds: rank %d submits %zu of %zu tasks", d,
                     folds, rank, (size_t)s.submitted, (size_t)all);
        sum += s.submitted;
    }
    assert_true(sum >= all); /* none is forgotten */
    tg_split_free(&job.split);
}

/* What has lanes on some ranks, and vectors on one, is declared by all alike.
 */
static void test_steps(void **state)
{
    struct job job = {20000, 8000, 5, 2, false, true, {0}};
    uint64_t all = count(&job, 0, 1).submitted, sum = 0;
    uint64_t declared = count(&job, 0, 8).declared;

    (void)state;
    for (int rank = 0; rank < 8; rank++) {
        struct tg_submissions s = count(&job, rank, 8);

        assert_int_equal(s.declared, declared);
        sum += s.submitted;
    }
    assert_true(sum >= all);
    tg_split_free(&job.split);
}

static void test_64_ranks(void **state)
{
    (void)state;
    check(784, 60000, 5, 20, false);
    check(784, 600000, 1, 1, false);
    check(3072, 50000, 5, 20, false);
    check(20000, 8000, 5, 20, true);
    check(200000, 30000, 5, 2, true);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_64_ranks),
        cmocka_unit_test(test_steps),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
