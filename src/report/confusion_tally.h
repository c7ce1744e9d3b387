/* Confusions as samples come, one by one: a matrix, or where that would be
 * large and nearly empty, the classes of each sample, counted at the end. */
#ifndef TG_REPORT_CONFUSION_TALLY_H
#define TG_REPORT_CONFUSION_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "confusion.h"

enum { TG_CONFUSION_DENSE = 4096 }; /* classes up to which it is a matrix */

/* All zero is empty. */
struct tg_confusion_tally {
    size_t classes;
    int64_t *counts; /* k x k; or NULL */
    uint32_t *seen; /* predicted, truth of each sample, 16 bits each; or NULL */
    size_t n;       /* of them, so far */
    struct tg_confusion_cell *cells; /* what they become */
};

/* What a tally of so many samples takes, in bytes. */
double tg_confusion_bytes(size_t classes, size_t samples);

/* Begin; free it also after an error. Errors: TG_EMEMORY. */
int tg_confusion_start(struct tg_confusion_tally *tally, size_t classes,
                       size_t samples);

/* Count a sample, of at most so many as were announced. */
void tg_confusion_count(struct tg_confusion_tally *tally, uint16_t truth,
                        uint16_t predicted);

/* What was counted, which the tally keeps. Errors: TG_EMEMORY. */
int tg_confusion_finish(struct tg_confusion_tally *tally, char *const *names,
                        struct tg_confusion *confusion);

void tg_confusion_free(struct tg_confusion_tally *tally);

#endif
