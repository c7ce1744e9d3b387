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

/* What the counts say of one class. */
struct sums {
    int64_t truth, named, right;
};

/* Samples of each class, predictions of each, and those that agree.
 * Shapes: [k], zero before. */
static void add_up(const struct tg_confusion *confusion, struct sums *sums)
{
    struct tg_confusion_cell cell;

    for (size_t at = 0; tg_confusion_next(confusion, &at, &cell);) {
        sums[cell.truth].truth += cell.count;
        sums[cell.predicted].named += cell.count;
        if (cell.truth == cell.predicted)
            sums[cell.truth].right = cell.count;
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
    struct sums *sums = calloc(k, sizeof *sums);

    if (!sums)
        return tg_fail(TG_EMEMORY, "out of memory for the table of classes");
    add_up(confusion, sums);
    for (size_t i = 0; i < k; i++) {
        double right = (double)sums[i].right;
        struct row row = {confusion->names[i], NAN, NAN, sums[i].truth,
                          predicted ? predicted[i] : 0};

        if (sums[i].truth)
            row.recall = right / (double)sums[i].truth;
        if (sums[i].named)
            row.precision = right / (double)sums[i].named;
        *n = insert(rows, *n, &row, k > MANY);
    }
    free(sums);
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
    const bool known = tg_confusion_known(confusion);
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
    if (known)
        fprintf(out, "%12s%10s%14s", "precision", "recall", "samples");
    if (predicted)
        fprintf(out, "%14s", "predicted");
    tg_terminal_stop(out, color);
    fputc('\n', out);
    for (size_t i = 0; i < n; i++)
        print_row(out, &rows[i], width, known, predicted);
    if (confusion->classes > MANY)
        fprintf(out, "(the %d classes %s, of %s)\n", FEW,
                known ? "of lowest recall" : "predicted most",
                tg_text_count(confusion->classes).text);
    return TG_OK;
}
