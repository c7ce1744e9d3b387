#include "folder_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "class_names.h"
#include "error.h"
#include "folder_walk.h"
#include "formats.h"
#include "text.h"

/* What the folders of parts are called, in any case. */
static const struct {
    const char *name;
    enum tg_folder_part part;
} part_names[] = {
    {"train", TG_FOLDER_TRAIN},
    {"training", TG_FOLDER_TRAIN},
    {"train_set", TG_FOLDER_TRAIN},
    {"training_set", TG_FOLDER_TRAIN},
    {"trainset", TG_FOLDER_TRAIN},
    {"seg_train", TG_FOLDER_TRAIN},
    {"test", TG_FOLDER_TEST},
    {"testing", TG_FOLDER_TEST},
    {"test_set", TG_FOLDER_TEST},
    {"testing_set", TG_FOLDER_TEST},
    {"testset", TG_FOLDER_TEST},
    {"seg_test", TG_FOLDER_TEST},
    {"val", TG_FOLDER_VALIDATION},
    {"dev", TG_FOLDER_VALIDATION},
    {"valid", TG_FOLDER_VALIDATION},
    {"validation", TG_FOLDER_VALIDATION},
    {"validation_set", TG_FOLDER_VALIDATION},
    {"val_set", TG_FOLDER_VALIDATION},
};

bool tg_folder_is_part(const char *name, enum tg_folder_part part)
{
    for (size_t i = 0; i < sizeof part_names / sizeof *part_names; i++)
        if (part_names[i].part == part &&
            strcasecmp(name, part_names[i].name) == 0)
            return true;
    return false;
}

/* A folder with those of its sub-folders that have pictures. */
struct level {
    char *path;
    struct tg_content content;
};

static void close_level(struct level *level)
{
    free(level->path);
    tg_content_free(&level->content);
    *level = (struct level){0};
}

/* Takes over the path. */
static int open_level(char *path, struct level *level)
{
    *level = (struct level){.path = path};
    TG_TRY(path ? tg_folder_list(path, &level->content) : TG_EMEMORY);
    tg_folder_keep_used(path, &level->content.folders);
    return 0;
}

/* The first folder of a part, or NULL. */
static const char *find_part(const struct level *level,
                             enum tg_folder_part part)
{
    const struct tg_names *folders = &level->content.folders;

    for (size_t i = 0; i < folders->count; i++)
        if (tg_folder_is_part(folders->names[i], part))
            return folders->names[i];
    return NULL;
}

/* ---- A folder alone --------------------------------------------------- */

/* Does a folder have several with pictures, at once or further down? */
static int is_branching(char *path, bool *is)
{
    struct level level;
    int error = open_level(path, &level);
    const struct tg_names *folders = &level.content.folders;

    *is = !error && folders->count > 1;
    if (!error && folders->count == 1 && !level.content.pictures.count)
        error =
            is_branching(tg_text_format("%s/%s", level.path, folders->names[0]),
                         is);
    close_level(&level);
    return error;
}

/* Go down while the only folder with pictures holds all classes. */
static int go_down(struct tg_dataset *dataset, struct level *level)
{
    int error = 0;
    bool down = true;

    while (!error && level->content.folders.count == 1 &&
           !level->content.pictures.count) {
        const char *name = level->content.folders.names[0];
        char *sub = tg_text_format("%s/%s", level->path, name);

        error = sub ? is_branching(strdup(sub), &down) : TG_EMEMORY;
        if (!error && down && dataset)
            error = tg_dataset_note(dataset,
                                    "the data are in its only folder with "
                                    "pictures, %s",
                                    name);
        if (error || !down) {
            free(sub);
            break;
        }
        close_level(level);
        error = open_level(sub, level);
    }
    return error;
}

/* ---- Parts ------------------------------------------------------------ */

/* Open the folder of a part down to its classes. */
static int open_part(const struct level *level, const char *name,
                     struct level *part)
{
    TG_TRY(open_level(tg_text_format("%s/%s", level->path, name), part));
    return go_down(NULL, part);
}

/* Has a part a class of the training data? */
static bool is_labelled(const struct level *part, const struct level *train)
{
    const struct tg_names *own = &part->content.folders;
    const struct tg_names *others = &train->content.folders;

    for (size_t i = 0; i < own->count; i++)
        for (size_t j = 0; j < others->count; j++)
            if (tg_names_alike(own->names[i], others->names[j]))
                return true;
    return false;
}

