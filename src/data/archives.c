#include "archives.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "file_kinds.h"
#include "error.h"
#include "text.h"

enum {
    DEPTH = 3,      /* levels below the folder */
    FOLDERS = 4096, /* looked at, at most */
    PICTURES = 32,  /* folders of them, which are the classes then */
};

/* Files that say what happened, the most telling ones first. */
static const struct {
    const char *name;   /* how it begins, or NULL */
    const char *ending; /* how it ends, or NULL; in any case */
    const char *what, *remedy;
} clues[] = {
    {"data_batch_1", "data_batch_1", "of CIFAR-10's Python version",
     "get the binary version, cifar-10-binary.tar.gz"},
    {"data_batch_1", ".mat", "of CIFAR-10's Matlab version",
     "get the binary version, cifar-10-binary.tar.gz"},
    {"fine_label_names", NULL, "of CIFAR-100, without train.bin",
     "get the binary version, cifar-100-binary.tar.gz"},
    {"cifar-100-python", "cifar-100-python", "CIFAR-100's Python version",
     "get the binary version, cifar-100-binary.tar.gz"},
    {"train-images", NULL, "of a name that is not known",
     "rename it to train-images-idx3-ubyte, or with .gz where it is "
     "compressed, and the labels to train-labels-idx1-ubyte"},
    {NULL, ".tar.gz", "an archive", "unpack it with tar xzf"},
    {NULL, ".tgz", "an archive", "unpack it with tar xzf"},
    {NULL, ".tar", "an archive", "unpack it with tar xf"},
    {NULL, ".zip", "an archive", "unpack it with unzip"},
    {NULL, ".7z", "an archive", "unpack it with 7z x"},
    {NULL, ".rar", "an archive", "unpack it with unrar x"},
    {"feat-", ".npy", "a shard of a data set", "give the folder that holds it"},
    {NULL, ".npy", "an array",
     "give the file instead of the folder, or name shards of one array "
     "feat-*.npy"},
    {NULL, ".npz", "an archive of arrays",
     "save each as .npy: numpy.save('x.npy', numpy.load('FILE')['x_train'])"},
    {NULL, ".parquet", "of Parquet", "save arrays of it with numpy.save"},
    {NULL, ".arrow", "of Arrow", "save arrays of it with numpy.save"},
    {NULL, ".h5", "of HDF5", "save arrays of it with numpy.save"},
    {NULL, ".hdf5", "of HDF5", "save arrays of it with numpy.save"},
    {NULL, ".mat", "of MATLAB", "save arrays of it with numpy.save"},
    {NULL, ".pt", "of PyTorch", "save tensors of it with numpy.save"},
    {NULL, ".pkl", "a pickle of Python", "save arrays of it with numpy.save"},
    {NULL, ".csv", "a table", "save arrays of it with numpy.save"},
};
enum { CLUES = sizeof clues / sizeof *clues };

/* The entries of one folder that matter. */
struct entries {
    char **folders;
    size_t n;
    bool pictures;
    bool files[TG_FORMATS_N]; /* of that format */
};

