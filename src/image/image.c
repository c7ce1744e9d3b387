#include "image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "signature.h"
#include "codecs.h"

bool tg_image_has(FILE *file, uint64_t bytes)
{
    struct stat info;

    return fstat(fileno(file), &info) == 0 && (uint64_t)info.st_size >= bytes;
}

/* A kind of pictures, by the first bytes of its files. */
static const struct kind {
    const char *magic;
    size_t length;
    int (*decode)(const char *path, FILE *file, bool header_only,
                  struct tg_picture *picture);
} kinds[] = {
    {"\x89PNG\r\n\x1a\n", 8, tg_image_decode_png},
    {"\xff\xd8\xff", 3, tg_image_decode_jpeg},
};
enum { KINDS = sizeof kinds / sizeof *kinds, MAGIC = 8 };

static const struct kind *kind_of(const char magic[MAGIC])
{
    for (int i = 0; i < KINDS; i++)
        if (memcmp(magic, kinds[i].magic, kinds[i].length) == 0)
            return &kinds[i];
    return NULL;
}

bool tg_image_is(const char *path)
{
    FILE *file = fopen(path, "rbe");
    char magic[MAGIC] = {0};
    bool is = file && fread(magic, 1, sizeof magic, file) > 0 && kind_of(magic);

    if (file)
        fclose(file);
    return is;
}

/* Refuse a file that is no picture which is read; it is at its start. */
static int fail_unlike(const char *path, FILE *file)
{
    unsigned char start[TG_SIGNATURE];
    size_t n = fread(start, 1, sizeof start, file);
    const char *what = "of no known kind", *remedy;

    tg_signature_find(path, start, n, &what, &remedy);
    return tg_fail(TG_EDATA,
                   "%s: is neither a PNG nor a JPEG picture, but %s; remove "
                   "it, or convert it",
                   path, what);
}

/* Decode, or read the header alone; *picture is to be freed, also on
 * failure. */
static int open_picture(const char *path, bool header_only,
                        struct tg_picture *picture)
{
    FILE *file = fopen(path, "rbe");
    const struct kind *kind;
    char magic[MAGIC] = {0};
    int error;

    *picture = (struct tg_picture){.orientation = 1};
    if (!file)
        return tg_fail_open(path);
    if (fread(magic, 1, sizeof magic, file) < sizeof magic && ferror(file)) {
        error = tg_fail(TG_EIO, "%s: cannot read: %s; check the disk", path,
                        strerror(errno));
        goto done;
    }
    rewind(file);
    kind = kind_of(magic);
    if (kind)
        error = kind->decode(path, file, header_only, picture);
    else
        error = fail_unlike(path, file);
done:
    fclose(file);
    return error;
}

static void free_picture(struct tg_picture *picture)
{
    free(picture->profile);
    tg_image_free(&picture->image);
}

int tg_image_look(const char *path, struct tg_image_header *header)
{
    struct tg_picture picture;
    int error = open_picture(path, true, &picture);

    if (!error)
        error = tg_picture_turn(&picture);
    *header = (struct tg_image_header){
        .width = picture.image.width,
        .height = picture.image.height,
        .transparent = picture.transparent,
    };
    free_picture(&picture);
    return error;
}

int tg_image_size(const char *path, int *width, int *height)
{
    struct tg_image_header header;

    TG_TRY(tg_image_look(path, &header));
    *width = header.width;
    *height = header.height;
    return 0;
}

int tg_image_decode(const char *path, const struct tg_ground *ground,
                    struct tg_image *image)
{
    struct tg_picture picture;
    int error = open_picture(path, false, &picture);

    memset(image, 0, sizeof *image);
    if (!error)
        tg_picture_color(&picture);
    if (!error)
        error = tg_picture_ground(&picture, ground);
    if (!error)
        error = tg_picture_turn(&picture);
    if (!error) {
        *image = picture.image;
        picture.image.pixels = NULL;
    }
    free_picture(&picture);
    return error;
}

void tg_image_free(struct tg_image *image)
{
    free(image->pixels);
    memset(image, 0, sizeof *image);
}

void tg_image_gray(struct tg_image *image)
{
    const size_t n = (size_t)image->width * (size_t)image->height;
    uint8_t *pixels = image->pixels;

    if (image->channels == 1)
        return;
    for (size_t i = 0; i < n; i++)
        pixels[i] =
            (uint8_t)((19595u * pixels[3 * i] + 38470u * pixels[3 * i + 1] +
                       7471u * pixels[3 * i + 2] + 32768) >>
                      16);
    image->channels = 1;
}

/* The source pixels of every target pixel on one axis, with weights that are
 * whole numbers and sum to `total`. */
struct axis {
    int64_t total;
    int *first;        /* [out] first source pixel */
    int *start;        /* [out + 1] where its weights are */
    uint32_t *weights; /* [start[out]] */
};

static void free_axis(struct axis *axis)
{
    free(axis->first);
    free(axis->start);
    free(axis->weights);
}

