#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "formats.h"
#include "error.h"
#include "text.h"
#include "image.h"

enum { MAX_CLASSES = 65535 };

struct folder {
    struct tg_dataset base;
    char *root;   /* NULL: of a picture that is a data set of its own */
    char **files; /* [count] names within root, or the class's sub-folder */
    bool binary;
    double threshold;
    size_t ignored; /* files that are no pictures */
};

/* Names of one kind in a folder. */
struct list {
    char **names;
    size_t count, capacity;
    size_t ignored; /* entries that are neither of the kind nor hidden */
};

static void free_list(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    memset(list, 0, sizeof *list);
}

static bool is_picture_name(const char *name)
{
    return tg_format_reads(&tg_format_pictures, name);
}

/* Is an entry a folder (or a picture), or a link to one? */
static bool is_kind(DIR *dir, const struct dirent *entry, bool folders)
{
    struct stat info;
    bool is;

    if (!folders && !is_picture_name(entry->d_name))
        return false;
    if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
        return entry->d_type == (folders ? DT_DIR : DT_REG);
    is = fstatat(dirfd(dir), entry->d_name, &info, 0) == 0;
    return is && (folders ? S_ISDIR(info.st_mode) : S_ISREG(info.st_mode));
}

/* A link to nothing, or to what may not be looked at. */
static bool is_broken(DIR *dir, const struct dirent *entry)
{
    struct stat info;

    return (entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) &&
           fstatat(dirfd(dir), entry->d_name, &info, 0) != 0;
}

static int append(struct list *list, const char *name)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 64;
        char **names = realloc(list->names, capacity * sizeof *names);

        if (!names)
            return tg_fail_memory(name);
        list->names = names;
        list->capacity = capacity;
    }
    list->names[list->count] = strdup(name);
    if (!list->names[list->count])
        return tg_fail_memory(name);
    list->count++;
    return 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* List sub-folders, or pictures, in the order of their bytes. */
static int scan(const char *path, bool folders, struct list *list)
{
    DIR *dir;
    int error = tg_folder_open(path, &dir);

    memset(list, 0, sizeof *list);
    if (error)
        return error;
    for (;;) {
        struct dirent *entry;

        errno = 0;
        entry = readdir(dir);
        if (!entry && errno)
            error = tg_fail(TG_EIO,
                            "%s: cannot read the folder: %s; check "
                            "the disk",
                            path, strerror(errno));
        if (!entry || error)
            break;
        if (entry->d_name[0] == '.')
            continue;
        if (is_broken(dir, entry))
            error = tg_fail(TG_ENOINPUT,
                            "%s/%s: is a link, and cannot be followed: %s; "
                            "mend or remove it",
                            path, entry->d_name, strerror(errno));
        else if (is_kind(dir, entry, folders))
            error = append(list, entry->d_name);
        else
            list->ignored++;
    }
    closedir(dir);
    if (error)
        free_list(list);
    else if (list->count)
        qsort(list->names, list->count, sizeof *list->names, compare);
    return error;
}

static bool has_pictures(const char *path)
{
    DIR *dir = opendir(path);
    bool has = false;

    for (struct dirent *entry; !has && dir && (entry = readdir(dir));)
        has = entry->d_name[0] != '.' && is_kind(dir, entry, false);
    if (dir)
        closedir(dir);
    return has;
}

static bool is_picture(const char *path)
{
    struct stat info;

    return is_picture_name(path) && stat(path, &info) == 0 &&
           S_ISREG(info.st_mode);
}

static bool is_folder(const char *path)
{
    DIR *dir = opendir(path);
    bool is = is_picture(path) || has_pictures(path);

    for (struct dirent *entry; !is && dir && (entry = readdir(dir));) {
        char *sub;

        if (entry->d_name[0] == '.' || !is_kind(dir, entry, true))
            continue;
        sub = tg_text_format("%s/%s", path, entry->d_name);
        is = sub && has_pictures(sub);
        free(sub);
    }
    if (dir)
        closedir(dir);
    return is;
}

