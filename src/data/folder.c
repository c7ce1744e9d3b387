/* Folders of pictures: one sub-folder for each class, or none. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "class_names.h"
#include "formats.h"
#include "error.h"
#include "folder_looks.h"
#include "folder_parts.h"
#include "folder_walk.h"
#include "text.h"

enum { MAX_CLASSES = 65535, NAMED = 20 /* empty classes in a message */ };

struct folder {
    struct tg_dataset base;
    char *root;              /* NULL: of a picture that is a data set alone */
    struct tg_names folders; /* of the classes, within root; or none */
    size_t *ends;            /* [folders] row after the last of each */
    struct tg_names files;   /* [count] paths within the class's folder */
    bool binary;
    double threshold;
    struct tg_ground ground;
};

/* The number of the class's folder that a row is in. */
static size_t folder_of(const struct folder *folder, size_t row)
{
    size_t low = 0, high = folder->folders.count;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (folder->ends[middle] > row)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static char *folder_file(const struct tg_dataset *dataset, size_t row)
{
    const struct folder *folder = (const struct folder *)dataset;
    const char *file = folder->files.names[row];

    if (!folder->root)
        return tg_text_format("%s", file);
    if (!folder->folders.count)
        return tg_text_format("%s/%s", folder->root, file);
    return tg_text_format("%s/%s/%s", folder->root,
                          folder->folders.names[folder_of(folder, row)], file);
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
        error = tg_image_read(path, &folder->ground, dataset->width,
                              dataset->height, dataset->channels, to);
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

    tg_names_free(&folder->files);
    tg_names_free(&folder->folders);
    free(folder->ends);
    free(folder->root);
}

/* ---- Classes ---------------------------------------------------------- */

/* Sub-folders without pictures, for one message. */
struct empty {
    size_t count;
    char *list; /* "'a' (3 .gif pictures), 'b'" */
};

static int add_empty(struct empty *empty, const char *name,
                     const struct tg_file_kinds *kinds)
{
    char *what, *list = NULL;

    if (empty->count++ >= NAMED)
        return 0;
    what = tg_file_kinds_text(kinds);
    if (what)
        list = tg_text_format("%s%s'%s' (%s)", empty->list ? empty->list : "",
                              empty->list ? ", " : "", name, what);
    free(what);
    free(empty->list);
    empty->list = list;
    return list ? 0 : TG_EMEMORY;
}

/* Take over names, as further samples. */
static int add_files(struct folder *folder, struct tg_names *names)
{
    int error = 0;

    for (size_t i = 0; i < names->count; i++)
        if (error)
            free(names->names[i]);
        else
            error = tg_names_add(&folder->files, names->names[i]);
    names->count = 0;
    folder->base.count = folder->files.count;
    return error;
}

/* Find the pictures of the c-th sub-folder; kinds of files left out are added
 * to `left_out`. */
static int walk_class(struct folder *folder, size_t c,
                      struct tg_file_kinds *left_out, struct empty *empty)
{
    const char *name = folder->folders.names[c];
    struct tg_content content = {0};
    int error = tg_folder_walk(folder->root, name, &content);

    if (!error)
        error = tg_file_kinds_merge(left_out, &content.left_out);
    if (!error && !content.pictures.count)
        error = add_empty(empty, name, &content.left_out);
    if (!error)
        error = add_files(folder, &content.pictures);
    if (!error && content.loops)
        error = tg_dataset_note(&folder->base,
                                "not followed, since they lead back to a "
                                "folder that they are in: links in %s, %zu",
                                name, content.loops);
    folder->ends[c] = folder->base.count;
    tg_content_free(&content);
    return error;
}

/* A class's name: its folder's, made UTF-8 that can be printed. */
static char *class_name(const char *folder)
{
    return tg_text_escape(folder, TG_ESCAPE_CONTROLS | TG_ESCAPE_MARKS);
}

/* Sub-folders are classes. */
static int label(struct folder *folder)
{
    struct tg_dataset *base = &folder->base;
    const size_t n = folder->folders.count;

    base->labels = malloc(base->count * sizeof *base->labels);
    base->class_names = calloc(n + 1, sizeof *base->class_names);
    if (!base->labels || !base->class_names)
        return tg_fail_memory(folder->root);
    base->classes = (int)n;
    for (size_t c = 0, row = 0; c < n; c++) {
        base->class_names[c] = class_name(folder->folders.names[c]);
        if (!base->class_names[c])
            return tg_fail_memory(folder->root);
        while (row < folder->ends[c])
            base->labels[row++] = (uint16_t)c;
    }
    return 0;
}

static int fail_empty(const struct folder *folder, const struct empty *empty)
{
    return tg_fail(TG_EDATA,
                   "%s: %zu of its %zu sub-folders hold%s no PNG or JPEG "
                   "pictures: %s%s; remove them, add some, or give the folder "
                   "whose sub-folders are the classes",
                   folder->root, empty->count, folder->folders.count,
                   empty->count == 1 ? "s" : "", empty->list,
                   empty->count > NAMED ? ", ..." : "");
}

/* List the pictures of all sub-folders; none has any where there are no samples
 * afterwards. */
static int list_classes(struct folder *folder, struct tg_content *content)
{
    struct empty empty = {0};
    int error = 0;

    if (content->folders.count > MAX_CLASSES)
        return tg_fail(TG_EDATA,
                       "%s: has %zu sub-folders; at most %d "
                       "classes are possible",
                       folder->root, content->folders.count, MAX_CLASSES);
    folder->folders = content->folders;
    content->folders = (struct tg_names){0};
    folder->ends = calloc(folder->folders.count + 1, sizeof *folder->ends);
    if (!folder->ends)
        return tg_fail_memory(folder->root);
    for (size_t c = 0; c < folder->folders.count && !error; c++)
        error = walk_class(folder, c, &content->left_out, &empty);
    if (!error && folder->base.count)
        error = empty.count ? fail_empty(folder, &empty) : label(folder);
    free(empty.list);
    return error;
}

/* ---- Pictures --------------------------------------------------------- */

/* Pictures of no class, in the folder itself. */
static int list_flat(struct folder *folder, struct tg_content *content)
{
    const size_t folders = folder->folders.count;

    if (!content->pictures.count)
        return tg_folder_fail_nothing(folder->root, &content->left_out);
    tg_names_free(&folder->folders);
    TG_TRY(add_files(folder, &content->pictures));
    if (!folders)
        return 0;
    return tg_dataset_note(&folder->base,
                           "sub-folders without pictures in them are left "
                           "out: %zu",
                           folders);
}

static bool is_known(const char *folder,
                     const struct tg_dataset_options *options)
{
    char *name = class_name(folder);
    bool known = !name; /* without memory, others will say so */

    for (size_t c = 0; name && !known && c < options->nknown; c++)
        known = tg_names_alike(name, options->known[c]);
    free(name);
    return known;
}

/* Are sub-folders classes?  To who knows which there are, where one is. */
static bool are_classes(const struct tg_names *folders,
                        const struct tg_dataset_options *options)
{
    for (size_t f = 0; options->known && f < folders->count; f++)
        if (is_known(folders->names[f], options))
            return true;
    return !options->known;
}

/* Pictures of no class, at any depth, in the place of the content so far. */
static int list_deep(struct folder *folder, struct tg_content *content)
{
    tg_content_free(content);
    *content = (struct tg_content){0};
    TG_TRY(tg_folder_walk(folder->root, NULL, content));
    if (!content->pictures.count)
        return 0;
    TG_TRY(add_files(folder, &content->pictures));
    return tg_dataset_note(&folder->base,
                           "its sub-folders are no classes of the model's: the "
                           "pictures in all are taken for ones of no known "
                           "class");
}

/* List all pictures: of sub-folders, which are classes, or, where those have
 * none, of the folder itself, without labels. */
static int list_pictures(struct folder *folder,
                         const struct tg_dataset_options *options)
{
    struct tg_content content = {0};
    int error = tg_folder_list(folder->root, &content);

    if (!error && content.folders.count)
        error = are_classes(&content.folders, options)
                    ? list_classes(folder, &content)
                    : list_deep(folder, &content);
    if (!error && !folder->base.count)
        error = list_flat(folder, &content);
    if (!error)
        error = tg_folder_note_left_out(&folder->base, &content);
    tg_content_free(&content);
    return error;
}

/* A file instead of a folder: one picture, without a label. */
static int list_picture(struct folder *folder, const char *path)
{
    TG_TRY(tg_names_add(&folder->files, strdup(path)));
    folder->base.count = 1;
    return 0;
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
        error = tg_folder_first_size(base, options->tolerant);
    if (!error && (int64_t)base->width * base->height > TG_IMAGE_PIXELS)
        error = tg_fail(TG_EUSAGE,
                        "%d x %d is more than %d pixels; choose a "
                        "smaller --image",
                        base->width, base->height, TG_IMAGE_PIXELS);
    base->features =
        (size_t)base->width * (size_t)base->height * (size_t)base->channels;
    return error;
}

/* ---- The format ------------------------------------------------------- */

/* What can be read; and what can't, so that it is said. */
static bool is_folder(const char *path)
{
    return tg_is_picture(path) || tg_folder_has_pictures(path, true);
}

/* List the samples of a part; none where there is no such part. */
static int list_part(struct folder *folder, const char *path, enum tg_part part,
                     const struct tg_dataset_options *options)
{
    if (tg_is_picture(path))
        return part == TG_TRAIN ? list_picture(folder, path) : 0;
    TG_TRY(tg_folder_find_root(&folder->base, path, part, &folder->root));
    return folder->root ? list_pictures(folder, options) : 0;
}

static int folder_open(const char *path, enum tg_part part,
                       const struct tg_dataset_options *options,
                       struct tg_dataset **out)
{
    struct folder *folder = calloc(1, sizeof *folder);
    int error;

    if (!folder)
        return tg_fail_memory(path);
    folder->base.format = "pictures";
    folder->base.type = TG_U8;
    folder->base.read = folder_read;
    folder->base.file = folder_file;
    folder->base.close = folder_close;
    folder->binary = options->binary;
    folder->threshold = options->threshold;
    folder->ground = options->ground;
    error = list_part(folder, path, part, options);
    if (!error && folder->base.count)
        error = set_shape(folder, options);
    if (!error && folder->base.count)
        error = tg_folder_look(&folder->base, options);
    if (error || !folder->base.count)
        tg_dataset_close(&folder->base);
    else
        *out = &folder->base;
    return error;
}

static const char *const tails[] = {".png",   ".apng", ".jpg", ".jpeg",
                                    ".jpe",   ".jfif", ".jfi", ".jif",
                                    ".pjpeg", ".pjp",  NULL};

const struct tg_format tg_format_pictures = {
    .prefix = "pictures",
    .files = "folders of pictures",
    .obeys = TG_OBEYS_PICTURES,
    .remedy = "put the pictures of each class into a sub-folder of its own",
    .tails = tails,
    .is = is_folder,
    .open = folder_open,
};
