#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats.h"
#include "error.h"
#include "text.h"

enum { SIDE = 32, CHANNELS = 3, PIXELS = SIDE * SIDE * CHANNELS };
enum { MAX_BATCHES = 1000, CHUNK = 64 /* records read at once for labels */ };

/* CIFAR-10 records are label, pixels; those of CIFAR-100 coarse label, fine
 * label, pixels.
 * Source: https://www.cs.toronto.edu/~kriz/cifar.html (binary version). */
struct layout {
    const char *format;
    int labels; /* bytes before the pixels; the last one counts */
    int classes;
    const char *names;    /* file of class names */
    const char *parts[2]; /* file of a part; % stands for a number */
};
static const struct layout layouts[] = {
    {"CIFAR-10",
     1,
     10,
     "batches.meta.txt",
     {"data_batch_%.bin", "test_batch.bin"}},
    {"CIFAR-100", 2, 100, "fine_label_names.txt", {"train.bin", "test.bin"}},
};

struct batch {
    struct tg_source source;
    size_t first, count; /* rows of the data set in it */
};

struct cifar {
    struct tg_dataset base;
    const struct layout *layout;
    struct batch *batches;
    int nbatches;
};

/* The number that % stands for in a name (1 without %), or 0: no match. */
static int match_name(const char *name, const char *pattern)
{
    const char *percent = strchr(pattern, '%');
    size_t length = percent ? (size_t)(percent - pattern) : 0;
    char *end;
    long number;

    if (!percent)
        return strcmp(name, pattern) == 0;
    if (strncmp(name, pattern, length) != 0 || name[length] < '1' ||
        name[length] > '9')
        return 0;
    number = strtol(name + length, &end, 10);
    return strcmp(end, percent + 1) == 0 && number <= MAX_BATCHES ? (int)number
                                                                  : 0;
}

/* Count a part's batches in a folder: how many, and the highest number. */
static void count_batches(const char *path, const char *pattern, int *count,
                          int *highest)
{
    DIR *dir = opendir(path);

    *count = *highest = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        int number = match_name(entry->d_name, pattern);

        *count += number > 0;
        *highest = number > *highest ? number : *highest;
    }
    if (dir)
        closedir(dir);
}

/* The layout of a folder's files, or NULL. */
static const struct layout *find_layout(const char *path)
{
    for (int i = 0; i < 4; i++) {
        int count, highest;

        count_batches(path, layouts[i / 2].parts[i % 2], &count, &highest);
        if (count)
            return &layouts[i / 2];
    }
    return NULL;
}

static bool is_cifar(const char *path)
{
    return find_layout(path) != NULL;
}

/* Refuse a file that holds no whole number of records. */
static int fail_size(const struct tg_source *source, size_t record)
{
    unsigned char start[TG_SIGNATURE];
    const char *what, *remedy;
    size_t n;

    TG_TRY(tg_source_start(source, start, &n));
    if (!n || tg_signature_find(source->path, start, n, &what, &remedy))
        return tg_fail_unlike(source->path, start, n, "is no CIFAR batch", "");
    return tg_fail(TG_EDATA,
                   "%s: is %llu bytes long, which is no multiple of %zu, the "
                   "size of a record; get the file again",
                   source->path, (unsigned long long)source->size, record);
}

static int open_batch(struct cifar *cifar, const char *path, int number)
{
    const char *pattern = cifar->layout->parts[cifar->base.part];
    const char *percent = strchr(pattern, '%');
    const size_t record = PIXELS + (size_t)cifar->layout->labels;
    struct batch *batch = &cifar->batches[cifar->nbatches];
    char *name =
        percent ? tg_text_format("%s/%.*s%d%s", path, (int)(percent - pattern),
                                 pattern, number, percent + 1)
                : tg_text_format("%s/%s", path, pattern);
    int error = name ? tg_source_open(name, &batch->source) : TG_EMEMORY;

    if (!error) {
        cifar->nbatches++;
        if (batch->source.size == 0 || batch->source.size % record != 0)
            error = fail_size(&batch->source, record);
    }
    if (!error) {
        batch->first = cifar->base.count;
        batch->count = batch->source.size / record;
        cifar->base.count += batch->count;
    }
    free(name);
    return error;
}

