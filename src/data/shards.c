#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "npy_array.h"
#include "shards_find.h"
#include "shards_names.h"
#include "error.h"
#include "text.h"

/* A file, which is open only while it is read: there may be more of them than a
 * process may have open.  It is not mapped: one that has become shorter, or that
 * the disk does not give, is an error then, and not a signal. */
struct shard {
    char *path;
    uint64_t size; /* bytes */
    size_t first, count;
    struct tg_npy_array array;
};

struct shards {
    struct tg_dataset base;
    struct shard *shards;
    size_t n;
};

/* ---- Reading ---------------------------------------------------------- */

/* The shard that holds a row. */
static const struct shard *find_shard(const struct shards *shards, size_t row)
{
    size_t low = 0, high = shards->n - 1;

    while (low < high) {
        const size_t middle = low + (high - low + 1) / 2;

        if (shards->shards[middle].first <= row)
            low = middle;
        else
            high = middle - 1;
    }
    return &shards->shards[low];
}

static int read_shard(const struct shard *shard, const size_t *rows, size_t n,
                      void *samples)
{
    struct tg_npy_array array = shard->array;
    int error = tg_source_open(shard->path, &array.source);

    if (!error && array.source.size != shard->size)
        error = tg_fail(TG_EIO,
                        "%s: is another file than at the start; leave it alone "
                        "during a run",
                        shard->path);
    if (!error)
        error = tg_npy_array_read(&array, rows, n, samples);
    tg_source_close(&array.source);
    return error;
}

static int read_values(const struct tg_dataset *dataset, const size_t *rows,
                       size_t n, void *samples)
{
    const struct shards *shards = (const struct shards *)dataset;
    const struct shard *shard;
    size_t *within = malloc(n * sizeof *within + 1);
    size_t sample;
    char *to = samples;
    int error = within ? 0 : tg_fail_memory(dataset->spec);

    assert(n == 0 || rows[n - 1] < dataset->count);
    for (size_t i = 0, m; i < n && !error; i += m) {
        shard = find_shard(shards, rows[i]);
        sample = dataset->features * tg_npy_array_value(&shard->array);
        for (m = 0; i + m < n && rows[i + m] < shard->first + shard->count; m++)
            within[m] = rows[i + m] - shard->first;
        error = read_shard(shard, within, m, to + i * sample);
    }
    free(within);
    return error;
}

static int shards_read(const struct tg_dataset *dataset, const size_t *rows,
                       size_t n, uint8_t *samples)
{
    return read_values(dataset, rows, n, samples);
}

static int shards_read_real(const struct tg_dataset *dataset,
                            const size_t *rows, size_t n, double *samples)
{
    return read_values(dataset, rows, n, samples);
}

static const char *shards_shard(const struct tg_dataset *dataset, size_t row,
                                size_t *within)
{
    const struct shard *shard = find_shard((const struct shards *)dataset, row);

    *within = row - shard->first;
    return shard->path;
}

static void shards_close(struct tg_dataset *dataset)
{
    struct shards *shards = (struct shards *)dataset;

    for (size_t i = 0; i < shards->n; i++)
        free(shards->shards[i].path);
    free(shards->shards);
}

/* ---- Opening ---------------------------------------------------------- */

static struct tg_array describe(const struct shard *shard)
{
    const struct tg_npy_header *header = &shard->array.header;
    struct tg_array array = {shard->path, header->ndims, {0}, false};

    memcpy(array.dims, header->dims, sizeof header->dims);
    return array;
}

static int fail_shape(const struct shard *shard, const struct shard *first)
{
    const struct tg_array own = describe(shard), others = describe(first);
    char *text = tg_layout_shape(&own), *other = tg_layout_shape(&others);
    int error = TG_EMEMORY;

    if (text && other)
        error = tg_fail(TG_EDATA,
                        "%s: its shape is %s, and that of %s %s, but only the "
                        "first numbers, of samples, may differ; make all "
                        "shards alike, or remove it",
                        shard->path, text, first->path, other);
    free(text);
    free(other);
    return error;
}

