/* The HTML page: its frame, around the sections. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "output.h"
#include "page.h"
#include "page_css.h" /* made from page.css */

/* A name without the folders that it is in. */
static void put_name(FILE *page, const char *spec)
{
    size_t length = strlen(spec), first;
    char *name = strdup(spec);

    while (length > 1 && spec[length - 1] == '/')
        length--;
    first = length;
    while (first > 0 && spec[first - 1] != '/')
        first--;
    if (name) {
        name[length] = '\0';
        tg_page_text(page, name + first);
    }
    free(name);
}

static void put_head(FILE *page, const char *name)
{
    fputs(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n"
        "<meta name=\"generator\" content=\"starpu_ridge " STARPU_RIDGE_VERSION
        "\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>",
        page);
    put_name(page, name);
    fprintf(page, " – starpu_ridge</title>\n<style>\n%s</style>\n</head>\n",
            page_css);
}

static bool is_shown(const struct tg_section *section, const void *result)
{
    return section->html && (!section->has || section->has(result));
}

static void put_links(FILE *page, const struct tg_report *report,
                      const void *result)
{
    fputs("<nav aria-label=\"Parts of this page\">", page);
    for (size_t i = 0; report->sections[i]; i++)
        if (is_shown(report->sections[i], result))
            fprintf(page, "<a href=\"#%s\">%s</a>\n", report->sections[i]->id,
                    report->sections[i]->title);
    fputs("</nav>\n", page);
}

static void put_header(FILE *page, const struct tg_report *report,
                       const void *result)
{
    fprintf(page, "<body>\n<header>\n<p class=\"over\">%s</p>\n<h1>",
            report->kind);
    put_name(page, report->name(result));
    fputs("</h1>\n<dl class=\"facts\">\n", page);
    report->facts(page, result);
    fputs("</dl>\n", page);
    put_links(page, report, result);
    fputs("</header>\n<main>\n", page);
}

static int put_section(FILE *page, const struct tg_section *section,
                       const void *result)
{
    fprintf(page, "<section id=\"%s\">\n<h2>%s</h2>\n", section->id,
            section->heading ? section->heading : section->title);
    TG_TRY(section->html(page, result));
    fputs("</section>\n", page);
    return TG_OK;
}

static int put_page(FILE *page, const struct tg_report *report,
                    const void *result)
{
    put_head(page, report->name(result));
    put_header(page, report, result);
    for (size_t i = 0; report->sections[i]; i++)
        if (is_shown(report->sections[i], result))
            TG_TRY(put_section(page, report->sections[i], result));
    fputs("</main>\n<footer>Made by starpu_ridge " STARPU_RIDGE_VERSION
          ".</footer>\n</body>\n</html>\n",
          page);
    return TG_OK;
}

int tg_report_html(const char *path, const struct tg_report *report,
                   const void *result)
{
    struct tg_output output;
    int error;

    TG_TRY(tg_output_open(&output, path));
    error = put_page(output.file, report, result);
    if (!error)
        error = tg_output_commit(&output);
    tg_output_discard(&output);
    return error;
}
