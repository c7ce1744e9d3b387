#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "codecs.h"
#include "output.h"

enum { MAX_RATIO = 1032 }; /* what deflate can reach, and no more */

/* All that must survive a longjmp out of libpng. */
struct codec {
    png_structp png;
    png_infop info;
    FILE *file;
    uint8_t *pixels; /* as decoded, perhaps with alpha */
    png_bytep *rows;
    uint8_t *row;
    int channels;
    bool memory; /* the failure is a lack of memory */
    char message[96];
};

static void on_error(png_structp png, png_const_charp message)
{
    struct codec *codec = png_get_error_ptr(png);

    snprintf(codec->message, sizeof codec->message, "%s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void out_of_memory(struct codec *codec)
{
    codec->memory = true;
    png_error(codec->png, "out of memory");
}

static void read_size(struct codec *codec, struct tg_image *image)
{
    uint64_t width, height;

    png_init_io(codec->png, codec->file);
    png_set_user_limits(codec->png, TG_IMAGE_PIXELS, TG_IMAGE_PIXELS);
    png_set_chunk_malloc_max(codec->png, 8 << 20);
    png_set_chunk_cache_max(codec->png, 1); /* keep no text, which may swell */
    png_read_info(codec->png, codec->info);
    width = png_get_image_width(codec->png, codec->info);
    height = png_get_image_height(codec->png, codec->info);
    if (width * height > TG_IMAGE_PIXELS)
        png_error(codec->png, "more than 100 million pixels");
    if (!tg_image_has(codec->file,
                      height * png_get_rowbytes(codec->png, codec->info) /
                          MAX_RATIO))
        png_error(codec->png, "more pixels than its bytes can hold");
    image->width = (int)width;
    image->height = (int)height;
}

static void read_pixels(struct codec *codec, const struct tg_image *image)
{
    const size_t height = (size_t)image->height;
    size_t bytes;

    png_set_expand(codec->png);
    png_set_scale_16(codec->png);
    png_set_interlace_handling(codec->png);
    png_read_update_info(codec->png, codec->info);
    codec->channels = png_get_channels(codec->png, codec->info);
    bytes = (size_t)image->width * (size_t)codec->channels;
    if (png_get_rowbytes(codec->png, codec->info) != bytes)
        png_error(codec->png, "rows of an unexpected length");
    codec->pixels = malloc(height * bytes);
    codec->rows = malloc(height * sizeof *codec->rows);
    if (!codec->pixels || !codec->rows)
        out_of_memory(codec);
    for (size_t y = 0; y < height; y++)
        codec->rows[y] = codec->pixels + y * bytes;
    png_read_image(codec->png, codec->rows);
    png_read_end(codec->png, NULL);
}

/* Put (gray, alpha) or (R, G, B, alpha) on white, in place. */
static void drop_alpha(struct codec *codec, struct tg_image *image)
{
    const size_t n = (size_t)image->width * (size_t)image->height;
    const size_t from = (size_t)codec->channels;
    const size_t to = from - (from == 2 || from == 4);
    uint8_t *pixels = codec->pixels;

    for (size_t i = 0; i < n && to < from; i++) {
        const unsigned alpha = pixels[i * from + to];

        for (size_t c = 0; c < to; c++) {
            const unsigned value = pixels[i * from + c];

            pixels[i * to + c] =
                (uint8_t)((value * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }
    image->channels = (int)to;
    image->pixels = pixels;
    codec->pixels = NULL;
}

/* False when libpng gave up. */
static bool decode(struct codec *codec, bool size_only, struct tg_image *image)
{
    if (setjmp(png_jmpbuf(codec->png)))
        return false;
    read_size(codec, image);
    if (!size_only)
        read_pixels(codec, image);
    return true;
}

int tg_image_decode_png(const char *path, FILE *file, bool size_only,
                        struct tg_image *image)
{
    struct codec codec = {.file = file};
    int error = 0;

    codec.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &codec, on_error,
                                       on_warning);
    codec.info = codec.png ? png_create_info_struct(codec.png) : NULL;
    if (!codec.info) {
        error = tg_fail(TG_EMEMORY, "%s: out of memory", path);
        goto done;
    }
    if (decode(&codec, size_only, image)) {
        if (!size_only)
            drop_alpha(&codec, image);
    } else if (codec.memory) {
        error = tg_fail(TG_EMEMORY, "%s: out of memory", path);
    } else {
        error = tg_fail(TG_EDATA,
                        "%s: cannot decode: %s; remove the picture, "
                        "or save it again",
                        path, codec.message);
    }
done:
    png_destroy_read_struct(&codec.png, &codec.info, NULL);
    free(codec.pixels);
    free(codec.rows);
    return error;
}

/* False when libpng gave up. */
static bool encode(struct codec *codec, int width, int height,
                   const uint8_t *planes)
{
    const size_t channels = (size_t)codec->channels, n = (size_t)width;

    if (setjmp(png_jmpbuf(codec->png)))
        return false;
    png_init_io(codec->png, codec->file);
    png_set_IHDR(codec->png, codec->info, (png_uint_32)width,
                 (png_uint_32)height, 8,
                 channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(codec->png, codec->info);
    for (size_t y = 0; y < (size_t)height; y++) {
        for (size_t c = 0; c < channels; c++)
            for (size_t x = 0; x < n; x++)
                codec->row[x * channels + c] =
                    planes[(c * (size_t)height + y) * n + x];
        png_write_row(codec->png, codec->row);
    }
    png_write_end(codec->png, NULL);
    return true;
}

/* Write to an open file; `name` is what a failure calls it. */
static int write_png(const char *name, FILE *file, int width, int height,
                     int channels, const uint8_t *planes)
{
    struct codec codec = {.file = file, .channels = channels};
    int error = 0;

    codec.row = malloc((size_t)width * (size_t)channels);
    codec.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &codec, on_error,
                                        on_warning);
    codec.info = codec.png ? png_create_info_struct(codec.png) : NULL;
    if (!codec.info || !codec.row)
        error = tg_fail(TG_EMEMORY, "%s: out of memory", name);
    else if (!encode(&codec, width, height, planes))
        error = tg_fail(TG_EIO,
                        "%s: cannot write the picture: %s; free some space, or "
                        "choose another disk",
                        strcmp(name, "-") ? name : "standard output",
                        codec.message);
    png_destroy_write_struct(&codec.png, &codec.info);
    free(codec.row);
    return error;
}

int tg_image_write(const char *path, int width, int height, int channels,
                   const uint8_t *planes)
{
    struct tg_output output;
    int error;

    TG_TRY(tg_output_open(&output, path));
    error = write_png(path, output.file, width, height, channels, planes);
    if (error)
        tg_output_discard(&output);
    else
        error = tg_output_commit(&output);
    return error;
}

int tg_image_encode(int width, int height, int channels, const uint8_t *planes,
                    char **bytes, size_t *size)
{
    FILE *file = open_memstream(bytes, size);
    int error = TG_EMEMORY;

    if (file) {
        error = write_png("a picture", file, width, height, channels, planes);
        if (fclose(file) != 0 && !error)
            error = TG_EMEMORY;
        if (error)
            free(*bytes);
    }
    if (error == TG_EMEMORY)
        tg_fail(TG_EMEMORY, "out of memory for a picture");
    return error;
}
