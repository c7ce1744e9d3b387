#include "shards_find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "folder_parts.h"
#include "formats.h"
#include "shards_names.h"
#include "error.h"
#include "text.h"

/* What lies in a folder. */
struct content {
    struct tg_names shards, labels[TG_SHARDS_KINDS];
};

static void free_content(struct content *content)
{
    tg_names_free(&content->shards);
    for (int i = 0; i < TG_SHARDS_KINDS; i++)
        tg_names_free(&content->labels[i]);
}

static int list(const char *folder, struct content *content)
{
    DIR *dir;
    int error;

    TG_TRY(tg_folder_open(folder, &dir));
    for (error = 0; !error;) {
        struct dirent *entry;
        int kind;

        errno = 0;
        entry = readdir(dir);
        if (!entry && errno)
            error = tg_fail(TG_EIO,
                            "%s: cannot read the folder: %s; check the disk",
                            folder, strerror(errno));
        if (!entry)
            break;
        kind = tg_shards_kind(entry->d_name);
        if (kind < TG_SHARDS_KINDS)
            error = tg_names_add(&content->labels[kind], strdup(entry->d_name));
        else if (tg_shards_is_name(entry->d_name))
            error = tg_names_add(&content->shards, strdup(entry->d_name));
    }
    closedir(dir);
    tg_shards_sort(&content->shards);
    for (int i = 0; i < TG_SHARDS_KINDS; i++)
        tg_shards_sort(&content->labels[i]);
    return error;
}

/* The labels of each shard, in their order; none may be missing, nor be those of
 * no shard. */
static int pair(const char *folder, const struct content *content, int kind,
                struct tg_names *labels)
{
    const struct tg_names *there = &content->labels[kind];
    const struct tg_names *shards = &content->shards;

    for (size_t i = 0; i < shards->count; i++) {
        TG_TRY(
            tg_names_add(labels, tg_shards_labels_of(kind, shards->names[i])));
        if (!tg_shards_has(there, labels->names[i]))
            return tg_fail(TG_EDATA,
                           "%s/%s: its labels, %s, are missing, and those of "
                           "other shards are there; add them",
                           folder, shards->names[i], labels->names[i]);
    }
    for (size_t i = 0; i < there->count; i++) {
        char *name = tg_shards_shard_of(kind, there->names[i]);
        int error = name ? 0 : TG_EMEMORY;

        if (!error && !tg_shards_has(shards, name))
            error = tg_fail(TG_EDATA,
                            "%s/%s: are the labels of no shard, as %s is not "
                            "there; add it, or remove them",
                            folder, there->names[i], name);
        free(name);
        TG_TRY(error);
    }
    return 0;
}

/* Labels may be of one kind alone. */
static int find_labels(const char *folder, struct content *content,
                       struct tg_names *labels)
{
    int kind = TG_SHARDS_KINDS;

    for (int i = 0; i < TG_SHARDS_KINDS; i++) {
        if (!content->labels[i].count)
            continue;
        if (kind < TG_SHARDS_KINDS)
            return tg_fail(TG_EDATA,
                           "%s: holds labels twice, in %s and in %s; keep one",
                           folder, content->labels[kind].names[0],
                           content->labels[i].names[0]);
        kind = i;
    }
    if (kind < TG_SHARDS_EACH)
        return pair(folder, content, kind, labels);
    return kind == TG_SHARDS_KINDS
               ? 0
               : tg_names_add(labels, strdup(content->labels[kind].names[0]));
}

int tg_shards_find(const char *folder, bool labels,
                   struct tg_shards_found *found)
{
    struct content content = {0};
    int error = list(folder, &content);

    *found = (struct tg_shards_found){0};
    if (!error && !content.shards.count)
        error =
            tg_fail(TG_ENOINPUT,
                    "%s: lost its shards; leave it alone during a run", folder);
    if (!error && labels)
        error = find_labels(folder, &content, &found->labels);
    found->shards = content.shards;
    content.shards = (struct tg_names){0};
    free_content(&content);
    return error;
}

void tg_shards_found_free(struct tg_shards_found *found)
{
    tg_names_free(&found->shards);
    tg_names_free(&found->labels);
}

