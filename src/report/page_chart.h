/* A chart of the HTML page: a gnuplot script that becomes an image; private to
 * page_*.c. */
#ifndef TG_REPORT_PAGE_CHART_H
#define TG_REPORT_PAGE_CHART_H

#include <stddef.h>
#include <stdio.h>

#define TG_CHART_BLUE "#2459b8"
#define TG_CHART_PALE "#9dbbee"
#define TG_CHART_ORANGE "#d9480f"
#define TG_CHART_GREEN "#2f7d4f"
#define TG_CHART_GRAY "#c3c9d2"

enum { TG_CHART_NAMED = 10 }; /* ticks with a name that fit on an axis */

/* A script in the making. */
struct tg_chart {
    FILE *script;
    char *text;
    size_t length;
};

/* Begin a chart with the page's style.  Errors: TG_EMEMORY. */
int tg_chart_begin(struct tg_chart *chart);

/* Draw it and put it on the page; `alt`, which says in words what it shows, is
 * freed, and may be NULL where memory was short.
 * Errors: TG_EMEMORY, those of tg_plot. */
int tg_chart_end(struct tg_chart *chart, FILE *page, char *alt);

#endif
