#include "samples.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "harness.h"

struct samples *samples_new(size_t d, size_t n, size_t k, size_t element)
{
    struct samples *s = calloc(1, sizeof *s);
    double *centre = calloc(d * k, sizeof *centre);

    assert_non_null(s);
    assert_non_null(centre);
    s->d = d, s->n = n, s->k = k, s->element = element;
    s->x = calloc(d * n, sizeof *s->x);
    s->units = calloc(d, sizeof *s->units);
    s->labels = calloc(n, sizeof *s->labels);
    assert_non_null(s->x);
    assert_non_null(s->units);
    assert_non_null(s->labels);
    for (size_t f = 0; f < d; f++)
        s->units[f] = element == 1 ? 1.0 / 255 : 1;
    for (size_t i = 0; i < d * k; i++)
        centre[i] = harness_real();
    for (size_t i = 0; i < n; i++) {
        s->labels[i] = (uint16_t)(i < k ? i : harness_below(k));
        for (size_t f = 0; f < d; f++) {
            double x = centre[f + s->labels[i] * d] + 3 * harness_real();

            s->x[f + i * d] = element == 1 ? (double)(int)((x + 4) * 255 / 8)
                                           : (double)(float)x;
        }
    }
    free(centre);
    return s;
}

void samples_free(struct samples *s)
{
    free(s->x);
    free(s->units);
    free(s->labels);
    free(s);
}

/* Called by tasks: no assertion here. */
static int read_samples(const void *context, const size_t *rows, size_t n,
                        void *to)
{
    struct samples *s = (struct samples *)context;

    atomic_fetch_add(&s->reads, 1);
    atomic_fetch_add(&s->rows_read, n);
    for (size_t i = 0; i < n; i++) {
        for (size_t f = 0; f < s->d; f++) {
            double x = s->x[f + rows[i] * s->d];

            if (s->element == 1)
                ((uint8_t *)to)[f + i * s->d] = (uint8_t)x;
            else
                ((float *)to)[f + i * s->d] = (float)x;
        }
    }
    return s->error;
}

struct tg_reader samples_reader(struct samples *s)
{
    return (struct tg_reader){read_samples, s, s->labels, 0};
}

struct tg_plan samples_plan(const struct samples *s, size_t folds,
                            size_t lambdas, const double *lambda, size_t block,
                            size_t lanes, size_t *tiles)
{
    struct tg_plan plan = {
        .features = s->d,
        .classes = s->k,
        .element = s->element,
        .units = s->units,
        .folds = folds,
        .lambdas = lambdas,
        .lambda = lambda,
    };

    assert_int_equal(tg_plan_init(&plan, s->n, tiles, block, lanes, 1 << 20, 0,
                                  1),
                     TG_OK);
    return plan;
}

int samples_rows(struct tg_rows *rows, const struct tg_plan *plan,
                 const struct tg_split *split, const struct tg_reader *reader,
                 bool keep)
{
    return tg_rows_init(rows, split, reader, plan->features, plan->element,
                        keep ? split->folds : 0, NULL, &plan->placement);
}

void samples_statistics(const struct samples *s, const size_t *fold_of,
                        size_t fold, bool inside, double *gram, double *moments)
{
    size_t d = s->d;

    memset(gram, 0, d * d * sizeof *gram);
    memset(moments, 0, (d + 1) * s->k * sizeof *moments);
    for (size_t i = 0; i < s->n; i++) {
        const double *x = s->x + i * d;
        double *own = moments + s->labels[i] * (d + 1);

        if ((fold_of[i] == fold) != inside)
            continue;
        for (size_t c = 0; c < d; c++)
            for (size_t r = 0; r < d; r++)
                gram[r + c * d] += x[r] * x[c];
        for (size_t f = 0; f < d; f++)
            own[f] += x[f];
        own[d]++;
    }
}

void split_folds(const struct tg_split *split, size_t *fold_of)
{
    for (size_t t = 0; t < split->tiles; t++)
        for (size_t at = split->offsets[t]; at < split->offsets[t + 1]; at++)
            fold_of[split->rows[at]] = t % split->folds;
}