/* All shards are as the first, but in the number of samples and the order of
 * bytes and axes. */
static int check_alike(const struct shard *shard, const struct shard *first)
{
    const struct tg_npy_header *own = &shard->array.header;
    const struct tg_npy_header *other = &first->array.header;

    if (own->kind != other->kind || own->item != other->item)
        return tg_fail(TG_EDATA,
                       "%s: is of dtype '%s', and %s of '%s'; save all shards "
                       "alike, such as X.astype('float32')",
                       shard->path, own->descr, first->path, other->descr);
    if (own->ndims != other->ndims ||
        memcmp(own->dims + 1, other->dims + 1,
               (TG_NPY_DIMS - 1) * sizeof *own->dims) != 0)
        return fail_shape(shard, first);
    return 0;
}

static int open_shard(struct shards *shards, char *path)
{
    struct shard *shard = &shards->shards[shards->n];
    struct tg_npy_array *array = &shard->array;
    int error;

    if (!path)
        return TG_EMEMORY;
    shards->n++;
    shard->path = path;
    error = tg_npy_open(path, &array->source, &array->header);
    if (!error && array->header.ndims && !array->header.dims[0])
        error = tg_fail(TG_EDATA,
                        "%s: holds no samples; remove it, and where shards are "
                        "numbered, rename those after it",
                        path);
    if (!error)
        error = tg_npy_array_check(array);
    if (!error)
        error = check_alike(shard, shards->shards);
    shard->size = array->source.size;
    shard->first = shards->base.count;
    shard->count = array->header.dims[0];
    shards->base.count += shard->count;
    tg_source_close(&array->source);
    return error;
}

static int open_all(struct shards *shards, const char *folder,
                    const struct tg_names *names)
{
    size_t *counts = malloc(names->count * sizeof *counts + 1);
    int error = 0;

    shards->shards = calloc(names->count + 1, sizeof *shards->shards);
    if (!shards->shards || !counts)
        error = tg_fail_memory(folder);
    for (size_t i = 0; i < names->count && !error; i++) {
        error = open_shard(shards,
                           tg_text_format("%s/%s", folder, names->names[i]));
        counts[i] = shards->shards[i].count;
    }
    if (!error)
        error = tg_shards_check_numbers(folder, names, counts);
    free(counts);
    return error;
}

/* The axes of a shard in Fortran order, where steps are multiples of the number
 * of samples, from those of all samples in one such array. */
static struct tg_axes scale(const struct tg_axes *all, size_t total,
                            size_t count)
{
    struct tg_axes axes = *all;

    for (int i = 0; i < axes.n; i++)
        axes.step[i] = axes.step[i] / total * count;
    return axes;
}

/* Find axes as if all samples were in one array, in the order of C and in that
 * of Fortran, which notes nothing more. */
static int find_axes(struct shards *shards, const char *folder,
                     const struct tg_dataset_options *options)
{
    struct tg_array array = describe(shards->shards);
    struct tg_dataset *again = calloc(1, sizeof *again);
    struct tg_axes axes = {0}, fortran = {0};
    int error = again ? 0 : tg_fail_memory(folder);

    array.path = folder;
    array.dims[0] = shards->base.count;
    if (!error)
        error = tg_layout_find(&array, options, &shards->base, &axes);
    array.fortran = true;
    if (!error)
        error = tg_layout_find(&array, options, again, &fortran);
    for (size_t i = 0; i < shards->n && !error; i++) {
        struct shard *shard = &shards->shards[i];

        shard->array.features = shards->base.features;
        shard->array.axes =
            shard->array.header.fortran
                ? scale(&fortran, shards->base.count, shard->count)
                : axes;
    }
    tg_dataset_close(again);
    return error;
}

