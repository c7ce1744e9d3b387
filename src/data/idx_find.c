#include "idx_find.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "error.h"
#include "text.h"

/* Is `name` PREFIX ROLE [-.] idx DIGIT [-ubyte] [.gz], in any case?  *prefix:
 * its bytes. */
static bool parse_name(const char *name, const char *role, size_t *prefix,
                       bool *gz)
{
    const char *at = strcasestr(name, role);

    if (!at || (at != name && at[-1] != '-'))
        return false;
    *prefix = (size_t)(at - name);
    at += strlen(role);
    if ((*at != '-' && *at != '.') || strncasecmp(at + 1, "idx", 3) != 0)
        return false;
    at += 4;
    if (*at < '1' || *at > '9')
        return false;
    at++;
    if (strncasecmp(at, "-ubyte", 6) == 0)
        at += 6;
    *gz = strcasecmp(at, ".gz") == 0;
    return !*at || *gz;
}

void tg_idx_found_free(struct tg_idx_found *found)
{
    free(found->path);
    memset(found, 0, sizeof *found);
}

static bool same_prefix(const struct tg_idx_found *a,
                        const struct tg_idx_found *b)
{
    return a->prefix == b->prefix &&
           strncasecmp(a->path + a->folder, b->path + b->folder, a->prefix) ==
               0;
}

/* A plain file is better than a .gz, and both than one in a folder. */
static int rank(const struct tg_idx_found *found)
{
    return 4 * found->empty + 2 * (found->folder > 0) + found->gz;
}

static bool is_better(const struct tg_idx_found *a,
                      const struct tg_idx_found *b)
{
    return rank(a) != rank(b) ? rank(a) < rank(b)
                              : strcmp(a->path, b->path) < 0;
}

/* Look at one more file, whose path is taken over. */
static void consider(struct tg_idx_found *found, struct tg_idx_found *one,
                     const struct tg_idx_found *like)
{
    char *worse = one->path;

    one->clash = found->clash;
    if (like && !same_prefix(one, like)) {
        free(worse);
        return;
    }
    if (found->path && !same_prefix(one, found)) {
        found->clash = true;
    } else if (!found->path || is_better(one, found)) {
        worse = found->path;
        *found = *one;
    }
    free(worse);
}

static bool is_directory(DIR *dir, const char *name)
{
    struct stat info;

    return fstatat(dirfd(dir), name, &info, 0) == 0 && S_ISDIR(info.st_mode);
}

static int search(const char *folder, const char *sub, const char *role,
                  const struct tg_idx_found *like, struct tg_idx_found *found);

/* A folder that is named like a file, as Kaggle's are: the file within it. */
static int search_within(const char *folder, struct tg_idx_found *one,
                         const char *role, const struct tg_idx_found *like,
                         struct tg_idx_found *found)
{
    char *sub = tg_text_format("%s/", one->path);
    struct tg_idx_found inside = {0};
    int error = sub ? search(folder, sub, role, like, &inside) : TG_EMEMORY;

    free(sub);
    one->empty = !inside.path;
    if (!error && one->empty) {
        consider(found, one, like);
        return 0;
    }
    free(one->path);
    if (error)
        free(inside.path);
    else
        consider(found, &inside, like);
    return error;
}

/* Find a role's files in a folder, of any prefix, or of that of `like`; `sub`
 * is "" or a folder within it, and a slash.  What can't be read is as good as
 * empty. */
static int search(const char *folder, const char *sub, const char *role,
                  const struct tg_idx_found *like, struct tg_idx_found *found)
{
    char *path = tg_text_format("%s/%s", folder, sub);
    DIR *dir = path ? opendir(path) : NULL;
    int error = path ? 0 : TG_EMEMORY;

    for (struct dirent *entry; !error && dir && (entry = readdir(dir));) {
        const char *name = entry->d_name;
        struct tg_idx_found one = {.folder = strlen(sub)};
        bool within;

        if (name[0] == '.' || !parse_name(name, role, &one.prefix, &one.gz))
            continue;
        within = is_directory(dir, name);
        if (within && *sub)
            continue;
        one.path = tg_text_format("%s%s", sub, name);
        if (!one.path)
            error = TG_EMEMORY;
        else if (within)
            error = search_within(folder, &one, role, like, found);
        else
            consider(found, &one, like);
    }
    if (dir)
        closedir(dir);
    free(path);
    return error;
}

bool tg_idx_has(const char *folder, const char *role)
{
    struct tg_idx_found found = {0};
    bool has = search(folder, "", role, NULL, &found) == 0 && found.path;

    tg_idx_found_free(&found);
    return has;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Name some of the data sets whose files lie in one folder, by what their names
 * begin with. */
static int fail_clash(const char *folder, const char *role)
{
    enum { MOST = 64, SHOWN = 8 };
    char *names[MOST], *list = strdup("");
    size_t n = 0, shown = 0, prefix;
    DIR *dir = opendir(folder);
    int error = TG_EMEMORY;
    bool gz;

    for (struct dirent *entry; dir && n < MOST && (entry = readdir(dir));)
        if (parse_name(entry->d_name, role, &prefix, &gz)) {
            names[n] = strndup(entry->d_name, prefix + strlen(role));
            n += names[n] != NULL;
        }
    if (dir)
        closedir(dir);
    qsort(names, n, sizeof *names, compare);
    for (size_t i = 0; i < n && list && shown < SHOWN; i++) {
        char *longer;

        if (i && strcmp(names[i], names[i - 1]) == 0)
            continue;
        longer = tg_text_format("%s%s%s", list, shown++ ? ", " : "", names[i]);
        free(list);
        list = longer;
    }
    if (list)
        error = tg_fail(TG_EDATA,
                        "%s: holds IDX files of several data sets, of %s; give "
                        "each its own folder",
                        folder, list);
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(list);
    return error;
}

int tg_idx_find(const char *folder, const char *role,
                const struct tg_idx_found *like, struct tg_idx_found *found)
{
    DIR *dir;

    memset(found, 0, sizeof *found);
    TG_TRY(tg_folder_open(folder, &dir));
    closedir(dir);
    TG_TRY(search(folder, "", role, like, found));
    if (found->clash)
        return fail_clash(folder, role);
    return 0;
}