/* Target pixel j covers j * in to (j + 1) * in, in 1/out source pixels. */
static void shrink(int64_t in, int64_t out, struct axis *axis)
{
    int n = 0;

    axis->total = in;
    for (int64_t j = 0; j < out; j++) {
        const int64_t from = j * in, to = from + in;

        axis->first[j] = (int)(from / out);
        axis->start[j] = n;
        for (int64_t i = from / out; i * out < to; i++) {
            const int64_t low = i * out > from ? i * out : from;
            const int64_t high = (i + 1) * out < to ? (i + 1) * out : to;

            axis->weights[n++] = (uint32_t)(high - low);
        }
    }
    axis->start[out] = n;
}

/* Between the centres of two source pixels, in 1/(2 out) of one. */
static void grow(int64_t in, int64_t out, struct axis *axis)
{
    const int64_t one = 2 * out;
    int n = 0;

    axis->total = one;
    for (int64_t j = 0; j < out; j++) {
        int64_t at = (2 * j + 1) * in - out;

        at = at < 0 ? 0 : at > (in - 1) * one ? (in - 1) * one : at;
        axis->first[j] = (int)(at / one);
        axis->start[j] = n;
        axis->weights[n++] = (uint32_t)(one - at % one);
        if (at % one)
            axis->weights[n++] = (uint32_t)(at % one);
    }
    axis->start[out] = n;
}

static int make_axis(int in, int out, struct axis *axis)
{
    const size_t n = (size_t)out;

    axis->first = malloc(n * sizeof *axis->first);
    axis->start = malloc((n + 1) * sizeof *axis->start);
    axis->weights = malloc(((size_t)in + 2 * n) * sizeof *axis->weights);
    if (!axis->first || !axis->start || !axis->weights)
        return TG_EMEMORY;
    if (out <= in)
        shrink(in, out, axis);
    else
        grow(in, out, axis);
    return 0;
}

/* Add a weighted source row, resized to `width`, to sums[width]. */
static void add_row(const struct axis *axis, int width, int channels,
                    uint32_t weight, const uint8_t *row, uint64_t *sums)
{
    for (int j = 0; j < width; j++) {
        const uint32_t *weights = axis->weights + axis->start[j];
        const uint8_t *source = row + (size_t)axis->first[j] * (size_t)channels;
        const int n = axis->start[j + 1] - axis->start[j];
        uint64_t sum = 0;

        for (int i = 0; i < n; i++)
            sum += (uint64_t)weights[i] * source[i * channels];
        sums[j] += sum * weight;
    }
}

static void resize_plane(const struct tg_image *image, int channel,
                         const struct axis *x, const struct axis *y, int width,
                         int height, uint64_t *sums, uint8_t *plane)
{
    const uint64_t total = (uint64_t)(x->total * y->total);
    const size_t bytes = (size_t)image->width * (size_t)image->channels;

    for (int j = 0; j < height; j++) {
        memset(sums, 0, (size_t)width * sizeof *sums);
        for (int i = y->start[j]; i < y->start[j + 1]; i++) {
            const size_t row = (size_t)(y->first[j] + i - y->start[j]);

            add_row(x, width, image->channels, y->weights[i],
                    image->pixels + row * bytes + channel, sums);
        }
        for (int i = 0; i < width; i++)
            *plane++ = (uint8_t)((sums[i] + total / 2) / total);
    }
}

int tg_image_resize(const struct tg_image *image, int width, int height,
                    uint8_t *planes)
{
    const size_t n = (size_t)width * (size_t)height;
    const size_t channels = (size_t)image->channels;
    struct axis x = {0}, y = {0};
    uint64_t *sums = NULL;
    int error = 0;

    if (width == image->width && height == image->height) {
        for (size_t c = 0; c < channels; c++)
            for (size_t i = 0; i < n; i++)
                planes[c * n + i] = image->pixels[i * channels + c];
        return 0;
    }
    sums = malloc((size_t)width * sizeof *sums);
    if (!sums || make_axis(image->width, width, &x) ||
        make_axis(image->height, height, &y))
        error = tg_fail(TG_EMEMORY, "out of memory for a picture of %d x %d",
                        width, height);
    for (int c = 0; c < image->channels && !error; c++)
        resize_plane(image, c, &x, &y, width, height, sums,
                     planes + (size_t)c * n);
    free_axis(&x);
    free_axis(&y);
    free(sums);
    return error;
}

int tg_image_fit(struct tg_image *image, int width, int height, int channels,
                 uint8_t *planes)
{
    const size_t n = (size_t)width * (size_t)height;

    if (channels == 1)
        tg_image_gray(image);
    TG_TRY(tg_image_resize(image, width, height, planes));
    if (channels > image->channels) {
        memcpy(planes + n, planes, n);
        memcpy(planes + 2 * n, planes, n);
    }
    return 0;
}

int tg_image_read(const char *path, const struct tg_ground *ground, int width,
                  int height, int channels, uint8_t *planes)
{
    struct tg_image image;
    int error;

    TG_TRY(tg_image_decode(path, ground, &image));
    error = tg_image_fit(&image, width, height, channels, planes);
    tg_image_free(&image);
    return error;
}

void tg_image_threshold(double threshold, size_t n, uint8_t *values)
{
    uint8_t table[256];

    for (int i = 0; i < 256; i++)
        table[i] = i / 255.0 > threshold ? 255 : 0;
    for (size_t i = 0; i < n; i++)
        values[i] = table[values[i]];
}
