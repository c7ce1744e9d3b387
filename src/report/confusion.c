#include "confusion.h"

#include <math.h>

#include "text.h"

enum { DENSE = 100 }; /* classes up to which JSON has a matrix */

bool tg_confusion_known(const struct tg_confusion *confusion)
{
    return confusion->counts || confusion->cells;
}

bool tg_confusion_next(const struct tg_confusion *confusion, size_t *at,
                       struct tg_confusion_cell *cell)
{
    const size_t k = (size_t)confusion->classes;
    const size_t end = confusion->counts ? k * k : confusion->ncells;

    while (confusion->counts && *at < end && !confusion->counts[*at])
        (*at)++;
    if (*at == end)
        return false;
    if (confusion->counts)
        *cell =
            (struct tg_confusion_cell){(uint16_t)(*at % k), (uint16_t)(*at / k),
                                       confusion->counts[*at]};
    else
        *cell = confusion->cells[*at];
    (*at)++;
    return true;
}

struct tg_hits tg_confusion_hits(const struct tg_confusion *confusion)
{
    struct tg_hits hits = {0, 0, NAN};
    struct tg_confusion_cell cell;

    for (size_t at = 0; tg_confusion_next(confusion, &at, &cell);) {
        hits.right += cell.truth == cell.predicted ? cell.count : 0;
        hits.all += cell.count;
    }
    if (hits.all)
        hits.accuracy = (double)hits.right / (double)hits.all;
    return hits;
}

void tg_confusion_line(FILE *out, const struct tg_confusion *confusion)
{
    const struct tg_hits hits = tg_confusion_hits(confusion);

    fprintf(out, "%s (%s of %s)\n", tg_text_real(hits.accuracy, 4).text,
            tg_text_count(hits.right).text, tg_text_count(hits.all).text);
}

/* Rows of truth from columns of predictions. */
static void put_matrix(struct tg_json *json, size_t k, const int64_t *counts)
{
    for (size_t i = 0; i < k; i++) {
        tg_json_open(json, NULL, '[');
        for (size_t j = 0; j < k; j++)
            tg_json_integer(json, NULL, counts[i + k * j]);
        tg_json_close(json, ']');
    }
}

enum list { ROWS, COLUMNS, COUNTS, LISTS };

/* One of the lists of what is not zero. */
static void put_list(struct tg_json *json, enum list list,
                     const struct tg_confusion *confusion)
{
    struct tg_confusion_cell cell;

    for (size_t at = 0; tg_confusion_next(confusion, &at, &cell);)
        tg_json_integer(json, NULL,
                        list == ROWS      ? cell.truth
                        : list == COLUMNS ? cell.predicted
                                          : cell.count);
}

void tg_confusion_json(struct tg_json *json, const char *key,
                       const struct tg_confusion *confusion)
{
    static const char *const names[LISTS] = {"rows", "columns", "counts"};
    const size_t k = (size_t)confusion->classes;

    if (!tg_confusion_known(confusion)) {
        tg_json_null(json, key);
    } else if (k <= DENSE) {
        tg_json_open(json, key, '[');
        put_matrix(json, k, confusion->counts);
        tg_json_close(json, ']');
    } else {
        tg_json_open(json, key, '{');
        for (enum list list = ROWS; list < LISTS; list++) {
            tg_json_open(json, names[list], '[');
            put_list(json, list, confusion);
            tg_json_close(json, ']');
        }
        tg_json_close(json, '}');
    }
}
