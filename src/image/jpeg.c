#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "codecs.h"

enum {
    MAX_SCANS = 500,  /* a progressive file of more is an attack */
    MAX_RATIO = 1024, /* pixels a byte: each block of 64, or of twice as many
                         in rare samplings, takes a bit */
    EXIF = JPEG_APP0 + 1,
    ICC = JPEG_APP0 + 2,
    ALL = 0xffff, /* bytes of a marker */
};

/* All that must survive a longjmp out of libjpeg. */
struct codec {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf jump;
    uint8_t *pixels;
    int channels; /* of pixels; 4 components (CMYK) become 3 */
    bool memory;  /* the failure is a lack of memory */
    char message[JMSG_LENGTH_MAX];
};

static void on_error(j_common_ptr common)
{
    struct codec *codec = common->client_data;

    if (!codec->message[0])
        common->err->format_message(common, codec->message);
    codec->memory |= common->err->msg_code == JERR_OUT_OF_MEMORY;
    longjmp(codec->jump, 1);
}

static void fail(struct codec *codec, const char *message)
{
    snprintf(codec->message, sizeof codec->message, "%s", message);
    longjmp(codec->jump, 1);
}

/* Data that end early are padded with gray by libjpeg; we refuse them. */
static void on_message(j_common_ptr common, int level)
{
    const int code = common->err->msg_code;

    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER))
        on_error(common);
}

static void on_progress(j_common_ptr common)
{
    struct codec *codec = common->client_data;

    if (codec->jpeg.input_scan_number > MAX_SCANS)
        fail(codec, "too many scans");
}

/* Of several EXIF markers, the first that is one. */
static void read_exif(const struct jpeg_decompress_struct *jpeg,
                      struct tg_picture *picture)
{
    const struct jpeg_marker_struct *marker = jpeg->marker_list;

    while (marker && (marker->marker != EXIF || marker->data_length < 6 ||
                      memcmp(marker->data, "Exif\0", 6) != 0))
        marker = marker->next;
    if (marker)
        picture->orientation =
            tg_exif_orientation(marker->data, marker->data_length);
}

static void read_header(struct codec *codec, FILE *file,
                        struct tg_picture *picture)
{
    struct jpeg_decompress_struct *jpeg = &codec->jpeg;
    struct tg_image *image = &picture->image;

    jpeg_stdio_src(jpeg, file);
    jpeg_save_markers(jpeg, EXIF, ALL);
    jpeg_save_markers(jpeg, ICC, ALL);
    jpeg_read_header(jpeg, TRUE);
    if ((uint64_t)jpeg->image_width * jpeg->image_height > TG_IMAGE_PIXELS)
        fail(codec, "more than 100 million pixels");
    if (!tg_image_has(file, (uint64_t)jpeg->image_width * jpeg->image_height /
                                MAX_RATIO))
        fail(codec, "more pixels than its bytes can hold");
    image->width = (int)jpeg->image_width;
    image->height = (int)jpeg->image_height;
    read_exif(jpeg, picture);
}

/* The profile, in as many markers as it takes; that of CMYK is left out, since
 * what becomes of it here is RGB. */
static void read_profile(struct codec *codec, struct tg_picture *picture)
{
    JOCTET *profile;
    unsigned size;

    if (codec->jpeg.num_components == 4 ||
        !jpeg_read_icc_profile(&codec->jpeg, &profile, &size))
        return;
    picture->profile = profile;
    picture->profile_size = size;
}

/* CMYK is stored inverted, so that 255 is no ink, as Adobe does; viewers take
 * it so with Adobe's marker or without. */
static void cmyk_to_rgb(const uint8_t *cmyk, size_t n, uint8_t *rgb)
{
    for (size_t i = 0; i < n; i++) {
        const unsigned black = cmyk[4 * i + 3];

        for (size_t c = 0; c < 3; c++)
            rgb[3 * i + c] = (uint8_t)((cmyk[4 * i + c] * black + 127) / 255);
    }
}

static void read_pixels(struct codec *codec)
{
    struct jpeg_decompress_struct *jpeg = &codec->jpeg;
    const int components = jpeg->num_components;
    JSAMPARRAY cmyk = NULL;
    size_t bytes;

    if (components != 1 && components != 3 && components != 4)
        fail(codec, "neither gray, colour nor CMYK");
    jpeg->out_color_space = components == 1   ? JCS_GRAYSCALE
                            : components == 3 ? JCS_RGB
                                              : JCS_CMYK;
    codec->channels = components == 1 ? 1 : 3;
    bytes = (size_t)jpeg->image_width * (size_t)codec->channels;
    codec->pixels = malloc(bytes * jpeg->image_height);
    codec->memory = !codec->pixels;
    if (codec->memory)
        fail(codec, "out of memory");
    jpeg_start_decompress(jpeg);
    if (components == 4)
        cmyk = jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE,
                                       4 * jpeg->image_width, 1);
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *row = codec->pixels + jpeg->output_scanline * bytes;

        jpeg_read_scanlines(jpeg, cmyk ? cmyk : &row, 1);
        if (cmyk)
            cmyk_to_rgb(cmyk[0], jpeg->image_width, row);
    }
    jpeg_finish_decompress(jpeg);
}

/* False when libjpeg gave up. */
static bool decode(struct codec *codec, FILE *file, bool header_only,
                   struct tg_picture *picture)
{
    if (setjmp(codec->jump))
        return false;
    jpeg_create_decompress(&codec->jpeg);
    codec->jpeg.progress = &codec->progress;
    read_header(codec, file, picture);
    if (header_only)
        return true;
    read_profile(codec, picture);
    read_pixels(codec);
    return true;
}

int tg_image_decode_jpeg(const char *path, FILE *file, bool header_only,
                         struct tg_picture *picture)
{
    struct codec *codec = calloc(1, sizeof *codec);
    int error = 0;

    if (!codec)
        return tg_fail(TG_EMEMORY, "%s: out of memory", path);
    codec->jpeg.err = jpeg_std_error(&codec->errors);
    codec->jpeg.client_data = codec; /* jpeg_create_decompress keeps it */
    codec->errors.error_exit = on_error;
    codec->errors.emit_message = on_message;
    codec->progress.progress_monitor = on_progress;
    if (!decode(codec, file, header_only, picture)) {
        if (codec->memory)
            error = tg_fail(TG_EMEMORY, "%s: out of memory", path);
        else
            error = tg_fail(TG_EDATA,
                            "%s: cannot decode: %s; remove the "
                            "picture, or save it again",
                            path, codec->message);
    }
    picture->image.channels = codec->channels;
    picture->image.pixels = codec->pixels;
    jpeg_destroy_decompress(&codec->jpeg);
    free(codec);
    return error;
}
