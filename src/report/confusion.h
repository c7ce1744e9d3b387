/* Confusions: how many samples of a class were taken for which one. */
#ifndef TG_REPORT_CONFUSION_H
#define TG_REPORT_CONFUSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "json.h"

struct tg_confusion_cell {
    uint16_t truth, predicted;
    int64_t count;
};

/* A matrix; or of many classes (see confusion_tally.h), what is not zero in it; or
 * neither, without labels. */
struct tg_confusion {
    int classes;
    char *const *names;
    const int64_t *counts; /* k x k, [truth + k * predicted]; or NULL */
    const struct tg_confusion_cell *cells; /* [ncells], by column; or NULL */
    size_t ncells;
};

/* Is there anything to show? */
bool tg_confusion_known(const struct tg_confusion *confusion);

/* What is not zero, by column: *at, 0 before, is where to look.
 * Value: whether there was another cell. */
bool tg_confusion_next(const struct tg_confusion *confusion, size_t *at,
                       struct tg_confusion_cell *cell);

/* Samples on the diagonal, all of them, and the share; 0, 0 and NaN without
 * counts. */
struct tg_hits {
    int64_t right, all;
    double accuracy;
};
struct tg_hits tg_confusion_hits(const struct tg_confusion *confusion);

/* Print "0.8000 (1,600 of 2,000)" and a line's end. */
void tg_confusion_line(FILE *out, const struct tg_confusion *confusion);

/* Print a table of classes, with precision and recall where there are counts;
 * of many classes, only a few, those of lowest recall, else those predicted
 * most.  `predicted` counts predictions of each class; NULL: not shown.
 * Errors: TG_EMEMORY. */
int tg_confusion_table(FILE *out, const struct tg_confusion *confusion,
                       const int64_t *predicted, int color);

/* Write a matrix, [i][j] samples of class i predicted as j, for up to 100
 * classes; for more, what is not zero: {rows[] columns[] counts[]}, of the
 * same length, by column; null without counts. */
void tg_confusion_json(struct tg_json *json, const char *key,
                       const struct tg_confusion *confusion);

/* Put the matrix on a page, or where there are many classes, the pairs that
 * are confused most; `which`: "test" samples. */
void tg_confusion_page(FILE *page, const struct tg_confusion *confusion,
                       const char *which);

#endif
