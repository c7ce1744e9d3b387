/* The parts of the HTML page; private to html.c and page*.c.
 *
 * A part writes itself into the page's file, and nothing at all where the
 * result has nothing for it.  All text that isn't ours goes through
 * tg_page_text.  Failed writes are the file's to remember. */
#ifndef TG_REPORT_PAGE_H
#define TG_REPORT_PAGE_H

#include <stdio.h>

#include "report.h"

/* Text between tags or in an attribute's quotes: <, >, &, " and ' are written
 * as references, and what is no UTF-8, or controls, as '?'. */
void tg_page_text(FILE *page, const char *text);

void tg_page_base64(FILE *page, const void *bytes, size_t size);

/* The source of an image: 'src="data:image/png;base64,..." width= height='.
 * Shapes: planes (width, height, channels), channels 1 or 3.
 * Errors: TG_EMEMORY. */
int tg_page_png(FILE *page, int width, int height, int channels,
                const uint8_t *planes);

/* Begin a section with its heading, and a sentence or NULL; end it. */
void tg_page_begin(FILE *page, const char *id, const char *heading,
                   const char *lead);
void tg_page_end(FILE *page);

/* Begin a box in which what is too wide scrolls; `name` is for those who
 * can't see it. It ends with </div>. */
void tg_page_scroll(FILE *page, const char *name);

/* Which parts a result has. */
bool tg_page_has_samples(const struct tg_result *result);
bool tg_page_has_curves(const struct tg_result *result);
bool tg_page_has_weights(const struct tg_result *result);
bool tg_page_has_mistakes(const struct tg_result *result);

/* Errors of what reads samples: those of tg_dataset's read, TG_EMEMORY; of
 * what draws charts: those of tg_plot. */
int tg_page_samples(FILE *page, const struct tg_result *result);
int tg_page_curves(FILE *page, const struct tg_result *result);
void tg_page_confusion(FILE *page, const struct tg_result *result);
int tg_page_weights(FILE *page, const struct tg_result *result);
int tg_page_mistakes(FILE *page, const struct tg_result *result);
int tg_page_times(FILE *page, const struct tg_result *result);

#endif
