#include "confusion.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "terminal.h"
#include "text.h"

#define MANY 20  /* classes that a table shows; beyond, only ... */
#define FEW 5    /* ... these */
#define NAMES 30 /* columns that class names may take */

/* What the table says of one class. */
struct row {
    const char *name;
    double precision, recall;
    int64_t support, predicted;
};

/* Samples of each class, and predictions of each. Shapes: [k], zero before. */
static void add_up(const struct tg_confusion *confusion, int64_t *truth,
                   int64_t *named)
{
    const size_t k = (size_t)confusion->classes;
    const int64_t *column = confusion->counts;

    for (size_t j = 0; j < k; j++, column += k)
        for (size_t i = 0; i < k; i++) {
            truth[i] += column[i];
            named[j] += column[i];
        }
}

/* Which of two classes a short table shows first. */
static bool before(const struct row *a, const struct row *b)
{
    double low = isnan(a->recall) ? 2 : a->recall;
    double high = isnan(b->recall) ? 2 : b->recall;

    return low != high ? low < high : a->predicted > b->predicted;
}

/* Put a class in its place, if it has one. Value: how many rows there are. */
static size_t insert(struct row rows[MANY], size_t n, const struct row *row,
                     bool few)
{
    size_t at = n;

    if (few) {
        while (at > 0 && before(row, &rows[at - 1]))
            at--;
        if (at == FEW)
            return n;
        n -= n == FEW;
    }
    memmove(&rows[at + 1], &rows[at], (n - at) * sizeof *rows);
    rows[at] = *row;
    return n + 1;
}

/* All classes, or the few that matter; *n, 0 before: how many. */
static int choose_rows(const struct tg_confusion *confusion,
                       const int64_t *predicted, struct row rows[MANY],
                       size_t *n)
{
    const size_t k = (size_t)confusion->classes;
    const int64_t *counts = confusion->counts;
    int64_t *truth = counts ? calloc(2 * k, sizeof *truth) : NULL;
    int64_t *named = truth ? truth + k : NULL;

    if (counts && !truth)
        return tg_fail(TG_EMEMORY, "out of memory for the table of classes");
    if (counts)
        add_up(confusion, truth, named);
    for (size_t i = 0; i < k; i++) {
        struct row row = {confusion->names[i], NAN, NAN, 0,
                          predicted ? predicted[i] : 0};

        if (counts)
            row.support = truth[i];
        if (counts && truth[i])
            row.recall = (double)counts[i + k * i] / (double)truth[i];
        if (counts && named[i])
            row.precision = (double)counts[i + k * i] / (double)named[i];
        *n = insert(rows, *n, &row, k > MANY);
    }
    free(truth);
    return TG_OK;
}

static void print_row(FILE *out, const struct row *row, int width,
                      bool confusion, bool predicted)
{
    tg_text_name(out, row->name, width, true);
    if (confusion)
        fprintf(out, "%12s%10s%14s", tg_text_real(row->precision, 4).text,
                tg_text_real(row->recall, 4).text,
                tg_text_count(row->support).text);
    if (predicted)
        fprintf(out, "%14s", tg_text_count(row->predicted).text);
    fputc('\n', out);
}

int tg_confusion_table(FILE *out, const struct tg_confusion *confusion,
                       const int64_t *predicted, int color)
{
    struct row rows[MANY];
    size_t n = 0;
    int width = 5;

    TG_TRY(choose_rows(confusion, predicted, rows, &n));
    for (size_t i = 0; i < n; i++) {
        int columns = tg_text_columns(rows[i].name);

        width = columns > width ? columns : width;
    }
    width = width < NAMES ? width : NAMES;
    tg_terminal_start(out, color, TG_BOLD);
    fprintf(out, "%-*s", width, "class");
    if (confusion->counts)
        fprintf(out, "%12s%10s%14s", "precision", "recall", "samples");
    if (predicted)
        fprintf(out, "%14s", "predicted");
    tg_terminal_stop(out, color);
    fputc('\n', out);
    for (size_t i = 0; i < n; i++)
        print_row(out, &rows[i], width, confusion->counts, predicted);
    if (confusion->classes > MANY)
        fprintf(out, "(the %d classes %s, of %s)\n", FEW,
                confusion->counts ? "of lowest recall" : "predicted most",
                tg_text_count(confusion->classes).text);
    return TG_OK;
}