static char *folder_file(const struct tg_dataset *dataset, size_t row)
{
    const struct folder *folder = (const struct folder *)dataset;
    const char *file = folder->files[row];

    if (!folder->root)
        return tg_text_format("%s", file);
    if (!dataset->labels)
        return tg_text_format("%s/%s", folder->root, file);
    return tg_text_format("%s/%s/%s", folder->root,
                          dataset->class_names[dataset->labels[row]], file);
}

static int folder_read(const struct tg_dataset *dataset, const size_t *rows,
                       size_t n, uint8_t *samples)
{
    const struct folder *folder = (const struct folder *)dataset;
    uint8_t *to = samples;

    for (size_t i = 0; i < n; i++, to += dataset->features) {
        char *path;
        int error;

        assert(rows[i] < dataset->count);
        path = folder_file(dataset, rows[i]);
        if (!path)
            return TG_EMEMORY;
        error = tg_image_read(path, dataset->width, dataset->height,
                              dataset->channels, to);
        free(path);
        if (error)
            return error;
    }
    if (folder->binary)
        tg_image_threshold(folder->threshold, n * dataset->features, samples);
    return 0;
}

static void folder_close(struct tg_dataset *dataset)
{
    struct folder *folder = (struct folder *)dataset;

    for (size_t i = 0; i < dataset->count; i++)
        free(folder->files[i]);
    free(folder->files);
    free(folder->root);
}

/* Take over the names of a list, as further samples. */
static int add_files(struct folder *folder, struct list *list)
{
    struct tg_dataset *base = &folder->base;
    const size_t count = base->count + list->count;
    char **files = realloc(folder->files, count * sizeof *files);

    if (!files)
        return tg_fail_memory(folder->root);
    folder->files = files;
    memcpy(files + base->count, list->names, list->count * sizeof *list->names);
    base->count = count;
    folder->ignored += list->ignored;
    list->count = 0;
    return 0;
}

/* List the pictures of class c, a sub-folder, and label them. */
static int add_class(struct folder *folder, int c)
{
    struct tg_dataset *base = &folder->base;
    const size_t first = base->count;
    char *path = tg_text_format("%s/%s", folder->root, base->class_names[c]);
    struct list list = {0};
    uint16_t *labels;
    int error = path ? scan(path, false, &list) : TG_EMEMORY;

    if (error)
        goto done;
    if (!list.count) {
        error = tg_fail(TG_EDATA,
                        "%s: holds no PNG or JPEG pictures; remove "
                        "the sub-folder, add some, or give the folder whose "
                        "sub-folders are the classes",
                        path);
        goto done;
    }
    error = add_files(folder, &list);
    if (error)
        goto done;
    labels = realloc(base->labels, base->count * sizeof *labels);
    if (!labels) {
        error = tg_fail_memory(path);
        goto done;
    }
    base->labels = labels;
    for (size_t i = first; i < base->count; i++)
        labels[i] = (uint16_t)c;
done:
    free_list(&list);
    free(path);
    return error;
}

/* A file instead of a folder: one picture, without a label. */
static int list_picture(struct folder *folder)
{
    struct list list = {0};
    int error = append(&list, folder->root);

    if (!error)
        error = add_files(folder, &list);
    free_list(&list);
    if (!error) {
        free(folder->root);
        folder->root = NULL;
    }
    return error;
}

/* List all pictures: of sub-folders, which are classes, or, where there are
 * none, of the folder itself, without labels. */