static void free_entries(struct entries *entries)
{
    for (size_t i = 0; i < entries->n; i++)
        free(entries->folders[i]);
    free(entries->folders);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_clue(const char *name, int clue)
{
    const char *start = clues[clue].name, *ending = clues[clue].ending;
    const size_t length = strlen(name), n = ending ? strlen(ending) : 0;

    return (!start || strncasecmp(name, start, strlen(start)) == 0) &&
           (!ending ||
            (length >= n && strcasecmp(name + length - n, ending) == 0));
}

/* Keep the most telling file; of those of one kind, the first by name. */
static int note_clue(struct tg_archive *archive, const char *path,
                     const char *name)
{
    char *file;

    for (int i = 0; i < CLUES; i++) {
        if (!is_clue(name, i))
            continue;
        if (archive->file && archive->rank < i)
            return 0;
        file = tg_text_format("%s/%s", path, name);
        if (!file)
            return TG_EMEMORY;
        if (archive->file && archive->rank == i &&
            strcmp(file, archive->file) > 0) {
            free(file);
            return 0;
        }
        free(archive->file);
        archive->file = file;
        archive->what = clues[i].what;
        archive->remedy = clues[i].remedy;
        archive->rank = i;
        return 0;
    }
    return 0;
}

static bool is_directory(DIR *dir, const struct dirent *entry)
{
    struct stat info;

    if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
        return entry->d_type == DT_DIR;
    return fstatat(dirfd(dir), entry->d_name, &info, 0) == 0 &&
           S_ISDIR(info.st_mode);
}

static int add_folder(struct entries *entries, const char *name)
{
    char **folders =
        reallocarray(entries->folders, entries->n + 1, sizeof *folders);

    if (!folders)
        return tg_fail_memory(name);
    entries->folders = folders;
    folders[entries->n] = strdup(name);
    return folders[entries->n++] ? 0 : tg_fail_memory(name);
}

/* Read a folder; one that can't be opened is as good as empty. */
static int read_entries(const char *path, struct tg_archive *archive,
                        struct entries *entries)
{
    DIR *dir = opendir(path);
    int error = 0;

    for (struct dirent *entry; !error && dir && (entry = readdir(dir));) {
        const char *name = entry->d_name;

        if (tg_file_is_rubbish(name))
            continue;
        for (int i = 0; i < TG_FORMATS_N; i++)
            entries->files[i] |= tg_format_reads(tg_formats[i], name);
        if (is_directory(dir, entry))
            error = add_folder(entries, name);
        else if (tg_format_reads(&tg_format_pictures, name))
            entries->pictures = true;
        if (!error)
            error = note_clue(archive, path, name);
    }
    if (dir)
        closedir(dir);
    if (!error && entries->n)
        qsort(entries->folders, entries->n, sizeof *entries->folders, compare);
    return error;
}

/* Is a folder the home of a data set? */
static int note_home(struct tg_archive *archive, const char *path,
                     const struct tg_format *only,
                     const struct entries *entries, bool *is)
{
    for (int i = 0; i < TG_FORMATS_N && !*is; i++)
        if (tg_formats[i]->nests && (!only || tg_formats[i] == only) &&
            entries->files[i] && tg_formats[i]->is(path)) {
            struct tg_home *home = &archive->home[archive->homes];

            *is = true;
            if (archive->homes == TG_ARCHIVE_HOMES)
                return 0;
            home->path = strdup(path);
            home->format = tg_formats[i];
            if (!home->path)
                return tg_fail_memory(path);
            archive->homes++;
        }
    return 0;
}

static int look(struct tg_archive *archive, const char *path,
                const struct tg_format *only, int depth)
{
    struct entries entries = {0};
    bool is = false;
    int error;

    if (archive->folders++ >= FOLDERS)
        return 0;
    error = read_entries(path, archive, &entries);
    if (!error && depth > 0) {
        archive->pictures += entries.pictures;
        error = note_home(archive, path, only, &entries, &is);
    }
    for (size_t i = 0; i < entries.n && !error && !is && depth < DEPTH &&
                       archive->pictures < PICTURES;
         i++) {
        char *sub = tg_text_format("%s/%s", path, entries.folders[i]);

        error = sub ? look(archive, sub, only, depth + 1) : TG_EMEMORY;
        free(sub);
    }
    free_entries(&entries);
    return error;
}

int tg_archive_look(const char *path, const struct tg_format *format,
                    struct tg_archive *archive)
{
    size_t length = strlen(path);
    char *start;
    int error;

    memset(archive, 0, sizeof *archive);
    while (length > 1 && path[length - 1] == '/')
        length--;
    start = strndup(path, length);
    error = start ? look(archive, start, format, 0) : tg_fail_memory(path);
    free(start);
    if (error)
        tg_archive_free(archive);
    return error;
}

int tg_archive_fail(const char *path, const struct tg_archive *archive)
{
    char *list = strdup("");
    int error = TG_EMEMORY;

    for (int i = 0; i < archive->homes && list; i++) {
        char *longer = tg_text_format("%s%s%s", list, i ? ", " : "",
                                      archive->home[i].path);

        free(list);
        list = longer;
    }
    if (list)
        error =
            tg_fail(TG_EDATA,
                    "%s: holds several data sets, in %s%s; give the folder "
                    "of one",
                    path, list, archive->pictures > 1 ? ", and pictures" : "");
    free(list);
    return error;
}

void tg_archive_free(struct tg_archive *archive)
{
    for (int i = 0; i < archive->homes; i++)
        free(archive->home[i].path);
    free(archive->file);
    memset(archive, 0, sizeof *archive);
}