void samples_ridge(const struct samples *s, const size_t *fold_of, size_t fold,
                   double scale, double lambda, double *v)
{
    size_t d = s->d, n = 0;
    double *x = calloc(d * s->n, sizeof *x);
    uint16_t *labels = calloc(s->n, sizeof *labels);

    assert_non_null(x);
    assert_non_null(labels);
    for (size_t i = 0; i < s->n; i++) {
        if (fold_of[i] == fold)
            continue;
        for (size_t f = 0; f < d; f++)
            x[f + n * d] = s->x[f + i * d] * scale;
        labels[n++] = s->labels[i];
    }
    ridge_by_definition(d, n, s->k, x, labels, lambda, v);
    for (size_t c = 0; c < s->k; c++)
        for (size_t f = 0; f < d; f++)
            v[f + c * (d + 1)] *= scale;
    free(x);
    free(labels);
}

double *samples_models(const struct samples *s, size_t m)
{
    size_t size = (s->d + 1) * s->k;
    double *v = calloc(m * size, sizeof *v);
    double norm = (s->element == 1 ? 255 : 3) * sqrt((double)s->d);

    assert_non_null(v);
    for (size_t i = 0; i < m * size; i++)
        v[i] = harness_real() / (i % (s->d + 1) == s->d ? 1 : norm);
    return v;
}

struct tg_tiles samples_model_tiles(const struct tg_plan *plan, size_t m,
                                    const double *v)
{
    size_t d = plan->features, columns = m * plan->classes;
    struct tg_tiles tiles;

    assert_int_equal(tg_tiles_init(&tiles, d + 1, columns, d + 1, columns, 8,
                                   &plan->placement, tg_owner_first, 0),
                     TG_OK);
    tg_tiles_write(&tiles, v);
    return tiles;
}

long double samples_score(const struct samples *s, size_t row, size_t c,
                          const double *v)
{
    const double *w = v + c * (s->d + 1);
    long double score = w[s->d];

    for (size_t f = 0; f < s->d; f++)
        score += (long double)w[f] * s->x[f + row * s->d];
    return score;
}

size_t samples_predict(const struct samples *s, size_t row, const double *v,
                       double *squares)
{
    size_t best = 0;
    double largest = 0;

    *squares = 0;
    for (size_t c = 0; c < s->k; c++) {
        long double score = samples_score(s, row, c, v);

        if (c == 0 || (double)score > largest) {
            best = c;
            largest = (double)score;
        }
        score -= s->labels[row] == c ? 1 : -1;
        *squares += (double)(score * score);
    }
    return best;
}

static void copy_tile(struct tg_tiles *tiles, size_t i, size_t j, bool put,
                      double *values)
{
    starpu_data_handle_t handle = tg_tile_handle(tg_tile(tiles, i, j));
    double *at =
        values + i * tiles->block_rows + j * tiles->block_cols * tiles->rows;
    size_t rows = tg_tiles_rows(tiles, i);

    starpu_data_acquire(handle, put ? STARPU_W : STARPU_R);
    double *tile = (double *)starpu_matrix_get_local_ptr(handle);
    for (size_t c = 0; c < tg_tiles_cols(tiles, j); c++) {
        double *here = tile + c * rows, *there = at + c * tiles->rows;

        memcpy(put ? here : there, put ? there : here, rows * sizeof *here);
    }
    starpu_data_release(handle);
}

static void copy_tiles(struct tg_tiles *tiles, bool lower, bool put,
                       double *values)
{
    for (size_t j = 0; j < tiles->col_tiles; j++)
        for (size_t i = lower ? j : 0; i < tiles->row_tiles; i++)
            copy_tile(tiles, i, j, put, values);
}

void tiles_put(struct tg_tiles *tiles, bool lower, const double *values)
{
    copy_tiles(tiles, lower, true, (double *)values);
}

void tiles_get(struct tg_tiles *tiles, bool lower, double *values)
{
    copy_tiles(tiles, lower, false, values);
}
