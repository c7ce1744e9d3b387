#include "class_names.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "formats.h"
#include "error.h"
#include "text.h"

/* ---- Forms ------------------------------------------------------------ */

/* The form of a name under some of utf8proc's options, without spaces where
 * those say so; to be freed; NULL: no memory. */
static char *form(const char *name, unsigned options, bool spaces)
{
    utf8proc_uint8_t *text = NULL;
    char *to;

    if (utf8proc_map((const utf8proc_uint8_t *)name, 0, &text,
                     (utf8proc_option_t)(UTF8PROC_NULLTERM | UTF8PROC_STABLE |
                                         UTF8PROC_COMPOSE | options)) < 0)
        return strdup(name); /* which is not UTF-8 */
    to = (char *)text;
    for (const char *from = to; spaces && *from; from++)
        if (!strchr(" _-", *from))
            *to++ = *from;
    if (spaces)
        *to = '\0';
    return (char *)text;
}

static bool same_form(const char *a, const char *b, unsigned options,
                      bool spaces)
{
    char *x = form(a, options, spaces), *y = form(b, options, spaces);
    bool same = x && y && strcmp(x, y) == 0;

    free(x);
    free(y);
    return same;
}

/* ---- Likeness --------------------------------------------------------- */

enum {
    FORMS = UTF8PROC_COMPAT | UTF8PROC_IGNORE,
    ALL = FORMS | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK
};

/* From the closest to the farthest. */
static const struct likeness {
    unsigned options;
    bool spaces;
    const char *how;
} likenesses[] = {
    {UTF8PROC_CASEFOLD, false, " in upper and lower case"},
    {0, true, " in spaces, '_' or '-'"},
    {FORMS, false, " in characters that look alike or can't be seen"},
    {UTF8PROC_STRIPMARK, false, " in accents"},
    {FORMS | UTF8PROC_CASEFOLD, true, " in case, spaces or such"},
    {ALL, true, " in case, accents, spaces or such"},
};
enum { LIKENESSES = sizeof likenesses / sizeof *likenesses };

bool tg_names_alike(const char *a, const char *b)
{
    return same_form(a, b, FORMS | UTF8PROC_CASEFOLD, true);
}

enum { LONG = 64, SLIPS = 2 }; /* bytes; letters that a misspelling changes */

/* Letters to change, leave out or put in to make one of the other (the distance
 * of Levenshtein); more than SLIPS where names are LONG. */
static size_t slips(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b);
    size_t row[LONG + 1];

    if (n > LONG || m > LONG)
        return LONG;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 0; i < n; i++) {
        size_t left = i + 1, across = row[0];

        row[0] = left;
        for (size_t j = 0; j < m; j++) {
            const size_t change = across + (a[i] != b[j]);
            const size_t more = 1 + (left < row[j + 1] ? left : row[j + 1]);

            across = row[j + 1];
            left = row[j + 1] = change < more ? change : more;
        }
    }
    return row[m];
}

const char *tg_name_nearest(const char *name, char *const *names, size_t n,
                            const char **how)
{
    const size_t most = strlen(name) / 3;
    const char *nearest = NULL;
    size_t least = (most < SLIPS ? most : SLIPS) + 1;

    *how = "";
    for (int l = 0; l < LIKENESSES; l++)
        for (size_t i = 0; i < n; i++)
            if (same_form(name, names[i], likenesses[l].options,
                          likenesses[l].spaces)) {
                *how = likenesses[l].how;
                return names[i];
            }
    for (size_t i = 0; i < n; i++) {
        const size_t changes = slips(name, names[i]);

        if (changes < least) {
            least = changes;
            nearest = names[i];
        }
    }
    return nearest;
}

/* ---- Names of one data set -------------------------------------------- */

/* A name in a form. */
struct composed {
    char *name;
    int class;
};

static int compare(const void *a, const void *b)
{
    const struct composed *x = a, *y = b;
    const int sign = strcmp(x->name, y->name);

    return sign ? sign : (x->class > y->class) - (x->class < y->class);
}

static void free_composed(size_t n, struct composed *list)
{
    for (size_t i = 0; list && i < n; i++)
        free(list[i].name);
    free(list);
}

/* All in the form of some options, in order; to be freed; NULL: no memory. */
static struct composed *compose_all(size_t n, char *const *names,
                                    unsigned options)
{
    struct composed *list = calloc(n + 1, sizeof *list);

    for (size_t i = 0; list && i < n; i++) {
        list[i] = (struct composed){form(names[i], options, false), (int)i};
        if (!list[i].name) {
            free_composed(n, list);
            return NULL;
        }
    }
    if (list)
        qsort(list, n, sizeof *list, compare);
    return list;
}

/* The first that is as the one before it, from `i` on; n: none. */
static size_t find_twin(const struct composed *list, size_t i, size_t n)
{
    while (i < n && (!i || strcmp(list[i - 1].name, list[i].name) != 0))
        i++;
    return i;
}

