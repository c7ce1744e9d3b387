/* Data sets as archives leave them: in a folder below the one that is named;
 * private to this folder. */
#ifndef TG_DATASET_ARCHIVES_H
#define TG_DATASET_ARCHIVES_H

#include "formats.h"

enum { TG_ARCHIVE_HOMES = 8 };

/* What lies in a folder and some levels below it. All zero is empty. */
struct tg_archive {
    /* Folders that hold a data set of files. */
    struct tg_home {
        char *path; /* with the folder before it */
        const struct tg_format *format;
    } home[TG_ARCHIVE_HOMES];
    int homes;

    int pictures; /* folders of pictures below it; more than one may be classes;
                     many end the look */

    /* A file that can't be read as it is; NULL: none was seen. */
    char *file;
    const char *what, *remedy; /* of it */
    int rank;                  /* how telling it is: 0 is the most */

    int folders; /* looked at */
};

/* Look below a folder, for data sets of one format, or of any (NULL).
 * Errors: TG_EMEMORY. */
int tg_archive_look(const char *path, const struct tg_format *format,
                    struct tg_archive *archive);

/* Refuse a folder with several data sets, and name them.
 * Errors: TG_EDATA, TG_EMEMORY. */
int tg_archive_fail(const char *path, const struct tg_archive *archive);

void tg_archive_free(struct tg_archive *archive);

#endif
