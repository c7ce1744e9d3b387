#include "mistakes.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

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

static void mistakes(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    const size_t *rows;

    if (!tg_task_begin(&timer, TG_STAGE_MISTAKES))
        return;
    starpu_codelet_unpack_args(arguments, &rows);
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
    tg_task_end(&timer);
}

TG_CODELET(MISTAKES, mistakes, 3, STARPU_R, STARPU_R, STARPU_RW);

int tg_mistakes_insert(starpu_data_handle_t result, starpu_data_handle_t labels,
                       const size_t *rows, starpu_data_handle_t list)
{
    assert(TG_HANDLE_COLS(result) == TG_HANDLE_ROWS(labels));
    assert(TG_HANDLE_ROWS(list) == TG_MISTAKE_VALUES);
    return TG_INSERT(&mistakes_codelet, TG_PRIORITY_PREDICT, &rows, STARPU_R,
                     result, STARPU_R, labels, STARPU_RW, list);
}

static void merge(void *buffers[], void *arguments)
{
    struct tg_timer timer;

    (void)arguments;
    if (!tg_task_begin(&timer, TG_STAGE_MISTAKES))
        return;
    const double *from = TG_PTR(double, buffers[0]);

    for (size_t i = 0; i < TG_COLS(buffers[0]); i++)
        if (from[i * TG_MISTAKE_VALUES + TG_MISTAKE_ROW] > 0)
            put(from + i * TG_MISTAKE_VALUES, TG_COLS(buffers[1]),
                TG_PTR(double, buffers[1]));
    tg_task_end(&timer);
}

TG_CODELET(MISTAKES, merge, 2, STARPU_R, STARPU_RW);

int tg_mistakes_merge_insert(starpu_data_handle_t from,
                             starpu_data_handle_t list)
{
    int none = 0;

    assert(TG_HANDLE_COLS(from) == TG_HANDLE_COLS(list));
    return TG_INSERT(&merge_codelet, TG_PRIORITY_PREDICT, &none, STARPU_R, from,
                     STARPU_RW, list);
}
