#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "harness.h"
#include "samples.h"

/* Confusion counts of all tiles, or, with folds, hits of one fold's. */
static void predict(struct samples *s, size_t m, size_t folds, size_t count,
                    size_t fold)
{
    const double lambdas[] = {1, 2};
    struct tg_plan plan FREED =
        samples_plan(s, folds, folds > 1 ? 2 : 1, lambdas, 0, 0, &count);
    struct tg_reader reader = samples_reader(s);
    size_t k = s->k, cells = folds > 1 ? m : k * k;
    size_t *fold_of = calloc(s->n, sizeof(size_t));
    double *v = samples_models(s, m), *got = calloc(cells, sizeof *got);
    double *expected = calloc(cells, sizeof *expected), squares;
    struct tg_tiles models = samples_model_tiles(&plan, m, v), counts;
    struct tg_split split;
    struct tg_rows rows;

    assert_int_equal(tg_split_init(&split, s->n, NULL, s->labels, folds, count,
                                   1),
                     TG_OK);
    split_folds(&split, fold_of);
    assert_int_equal(samples_rows(&rows, &plan, &split, &reader, false), TG_OK);
    assert_int_equal(folds > 1
                         ? tg_graph_hits(&plan, &rows, fold, plan.lambdas,
                                         &models, &counts)
                         : tg_graph_predict(&plan, &rows, &models, &counts),
                     TG_OK);
    harness_wait();
    tg_tiles_read(&counts, got);
    for (size_t i = 0; i < s->n; i++)
        for (size_t l = 0; l < m && fold_of[i] == fold; l++) {
            size_t best =
                samples_predict(s, i, v + l * (s->d + 1) * k, &squares);

            if (folds > 1)
                expected[l] += best == s->labels[i];
            else
                expected[s->labels[i] + k * best]++;
        }
    assert_memory_equal(got, expected, cells * sizeof *got);
    tg_tiles_release(&models);
    tg_tiles_release(&counts);
    tg_rows_free(&rows);
    tg_split_free(&split);
    free(fold_of);
    free(v);
    free(got);
    free(expected);
}

/* The confusion of one model, and the hits of as many as lambdas on a fold. */
static void test_predict(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3) {
        struct samples *s = samples_new(37, 301, 4, element);

        predict(s, 1, 1, 1, 0);
        predict(s, 1, 1, 13, 0);
        for (size_t fold = 0; fold < 5; fold++)
            predict(s, 2, 5, 13, fold);
        samples_free(s);
    }
}

/* ---- classify ---------------------------------------------------------- */

struct output {
    const struct samples *s;
    const double *v;
    size_t next; /* sample */
    size_t wrong;
};

/* Called by a task: counts what is wrong. */
static int check_tile(void *context, size_t first, size_t n, size_t k,
                      const double *result, const uint16_t *labels)
{
    struct output *out = context;
    double squares;

    out->wrong += first != out->next || k != out->s->k;
    for (size_t i = 0; i < n; i++) {
        const double *column = result + i * (k + 1);
        double sum = 0;

        for (size_t c = 0; c < k; c++)
            sum += pow(column[c] - (labels[i] == c ? 1 : -1), 2);
        size_t best = samples_predict(out->s, first + i, out->v, &squares);
        out->wrong += column[k] != (double)best;
        out->wrong += labels[i] != out->s->labels[first + i];
        out->wrong += !(fabs(sum - squares) <= 1e-12 * squares);
    }
    out->next = first + n;
    return TG_OK;
}

static void classify(struct samples *s, size_t count)
{
    const double lambda = 1;
    struct tg_plan plan FREED = samples_plan(s, 1, 1, &lambda, 0, 0, &count);
    struct tg_reader reader = samples_reader(s);
    double *v = samples_models(s, 1);
    struct tg_tiles model = samples_model_tiles(&plan, 1, v);
    struct output out = {.s = s, .v = v};
    const struct tg_sink sink = {check_tile, &out};
    struct tg_split split;
    struct tg_rows rows;

    assert_int_equal(tg_split_init(&split, s->n, NULL, NULL, 1, count, 0),
                     TG_OK);
    assert_int_equal(samples_rows(&rows, &plan, &split, &reader, false), TG_OK);
    assert_int_equal(tg_graph_classify(&plan, &rows, &model, &sink), TG_OK);
    harness_wait();
    assert_int_equal(out.next, s->n);
    assert_int_equal(out.wrong, 0);
    tg_tiles_release(&model);
    tg_rows_free(&rows);
    tg_split_free(&split);
    free(v);
}

static void test_classify(void **state)
{
    (void)state;
    for (size_t element = 1; element <= 4; element += 3) {
        struct samples *s = samples_new(37, 301, 4, element);

        classify(s, 1);
        classify(s, 2);
        classify(s, 37);
        classify(s, 301);
        samples_free(s);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_predict, harness_reset),
        cmocka_unit_test_setup(test_classify, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