/* ---- Parts ------------------------------------------------------------ */

/* Does a folder hold shards? */
static bool holds(const char *folder)
{
    DIR *dir = opendir(folder);
    bool found = false;

    for (struct dirent *entry; !found && dir && (entry = readdir(dir));)
        found = tg_shards_is_name(entry->d_name);
    if (dir)
        closedir(dir);
    return found;
}

/* Take a sub-folder, if it holds shards and is the first by name. */
static int consider(const char *folder, const char *name, char **best)
{
    char *sub, *copy = NULL;
    int error = 0;

    if (*best && strcmp(name, *best) > 0)
        return 0;
    sub = tg_text_format("%s/%s", folder, name);
    if (!sub)
        return TG_EMEMORY;
    if (holds(sub)) {
        copy = strdup(name);
        error = copy ? 0 : tg_fail_memory(sub);
    }
    if (copy) {
        free(*best);
        *best = copy;
    }
    free(sub);
    return error;
}

/* The sub-folders of parts that hold shards, and whether the folder does. */
struct parts {
    bool own;
    char *train, *test, *left_out; /* names, or NULL */
};

static void free_parts(struct parts *parts)
{
    free(parts->train);
    free(parts->test);
    free(parts->left_out);
}

static int look(const char *folder, struct parts *parts)
{
    char *names[TG_FOLDER_PARTS] = {NULL};
    DIR *dir = opendir(folder);
    int error = 0;

    for (struct dirent *entry; !error && dir && (entry = readdir(dir));)
        for (enum tg_folder_part i = 0; i < TG_FOLDER_PARTS && !error; i++)
            if (tg_folder_is_part(entry->d_name, i))
                error = consider(folder, entry->d_name, &names[i]);
    if (dir)
        closedir(dir);
    *parts = (struct parts){holds(folder), names[TG_FOLDER_TRAIN],
                            names[TG_FOLDER_TEST], names[TG_FOLDER_VALIDATION]};
    if (!parts->test) {
        parts->test = parts->left_out;
        parts->left_out = NULL;
    }
    return error;
}

bool tg_shards_is(const char *path)
{
    struct parts parts;
    const bool is =
        !look(path, &parts) && (parts.own || (parts.train && parts.test));

    free_parts(&parts);
    return is;
}

static int note_left_out(struct tg_dataset *dataset, const char *folder,
                         const char *name)
{
    return !name ? 0
                 : tg_dataset_note(dataset,
                                   "left out: the shards in %s; name them by "
                                   "--test or --data '%s/%s'",
                                   name, folder, name);
}

static int note_parts(struct tg_dataset *dataset, const char *folder,
                      enum tg_part part, const struct parts *parts)
{
    if (part == TG_TEST)
        return parts->own ? 0
                          : tg_dataset_note(dataset, "its test part is in %s",
                                            parts->test);
    if (parts->own) {
        TG_TRY(note_left_out(dataset, folder, parts->train));
        TG_TRY(note_left_out(dataset, folder, parts->test));
    } else {
        TG_TRY(tg_dataset_note(dataset,
                               "the shards in %s are to train on, those in %s "
                               "to test on",
                               parts->train, parts->test));
    }
    return note_left_out(dataset, folder, parts->left_out);
}

int tg_shards_find_root(struct tg_dataset *dataset, const char *path,
                        enum tg_part part, char **root, bool *two)
{
    struct parts parts;
    int error = look(path, &parts);

    *root = NULL;
    *two = !parts.own;
    if (!error && !parts.own && !(parts.train && parts.test))
        error = tg_fail(TG_ENOINPUT,
                        "%s: holds no feat-*.npy, nor folders train and test "
                        "with them; give the folder that does",
                        path);
    if (!error)
        error = note_parts(dataset, path, part, &parts);
    if (!error && (part == TG_TRAIN || !parts.own)) {
        *root = parts.own ? tg_text_format("%s", path)
                          : tg_text_format("%s/%s", path,
                                           part == TG_TRAIN ? parts.train
                                                            : parts.test);
        error = *root ? 0 : TG_EMEMORY;
    }
    free_parts(&parts);
    return error;
}
