#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats.h"
#include "idx_file.h"
#include "idx_find.h"
#include "layout.h"
#include "error.h"
#include "text.h"

struct idx {
    struct tg_dataset base;
    struct tg_source images;
    uint64_t first; /* offset of sample 0 */
    struct tg_axes axes;
};

static const char *const image_roles[2][2] = {{"train-images", NULL},
                                              {"t10k-images", "test-images"}};
static const char *const label_roles[2][2] = {{"train-labels", NULL},
                                              {"t10k-labels", "test-labels"}};

static bool is_idx(const char *path)
{
    return tg_idx_has(path, image_roles[TG_TRAIN][0]) ||
           tg_idx_has(path, image_roles[TG_TEST][0]) ||
           tg_idx_has(path, image_roles[TG_TEST][1]);
}

static int open_found(const char *folder, const struct tg_idx_found *found,
                      struct tg_source *source, struct tg_idx_header *header)
{
    char *path = tg_text_format("%s/%s", folder, found->path);
    int error =
        path ? tg_idx_open(path, found->gz, source, header) : TG_EMEMORY;

    free(path);
    return error;
}

static int set_shape(struct idx *idx, const struct tg_idx_header *header,
                     const struct tg_dataset_options *options)
{
    struct tg_array array = {.path = idx->images.path, .ndims = header->ndims};

    if (header->ndims < 2)
        return tg_fail(TG_EDATA,
                       "%s: holds one number per sample, not "
                       "pictures; give N x height x width",
                       idx->images.path);
    memcpy(array.dims, header->dims, sizeof header->dims);
    idx->first = header->first;
    return tg_layout_find(&array, options, &idx->base, &idx->axes);
}

static int read_labels(struct idx *idx, const struct tg_source *source,
                       const struct tg_idx_header *header)
{
    struct tg_dataset *base = &idx->base;
    struct tg_classes classes;
    unsigned char *bytes = NULL;
    int error = 0;

    tg_classes_numbers(&classes);
    if (header->ndims != 1 || header->dims[0] != base->count)
        return tg_fail(TG_EDATA,
                       "%s: holds %llu labels in %d dimensions for "
                       "the %zu pictures of %s; the numbers must be equal",
                       source->path, (unsigned long long)header->dims[0],
                       header->ndims, base->count, idx->images.path);
    bytes = malloc(base->count);
    base->labels = malloc(base->count * sizeof *base->labels);
    if (!bytes || !base->labels)
        error = tg_fail_memory(source->path);
    if (!error)
        error = tg_source_read(source, header->first, base->count, bytes);
    for (size_t i = 0; i < base->count && !error; i++) {
        const int64_t value = bytes[i];

        error =
            tg_classes_add(&classes, source->path, &value, &base->labels[i]);
    }
    if (!error)
        error = tg_classes_finish(&classes, NULL, base);
    tg_classes_free(&classes);
    free(bytes);
    return error;
}

/* The sample of a row, in the order of features. */
static int convert_row(const struct tg_converter *self, size_t row,
                       unsigned char *raw, void *sample)
{
    const struct idx *idx = self->dataset;
    const size_t n = idx->axes.extent[0], step = idx->axes.step[0];
    unsigned char *to = sample;

    (void)row;
    for (size_t f = 0; f < idx->base.features; f += n) {
        const unsigned char *from = raw + tg_axes_offset(&idx->axes, f);

        for (size_t i = 0; i < n; i++)
            to[f + i] = from[i * step];
    }
    return 0;
}

static int idx_read(const struct tg_dataset *dataset, const size_t *rows,
                    size_t n, uint8_t *samples)
{
    const struct idx *idx = (const struct idx *)dataset;
    const struct tg_converter converter = {convert_row, dataset->features,
                                           dataset->features, dataset};

    assert(n == 0 || rows[n - 1] < dataset->count);
    if (!tg_axes_are_plain(&idx->axes))
        return tg_source_convert(&idx->images, idx->first, &converter, rows, n,
                                 samples);
    return tg_source_rows(&idx->images, idx->first, dataset->features, rows, n,
                          samples);
}

static void idx_close(struct tg_dataset *dataset)
{
    tg_source_close(&((struct idx *)dataset)->images);
}

/* Find both files of a part; *images has no name where the part is absent. */
static int find_part(const char *path, enum tg_part part,
                     struct tg_idx_found *images, struct tg_idx_found *labels)
{
    for (int i = 0; i < 2 && !images->path; i++)
        if (image_roles[part][i])
            TG_TRY(tg_idx_find(path, image_roles[part][i], NULL, images));
    if (!images->path)
        return part == TG_TEST
                   ? 0
                   : tg_fail(TG_ENOINPUT,
                             "%s: has no train-images-idx3-ubyte "
                             "or .gz; add it, or predict the test part",
                             path);
    for (int i = 0; i < 2 && !labels->path; i++)
        if (label_roles[part][i])
            TG_TRY(tg_idx_find(path, label_roles[part][i], images, labels));
    if (!labels->path)
        return tg_fail(TG_ENOINPUT,
                       "%s: has %s, but no %.*s%s-idx1-ubyte or "
                       ".gz; add the labels",
                       path, images->path, (int)images->prefix,
                       images->path + images->folder, label_roles[part][0]);
    return 0;
}

/* What is known of a data set by the names of its files. */
static int note_kind(const struct tg_idx_found *images, struct tg_dataset *base)
{
    if (strncasecmp(images->path + images->folder, "emnist-", 7) != 0)
        return 0;
    return tg_dataset_note(base, "EMNIST's pictures lie on their side, rows in "
                                 "the place of columns; they are taken as they "
                                 "are");
}

static int idx_open(const char *path, enum tg_part part,
                    const struct tg_dataset_options *options,
                    struct tg_dataset **out)
{
    struct tg_idx_found images = {0}, labels = {0};
    struct tg_source source = {.fd = -1};
    struct tg_idx_header header;
    struct idx *idx = NULL;
    int error = find_part(path, part, &images, &labels);

    if (error || !images.path)
        goto done;
    idx = calloc(1, sizeof *idx);
    if (!idx) {
        error = tg_fail_memory(path);
        goto done;
    }
    idx->images.fd = -1;
    idx->base.format = "IDX";
    idx->base.type = TG_U8;
    idx->base.read = idx_read;
    idx->base.close = idx_close;
    error = open_found(path, &images, &idx->images, &header);
    if (!error)
        error = set_shape(idx, &header, options);
    if (!error)
        error = open_found(path, &labels, &source, &header);
    if (!error)
        error = read_labels(idx, &source, &header);
    if (!error)
        error = note_kind(&images, &idx->base);
done:
    tg_source_close(&source);
    tg_idx_found_free(&images);
    tg_idx_found_free(&labels);
    if (error)
        tg_dataset_close(idx ? &idx->base : NULL);
    else
        *out = idx ? &idx->base : NULL;
    return error;
}

static const char *const tails[] = {"-ubyte",  "-ubyte.gz", "idx1", "idx3",
                                    "idx1.gz", "idx3.gz",   NULL};

const struct tg_format tg_format_idx = {
    .prefix = "idx",
    .nests = true,
    .files = "folders of IDX files",
    .obeys = TG_OBEYS_LAYOUT,
    .tails = tails,
    .is = is_idx,
    .open = idx_open,
};