static int fail_flat(const struct level *level, const char *train,
                     const char *other)
{
    return tg_fail(TG_EDATA,
                   "%s: %s/ holds pictures of no known class; put those of "
                   "each class into a sub-folder of it, or, to predict, give "
                   "%s/%s",
                   level->path, train, level->path, other);
}

/* Of a test part only which it is: the training part's notes say the rest. */
static int note_parts(struct tg_dataset *dataset, enum tg_part wanted,
                      const struct level *level, const char *train,
                      const char *test)
{
    const struct tg_names *folders = &level->content.folders;
    int error = 0;

    if (wanted == TG_TEST)
        return tg_dataset_note(dataset, "its test part is in %s", test);
    if (!test)
        error = tg_dataset_note(dataset,
                                "it is trained on the pictures in %s; none are "
                                "for testing",
                                train);
    else
        error = tg_dataset_note(dataset,
                                "the pictures in %s are to train on, those in "
                                "%s to test on",
                                train, test);
    for (size_t i = 0; i < folders->count && !error; i++) {
        const char *name = folders->names[i];

        if (name != train && name != test)
            error = tg_dataset_note(dataset,
                                    "left out: the pictures in %s; name "
                                    "them by --test or --data '%s/%s'",
                                    name, level->path, name);
    }
    return error;
}

/* Choose the folder to test on: test, or else val, that has classes of the
 * training data; NULL: none. */
static int choose_test(const struct level *level, const struct level *train,
                       const char **name)
{
    *name = NULL;
    for (enum tg_folder_part kind = TG_FOLDER_TEST;
         kind < TG_FOLDER_PARTS && !*name; kind++) {
        const char *other = find_part(level, kind);
        struct level part = {0};
        int error = other ? open_part(level, other, &part) : 0;

        if (!error && other && is_labelled(&part, train))
            *name = other;
        close_level(&part);
        TG_TRY(error);
    }
    return 0;
}

/* Take the folder of the part in the place of one that has parts. */
static int take_part(struct tg_dataset *dataset, enum tg_part wanted,
                     const char *name, struct level *level)
{
    const char *other = find_part(level, TG_FOLDER_TEST);
    const char *test = NULL;
    struct level train = {0}, part = {0};
    int error = open_part(level, name, &train);

    other = other ? other : find_part(level, TG_FOLDER_VALIDATION);
    if (!error && !train.content.folders.count)
        error = fail_flat(level, name, other);
    if (!error)
        error = choose_test(level, &train, &test);
    if (!error && (wanted == TG_TRAIN || test))
        error = note_parts(dataset, wanted, level, name, test);
    if (!error && wanted == TG_TEST && test)
        error = open_part(level, test, &part);
    if (!error) {
        close_level(level);
        *level = wanted == TG_TRAIN ? train : part;
        if (wanted == TG_TRAIN)
            return 0;
    } else {
        close_level(&part);
    }
    close_level(&train);
    return error;
}

/* A folder that is called as a part is, and has folders as a part has, but is
 * taken for a class, since its counterpart is not there. */
static int note_class(struct tg_dataset *dataset, const struct level *level)
{
    int error = 0;

    for (enum tg_folder_part kind = TG_FOLDER_TRAIN;
         kind < TG_FOLDER_PARTS && !error; kind++) {
        const char *name = find_part(level, kind);
        struct level part = {0};

        if (name && level->content.folders.count > 1)
            error =
                open_level(tg_text_format("%s/%s", level->path, name), &part);
        if (!error && part.content.folders.count)
            error = tg_dataset_note(dataset,
                                    "%s is taken for a class, although it has "
                                    "folders, as a part; if it is one, give "
                                    "--data '%s/%s', and the other by --test",
                                    name, level->path, name);
        close_level(&part);
    }
    return error;
}

int tg_folder_find_root(struct tg_dataset *dataset, const char *path,
                        enum tg_part part, char **root)
{
    struct level level;
    const char *train = NULL;
    int error = open_level(strdup(path), &level);

    *root = NULL;
    if (!error)
        error = go_down(part == TG_TRAIN ? dataset : NULL, &level);
    if (!error) {
        train = find_part(&level, TG_FOLDER_TRAIN);
        if (!find_part(&level, TG_FOLDER_TEST) &&
            !find_part(&level, TG_FOLDER_VALIDATION))
            train = NULL;
    }
    if (!error && train)
        error = take_part(dataset, part, train, &level);
    else if (!error && part == TG_TRAIN)
        error = note_class(dataset, &level);
    if (!error && (train || part == TG_TRAIN)) {
        *root = level.path;
        level.path = NULL;
    }
    close_level(&level);
    return error;
}
