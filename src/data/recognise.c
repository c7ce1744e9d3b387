#include "recognise.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archives.h"
#include "error.h"

const struct tg_format *const tg_formats[] = {
#define X(name) &tg_format_##name,
    TG_FORMATS(X)
#undef X
        NULL,
};

/* Find the format of a SPEC by its prefix; *path is what follows. */
static const struct tg_format *by_prefix(const char *spec, const char **path)
{
    for (int i = 0; tg_formats[i]; i++) {
        size_t length = strlen(tg_formats[i]->prefix);

        if (strncmp(spec, tg_formats[i]->prefix, length) != 0)
            continue;
        *path = spec + length + (spec[length] == ':');
        if (spec[length] == ':' || (!spec[length] && tg_formats[i]->bare))
            return tg_formats[i];
    }
    *path = spec;
    return NULL;
}

/* The format that is recognised at a path; NULL: none. */
static const struct tg_format *by_looks(const char *path)
{
    for (int i = 0; tg_formats[i]; i++)
        if (tg_formats[i]->is && tg_formats[i]->is(path))
            return tg_formats[i];
    return NULL;
}

const char *tg_dataset_path(const char *spec)
{
    const char *path;
    const struct tg_format *format = by_prefix(spec, &path);

    return format && format->bare ? NULL : path;
}

int tg_dataset_labels_path(const char *spec, char **path)
{
    const char *data;
    const struct tg_format *format = by_prefix(spec, &data);

    *path = NULL;
    format = format ? format : by_looks(data);
    if (!format || !format->labels)
        return TG_OK;
    *path = format->labels(data);
    return *path ? TG_OK : TG_EMEMORY;
}

bool tg_format_reads(const struct tg_format *format, const char *name)
{
    const size_t length = strlen(name);

    if (format->reads)
        return format->reads(name);
    for (const char *const *tail = format->tails; tail && *tail; tail++)
        if (length >= strlen(*tail) &&
            strcasecmp(name + length - strlen(*tail), *tail) == 0)
            return true;
    return false;
}

const struct tg_format *tg_dataset_format_of(const char *name)
{
    for (int i = 0; tg_formats[i]; i++)
        if (tg_format_reads(tg_formats[i], name))
            return tg_formats[i];
    return NULL;
}

static int fail_folder(const char *path, const struct tg_archive *archive)
{
    if (archive->file)
        return tg_fail(TG_EDATA,
                       "%s: holds neither IDX files, nor binary CIFAR batches, "
                       "nor shards, nor PNG or JPEG pictures, but %s, %s; %s",
                       path, archive->file, archive->what, archive->remedy);
    return tg_fail(TG_EDATA,
                   "%s: holds neither IDX files "
                   "(train-images-idx3-ubyte[.gz], ...), nor CIFAR "
                   "batches (data_batch_1.bin, train.bin, ...), nor .npy "
                   "shards (feat-0.npy, ...), nor PNG or JPEG pictures, in one "
                   "sub-folder per class or, to "
                   "predict only, without; give the folder that does",
                   path);
}

static int fail_file(const char *path, const struct stat *info)
{
    const char *not_what = "is neither a .npy file nor a PNG or JPEG picture";
    const char *remedy =
        "give one, or the folder that holds a data set's files";
    unsigned char start[TG_SIGNATURE];
    struct tg_source source;
    size_t n;
    int error;

    if (!S_ISREG(info->st_mode))
        return tg_fail(TG_EDATA, "%s: %s; %s", path, not_what, remedy);
    TG_TRY(tg_source_open(path, &source));
    error = tg_source_start(&source, start, &n);
    if (!error && n > 2 && tg_format_reads(&tg_format_idx, path) &&
        (memcmp(start, "\0\0\x08", 3) == 0 ||
         memcmp(start, "\x1f\x8b", 2) == 0))
        error = tg_fail(TG_EDATA,
                        "%s: is one of the IDX files of a data set; give the "
                        "folder that holds them",
                        path);
    else if (!error)
        error = tg_fail_unlike(path, start, n, not_what, remedy);
    tg_source_close(&source);
    return error;
}

/* Look below a folder that is of no format, or of pictures at most; *home is
 * the folder there that is meant, or NULL. */
static int look_below(const char *path, const struct tg_format **format,
                      char **home)
{
    struct tg_archive archive;
    int error;

    TG_TRY(tg_archive_look(path, NULL, &archive));
    error = 0;
    if (archive.pictures < 2 && archive.homes == 1) {
        *format = archive.home[0].format;
        *home = archive.home[0].path;
        archive.home[0].path = NULL;
    } else if (archive.homes > 0) {
        error = tg_archive_fail(path, &archive);
    } else if (!*format) {
        error = fail_folder(path, &archive);
    }
    tg_archive_free(&archive);
    return error;
}

/* The same for a format that is known. */
static int find_home(const char *path, const struct tg_format *format,
                     char **home)
{
    struct tg_archive archive;
    int error = 0;

    if (!format->nests || format->is(path))
        return 0;
    TG_TRY(tg_archive_look(path, format, &archive));
    if (archive.homes == 1) {
        *home = archive.home[0].path;
        archive.home[0].path = NULL;
    } else if (archive.homes > 1) {
        error = tg_archive_fail(path, &archive);
    }
    tg_archive_free(&archive);
    return error;
}

/* Find the format of a file or folder by looking at it. */
static int look(const char *path, const struct tg_format **format, char **home)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return tg_fail(TG_ENOINPUT,
                       "%s: %s; give a folder of pictures, IDX or CIFAR "
                       "files or .npy shards, a .npy file, or synth",
                       path, strerror(errno));
    if (S_ISDIR(info.st_mode) && access(path, R_OK | X_OK) != 0)
        return tg_fail(TG_ENOINPUT,
                       "%s: cannot open the folder: %s; check your permission",
                       path, strerror(errno));
    *format = by_looks(path);
    if (S_ISDIR(info.st_mode))
        return *format && !((*format)->obeys & TG_OBEYS_PICTURES)
                   ? 0
                   : look_below(path, format, home);
    return *format ? 0 : fail_file(path, &info);
}

int tg_recognise(const char *spec, const struct tg_format **format,
                 const char **path, char **home)
{
    *home = NULL;
    *format = by_prefix(spec, path);
    if (!*format)
        return look(*path, format, home);
    if (!**path && !(*format)->bare)
        return tg_fail(TG_EUSAGE, "%s: an empty name; give %sPATH", spec, spec);
    return find_home(*path, *format, home);
}
