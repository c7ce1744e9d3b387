#include "formats.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "text.h"

enum { BUFFER = 256 * 1024, MAX_CLASSES = 65535 };

int tg_fail_memory(const char *path)
{
    return tg_fail(TG_EMEMORY, "%s: out of memory", path);
}

int tg_folder_open(const char *path, DIR **dir)
{
    *dir = opendir(path);
    if (*dir)
        return TG_OK;
    return tg_fail(TG_ENOINPUT,
                   "%s: cannot open the folder: %s; check the name and your "
                   "permission",
                   path, strerror(errno));
}

int tg_source_open(const char *path, struct tg_source *source)
{
    struct stat info;
    int error = 0;

    memset(source, 0, sizeof *source);
    /* O_NONBLOCK: a pipe must not make us wait for a writer */
    source->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (source->fd < 0 && (errno == EMFILE || errno == ENFILE))
        return tg_fail(TG_EMEMORY, "%s: cannot open: %s; raise ulimit -n", path,
                       strerror(errno));
    if (source->fd < 0)
        return tg_fail_open(path);
    source->path = strdup(path);
    if (!source->path) {
        error = tg_fail_memory(path);
        goto done;
    }
    if (fstat(source->fd, &info) != 0) {
        error = tg_fail(TG_EIO, "%s: %s", path, strerror(errno));
        goto done;
    }
    if (!S_ISREG(info.st_mode)) {
        error = tg_fail(TG_ENOINPUT,
                        "%s: is not a regular file; give a file "
                        "on disk",
                        path);
        goto done;
    }
    source->size = (uint64_t)info.st_size;
done:
    if (error)
        tg_source_close(source);
    return error;
}

void tg_source_close(struct tg_source *source)
{
    if (source->fd >= 0)
        close(source->fd);
    free(source->bytes);
    free(source->path);
    memset(source, 0, sizeof *source);
    source->fd = -1;
}