/* Labels in one file are those of all shards, one after the other. */
static int read_labels(struct shards *shards, const char *folder,
                       const struct tg_names *names, const char *given)
{
    const size_t n = given ? 1 : names->count;
    struct tg_npy_label_file *files = calloc(n + 1, sizeof *files);
    char **paths = calloc(n + 1, sizeof *paths);
    int error = files && paths ? 0 : tg_fail_memory(folder);

    for (size_t i = 0; i < n && !error; i++) {
        const struct shard *shard = &shards->shards[i];

        paths[i] = given ? strdup(given)
                         : tg_text_format("%s/%s", folder, names->names[i]);
        error = paths[i] ? 0 : tg_fail_memory(folder);
        files[i] = n == 1 ? (struct tg_npy_label_file){paths[i], folder,
                                                       shards->base.count}
                          : (struct tg_npy_label_file){paths[i], shard->path,
                                                       shard->count};
    }
    if (!error && n)
        error = tg_npy_labels(&shards->base, files, n);
    for (size_t i = 0; i < n && paths; i++)
        free(paths[i]);
    free(paths);
    free(files);
    return error;
}

/* How many there are; and their order, where that of bytes is another. */
static int note_shards(struct tg_dataset *base, const struct tg_names *names)
{
    char *const *name = names->names;
    const size_t n = names->count;

    TG_TRY(tg_dataset_note(base, "it is %zu shard%s: %s%s%s", n,
                           n == 1 ? "" : "s", name[0], n == 1 ? "" : " to ",
                           n == 1 ? "" : name[n - 1]));
    for (size_t i = 0; i + 1 < n; i++)
        if (strcmp(name[i], name[i + 1]) > 0)
            return tg_dataset_note(base,
                                   "shards are in the order of their numbers: "
                                   "%s comes before %s",
                                   name[i], name[i + 1]);
    return 0;
}

/* The shards of a folder that holds some. */
static int fill(struct shards *shards, const char *folder,
                const struct tg_dataset_options *options)
{
    struct tg_dataset *base = &shards->base;
    struct tg_shards_found found = {0};
    int error = tg_shards_find(folder, !options->labels, &found);

    if (!error)
        error = note_shards(base, &found.shards);
    if (!error)
        error = open_all(shards, folder, &found.shards);
    if (!error) {
        tg_npy_array_describe(&shards->shards->array, base);
        base->read = base->type == TG_U8 ? shards_read : NULL;
        base->read_real = base->type == TG_F32 ? shards_read_real : NULL;
        error = find_axes(shards, folder, options);
    }
    if (!error)
        error = read_labels(shards, folder, &found.labels, options->labels);
    tg_shards_found_free(&found);
    return error;
}

static int shards_open(const char *path, enum tg_part part,
                       const struct tg_dataset_options *options,
                       struct tg_dataset **out)
{
    struct shards *shards = calloc(1, sizeof *shards);
    char *folder = NULL;
    bool two = false;
    int error;

    if (!shards)
        return tg_fail_memory(path);
    shards->base.shard = shards_shard;
    shards->base.close = shards_close;
    error = tg_shards_find_root(&shards->base, path, part, &folder, &two);
    if (!error && folder && two && options->labels)
        error = tg_fail(TG_EUSAGE,
                        "%s: --labels is for one part, and this has two; put "
                        "labels.npy into the folders of both",
                        path);
    if (!error && folder)
        error = fill(shards, folder, options);
    if (error || !folder)
        tg_dataset_close(&shards->base);
    else
        *out = &shards->base;
    free(folder);
    return error;
}

static bool shards_reads(const char *name)
{
    const char *slash = strrchr(name, '/');

    name = slash ? slash + 1 : name;
    return tg_shards_is_name(name) || tg_shards_kind(name) < TG_SHARDS_KINDS;
}

const struct tg_format tg_format_shards = {
    .prefix = "shards",
    .files = "folders of .npy shards",
    .obeys = TG_OBEYS_LABELS | TG_OBEYS_LAYOUT,
    .remedy = "save them in its folder, as labels.npy or, of feat-X.npy, as "
              "labels-X.npy (for --data, --labels names another file)",
    .reads = shards_reads,
    .is = tg_shards_is,
    .open = shards_open,
};