static int list_pictures(struct folder *folder)
{
    struct tg_dataset *base = &folder->base;
    struct list list;
    int error;

    if (is_picture(folder->root))
        return list_picture(folder);
    TG_TRY(scan(folder->root, true, &list));
    if (list.count > MAX_CLASSES) {
        error = tg_fail(TG_EDATA,
                        "%s: has %zu sub-folders; at most %d "
                        "classes are possible",
                        folder->root, list.count, MAX_CLASSES);
    } else if (list.count) {
        base->class_names = list.names;
        base->classes = (int)list.count;
        folder->ignored = list.ignored;
        memset(&list, 0, sizeof list);
        for (int c = error = 0; c < base->classes && !error; c++)
            error = add_class(folder, c);
    } else {
        free_list(&list);
        error = scan(folder->root, false, &list);
        if (!error && !list.count)
            error = tg_fail(TG_EDATA,
                            "%s: holds no PNG or JPEG pictures; put "
                            "them into one sub-folder per class",
                            folder->root);
        if (!error)
            error = add_files(folder, &list);
    }
    free_list(&list);
    return error;
}

/* A picture's size, if all of it can be read. */
static int size_of_good(const char *path, int *width, int *height)
{
    struct tg_image image;

    TG_TRY(tg_image_decode(path, &image));
    *width = image.width;
    *height = image.height;
    tg_image_free(&image);
    return TG_OK;
}

/* The size of the first picture; where bad ones are tolerated, of the first
 * that is good, or any, where none is. */
static int first_size(struct tg_dataset *base, bool tolerant)
{
    int error = TG_OK;

    for (size_t row = 0; row < base->count; row++) {
        char *path = folder_file(base, row);

        if (!path)
            return TG_EMEMORY;
        error = (tolerant ? size_of_good : tg_image_size)(path, &base->width,
                                                          &base->height);
        free(path);
        if (!tolerant || !tg_check_is_bad(error))
            return tg_check_read(error);
        tg_error_clear();
    }
    base->width = base->height = 1;
    return TG_OK;
}

/* The size asked for, or that of the first picture. */
static int set_shape(struct folder *folder,
                     const struct tg_dataset_options *options)
{
    struct tg_dataset *base = &folder->base;
    int error = 0;

    base->width = options->width;
    base->height = options->height;
    base->channels = options->gray ? 1 : 3;
    if (!base->width || !base->height)
        error = first_size(base, options->tolerant);
    if (!error && (int64_t)base->width * base->height > TG_IMAGE_PIXELS)
        error = tg_fail(TG_EUSAGE,
                        "%d x %d is more than %d pixels; choose a "
                        "smaller --image",
                        base->width, base->height, TG_IMAGE_PIXELS);
    base->features =
        (size_t)base->width * (size_t)base->height * (size_t)base->channels;
    return error;
}

static int folder_open(const char *path, enum tg_part part,
                       const struct tg_dataset_options *options,
                       struct tg_dataset **out)
{
    struct folder *folder;
    int error;

    if (part == TG_TEST)
        return 0;
    folder = calloc(1, sizeof *folder);
    if (!folder)
        return tg_fail_memory(path);
    folder->base.format = "pictures";
    folder->base.type = TG_U8;
    folder->base.read = folder_read;
    folder->base.file = folder_file;
    folder->base.close = folder_close;
    folder->binary = options->binary;
    folder->threshold = options->threshold;
    folder->root = strdup(path);
    error = folder->root ? list_pictures(folder) : tg_fail_memory(path);
    if (!error)
        error = set_shape(folder, options);
    if (!error && folder->ignored)
        error = tg_dataset_note(&folder->base,
                                "%zu other files in it are left out: no "
                                "pictures",
                                folder->ignored);
    if (error)
        tg_dataset_close(&folder->base);
    else
        *out = &folder->base;
    return error;
}

static const char *const tails[] = {".png", ".jpg", ".jpeg", NULL};

const struct tg_format tg_format_pictures = {
    .prefix = "pictures",
    .files = "folders of pictures",
    .obeys = TG_OBEYS_PICTURES,
    .remedy = "put the pictures of each class into a sub-folder of its own",
    .tails = tails,
    .is = is_folder,
    .open = folder_open,
};
