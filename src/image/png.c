#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "codecs.h"
#include "output.h"

enum { MAX_RATIO = 1032 }; /* what deflate can reach, and no more */

#define SCREEN_GAMMA 2.2
#define GAMMA_MIN 0.01 /* less, and more than its inverse, are no gammas */

/* All that must survive a longjmp out of libpng. */
struct codec {
    png_structp png;
    png_infop info;
    FILE *file;
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

static void read_header(struct codec *codec, struct tg_picture *picture)
{
    png_structp png = codec->png;
    uint64_t width, height;

    png_init_io(png, codec->file);
    png_set_user_limits(png, TG_IMAGE_PIXELS, TG_IMAGE_PIXELS);
    png_set_chunk_malloc_max(png, 8 << 20);
    png_set_chunk_cache_max(png, 1); /* keep no text, which may swell */
    png_read_info(png, codec->info);
    width = png_get_image_width(png, codec->info);
    height = png_get_image_height(png, codec->info);
    if (width * height > TG_IMAGE_PIXELS)
        png_error(png, "more than 100 million pixels");
    if (!tg_image_has(codec->file,
                      height * png_get_rowbytes(png, codec->info) / MAX_RATIO))
        png_error(png, "more pixels than its bytes can hold");
    picture->image.width = (int)width;
    picture->image.height = (int)height;
    picture->transparent =
        png_get_color_type(png, codec->info) & PNG_COLOR_MASK_ALPHA ||
        png_get_valid(png, codec->info, PNG_INFO_tRNS);
}

/* What there is, first to last: a profile, sRGB, gamma and primaries.  A gamma
 * for screens is taken for sRGB's curve, which it stands for; as viewers do,
 * primaries without a gamma are ignored. */
static void read_colors(const struct codec *codec, struct tg_picture *picture)
{
    const png_structp png = codec->png;
    const png_infop info = codec->info;
    struct tg_colors *colors = &picture->colors;
    double gamma = 0, (*xy)[2] = colors->xy;
    png_uint_32 size = 0;
    png_bytep profile;
    png_charp name;
    int method, intent;

    if (png_get_iCCP(png, info, &name, &method, &profile, &size)) {
        picture->profile = size ? malloc(size) : NULL;
        if (picture->profile)
            memcpy(picture->profile, profile, size);
        picture->profile_size = size;
    } else if (!png_get_sRGB(png, info, &intent) &&
               png_get_gAMA(png, info, &gamma) && gamma > GAMMA_MIN &&
               gamma < 1 / GAMMA_MIN) {
        if (fabs(gamma * SCREEN_GAMMA - 1) > PNG_GAMMA_THRESHOLD)
            colors->gamma = 1 / gamma;
        png_get_cHRM(png, info, &xy[0][0], &xy[0][1], &xy[1][0], &xy[1][1],
                     &xy[2][0], &xy[2][1], &xy[3][0], &xy[3][1]);
    }
}

static void read_pixels(struct codec *codec, struct tg_image *image)
{
    const size_t height = (size_t)image->height;
    size_t bytes;

    png_set_expand(codec->png);
    png_set_scale_16(codec->png);
    png_set_interlace_handling(codec->png);
    png_read_update_info(codec->png, codec->info);
    image->channels = png_get_channels(codec->png, codec->info);
    bytes = (size_t)image->width * (size_t)image->channels;
    if (png_get_rowbytes(codec->png, codec->info) != bytes)
        png_error(codec->png, "rows of an unexpected length");
    image->pixels = malloc(height * bytes);
    codec->rows = malloc(height * sizeof *codec->rows);
    if (!image->pixels || !codec->rows)
        out_of_memory(codec);
    for (size_t y = 0; y < height; y++)
        codec->rows[y] = image->pixels + y * bytes;
    png_read_image(codec->png, codec->rows);
    png_read_end(codec->png, NULL);
}

/* False when libpng gave up. */
static bool decode(struct codec *codec, bool header_only,
                   struct tg_picture *picture)
{
    if (setjmp(png_jmpbuf(codec->png)))
        return false;
    read_header(codec, picture);
    if (!header_only) {
        read_colors(codec, picture);
        read_pixels(codec, &picture->image);
    }
    return true;
}

/* EXIF data may lie behind the pixels, where libpng would see them too late:
 * go through the chunks.  A file of which we know that it is PNG. */
static int find_orientation(FILE *file)
{
    uint8_t head[8], exif[4096];
    int error = fseeko(file, 8, SEEK_SET);

    while (!error && fread(head, 1, sizeof head, file) == sizeof head) {
        const png_uint_32 length = png_get_uint_32(head);

        if (memcmp(head + 4, "eXIf", 4) == 0) {
            size_t n = length < sizeof exif ? length : sizeof exif;

            return tg_exif_orientation(exif, fread(exif, 1, n, file));
        }
        error = memcmp(head + 4, "IEND", 4) == 0 ||
                fseeko(file, (off_t)length + 4, SEEK_CUR) != 0;
    }
    return 1;
}

int tg_image_decode_png(const char *path, FILE *file, bool header_only,
                        struct tg_picture *picture)
{
    struct codec codec = {.file = file};
    int error = 0;

    codec.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &codec, on_error,
                                       on_warning);
    codec.info = codec.png ? png_create_info_struct(codec.png) : NULL;
    if (!codec.info)
        error = tg_fail(TG_EMEMORY, "%s: out of memory", path);
    else if (decode(&codec, header_only, picture))
        picture->orientation = find_orientation(file);
    else if (codec.memory)
        error = tg_fail(TG_EMEMORY, "%s: out of memory", path);
    else
        error = tg_fail(TG_EDATA,
                        "%s: cannot decode: %s; remove the picture, "
                        "or save it again",
                        path, codec.message);
    png_destroy_read_struct(&codec.png, &codec.info, NULL);
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
