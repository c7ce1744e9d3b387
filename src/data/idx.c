#include <assert.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "idx_file.h"
#include "error.h"
#include "text.h"

struct idx {
    struct tg_dataset base;
    struct tg_source images;
    uint64_t first; /* offset of sample 0 */
};

/* Is `name` PREFIX ROLE [-.] idx DIGIT -ubyte [.gz]?  *prefix: its bytes. */
static bool parse_name(const char *name, const char *role, size_t *prefix,
                       bool *gz)
{
    const char *at = strstr(name, role);

    if (!at || (at != name && at[-1] != '-'))
        return false;
    *prefix = (size_t)(at - name);
    at += strlen(role);
    if ((*at != '-' && *at != '.') || strncmp(at + 1, "idx", 3) != 0)
        return false;
    at += 4;
    if (*at < '1' || *at > '9' || strncmp(at + 1, "-ubyte", 6) != 0)
        return false;
    at += 7;
    *gz = strcmp(at, ".gz") == 0;
    return !*at || *gz;
}

/* What was found in a folder for one role. */
struct found {
    char *name;    /* NULL: nothing */
    size_t prefix; /* bytes of the name before the role */
    bool gz;
    bool clash; /* files of another prefix are there, too */
};

/* Look at one more name; a plain file is better than a .gz. */
static int consider(struct found *found, const char *name, size_t prefix,
                    bool gz)
{
    if (found->name &&
        (prefix != found->prefix || strncmp(name, found->name, prefix) != 0)) {
        found->clash = true;
        return 0;
    }
    if (found->name && (gz || !found->gz))
        return 0;
    free(found->name);
    found->name = strdup(name);
    found->prefix = prefix;
    found->gz = gz;
    return found->name ? 0 : tg_fail_memory(name);
}

/* Find a role's file, of any prefix, or of that of `like`. */
static int find(const char *folder, const char *role, const struct found *like,
                struct found *found)
{
    DIR *dir;
    int error = tg_folder_open(folder, &dir);

    memset(found, 0, sizeof *found);
    if (error)
        return error;
    for (struct dirent *entry; !error && (entry = readdir(dir));) {
        const char *name = entry->d_name;
        size_t prefix;
        bool gz;

        if (name[0] != '.' && parse_name(name, role, &prefix, &gz) &&
            (!like || (prefix == like->prefix &&
                       strncmp(name, like->name, prefix) == 0)))
            error = consider(found, name, prefix, gz);
    }
    closedir(dir);
    if (!error && found->clash)
        error = tg_fail(TG_EDATA,
                        "%s: holds IDX files of several data sets; "
                        "give each its own folder",
                        folder);
    return error;
}

static const char *const image_roles[2][2] = {{"train-images", NULL},
                                              {"t10k-images", "test-images"}};
static const char *const label_roles[2][2] = {{"train-labels", NULL},
                                              {"t10k-labels", "test-labels"}};

static bool is_idx(const char *path)
{
    DIR *dir = opendir(path);
    bool is = false;

    for (struct dirent *entry; !is && dir && (entry = readdir(dir));)
        for (int i = 0; i < 4 && !is; i++) {
            const char *role = image_roles[i / 2][i % 2];
            size_t prefix;
            bool gz;

            is = role && entry->d_name[0] != '.' &&
                 parse_name(entry->d_name, role, &prefix, &gz);
        }
    if (dir)
        closedir(dir);
    return is;
}

static int open_found(const char *folder, const struct found *found,
                      struct tg_source *source, struct tg_idx_header *header)
{
    char *path = tg_text_format("%s/%s", folder, found->name);
    int error =
        path ? tg_idx_open(path, found->gz, source, header) : TG_EMEMORY;

    free(path);
    return error;
}

/* Shapes: N x d; N x height x width; N x height x width x channels. */
static int set_shape(struct idx *idx, const struct tg_idx_header *header)
{
    struct tg_dataset *base = &idx->base;
    const uint64_t *dims = header->dims;

    for (int i = 1; i < header->ndims; i++)
        if (dims[i] > INT32_MAX)
            return tg_fail(TG_EDATA,
                           "%s: claims pictures of more than %d "
                           "pixels in one direction; get the file again",
                           idx->images.path, INT32_MAX);
    if (header->ndims < 2)
        return tg_fail(TG_EDATA,
                       "%s: holds one number per sample, not "
                       "pictures; give N x height x width",
                       idx->images.path);
    base->count = dims[0];
    base->features = (header->size - header->first) / dims[0];
    if (header->ndims >= 3) {
        base->height = (int)dims[1];
        base->width = (int)dims[2];
        base->channels = header->ndims == 4 ? (int)dims[3] : 1;
    }
    idx->first = header->first;
    return 0;
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

static int to_planes(const struct tg_converter *self, size_t row,
                     unsigned char *raw, void *sample)
{
    const struct tg_dataset *base = self->dataset;

    (void)row;
    tg_planes_from_pixels((size_t)base->width * (size_t)base->height,
                          base->channels, 1, raw, sample);
    return 0;
}

static int idx_read(const struct tg_dataset *dataset, const size_t *rows,
                    size_t n, uint8_t *samples)
{
    const struct idx *idx = (const struct idx *)dataset;
    const struct tg_converter converter = {to_planes, dataset->features,
                                           dataset->features, dataset};

    assert(n == 0 || rows[n - 1] < dataset->count);
    if (dataset->channels > 1)
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
static int find_part(const char *path, enum tg_part part, struct found *images,
                     struct found *labels)
{
    for (int i = 0; i < 2 && !images->name; i++)
        if (image_roles[part][i])
            TG_TRY(find(path, image_roles[part][i], NULL, images));
    if (!images->name)
        return part == TG_TEST
                   ? 0
                   : tg_fail(TG_ENOINPUT,
                             "%s: has no train-images-idx3-ubyte "
                             "or .gz; add it, or choose the test part",
                             path);
    for (int i = 0; i < 2 && !labels->name; i++)
        if (label_roles[part][i])
            TG_TRY(find(path, label_roles[part][i], images, labels));
    if (!labels->name)
        return tg_fail(TG_ENOINPUT,
                       "%s: has %s, but no %.*s%s-idx1-ubyte or "
                       ".gz; add the labels",
                       path, images->name, (int)images->prefix, images->name,
                       label_roles[part][0]);
    return 0;
}

static int idx_open(const char *path, enum tg_part part,
                    const struct tg_dataset_options *options,
                    struct tg_dataset **out)
{
    struct found images = {0}, labels = {0};
    struct tg_source source = {.fd = -1};
    struct tg_idx_header header;
    struct idx *idx = NULL;
    int error = find_part(path, part, &images, &labels);

    (void)options;
    if (error || !images.name)
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
        error = set_shape(idx, &header);
    if (!error)
        error = open_found(path, &labels, &source, &header);
    if (!error)
        error = read_labels(idx, &source, &header);
done:
    tg_source_close(&source);
    free(images.name);
    free(labels.name);
    if (error)
        tg_dataset_close(idx ? &idx->base : NULL);
    else
        *out = idx ? &idx->base : NULL;
    return error;
}

static const char *const tails[] = {"-ubyte", "-ubyte.gz", NULL};

const struct tg_format tg_format_idx = {
    .prefix = "idx",
    .files = "folders of IDX files",
    .tails = tails,
    .is = is_idx,
    .open = idx_open,
};