/* Open the batches 1, 2, ... of a part; none may be missing. */
static int open_batches(struct cifar *cifar, const char *path)
{
    const char *pattern = cifar->layout->parts[cifar->base.part];
    int count, highest, error = 0;

    count_batches(path, pattern, &count, &highest);
    if (!count)
        return cifar->base.part == TG_TEST
                   ? 0
                   : tg_fail(TG_ENOINPUT,
                             "%s: has no %s (%% is 1, 2, ...); "
                             "add it, or predict the test part",
                             path, pattern);
    if (count != highest)
        return tg_fail(TG_ENOINPUT,
                       "%s: has %d files %s, numbered up to %d; "
                       "add those that are missing",
                       path, count, pattern, highest);
    cifar->batches = calloc((size_t)count, sizeof *cifar->batches);
    if (!cifar->batches)
        return tg_fail_memory(path);
    for (int i = 1; i <= count && !error; i++)
        error = open_batch(cifar, path, i);
    return error;
}

/* Read the labels of a batch; pixels pass through a small buffer. */
static int read_labels(struct cifar *cifar, const struct batch *batch,
                       unsigned char *buffer)
{
    const size_t labels = (size_t)cifar->layout->labels;
    const size_t record = PIXELS + labels;
    uint16_t *to = cifar->base.labels + batch->first;

    for (size_t i = 0, n; i < batch->count; i += n) {
        n = batch->count - i < CHUNK ? batch->count - i : CHUNK;
        TG_TRY(tg_source_read(&batch->source, i * record, n * record, buffer));
        for (size_t j = 0; j < n; j++) {
            const int label = buffer[j * record + labels - 1];

            if (label >= cifar->layout->classes)
                return tg_fail(TG_EDATA,
                               "%s: record %zu (the first is 0) has "
                               "label %d, and there are %d classes; get the "
                               "file again",
                               batch->source.path, i + j, label,
                               cifar->layout->classes);
            to[i + j] = (uint16_t)label;
        }
    }
    return 0;
}

static int read_all_labels(struct cifar *cifar)
{
    unsigned char *buffer = malloc(CHUNK * (PIXELS + 2));
    int error = 0;

    cifar->base.labels = malloc(cifar->base.count * sizeof *cifar->base.labels);
    if (!buffer || !cifar->base.labels)
        error = tg_fail_memory(cifar->base.format);
    for (int i = 0; i < cifar->nbatches && !error; i++)
        error = read_labels(cifar, &cifar->batches[i], buffer);
    free(buffer);
    return error;
}

static bool has_name(const struct tg_dataset *base, const char *name)
{
    for (int i = 0; i < base->classes; i++)
        if (strcmp(base->class_names[i], name) == 0)
            return true;
    return false;
}

/* Read class names, one a line; empty lines don't count. */
static int parse_names(struct cifar *cifar, FILE *file, const char *path)
{
    struct tg_dataset *base = &cifar->base;
    const int classes = cifar->layout->classes;
    char line[256];

    while (fgets(line, sizeof line, file)) {
        size_t length = strlen(line);

        while (length > 0 && isspace((unsigned char)line[length - 1]))
            line[--length] = '\0';
        if (!length)
            continue;
        if (base->classes == classes || has_name(base, line))
            return tg_fail(TG_EDATA,
                           "%s: \"%s\" is one class too many, or "
                           "twice there; list %d names, one a line",
                           path, line, classes);
        base->class_names[base->classes] = strdup(line);
        if (!base->class_names[base->classes])
            return tg_fail_memory(path);
        base->classes++;
    }
    if (base->classes != classes)
        return tg_fail(TG_EDATA, "%s: names %d classes; list %d, one a line",
                       path, base->classes, classes);
    return 0;
}

/* *file stays NULL where there is none. */
static int open_names(const char *path, FILE **file)
{
    struct tg_source source;
    struct stat info;

    if (lstat(path, &info) != 0 && errno == ENOENT)
        return 0;
    TG_TRY(tg_source_open(path, &source));
    *file = fdopen(source.fd, "r");
    if (*file)
        source.fd = -1; /* the stream's from now on */
    tg_source_close(&source);
    return *file ? 0 : tg_fail_memory(path);
}

