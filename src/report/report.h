/* Results for people (tables, pages) and for programs (JSON); nothing else
 * prints results.
 *
 * A report is a list of sections that are applied to one result: as text, as
 * JSON and as an HTML page, in the list's order.  What a result is, only its
 * sections know.
 */
#ifndef TG_REPORT_H
#define TG_REPORT_H

#include <stdbool.h>
#include <stdio.h>

struct tg_json;

/* A part of a report.  What it does not have is NULL.  Failed writes are the
 * file's to remember; other failures are what the functions return. */
struct tg_section {
    const char *id;      /* of the page's part; NULL without html */
    const char *title;   /* in the page's list of parts */
    const char *heading; /* above the part; NULL: the title */

    /* Has a result something to show, as text or on the page?  NULL: always.
     * JSON has all keys of all results. */
    bool (*has)(const void *result);

    /* Print in 80 columns, save for the paths of files that were written,
     * which are never shortened. `color` uses bold and colour. */
    int (*text)(FILE *out, const void *result, int color);
    int (*json)(struct tg_json *json, const void *result); /* some keys */
    int (*html)(FILE *page, const void *result); /* below the heading */
};

struct tg_report {
    const char *kind;                        /* what the page is one of */
    const char *(*name)(const void *result); /* the page's, maybe a path */
    void (*facts)(FILE *page, const void *result); /* what is seen first */
    const struct tg_section *const *sections;      /* the last one is NULL */
};

/* Print a result's tables. Errors: those of its sections. */
int tg_report_text(FILE *out, const struct tg_report *report,
                   const void *result, int color);

/* Write a result's JSON to `path` ("-": standard output), by rename.
 * Errors: TG_ECANTCREAT, TG_EIO, TG_EMEMORY, those of its sections. */
int tg_report_json(const char *path, const struct tg_report *report,
                   const void *result);

/* Write a result's HTML page, self-contained, by rename; charts are drawn by
 * gnuplot.
 * Errors: TG_ECANTCREAT, TG_EIO, those of its sections: TG_EMEMORY,
 * TG_EUNAVAILABLE (gnuplot). */
int tg_report_html(const char *path, const struct tg_report *report,
                   const void *result);

#endif
