/* Files of a folder of pictures, by the kinds that their names say; private to
 * this folder. */
#ifndef TG_FILE_KINDS_H
#define TG_FILE_KINDS_H

#include <stdbool.h>
#include <stddef.h>

/* How many files there are of each ending. All zero is empty. */
struct tg_file_kinds {
    struct tg_file_kind {
        char *ending; /* ".webp", in lower case; "" for none */
        size_t count;
        bool picture; /* of a format that is not read */
    } * kind;
    size_t n;
    size_t pictures, others; /* files in all */
};

/* Is it what systems and programs leave beside one's own files: hidden files,
 * previews, recycle bins? */
bool tg_file_is_rubbish(const char *name);

/* Count a file. Errors: TG_EMEMORY. */
int tg_file_kinds_add(struct tg_file_kinds *kinds, const char *name);

/* Count those of another, too. Errors: TG_EMEMORY. */
int tg_file_kinds_merge(struct tg_file_kinds *kinds,
                        const struct tg_file_kinds *others);

/* What there is, for a message: "12 .webp and 3 .gif pictures, 2 .txt"; to be
 * freed; NULL: no memory. */
char *tg_file_kinds_text(const struct tg_file_kinds *kinds);

/* A command that converts those of the commonest format of pictures that is not
 * read, below a folder; to be freed; NULL: no memory. */
char *tg_file_kinds_convert(const struct tg_file_kinds *kinds,
                            const char *folder);

void tg_file_kinds_free(struct tg_file_kinds *kinds);

#endif
