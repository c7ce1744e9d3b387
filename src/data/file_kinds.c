#include "file_kinds.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats.h"
#include "text.h"

/* Beside names that begin with a dot, which macOS and Jupyter use. */
static const char *const rubbish[] = {
    "__MACOSX", /* macOS, in zips */
    "Icon\r",   /* macOS */
    "@eaDir",       "#recycle",
    "#snapshot",                          /* Synology */
    "@Recycle",     "@Recently-Snapshot", /* QNAP */
    "$RECYCLE.BIN", "RECYCLER",
    "Thumbs.db", /* Windows */
    "ehthumbs.db",  "ehthumbs_vista.db",
    "desktop.ini",  "System Volume Information",
    "__pycache__", /* Python */
    "lost+found",  /* ext4 */
};

/* Pictures of formats that are not read. */
static const char *const pictures[] = {
    ".arw", ".avif", ".bmp", ".cr2",  ".dcm",  ".dds",  ".dib", ".dng", ".eps",
    ".exr", ".gif",  ".hdr", ".heic", ".heif", ".ico",  ".j2k", ".jp2", ".jxl",
    ".nef", ".orf",  ".pam", ".pbm",  ".pcx",  ".pgm",  ".pnm", ".ppm", ".psd",
    ".raw", ".svg",  ".tga", ".tif",  ".tiff", ".webp", ".xcf",
};

enum { SHOWN = 8 }; /* kinds that a message names */

bool tg_file_is_rubbish(const char *name)
{
    /* the last is what Windows writes beside downloads, seen from Linux */
    if (name[0] == '.' || strstr(name, ":Zone.Identifier"))
        return true;
    for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++)
        if (strcasecmp(name, rubbish[i]) == 0)
            return true;
    return false;
}

static bool is_picture(const char *ending)
{
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        if (strcmp(ending, pictures[i]) == 0)
            return true;
    return false;
}

/* The ending of a name, in lower case; to be freed; NULL: no memory. */
static char *ending_of(const char *name)
{
    const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
    char *ending;

    if (!dot || (slash && dot < slash) || dot == name || dot[-1] == '/')
        return strdup("");
    ending = strdup(dot);
    for (char *c = ending; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return ending;
}

/* Count files of an ending, which is taken over; NULL is a lack of memory. */
static int add(struct tg_file_kinds *kinds, char *ending, size_t count)
{
    struct tg_file_kind *kind = kinds->kind;
    size_t i = 0;

    if (!ending)
        return tg_fail_memory("kinds of files");
    while (i < kinds->n && strcmp(kind[i].ending, ending) != 0)
        i++;
    if (i < kinds->n) {
        free(ending);
    } else {
        kind = reallocarray(kind, i + 1, sizeof *kind);
        if (!kind) {
            free(ending);
            return tg_fail_memory("kinds of files");
        }
        kinds->kind = kind;
        kind[kinds->n++] = (struct tg_file_kind){.ending = ending,
                                                 .picture = is_picture(ending)};
    }
    kind[i].count += count;
    kinds->pictures += kind[i].picture ? count : 0;
    kinds->others += kind[i].picture ? 0 : count;
    return 0;
}

int tg_file_kinds_add(struct tg_file_kinds *kinds, const char *name)
{
    return add(kinds, ending_of(name), 1);
}

int tg_file_kinds_merge(struct tg_file_kinds *kinds,
                        const struct tg_file_kinds *others)
{
    int error = 0;

    for (size_t i = 0; i < others->n && !error; i++)
        error =
            add(kinds, strdup(others->kind[i].ending), others->kind[i].count);
    return error;
}

/* Pictures first, then by how many there are. */
static int compare(const void *a, const void *b)
{
    const struct tg_file_kind *x = a, *y = b;

    if (x->picture != y->picture)
        return x->picture ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->ending, y->ending);
}

/* A copy in that order, to be freed; NULL: none, or no memory. */
static struct tg_file_kind *sort(const struct tg_file_kinds *kinds)
{
    struct tg_file_kind *sorted =
        kinds->n ? calloc(kinds->n, sizeof *sorted) : NULL;

    if (!sorted)
        return NULL;
    memcpy(sorted, kinds->kind, kinds->n * sizeof *sorted);
    qsort(sorted, kinds->n, sizeof *sorted, compare);
    return sorted;
}

/* Some kinds, "12 .webp, 3 .gif", and how many files of more kinds. */
static char *list(const struct tg_file_kind *kind, size_t n)
{
    char *text = strdup("");
    size_t more = 0;

    for (size_t i = 0; text && i < n; i++) {
        char *longer;

        if (i >= SHOWN) {
            more += kind[i].count;
            continue;
        }
        longer =
            tg_text_format("%s%s%zu %s", text, i ? ", " : "", kind[i].count,
                           *kind[i].ending ? kind[i].ending : "of no ending");
        free(text);
        text = longer;
    }
    if (text && more) {
        char *longer = tg_text_format("%s, %zu others", text, more);

        free(text);
        text = longer;
    }
    return text;
}

char *tg_file_kinds_text(const struct tg_file_kinds *kinds)
{
    struct tg_file_kind *sorted = sort(kinds);
    char *first, *rest, *text = NULL;
    size_t n = 0;

    while (sorted && n < kinds->n && sorted[n].picture)
        n++;
    first = list(sorted, n);
    rest = list(sorted ? sorted + n : NULL, sorted ? kinds->n - n : 0);
    if (first && rest)
        text = tg_text_format("%s%s%s%s%s", first,
                              kinds->pictures == 1 ? " picture"
                              : n                  ? " pictures"
                                                   : "",
                              n && *rest ? ", " : "", rest,
                              n || *rest ? "" : "nothing");
    free(first);
    free(rest);
    free(sorted);
    return text;
}

char *tg_file_kinds_convert(const struct tg_file_kinds *kinds,
                            const char *folder)
{
    struct tg_file_kind *sorted = sort(kinds);
    char *text = NULL;

    if (sorted)
        text = tg_text_format("find '%s' -iname '*%s' -exec mogrify -format "
                              "png {} +",
                              folder, sorted[0].ending);
    free(sorted);
    return text;
}

void tg_file_kinds_free(struct tg_file_kinds *kinds)
{
    for (size_t i = 0; i < kinds->n; i++)
        free(kinds->kind[i].ending);
    free(kinds->kind);
    *kinds = (struct tg_file_kinds){0};
}
