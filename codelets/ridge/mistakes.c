#include "mistakes.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "error.h"
#include "task.h"

enum { COLUMN = TG_MISTAKE_VALUES * sizeof(double) };

static bool before(const double *a, const double *b)
{
    if (b[TG_MISTAKE_ROW] == 0)
        return true;
    if (a[TG_MISTAKE_MARGIN] != b[TG_MISTAKE_MARGIN])
        return a[TG_MISTAKE_MARGIN] > b[TG_MISTAKE_MARGIN];
    return a[TG_MISTAKE_ROW] < b[TG_MISTAKE_ROW];
}

/* Put a mistake in its place among m; the last one falls off. */
static void put(const double *mistake, size_t m, double *list)
{
    size_t at = m;

    while (at > 0 && before(mistake, list + (at - 1) * TG_MISTAKE_VALUES))
        at--;
    if (at == m)
        return;
    double *place = list + at * TG_MISTAKE_VALUES;
    memmove(place + TG_MISTAKE_VALUES, place, (m - 1 - at) * COLUMN);
    memcpy(place, mistake, COLUMN);
}

static int mistakes(void *buffers[], const void *arguments)
{
    const size_t *rows = *(const size_t *const *)arguments;
    size_t k = TG_ROWS(buffers[0]) - 1, n = TG_COLS(buffers[0]);
    const double *result = TG_PTR(double, buffers[0]);
    const uint16_t *labels = TG_PTR(uint16_t, buffers[1]);

    for (size_t i = 0; i < n; i++) {
        const double *scores = result + i * (k + 1);
        size_t predicted = (size_t)scores[k], truth = labels[i];
        const double mistake[TG_MISTAKE_VALUES] = {
            [TG_MISTAKE_ROW] = (double)(rows[i] + 1),
            [TG_MISTAKE_TRUTH] = (double)truth,
            [TG_MISTAKE_PREDICTED] = (double)predicted,
            [TG_MISTAKE_MARGIN] = scores[predicted] - scores[truth]};

        if (predicted != truth)
            put(mistake, TG_COLS(buffers[2]), TG_PTR(double, buffers[2]));
    }
    return TG_OK;
}

TG_STAGE(mistakes, 0xe31a1c, "predict");
TG_CODELET(mistakes, .stage = &tg_stage_mistakes, .args = sizeof(size_t *),
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_mistakes_insert(struct tg_tile result, struct tg_tile labels,
                       const size_t *rows, struct tg_tile list)
{
    assert(tg_tile_cols(result) == tg_tile_rows(labels));
    assert(tg_tile_rows(list) == TG_MISTAKE_VALUES);
    return TG_INSERT(&mistakes_codelet, TG_PRIORITY_PREDICT, &rows, result,
                     labels, list);
}

static int merge(void *buffers[], const void *arguments)
{
    (void)arguments;
    const double *from = TG_PTR(double, buffers[0]);

    for (size_t i = 0; i < TG_COLS(buffers[0]); i++)
        if (from[i * TG_MISTAKE_VALUES + TG_MISTAKE_ROW] > 0)
            put(from + i * TG_MISTAKE_VALUES, TG_COLS(buffers[1]),
                TG_PTR(double, buffers[1]));
    return TG_OK;
}

TG_CODELET(merge, .stage = &tg_stage_mistakes, TG_MODES(STARPU_R, STARPU_RW));

int tg_mistakes_merge_insert(struct tg_tile from, struct tg_tile list)
{
    assert(tg_tile_cols(from) == tg_tile_cols(list));
    return TG_INSERT(&merge_codelet, TG_PRIORITY_PREDICT, TG_NONE, from, list);
}
