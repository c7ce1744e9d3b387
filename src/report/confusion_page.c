/* The confusion matrix as a table whose cells are coloured, and the pairs of
 * classes that are confused most. */
#include "confusion.h"

#include <stdbool.h>

#include "page.h"
#include "picture.h"
#include "text.h"

enum {
    MATRIX = 200, /* classes up to which the matrix is shown */
    SMALL = 30,   /* and up to which the pairs are not */
    PAIRS = 20    /* that are shown */
};

struct pair {
    struct tg_confusion_cell cell;
    int64_t all; /* samples of its true class */
};

static int64_t sum(const int64_t *counts, int k, size_t step)
{
    int64_t all = 0;

    for (int i = 0; i < k; i++)
        all += counts[(size_t)i * step];
    return all;
}

static double share(int64_t part, int64_t all)
{
    return all ? (double)part / (double)all : 0;
}

/* A column's heading stands upright where it is a word. */
static void put_heading(FILE *page, const char *name)
{
    const char *style = tg_text_columns(name) > 3 ? " class=\"up\"" : "";

    fprintf(page, "<th scope=\"col\"%s title=\"", style);
    tg_page_text(page, name);
    fputs("\"><span>", page);
    tg_page_text(page, name);
    fputs("</span></th>", page);
}

/* In a large matrix, zeros would be all that is seen. */
static void put_cell(FILE *page, int k, int64_t count, int64_t all, bool right)
{
    double shade = tg_picture_shade(share(count, all));
    const char *class = tg_picture_dark(shade) ? (right ? "right dark" : "dark")
                                               : (right ? "right" : NULL);

    if (count == 0) {
        fprintf(page, "<td class=\"none\">%s</td>", k > SMALL ? "" : "0");
        return;
    }
    fputs("<td", page);
    if (class)
        fprintf(page, " class=\"%s\"", class);
    fprintf(page, " style=\"--s:%.2f\">%s</td>", shade,
            tg_text_count(count).text);
}

/* A part of a whole as a cell; nothing where there is no whole. */
static void put_share(FILE *page, int k, int64_t part, int64_t all)
{
    if (all)
        fprintf(page, "<td class=\"share\">%.*f %%</td>", k > SMALL ? 0 : 1,
                100 * share(part, all));
    else
        fputs("<td class=\"share\"></td>", page);
}

static void put_matrix(FILE *page, int k, char *const *names,
                       const int64_t *counts)
{
    size_t side = (size_t)k;

    tg_page_scroll(page, "Confusion matrix");
    fprintf(page,
            "<table class=\"matrix%s\"><thead>"
            "<tr><td></td><th colspan=\"%d\" scope=\"colgroup\">predicted</th>"
            "<td></td></tr>\n<tr><th scope=\"col\">true</th>",
            k > SMALL ? " large" : "", k);
    for (int j = 0; j < k; j++)
        put_heading(page, names[j]);
    fputs("<th scope=\"col\" class=\"share\">recall</th></tr>"
          "</thead>\n<tbody>\n",
          page);
    for (size_t i = 0; i < side; i++) {
        int64_t all = sum(counts + i, k, side);

        fputs("<tr><th scope=\"row\"><span>", page);
        tg_page_text(page, names[i]);
        fputs("</span></th>", page);
        for (size_t j = 0; j < side; j++)
            put_cell(page, k, counts[i + side * j], all, i == j);
        put_share(page, k, counts[i + side * i], all);
        fputs("</tr>\n", page);
    }
    fputs("</tbody>\n<tfoot><tr><th scope=\"row\">precision</th>", page);
    for (size_t j = 0; j < side; j++)
        put_share(page, k, counts[j + side * j], sum(counts + side * j, k, 1));
    fputs("<td></td></tr></tfoot></table></div>\n", page);
}

/* The pairs of largest count, in that order; returns how many. */
static int find_pairs(const struct tg_confusion *confusion,
                      struct pair pairs[PAIRS])
{
    struct tg_confusion_cell cell;
    int n = 0;

    for (size_t next = 0; tg_confusion_next(confusion, &next, &cell);) {
        int at = n;

        if (cell.truth == cell.predicted ||
            (n == PAIRS && cell.count <= pairs[n - 1].cell.count))
            continue;
        n += n < PAIRS;
        if (at == PAIRS)
            at--;
        for (; at > 0 && pairs[at - 1].cell.count < cell.count; at--)
            pairs[at] = pairs[at - 1];
        pairs[at] = (struct pair){cell, 0};
    }
    for (size_t next = 0; tg_confusion_next(confusion, &next, &cell);)
        for (int p = 0; p < n; p++)
            if (pairs[p].cell.truth == cell.truth)
                pairs[p].all += cell.count;
    return n;
}

static void put_pairs(FILE *page, const struct tg_confusion *confusion)
{
    char *const *names = confusion->names;
    struct pair pairs[PAIRS];
    int n = find_pairs(confusion, pairs);

    if (!n)
        return;
    fputs("<h3>Classes confused most</h3>\n", page);
    tg_page_scroll(page, "Classes confused most");
    fputs("<table><thead><tr><th scope=\"col\">true</th><th scope=\"col\">"
          "predicted</th><th scope=\"col\" class=\"number\">samples</th>"
          "<th scope=\"col\" class=\"number\">of the true class</th></tr>"
          "</thead>\n<tbody>\n",
          page);
    for (int p = 0; p < n; p++) {
        const struct tg_confusion_cell cell = pairs[p].cell;

        fputs("<tr><td>", page);
        tg_page_text(page, names[cell.truth]);
        fputs("</td><td>", page);
        tg_page_text(page, names[cell.predicted]);
        fprintf(page,
                "</td><td class=\"number\">%s</td>"
                "<td class=\"number\">%.1f %%</td></tr>\n",
                tg_text_count(cell.count).text,
                100 * share(cell.count, pairs[p].all));
    }
    fputs("</tbody></table></div>\n", page);
}

void tg_confusion_page(FILE *page, const struct tg_confusion *confusion,
                       const char *which)
{
    int k = confusion->classes;
    char lead[240];

    if (k <= MATRIX)
        snprintf(lead, sizeof lead,
                 "Of the %s samples of the class on the left, how many were "
                 "taken for the class above. Darker is a larger share of the "
                 "row.",
                 which);
    else
        snprintf(lead, sizeof lead,
                 "Of %s samples. The matrix of all %s classes is too wide for "
                 "a page: --confusion FILE.png draws it.",
                 which, tg_text_count(k).text);
    tg_page_lead(page, lead);
    if (k <= MATRIX)
        put_matrix(page, k, confusion->names, confusion->counts);
    if (k > SMALL)
        put_pairs(page, confusion);
}
