#include "page_chart.h"

#include <stdlib.h>

#include "error.h"
#include "plot.h"
#include "page.h"

/* Charts are drawn in two columns, and fill a phone's width alone. */
#define STYLE                                                                  \
    "set terminal svg size 480,300 dynamic font 'sans-serif,14'\n"             \
    "set encoding utf8\n"                                                      \
    "set border 3 linecolor '#8a919c'\n"                                       \
    "set tics nomirror out scale 0.5, 0.2 textcolor '#4b525d'\n"               \
    "set tmargin 2.2\n"                                                        \
    "set rmargin 2\n"                                                          \
    "set grid ytics linetype 1 linecolor '#e3e6ea' linewidth 1\n"              \
    "set key off\n"                                                            \
    "set title textcolor '#1c2026'\n"                                          \
    "set style fill solid 1 noborder\n"

int tg_chart_begin(struct tg_chart *chart)
{
    chart->text = NULL;
    chart->script = open_memstream(&chart->text, &chart->length);
    if (!chart->script)
        return tg_fail(TG_EMEMORY, "out of memory for a chart");
    fputs(STYLE, chart->script);
    return TG_OK;
}

int tg_chart_end(struct tg_chart *chart, FILE *page, char *alt)
{
    char *svg = NULL;
    size_t size;
    int error = TG_OK;

    if (fclose(chart->script) != 0 || !alt)
        error = tg_fail(TG_EMEMORY, "out of memory for a chart");
    if (!error)
        error = tg_plot(chart->text, chart->length, &svg, &size);
    if (!error) {
        fputs("<img class=\"chart\" width=\"480\" height=\"300\" "
              "src=\"data:image/svg+xml;base64,",
              page);
        tg_page_base64(page, svg, size);
        fputs("\" alt=\"", page);
        tg_page_text(page, alt);
        fputs("\">\n", page);
    }
    free(svg);
    free(chart->text);
    free(alt);
    return error;
}
