#include "folder_walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "formats.h"
#include "error.h"
#include "image.h"
#include "text.h"

/* ---- Names ------------------------------------------------------------ */

int tg_names_add(struct tg_names *list, char *name)
{
    if (name && list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 64;
        char **names = reallocarray(list->names, capacity, sizeof *names);

        if (names) {
            list->names = names;
            list->capacity = capacity;
        }
    }
    if (!name || list->count == list->capacity) {
        free(name);
        return tg_fail(TG_EMEMORY, "out of memory for the names of files");
    }
    list->names[list->count++] = name;
    return 0;
}

void tg_names_free(struct tg_names *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    memset(list, 0, sizeof *list);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct tg_names *list)
{
    if (list->count)
        qsort(list->names, list->count, sizeof *list->names, compare);
}

void tg_content_free(struct tg_content *content)
{
    tg_names_free(&content->folders);
    tg_names_free(&content->pictures);
    tg_file_kinds_free(&content->left_out);
}

/* ---- Entries ---------------------------------------------------------- */

/* Its name says so, or, if that says nothing, its first bytes. */
static bool is_named_picture(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    return tg_format_reads(&tg_format_pictures, name) ||
           (!strchr(name, '.') && tg_image_is(path));
}

bool tg_is_picture(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
           is_named_picture(path);
}

/* The type of an entry, DT_*, where a link counts as what it leads to. Where it
 * leads to nothing, or to what may not be looked at, its name may say that it is
 * a picture, which is one that cannot be read; else it is negative: it could be
 * a class. */
static int type_of(DIR *dir, const struct dirent *entry)
{
    struct stat info;

    if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
        return entry->d_type;
    if (fstatat(dirfd(dir), entry->d_name, &info, 0) != 0)
        return tg_format_reads(&tg_format_pictures, entry->d_name) ? DT_REG
                                                                   : -1;
    return S_ISDIR(info.st_mode)   ? DT_DIR
           : S_ISREG(info.st_mode) ? DT_REG
                                   : DT_UNKNOWN;
}

/* Put an entry where it belongs; `path` is its own. */
static int put(int type, const char *path, const char *name,
               struct tg_content *content)
{
    if (type == DT_DIR)
        return tg_names_add(&content->folders, strdup(name));
    if (type == DT_REG && is_named_picture(path))
        return tg_names_add(&content->pictures, strdup(name));
    return tg_file_kinds_add(&content->left_out,
                             type == DT_REG ? name : "special");
}

static int put_entry(const char *folder, DIR *dir, const struct dirent *entry,
                     struct tg_content *content)
{
    const int type = type_of(dir, entry);
    char *path;
    int error;

    if (type < 0)
        return tg_fail(TG_ENOINPUT,
                       "%s/%s: is a link, and cannot be followed: %s; "
                       "mend or remove it",
                       folder, entry->d_name, strerror(errno));
    path = tg_text_format("%s/%s", folder, entry->d_name);
    error = path ? put(type, path, entry->d_name, content) : TG_EMEMORY;
    free(path);
    return error;
}

int tg_folder_list(const char *path, struct tg_content *content)
{
    DIR *dir;
    int error;

    TG_TRY(tg_folder_open(path, &dir));
    for (error = 0; !error;) {
        struct dirent *entry;

        errno = 0;
        entry = readdir(dir);
        if (!entry && errno)
            error = tg_fail(TG_EIO,
                            "%s: cannot read the folder: %s; check "
                            "the disk",
                            path, strerror(errno));
        if (!entry)
            break;
        if (!tg_file_is_rubbish(entry->d_name))
            error = put_entry(path, dir, entry, content);
    }
    closedir(dir);
    sort(&content->folders);
    sort(&content->pictures);
    return error;
}

/* ---- Depth ------------------------------------------------------------ */

/* A folder that is being walked through, and those around it. */
struct place {
    const struct place *around;
    dev_t device;
    ino_t inode;
};

/* Enter a folder; false if it is around itself, or can't be looked at. */
static bool enter(const char *path, const struct place *around,
                  struct place *place)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return false;
    *place = (struct place){around, info.st_dev, info.st_ino};
    for (; around; around = around->around)
        if (around->device == info.st_dev && around->inode == info.st_ino)
            return false;
    return true;
}

static int walk(const char *path, const char *within,
                const struct place *around, struct tg_content *content);

/* What a folder has, one level down: its pictures are called by the path within
 * the one where the walk began. */
static int walk_down(const char *path, const char *within,
                     const struct place *here, struct tg_content *inner,
                     struct tg_content *content)
{
    const char *slash = *within ? "/" : "";
    int error = 0;

    for (size_t i = 0; i < inner->pictures.count && !error; i++)
        error = tg_names_add(&content->pictures,
                             tg_text_format("%s%s%s", within, slash,
                                            inner->pictures.names[i]));
    for (size_t i = 0; i < inner->folders.count && !error; i++) {
        const char *name = inner->folders.names[i];
        char *sub = tg_text_format("%s/%s", path, name);
        char *to = tg_text_format("%s%s%s", within, slash, name);

        error = sub && to ? walk(sub, to, here, content) : TG_EMEMORY;
        free(sub);
        free(to);
    }
    return error;
}

static int walk(const char *path, const char *within,
                const struct place *around, struct tg_content *content)
{
    struct tg_content inner = {.left_out = content->left_out};
    struct place here;
    int error;

    if (!enter(path, around, &here)) {
        content->loops++;
        return 0;
    }
    error = tg_folder_list(path, &inner);
    content->left_out = inner.left_out; /* which has grown */
    inner.left_out = (struct tg_file_kinds){0};
    if (!error)
        error = walk_down(path, within, &here, &inner, content);
    tg_content_free(&inner);
    return error;
}

int tg_folder_walk(const char *path, const char *name,
                   struct tg_content *content)
{
    char *sub = name ? tg_text_format("%s/%s", path, name) : strdup(path);
    struct place here;
    int error = TG_EMEMORY;

    enter(path, NULL, &here);
    if (sub)
        error = walk(sub, "", name ? &here : NULL, content);
    free(sub);
    sort(&content->pictures);
    return error;
}

/* ---- Looking ---------------------------------------------------------- */

static bool look(const char *path, bool any, const struct place *around)
{
    struct tg_file_kinds other = {0};
    struct place here;
    DIR *dir = enter(path, around, &here) ? opendir(path) : NULL;
    bool has = false;

    for (struct dirent *entry; !has && dir && (entry = readdir(dir));) {
        const int type = type_of(dir, entry);
        char *sub;

        if (tg_file_is_rubbish(entry->d_name))
            continue;
        sub = tg_text_format("%s/%s", path, entry->d_name);
        if (sub && type == DT_DIR)
            has = look(sub, any, &here);
        else if (sub && type == DT_REG)
            has = is_named_picture(sub);
        if (!has && any && type == DT_REG)
            has = !tg_file_kinds_add(&other, entry->d_name) && other.pictures;
        free(sub);
    }
    if (dir)
        closedir(dir);
    tg_file_kinds_free(&other);
    return has;
}

bool tg_folder_has_pictures(const char *path, bool any)
{
    return look(path, any, NULL);
}

void tg_folder_keep_used(const char *path, struct tg_names *folders)
{
    size_t kept = 0;

    for (size_t i = 0; i < folders->count; i++) {
        char *sub = tg_text_format("%s/%s", path, folders->names[i]);

        if (sub && tg_folder_has_pictures(sub, false))
            folders->names[kept++] = folders->names[i];
        else
            free(folders->names[i]);
        free(sub);
    }
    folders->count = kept;
}