/* Letters by themselves, which may well be classes, are left alone. */
static int note_cases(struct tg_dataset *dataset)
{
    const size_t n = (size_t)dataset->classes;
    char *const *names = dataset->class_names;
    struct composed *list = compose_all(n, names, UTF8PROC_CASEFOLD);
    int error = list ? 0 : tg_fail_memory(dataset->spec);

    for (size_t i = 0; !error && (i = find_twin(list, i, n)) < n; i++)
        if (list[i].name[0] && list[i].name[1]) {
            error =
                tg_dataset_note(dataset,
                                "classes \"%s\" and \"%s\" differ only in "
                                "upper and lower case; if they are one, "
                                "give them one name",
                                names[list[i - 1].class], names[list[i].class]);
            break;
        }
    free_composed(n, list);
    return error;
}

int tg_dataset_check_alike(struct tg_dataset *dataset)
{
    const size_t n = (size_t)dataset->classes;
    struct composed *list = compose_all(n, dataset->class_names, 0);
    const size_t i = list ? find_twin(list, 0, n) : n;
    int error = list ? 0 : tg_fail_memory(dataset->spec);

    if (i < n)
        error = tg_fail(
            TG_EDATA,
            "%s: has two classes of the name \"%s\", number %d and %d, "
            "which differ only in how Unicode stores them (composed, NFC, "
            "and decomposed, NFD); make one of them, or rename one",
            dataset->spec, list[i].name, list[i - 1].class, list[i].class);
    free_composed(n, list);
    return error ? error : note_cases(dataset);
}

/* ---- Matching --------------------------------------------------------- */

static int fail_unknown(const struct tg_dataset *dataset, size_t row,
                        size_t classes, char *const *class_names)
{
    const char *name = dataset->class_names[dataset->labels[row]];
    const char *how,
        *nearest = tg_name_nearest(name, class_names, classes, &how);
    char *file = dataset->file ? dataset->file(dataset, row) : NULL;
    char *hint = nearest
                     ? tg_text_format(", but \"%s\", which differs%s; if it "
                                      "is that, rename it; or",
                                      nearest, how)
                     : strdup(";");
    int error;

    if (!hint || (dataset->file && !file))
        error = tg_fail_memory(dataset->spec);
    else if (file)
        error =
            tg_fail(TG_EDATA,
                    "%s: has a class \"%s\", which the training data did not "
                    "have%s remove it or train with it, or, if its pictures "
                    "may be of any class, predict %s",
                    dataset->spec, name, hint, dirname(file));
    else
        error =
            tg_fail(TG_EDATA,
                    "%s: sample %zu is of class \"%s\", which the training "
                    "data did not have%s remove such samples, or train with "
                    "them",
                    dataset->spec, row, name, hint);
    free(hint);
    free(file);
    return error;
}

/* For each of the data set's classes its number in the list, or -1. Names that
 * look the same are; the same to the byte come first. */
static void look_up(const struct tg_dataset *dataset, size_t n,
                    char *const *class_names, const struct composed *list,
                    const struct composed *own, int *to)
{
    for (int c = 0; c < dataset->classes; c++) {
        const int class = own[c].class;
        size_t low = 0, high = n;

        while (low < high) {
            const size_t middle = (low + high) / 2;

            if (strcmp(list[middle].name, own[c].name) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        to[class] = -1;
        for (; low < n && !strcmp(list[low].name, own[c].name); low++)
            if (to[class] < 0 || !strcmp(class_names[list[low].class],
                                         dataset->class_names[class]))
                to[class] = list[low].class;
    }
}

static void free_names(size_t n, char **names)
{
    for (size_t i = 0; names && i < n; i++)
        free(names[i]);
    free(names);
}

static char **copy_names(size_t n, char *const *class_names)
{
    char **names = calloc(n + 1, sizeof *names);

    for (size_t i = 0; names && i < n; i++) {
        names[i] = strdup(class_names[i]);
        if (!names[i]) {
            free_names(n, names);
            return NULL;
        }
    }
    return names;
}

int tg_dataset_match(struct tg_dataset *dataset, int classes,
                     char *const *class_names)
{
    const size_t n = (size_t)classes, m = (size_t)dataset->classes;
    struct composed *list = NULL, *own = NULL;
    char **names = NULL;
    int *to = NULL;
    int error = 0;

    if (!dataset->labels)
        return 0;
    to = malloc((m + 1) * sizeof *to);
    list = compose_all(n, class_names, 0);
    own = compose_all(m, dataset->class_names, 0);
    names = copy_names(n, class_names);
    if (!to || !list || !own || !names) {
        error = tg_fail_memory(dataset->spec);
        goto done;
    }
    look_up(dataset, n, class_names, list, own, to);
    for (size_t i = 0; i < dataset->count && !error; i++)
        if (to[dataset->labels[i]] < 0)
            error = fail_unknown(dataset, i, n, class_names);
    if (error)
        goto done;
    for (size_t i = 0; i < dataset->count; i++)
        dataset->labels[i] = (uint16_t)to[dataset->labels[i]];
    free_names(m, dataset->class_names);
    dataset->classes = classes;
    dataset->class_names = names;
    names = NULL;
done:
    free(to);
    free_composed(n, list);
    free_composed(m, own);
    free_names(n, names);
    return error;
}
