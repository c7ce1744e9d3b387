/* What the parts of an HTML page are made of.
 *
 * All text that isn't ours goes through tg_page_text or tg_page_row.  Failed
 * writes are the file's to remember. */
#ifndef TG_REPORT_PAGE_H
#define TG_REPORT_PAGE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Text between tags or in an attribute's quotes: <, >, &, " and ' are written
 * as references, and what is no UTF-8, or controls, as '?'. */
void tg_page_text(FILE *page, const char *text);

void tg_page_base64(FILE *page, const void *bytes, size_t size);

/* The source of an image: 'src="data:image/png;base64,..." width= height='.
 * Shapes: planes (width, height, channels), channels 1 or 3.
 * Errors: TG_EMEMORY. */
int tg_page_png(FILE *page, int width, int height, int channels,
                const uint8_t *planes);

/* A sentence or two below a heading: our own words, as HTML. */
void tg_page_lead(FILE *page, const char *text);

/* Begin a box in which what is too wide scrolls; `name` is for those who
 * can't see it. It ends with </div>. */
void tg_page_scroll(FILE *page, const char *name);

/* A number that is seen first, and what it means: HTML. */
void tg_page_fact(FILE *page, const char *label, const char *value,
                  const char *note);

/* A row of a table of names and values. */
void tg_page_row(FILE *page, const char *name, const char *value);

#endif
