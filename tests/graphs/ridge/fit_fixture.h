/* What the tests of whole fits share: a fit of samples, and what it found. */
#ifndef TG_FIT_FIXTURE_H
#define TG_FIT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "harness.h"
#include "samples.h"
#include "task.h"

enum { LAMBDAS = 4, ROOM = 4096 };

static const double lambda[LAMBDAS] = {1e-3, 0.1, 10, 1000};

/* How a fit is to be made. */
struct options {
    size_t folds, lambdas;
    const double *lambda;
    size_t tiles, block, lanes;
    bool by_error, keep, standardize;
    bool dual, single; /* ... of products in single precision */
    bool cg, descent;
    size_t sketch;        /* 0: the plan's own */
    size_t slots, window; /* 0: the plan's own */
};

/* What it found. */
struct found {
    double v[ROOM], moments[ROOM], status[64], chosen, table[256];
    double train[256], test[256];
    double reached[2]; /* of cg */
    size_t fold_of[ROOM];
};

static void fetch(struct tg_tiles *tiles, size_t room, double *values)
{
    if (tiles->handles) {
        assert_in_range(tiles->rows * tiles->cols, 1, room);
        tg_tiles_read(tiles, values);
        tg_tiles_release(tiles);
    }
}

static void fit(struct samples *s, struct samples *test,
                const struct options *options, struct found *found)
{
    size_t tiles = options->tiles;
    struct tg_plan plan FREED =
        samples_plan(s, options->folds, options->lambdas, options->lambda,
                     options->block, options->lanes, &tiles);
    struct tg_reader reader = samples_reader(s), other;
    struct tg_split split, rest = {0};
    struct tg_rows rows, tested;
    struct tg_fit fit;

    plan.by_error = options->by_error;
    plan.standardize = options->standardize;
    plan.dual = options->dual;
    plan.cg = options->cg;
    plan.sketch = options->sketch;
    plan.descent = options->descent;
    plan.dual_element = options->single ? sizeof(float) : sizeof(double);
    plan.slots = options->slots ? options->slots : plan.slots;
    plan.window = options->window ? options->window : plan.window;
    assert_int_equal(tg_split_init(&split, s->n, NULL, s->labels,
                                   options->folds, tiles, 9),
                     TG_OK);
    assert_int_equal(samples_rows(&rows, &plan, &split, &reader, options->keep),
                     TG_OK);
    if (test) {
        other = samples_reader(test);
        assert_int_equal(tg_split_init(&rest, test->n, NULL, NULL, 1, 3, 0),
                         TG_OK);
        assert_int_equal(samples_rows(&tested, &plan, &rest, &other, false),
                         TG_OK);
    }
    assert_int_equal(tg_graph_ridge(&plan, &rows, test ? &tested : NULL, &fit),
                     TG_OK);
    harness_wait();
    fetch(&fit.v, ROOM, found->v);
    fetch(&fit.status, 64, found->status);
    fetch(&fit.chosen, 1, &found->chosen);
    fetch(&fit.table, 256, found->table);
    fetch(&fit.train_confusion, 256, found->train);
    fetch(&fit.test_confusion, 256, found->test);
    fetch(&fit.moments, ROOM, found->moments);
    fetch(&fit.reached, 2, found->reached);
    tg_fit_release(&fit); /* what was not fetched */
    split_folds(&split, found->fold_of);
    tg_rows_free(&rows);
    tg_split_free(&split);
    if (test) {
        tg_rows_free(&tested);
        tg_split_free(&rest);
    }
}

static struct found *found_new(void)
{
    struct found *found = calloc(1, sizeof *found);

    assert_non_null(found);
    return found;
}

#endif