/* Class names from their file, or numbers where there is none. */
static int read_names(struct cifar *cifar, const char *folder)
{
    struct tg_dataset *base = &cifar->base;
    const int classes = cifar->layout->classes;
    char *path = tg_text_format("%s/%s", folder, cifar->layout->names);
    FILE *file = NULL;
    int error = path ? open_names(path, &file) : TG_EMEMORY;

    base->class_names = calloc((size_t)classes, sizeof *base->class_names);
    if (!error && !base->class_names)
        error = tg_fail_memory(folder);
    if (!error && file)
        error = parse_names(cifar, file, path);
    while (!error && base->classes < classes) {
        base->class_names[base->classes] = tg_text_format("%d", base->classes);
        if (base->class_names[base->classes])
            base->classes++;
        else
            error = TG_EMEMORY;
    }
    if (file)
        fclose(file);
    free(path);
    return error;
}

static int skip_labels(const struct tg_converter *self, size_t row,
                       unsigned char *raw, void *sample)
{
    (void)row;
    memcpy(sample, raw + self->raw - self->sample, self->sample);
    return 0;
}

static int cifar_read(const struct tg_dataset *dataset, const size_t *rows,
                      size_t n, uint8_t *samples)
{
    enum { MAX_ROWS = 256 };
    const struct cifar *cifar = (const struct cifar *)dataset;
    const struct tg_converter converter = {
        skip_labels, PIXELS + (size_t)cifar->layout->labels, PIXELS, cifar};
    const struct batch *batch = cifar->batches;
    unsigned char *to = samples;
    size_t within[MAX_ROWS];

    assert(n == 0 || rows[n - 1] < dataset->count);
    for (size_t i = 0, m; i < n; i += m) {
        while (rows[i] >= batch->first + batch->count)
            batch++;
        for (m = 0; m < MAX_ROWS && i + m < n &&
                    rows[i + m] < batch->first + batch->count;
             m++)
            within[m] = rows[i + m] - batch->first;
        TG_TRY(tg_source_convert(&batch->source, 0, &converter, within, m,
                                 to + i * PIXELS));
    }
    return 0;
}

static void cifar_close(struct tg_dataset *dataset)
{
    struct cifar *cifar = (struct cifar *)dataset;

    for (int i = 0; i < cifar->nbatches; i++)
        tg_source_close(&cifar->batches[i].source);
    free(cifar->batches);
}

static int cifar_open(const char *path, enum tg_part part,
                      const struct tg_dataset_options *options,
                      struct tg_dataset **out)
{
    const struct layout *layout = find_layout(path);
    struct cifar *cifar;
    int error;

    (void)options;
    if (!layout)
        return tg_fail(TG_ENOINPUT,
                       "%s: has neither data_batch_1.bin nor "
                       "train.bin; give the folder of a binary CIFAR data set",
                       path);
    cifar = calloc(1, sizeof *cifar);
    if (!cifar)
        return tg_fail_memory(path);
    cifar->layout = layout;
    cifar->base.part = part;
    cifar->base.format = layout->format;
    cifar->base.type = TG_U8;
    cifar->base.width = cifar->base.height = SIDE;
    cifar->base.channels = CHANNELS;
    cifar->base.features = PIXELS;
    cifar->base.read = cifar_read;
    cifar->base.close = cifar_close;
    error = open_batches(cifar, path);
    if (!error && cifar->base.count)
        error = read_all_labels(cifar);
    if (!error && cifar->base.count)
        error = read_names(cifar, path);
    if (error || !cifar->base.count)
        tg_dataset_close(&cifar->base);
    else
        *out = &cifar->base;
    return error;
}

static const char *const tails[] = {".bin", "meta.txt", "names.txt", NULL};

const struct tg_format tg_format_cifar = {
    .prefix = "cifar",
    .nests = true,
    .files = "folders of CIFAR batches",
    .tails = tails,
    .is = is_cifar,
    .open = cifar_open,
};
