/* Walking through folders of pictures; private to this folder.
 *
 * What systems leave behind (file_kinds.h) is passed over; links are followed,
 * and those to nothing are refused, since a picture or a class would be
 * missing. */
#ifndef TG_FOLDER_WALK_H
#define TG_FOLDER_WALK_H

#include "file_kinds.h"

/* Names, in the order of their bytes. All zero is empty. */
struct tg_names {
    char **names;
    size_t count, capacity;
};

/* Append a name, which is taken over; NULL is a lack of memory.
 * Errors: TG_EMEMORY; the name is freed then. */
int tg_names_add(struct tg_names *list, char *name);

void tg_names_free(struct tg_names *list);

/* What a folder holds, or has below it. All zero is empty. */
struct tg_content {
    struct tg_names folders, pictures;
    struct tg_file_kinds left_out; /* files that are not read */
    size_t loops;                  /* links back to a folder around them */
};

/* Is the path one of a file that is read as a picture? */
bool tg_is_picture(const char *path);

/* List the sub-folders and pictures of a folder; what is in the content stays
 * there.
 * Errors: TG_ENOINPUT, TG_EIO, TG_EMEMORY; to be freed also then. */
int tg_folder_list(const char *path, struct tg_content *content);

/* Find the pictures of a sub-folder, or, without a name, of the folder itself,
 * at any depth, by paths within it.
 * Errors: as tg_folder_list. */
int tg_folder_walk(const char *path, const char *name,
                   struct tg_content *content);

/* Does a folder have a picture at any depth?  `any`: of formats that are not
 * read, too.  False where it can't be read. */
bool tg_folder_has_pictures(const char *path, bool any);

/* Keep of the sub-folders of `path` those that have pictures at any depth. */
void tg_folder_keep_used(const char *path, struct tg_names *folders);

void tg_content_free(struct tg_content *content);

#endif
