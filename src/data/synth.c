#include "synth.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats.h"
#include "glyphs.h"
#include "error.h"
#include "text.h"
#include "output.h"

enum { MAX_COUNT = 1000000000 };

struct synth {
    struct tg_dataset base;
    uint64_t seed;
    size_t first; /* index of sample 0 */
    struct tg_pen *pen;
};

size_t tg_synth_test_count(size_t n)
{
    return n < 6 ? 1 : n / 6;
}

int tg_synth_label(uint64_t seed, size_t index)
{
    return (int)(tg_glyph_key(seed, index) % TG_SYNTH_CLASSES);
}

static int synth_read(const struct tg_dataset *dataset, const size_t *rows,
                      size_t n, uint8_t *samples)
{
    const struct synth *synth = (const struct synth *)dataset;
    uint8_t *to = samples;

    for (size_t i = 0; i < n; i++) {
        assert(rows[i] < dataset->count);
        tg_glyph_draw(synth->pen, synth->seed, synth->first + rows[i], to);
        to += dataset->features;
    }
    return 0;
}

static void synth_close(struct tg_dataset *dataset)
{
    free(((struct synth *)dataset)->pen);
}

/* Parse a decimal number that ends the text or stops at `end`. */
static int parse_number(const char **text, char end, uint64_t *value)
{
    char *stop;

    if (!isdigit((unsigned char)**text))
        return TG_EUSAGE;
    errno = 0;
    *value = strtoull(*text, &stop, 10);
    if (errno || (*stop && *stop != end))
        return TG_EUSAGE;
    *text = *stop ? stop + 1 : NULL;
    return 0;
}

static int parse(const char *path, uint64_t *n, uint64_t *seed)
{
    const char *text = path;

    *n = TG_SYNTH_COUNT;
    *seed = 0;
    if (!*text)
        return 0;
    if (parse_number(&text, ':', n) || *n < 1 || *n > MAX_COUNT ||
        (text && parse_number(&text, '\0', seed)))
        return tg_fail(TG_EUSAGE,
                       "synth:%s: is not synth[:N[:SEED]]; N is 1 "
                       "to %d samples, SEED a whole number",
                       path, MAX_COUNT);
    return 0;
}

static int set_labels(struct synth *synth)
{
    struct tg_dataset *base = &synth->base;

    base->labels = malloc(base->count * sizeof *base->labels);
    base->class_names = calloc(TG_SYNTH_CLASSES, sizeof *base->class_names);
    if (!base->labels || !base->class_names)
        return tg_fail_memory("synth");
    for (size_t i = 0; i < base->count; i++)
        base->labels[i] =
            (uint16_t)tg_synth_label(synth->seed, synth->first + i);
    for (; base->classes < TG_SYNTH_CLASSES; base->classes++) {
        base->class_names[base->classes] = tg_text_format("%d", base->classes);
        if (!base->class_names[base->classes])
            return TG_EMEMORY;
    }
    return 0;
}

/* `path`: N[:SEED], or empty */
static int synth_open(const char *path, enum tg_part part,
                      const struct tg_dataset_options *options,
                      struct tg_dataset **out)
{
    struct synth *synth;
    uint64_t n, seed;
    int error;

    (void)options;
    TG_TRY(parse(path, &n, &seed));
    synth = calloc(1, sizeof *synth);
    if (!synth)
        return tg_fail_memory("synth");
    synth->seed = seed;
    synth->first = part == TG_TEST ? n : 0;
    synth->base.format = "synth";
    synth->base.type = TG_U8;
    synth->base.count = part == TG_TEST ? tg_synth_test_count(n) : n;
    synth->base.width = synth->base.height = TG_SYNTH_SIDE;
    synth->base.channels = 1;
    synth->base.features = TG_SYNTH_SIDE * TG_SYNTH_SIDE;
    synth->base.read = synth_read;
    synth->base.close = synth_close;
    synth->pen = tg_pen_new();
    error = synth->pen ? set_labels(synth) : tg_fail_memory("synth");
    if (error)
        tg_dataset_close(&synth->base);
    else
        *out = &synth->base;
    return error;
}

const struct tg_format tg_format_synth = {
    .prefix = "synth",
    .bare = true,
    .files = "synthetic digits",
    .open = synth_open,
};

/* The header of an IDX file of unsigned bytes: magic, then the sizes.
 * Source: the MNIST file format, http://yann.lecun.com/exdb/mnist/. */
static void write_header(FILE *file, int ndims, const size_t *dims)
{
    const uint8_t magic[4] = {0, 0, 8, (uint8_t)ndims};

    fwrite(magic, 1, sizeof magic, file);
    for (int i = 0; i < ndims; i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            putc((int)(dims[i] >> shift & 0xff), file);
}

/* Write one part; a failure shows when the files are committed. */
static void write_part(const struct tg_pen *pen, uint64_t seed, size_t first,
                       size_t n, FILE *images, FILE *labels)
{
    const size_t dims[3] = {n, TG_SYNTH_SIDE, TG_SYNTH_SIDE};
    uint8_t pixels[TG_SYNTH_SIDE * TG_SYNTH_SIDE];

    write_header(images, 3, dims);
    write_header(labels, 1, dims);
    for (size_t i = 0; i < n && !ferror(images) && !ferror(labels); i++) {
        tg_glyph_draw(pen, seed, first + i, pixels);
        fwrite(pixels, 1, sizeof pixels, images);
        putc(tg_synth_label(seed, first + i), labels);
    }
}

static int open_files(const char *folder, struct tg_output *files)
{
    static const char *const names[4] = {"train-images-idx3-ubyte",
                                         "train-labels-idx1-ubyte",
                                         "t10k-images-idx3-ubyte",
                                         "t10k-labels-idx1-ubyte"};
    int error = 0;

    for (int i = 0; i < 4 && !error; i++) {
        char *path = tg_text_format("%s/%s", folder, names[i]);

        error = path ? tg_output_open(&files[i], path) : TG_EMEMORY;
        free(path);
    }
    return error;
}

int tg_synth_write(const char *folder, size_t n, uint64_t seed)
{
    struct tg_output files[4] = {{0}};
    struct tg_pen *pen = NULL;
    bool made;
    int error;

    if (n < 1 || n > MAX_COUNT)
        return tg_fail(TG_EUSAGE,
                       "%zu samples cannot be made; ask for 1 to "
                       "%d",
                       n, MAX_COUNT);
    made = mkdir(folder, 0777) == 0;
    if (!made && errno != EEXIST)
        return tg_fail(TG_ECANTCREAT,
                       "%s: cannot create the folder: %s; "
                       "choose a place that exists and that you may write to",
                       folder, strerror(errno));
    if (!made && tg_format_idx.is(folder))
        return tg_fail(TG_ECANTCREAT,
                       "%s: holds IDX files already; choose another folder, "
                       "or remove them",
                       folder);
    pen = tg_pen_new();
    error = pen ? open_files(folder, files) : tg_fail_memory(folder);
    if (!error) {
        write_part(pen, seed, 0, n, files[0].file, files[1].file);
        write_part(pen, seed, n, tg_synth_test_count(n), files[2].file,
                   files[3].file);
    }
    for (int i = 0; i < 4 && !error; i++)
        error = tg_output_commit(&files[i]);
    for (int i = 0; i < 4; i++)
        tg_output_discard(&files[i]);
    if (error && made)
        rmdir(folder);
    free(pen);
    return error;
}