int tg_source_read(const struct tg_source *source, uint64_t offset, size_t n,
                   void *buffer)
{
    char *to = buffer;

    assert(offset <= source->size && n <= source->size - offset);
    if (source->bytes) {
        memcpy(to, source->bytes + offset, n);
        return 0;
    }
    while (n > 0) {
        ssize_t got = pread(source->fd, to, n, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tg_fail(TG_EIO, "%s: cannot read: %s; check the disk",
                           source->path, strerror(errno));
        if (got == 0)
            return tg_fail(TG_EIO,
                           "%s: became shorter while it was read; "
                           "leave it alone during a run",
                           source->path);
        to += got;
        n -= (size_t)got;
        offset += (uint64_t)got;
    }
    return 0;
}

int tg_source_start(const struct tg_source *source, unsigned char *start,
                    size_t *n)
{
    *n = source->size < TG_SIGNATURE ? source->size : TG_SIGNATURE;
    return tg_source_read(source, 0, *n, start);
}

/* How many of the first n rows follow one another. */
static size_t run_length(const size_t *rows, size_t n)
{
    size_t run = 1;

    while (run < n && rows[run] == rows[0] + run)
        run++;
    return run;
}

int tg_source_rows(const struct tg_source *source, uint64_t first, size_t size,
                   const size_t *rows, size_t n, void *samples)
{
    char *to = samples;

    for (size_t i = 0, run; i < n; i += run) {
        run = run_length(rows + i, n - i);
        TG_TRY(tg_source_read(source, first + (uint64_t)rows[i] * size,
                              run * size, to + i * size));
    }
    return 0;
}

int tg_source_convert(const struct tg_source *source, uint64_t first,
                      const struct tg_converter *converter, const size_t *rows,
                      size_t n, void *samples)
{
    const size_t raw = converter->raw;
    const size_t chunk = raw < BUFFER ? BUFFER / raw : 1;
    unsigned char *buffer = malloc((chunk < n ? chunk : n) * raw + 1);
    char *to = samples;
    int error = 0;

    if (!buffer)
        return tg_fail_memory(source->path);
    for (size_t i = 0, run; i < n && !error; i += run) {
        run = run_length(rows + i, n - i < chunk ? n - i : chunk);
        error = tg_source_read(source, first + (uint64_t)rows[i] * raw,
                               run * raw, buffer);
        for (size_t j = 0; j < run && !error; j++)
            error = converter->convert(converter, rows[i + j], buffer + j * raw,
                                       to + (i + j) * converter->sample);
    }
    free(buffer);
    return error;
}

bool tg_sizes_product(const uint64_t *sizes, int n, uint64_t *product)
{
    *product = 1;
    for (int i = 0; i < n; i++)
        if (sizes[i] == 0 ||
            __builtin_mul_overflow(*product, sizes[i], product) ||
            *product > INT64_MAX)
            return false;
    return true;
}

static int compare_numbers(const void *a, const void *b, size_t width)
{
    int64_t x, y;

    (void)width;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

void tg_classes_numbers(struct tg_classes *classes)
{
    memset(classes, 0, sizeof *classes);
    classes->width = sizeof(int64_t);
    classes->compare = compare_numbers;
}

static int grow(struct tg_classes *classes, const char *path)
{
    int capacity = classes->capacity ? 2 * classes->capacity : 64;
    void *keys, *order;

    keys = realloc(classes->keys, (size_t)capacity * classes->width);
    if (!keys)
        return tg_fail_memory(path);
    classes->keys = keys;
    order = realloc(classes->order, (size_t)capacity * sizeof *classes->order);
    if (!order)
        return tg_fail_memory(path);
    classes->order = order;
    classes->capacity = capacity;
    return 0;
}

int tg_classes_add(struct tg_classes *classes, const char *path,
                   const void *key, uint16_t *id)
{
    const size_t width = classes->width;
    int low = 0, high = classes->count;

    while (low < high) {
        int middle = (low + high) / 2;
        int arrival = classes->order[middle];
        int sign =
            classes->compare(key, classes->keys + (size_t)arrival * width,
                             width);

        if (sign == 0) {
            *id = (uint16_t)arrival;
            return 0;
        }
        if (sign < 0)
            high = middle;
        else
            low = middle + 1;
    }
    if (classes->count == MAX_CLASSES)
        return tg_fail(TG_EDATA,
                       "%s: has more than %d distinct labels; "
                       "labels are classes, not values to regress",
                       path, MAX_CLASSES);
    if (classes->count == classes->capacity)
        TG_TRY(grow(classes, path));
    memcpy(classes->keys + (size_t)classes->count * width, key, width);
    memmove(classes->order + low + 1, classes->order + low,
            (size_t)(classes->count - low) * sizeof *classes->order);
    classes->order[low] = (uint16_t)classes->count;
    *id = (uint16_t)classes->count++;
    return 0;
}

static char *decimal(const void *key, size_t width)
{
    int64_t value;

    (void)width;
    memcpy(&value, key, sizeof value);
    return tg_text_format("%" PRId64, value);
}

int tg_classes_finish(const struct tg_classes *classes,
                      char *(*name)(const void *key, size_t width),
                      struct tg_dataset *dataset)
{
    const size_t count = (size_t)classes->count;
    uint16_t *rank = malloc(count * sizeof *rank + 1);

    dataset->class_names = calloc(count + 1, sizeof *dataset->class_names);
    dataset->classes = dataset->class_names ? (int)count : 0;
    if (!rank || !dataset->class_names) {
        free(rank);
        return tg_fail(TG_EMEMORY, "out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        const void *key = classes->keys + classes->order[i] * classes->width;

        rank[classes->order[i]] = (uint16_t)i;
        dataset->class_names[i] = (name ? name : decimal)(key, classes->width);
        if (!dataset->class_names[i]) {
            free(rank);
            return TG_EMEMORY;
        }
    }
    for (size_t i = 0; i < dataset->count; i++)
        dataset->labels[i] = rank[dataset->labels[i]];
    free(rank);
    return 0;
}

void tg_classes_free(struct tg_classes *classes)
{
    free(classes->keys);
    free(classes->order);
    classes->keys = NULL;
    classes->order = NULL;
}
