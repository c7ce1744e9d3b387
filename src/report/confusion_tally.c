#include "confusion_tally.h"

#include <stdlib.h>

#include "error.h"

static int out_of_memory(size_t classes)
{
    return tg_fail(TG_EMEMORY,
                   "out of memory for the confusions of %zu classes", classes);
}

double tg_confusion_bytes(size_t classes, size_t samples)
{
    const struct tg_confusion_tally *tally = NULL;
    double k = (double)classes, n = (double)samples;

    if (classes <= TG_CONFUSION_DENSE)
        return k * k * sizeof *tally->counts;
    return n * (sizeof *tally->seen + sizeof *tally->cells);
}

int tg_confusion_start(struct tg_confusion_tally *tally, size_t classes,
                       size_t samples)
{
    tally->classes = classes;
    if (classes <= TG_CONFUSION_DENSE)
        tally->counts = calloc(classes * classes, sizeof *tally->counts);
    else
        tally->seen = calloc(samples, sizeof *tally->seen);
    return tally->counts || tally->seen ? TG_OK : out_of_memory(classes);
}

void tg_confusion_count(struct tg_confusion_tally *tally, uint16_t truth,
                        uint16_t predicted)
{
    if (tally->counts)
        tally->counts[truth + tally->classes * predicted]++;
    else
        tally->seen[tally->n++] = (uint32_t)predicted << 16 | truth;
}

static int compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

/* Cells of sorted samples; value: how many. */
static size_t gather(const uint32_t *seen, size_t n,
                     struct tg_confusion_cell *cells)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        if (i == 0 || seen[i] != seen[i - 1])
            cells[found++] =
                (struct tg_confusion_cell){(uint16_t)(seen[i] & UINT16_MAX),
                                           (uint16_t)(seen[i] >> 16), 0};
        cells[found - 1].count++;
    }
    return found;
}

int tg_confusion_finish(struct tg_confusion_tally *tally, char *const *names,
                        struct tg_confusion *confusion)
{
    *confusion = (struct tg_confusion){
        .classes = (int)tally->classes,
        .names = names,
        .counts = tally->counts,
    };
    if (tally->counts)
        return TG_OK;
    tally->cells = calloc(tally->n, sizeof *tally->cells);
    if (!tally->cells)
        return out_of_memory(tally->classes);
    qsort(tally->seen, tally->n, sizeof *tally->seen, compare);
    confusion->cells = tally->cells;
    confusion->ncells = gather(tally->seen, tally->n, tally->cells);
    return TG_OK;
}

void tg_confusion_free(struct tg_confusion_tally *tally)
{
    free(tally->counts);
    free(tally->seen);
    free(tally->cells);
    *tally = (struct tg_confusion_tally){0};
}
