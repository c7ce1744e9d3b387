#include "dual_system.h"

#include <assert.h>
#include <math.h>

#include "error.h"
#include "task.h"
#include "value.h"

/* What leaves a solution 0, and a factorization finite. */
#define DEAR 0x1p1000
#define DEAR_SINGLE 0x1p100

/* ---- System ------------------------------------------------------------ */

static int diagonal(void *buffers[], const void *arguments)
{
    const size_t n = *(const size_t *)arguments;
    size_t b = TG_ROWS(buffers[1]), element = TG_ELEMENT(buffers[1]);
    double lambda = *TG_PTR(double, buffers[0]);
    double most = element == sizeof(float) ? DEAR_SINGLE : DEAR;
    void *a = TG_PTR(void, buffers[1]);
    double *d = TG_PTR(double, buffers[2]);

    lambda = lambda > most ? most : lambda;
    for (size_t r = 0; r < b; r++) {
        d[r] = tg_value_get(a, element, r + r * b) + lambda;
        if (r >= n)
            d[r] = 1;
        else if (!(lambda > 0)) /* 0, or NaN: none was chosen */
            d[r] = 0;
        tg_value_put(a, element, r + r * b, d[r]);
    }
    return TG_OK;
}

TG_STAGE(diagonal, 0xb2df8a, "factorize");
TG_CODELET_NAMED(dual_diagonal, diagonal, .stage = &tg_stage_diagonal,
                 .args = sizeof(size_t),
                 TG_MODES(STARPU_R, STARPU_RW, STARPU_W));

int tg_dual_diagonal_insert(size_t n, struct tg_tile lambda, struct tg_tile a,
                            struct tg_tile d)
{
    assert(tg_tile_rows(a) == tg_tile_cols(a) &&
           tg_tile_rows(d) == tg_tile_rows(a) && n <= tg_tile_rows(a));
    return TG_INSERT(&dual_diagonal_codelet, TG_PRIORITY_ASSEMBLE, &n, lambda,
                     a, d);
}

static int targets(void *buffers[], const void *arguments)
{
    size_t n = TG_ROWS(buffers[0]), b = TG_ROWS(buffers[1]);
    size_t k = TG_COLS(buffers[1]) - 1, element = TG_ELEMENT(buffers[1]);
    const uint16_t *labels = TG_PTR(uint16_t, buffers[0]);

    (void)arguments;
    for (size_t c = 0; c <= k; c++)
        for (size_t r = 0; r < b; r++) {
            double y = c == k || labels[r < n ? r : 0] == c ? 1 : -1;

            tg_value_put(TG_PTR(void, buffers[1]), element, r + c * b,
                         r < n ? y : 0);
        }
    return TG_OK;
}

TG_STAGE(targets, 0xcab2d6, "solve");
TG_CODELET(targets, .stage = &tg_stage_targets, TG_MODES(STARPU_R, STARPU_W));

int tg_targets_insert(struct tg_tile labels, struct tg_tile y)
{
    assert(tg_tile_rows(labels) <= tg_tile_rows(y));
    return TG_INSERT(&targets_codelet, TG_PRIORITY_ASSEMBLE, TG_NONE, labels,
                     y);
}

/* ---- Offset ------------------------------------------------------------ */

static int sums(void *buffers[], const void *arguments)
{
    size_t b = TG_ROWS(buffers[0]), element = TG_ELEMENT(buffers[0]);
    double *sum = TG_PTR(double, buffers[1]);

    (void)arguments;
    for (size_t c = 0; c < TG_COLS(buffers[0]); c++)
        for (size_t r = 0; r < b; r++)
            sum[c] +=
                tg_value_get(TG_PTR(void, buffers[0]), element, r + c * b);
    return TG_OK;
}

TG_STAGE(offset, 0x9e9ac8, "solve");
TG_CODELET_NAMED(dual_sums, sums, .stage = &tg_stage_offset,
                 TG_MODES(STARPU_R, STARPU_RW));

int tg_dual_sums_insert(struct tg_tile y, struct tg_tile to)
{
    assert(tg_tile_cols(y) == tg_tile_rows(to));
    return TG_INSERT(&dual_sums_codelet, TG_PRIORITY_SOLVE, TG_NONE, y, to);
}

static int offset(void *buffers[], const void *arguments)
{
    size_t k = TG_ROWS(buffers[0]) - 1;
    const double *sum = TG_PTR(double, buffers[0]);
    double *status = TG_PTR(double, buffers[1]);

    (void)arguments;
    for (size_t c = 0; c < k; c++)
        status[c] = sum[c] / sum[k];
    return TG_OK;
}

TG_CODELET_NAMED(dual_offset, offset, .stage = &tg_stage_offset,
                 TG_MODES(STARPU_R, STARPU_RW));

int tg_dual_offset_insert(struct tg_tile from, struct tg_tile status)
{
    assert(tg_tile_rows(from) == tg_tile_rows(status));
    return TG_INSERT(&dual_offset_codelet, TG_PRIORITY_SOLVE, TG_NONE, from,
                     status);
}

/* ---- Validation -------------------------------------------------------- */

/* One sample's residuals; *best: its class, the first of the largest scores.
 * With result = -K [V u], K A + b = K V + (1 - K u) b. */
static double residuals(size_t k, size_t label, const double *b,
                        const void *result, size_t element, size_t ld,
                        size_t row, size_t *best)
{
    double rest = 1 + tg_value_get(result, element, row + k * ld);
    double sum = 0, most = -INFINITY;

    for (size_t c = 0; c < k; c++) {
        double score =
            b[c] * rest - tg_value_get(result, element, row + c * ld);
        double off = score - (c == label ? 1 : -1);

        if (score > most) {
            most = score;
            *best = c;
        }
        sum += off * off;
    }
    return sum;
}

static int tally(void *buffers[], const void *arguments)
{
    const size_t l = *(const size_t *)arguments;
    size_t ld = TG_ROWS(buffers[0]), k = TG_COLS(buffers[0]) - 1;
    const uint16_t *labels = TG_PTR(uint16_t, buffers[1]);
    const double *status = TG_PTR(double, buffers[2]);
    double *right = TG_PTR(double, buffers[3]), *r = TG_PTR(double, buffers[4]);

    for (size_t i = 0; i < TG_ROWS(buffers[1]); i++) {
        size_t best = k;

        r[l] += residuals(k, labels[i], status, TG_PTR(void, buffers[0]),
                          TG_ELEMENT(buffers[0]), ld, i, &best);
        right[l] += best == labels[i];
    }
    if (status[k] != 0)
        r[l] = NAN;
    return TG_OK;
}

TG_STAGE(tally, 0xfb9a99, "predict");
TG_CODELET_NAMED(dual_tally, tally, .stage = &tg_stage_tally,
                 .args = sizeof(size_t),
                 TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_RW, STARPU_RW));

int tg_dual_tally_insert(size_t l, struct tg_tile result, struct tg_tile labels,
                         struct tg_tile status, struct tg_tile right,
                         struct tg_tile r)
{
    assert(tg_tile_rows(labels) <= tg_tile_rows(result));
    assert(tg_tile_rows(status) == tg_tile_cols(result));
    assert(l < tg_tile_rows(right) && l < tg_tile_rows(r));
    return TG_INSERT(&dual_tally_codelet, TG_PRIORITY_PREDICT, &l, result,
                     labels, status, right, r);
}
