#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "formats.h"
#include "npy_array.h"
#include "error.h"
#include "text.h"

struct npy {
    struct tg_dataset base;
    struct tg_npy_array array;
};

static int npy_read(const struct tg_dataset *dataset, const size_t *rows,
                    size_t n, uint8_t *samples)
{
    return tg_npy_array_read(&((const struct npy *)dataset)->array, rows, n,
                             samples);
}

static int npy_read_real(const struct tg_dataset *dataset, const size_t *rows,
                         size_t n, double *samples)
{
    return tg_npy_array_read(&((const struct npy *)dataset)->array, rows, n,
                             samples);
}

static void npy_close(struct tg_dataset *dataset)
{
    tg_source_close(&((struct npy *)dataset)->array.source);
}

/* Elements and axes. */
static int understand(struct npy *npy, const struct tg_dataset_options *options)
{
    const struct tg_npy_header *header = &npy->array.header;
    struct tg_dataset *base = &npy->base;
    struct tg_array array = {npy->array.source.path,
                             header->ndims,
                             {0},
                             header->fortran};

    TG_TRY(tg_npy_array_check(&npy->array));
    tg_npy_array_describe(&npy->array, base);
    base->read = base->type == TG_U8 ? npy_read : NULL;
    base->read_real = base->type == TG_F32 ? npy_read_real : NULL;
    memcpy(array.dims, header->dims, sizeof header->dims);
    TG_TRY(tg_layout_find(&array, options, base, &npy->array.axes));
    npy->array.features = base->features;
    return 0;
}

/* FILE.labels.npy for FILE.npy */
static char *labels_path(const char *path)
{
    const size_t length = strlen(path);
    const bool suffix = length > 4 && strcmp(path + length - 4, ".npy") == 0;

    return tg_text_format("%.*s.labels.npy",
                          (int)(suffix ? length - 4 : length), path);
}

static int read_labels(struct npy *npy, const char *path, const char *labels)
{
    const struct tg_npy_label_file file = {labels, path, npy->base.count};

    return tg_npy_labels(&npy->base, &file, 1);
}

/* Those of that file, if there is such a file. */
static int read_own_labels(struct npy *npy, const char *path)
{
    char *labels = labels_path(path);
    struct stat info;
    int error = labels ? 0 : TG_EMEMORY;

    /* lstat: a link to nothing is not to be taken for no labels */
    if (!error && lstat(labels, &info) == 0)
        error = read_labels(npy, path, labels);
    free(labels);
    return error;
}

static bool is_npy(const char *path)
{
    struct stat info;
    const char *dot = strrchr(path, '.');

    return dot && strcmp(dot, ".npy") == 0 && stat(path, &info) == 0 &&
           S_ISREG(info.st_mode);
}

static int npy_open(const char *path, enum tg_part part,
                    const struct tg_dataset_options *options,
                    struct tg_dataset **out)
{
    struct npy *npy;
    int error;

    if (part == TG_TEST)
        return 0;
    npy = calloc(1, sizeof *npy);
    if (!npy)
        return tg_fail_memory(path);
    npy->array.source.fd = -1;
    npy->base.close = npy_close;
    error = tg_npy_open(path, &npy->array.source, &npy->array.header);
    if (!error)
        error = understand(npy, options);
    if (!error)
        error = options->labels ? read_labels(npy, path, options->labels)
                                : read_own_labels(npy, path);
    if (error)
        tg_dataset_close(&npy->base);
    else
        *out = &npy->base;
    return error;
}

const struct tg_format tg_format_npy = {
    .prefix = "npy",
    .files = ".npy files",
    .obeys = TG_OBEYS_LABELS | TG_OBEYS_LAYOUT,
    .remedy =
        "save them as FILE.labels.npy (for --data, --labels names another "
        "file)",
    .is = is_npy,
    .open = npy_open,
    .labels = labels_path,
};
