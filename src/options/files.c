#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "error.h"
#include "internal.h"

#define SHOWN 80 /* characters of a value that a message shows */

/* The file or folder that a SPEC names, if it does. */
static const char *file_of(const char *spec)
{
    static const char *const prefixes[] = {"npy:", "idx:", "cifar:",
                                           "pictures:"};

    if (!spec || !strcmp(spec, "synth") || !strncmp(spec, "synth:", 6))
        return NULL;
    for (int i = 0; i < 4; i++)
        if (!strncmp(spec, prefixes[i], strlen(prefixes[i])))
            return spec + strlen(prefixes[i]);
    return spec;
}

static bool ends(const char *text, const char *tail)
{
    size_t n = strlen(text), m = strlen(tail);

    return n >= m && !strcmp(text + n - m, tail);
}

/* The file that may hold a SPEC's labels, as data/npy.c names it. */
static const char *labels_of(const char *spec, char path[PATH_MAX])
{
    const char *file = file_of(spec);
    size_t length;

    if (!file || !(ends(file, ".npy") || !strncmp(spec, "npy:", 4)))
        return NULL;
    length = strlen(file) - (ends(file, ".npy") ? 4 : 0);
    snprintf(path, PATH_MAX, "%.*s.labels.npy", (int)length, file);
    return path;
}

/* The one name of a file that may not be there yet: links are followed, save
 * in the last part of a path to nothing. */
static void find_name(const char *path, char name[PATH_MAX])
{
    char folder[PATH_MAX], real[PATH_MAX];
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;

    if (realpath(path, name))
        return;
    snprintf(folder, sizeof folder, "%.*s", (int)(last - path), path);
    if (realpath(slash ? folder : ".", real))
        snprintf(name, PATH_MAX, "%.*s/%s",
                 (int)(PATH_MAX - 2 - strnlen(last, NAME_MAX)), real, last);
    else
        snprintf(name, PATH_MAX, "%s", path);
}

/* Do two names mean one file?  Devices may be named twice. */
static bool same_file(const char *a, const char *b)
{
    char names[2][PATH_MAX];
    struct stat x, y;

    if (!a || !b)
        return false;
    if (!strcmp(a, "-") || !strcmp(b, "-"))
        return !strcmp(a, b);
    if (!stat(a, &x) && !stat(b, &y))
        return (S_ISREG(x.st_mode) || S_ISDIR(x.st_mode)) &&
               x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    find_name(a, names[0]);
    find_name(b, names[1]);
    return !strcmp(names[0], names[1]);
}

static bool ends_in_any(const char *text, const char *const *tails, int n)
{
    size_t length = strlen(text);

    for (int i = 0; i < n; i++) {
        size_t tail = strlen(tails[i]);

        if (length >= tail && !strcasecmp(text + length - tail, tails[i]))
            return true;
    }
    return false;
}

/* Is an output that is there already a file of a data set's folder?  What lies
 * beside the data, from an earlier run, is not: `drawn` outputs are pictures,
 * and part of the data only in a class's own folder. */
static bool is_part(const char *data, const char *output, bool drawn)
{
    static const char *const tails[] = {"-ubyte", "-ubyte.gz", ".bin",
                                        "meta.txt", "names.txt"};
    static const char *const pictures[] = {".png", ".jpg", ".jpeg"};
    char folder[PATH_MAX], file[PATH_MAX];
    struct stat info;
    size_t length;

    if (!data || !output || stat(data, &info) || !S_ISDIR(info.st_mode) ||
        !realpath(data, folder) || !realpath(output, file) ||
        stat(file, &info) || !S_ISREG(info.st_mode))
        return false;
    length = strlen(folder);
    if (strncmp(file, folder, length) || file[length] != '/')
        return false;
    return ends_in_any(file, tails, 5) ||
           (ends_in_any(file, pictures, 3) &&
            (!drawn || strchr(file + length + 1, '/')));
}

int tg_option_check_files(const struct tg_options *options)
{
    bool fit = options->command == TG_FIT;
    char labels[2][PATH_MAX], traces[2][PATH_MAX];
    const char *trace = options->trace;
    const struct {
        const char *name, *path;
    } files[] = {
        {"data", file_of(options->data)},
        {"test", file_of(options->test)},
        {"data", labels_of(options->data, labels[0])},
        {"test", labels_of(options->test, labels[1])},
        {"labels", options->reading.labels},
        {"model", fit ? NULL : options->model},
        {"trace", trace},
        {"trace", trace ? traces[0] : NULL},
        {"trace", trace ? traces[1] : NULL},
        {"model", fit ? options->model : NULL},
        {"output", options->output},
        {"json", options->json},
        {"report", options->report},
        {"confusion", options->confusion},
        {"weights", options->weights},
    };
    size_t n = sizeof files / sizeof *files, inputs = 9, drawn = n - 2;

    snprintf(traces[0], PATH_MAX, "%s/paje.trace", trace ? trace : "");
    snprintf(traces[1], PATH_MAX, "%s/dag.dot", trace ? trace : "");
    for (size_t j = inputs; j < n; j++)
        for (size_t i = 0; i < j; i++)
            if (same_file(files[i].path, files[j].path))
                return tg_fail(TG_EUSAGE,
                               "--%s and --%s name the same file, '%.*s'; "
                               "give --%s a name of its own",
                               files[i].name, files[j].name, SHOWN,
                               files[j].path, files[j].name);
    for (size_t j = inputs; j < n; j++)
        for (size_t i = 0; i < 2; i++)
            if (is_part(files[i].path, files[j].path, j >= drawn))
                return tg_fail(TG_EUSAGE,
                               "--%s: '%.*s' is a file of --%s; give another "
                               "name",
                               files[j].name, SHOWN, files[j].path,
                               files[i].name);
    return 0;
}
