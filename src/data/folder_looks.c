#include "folder_looks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "error.h"
#include "text.h"

enum {
    HEADERS = 1000, /* pictures of which the header is read */
    DECODED = 32,   /* of which pixels are, too, as far as all together */
    PIXELS = 16 * 1000000, /* ... have no more than these */
};

/* What was seen. */
struct looks {
    size_t headers;          /* pictures looked at */
    int width, height;       /* of the first */
    int narrow, wide;        /* widths, from and to */
    int low, high;           /* heights */
    size_t distorted;        /* of other proportions than the first */
    size_t decoded;          /* pictures of which pixels were looked at */
    size_t blank;            /* ... all of which are alike */
    size_t blank_seethrough; /* ... and some of which may be transparent */
};

/* A picture's size, if all of it can be read. */
static int size_of_good(const char *path, int *width, int *height)
{
    struct tg_image image;

    TG_TRY(tg_image_decode(path, NULL, &image));
    *width = image.width;
    *height = image.height;
    tg_image_free(&image);
    return TG_OK;
}

int tg_folder_first_size(struct tg_dataset *dataset, bool tolerant)
{
    int error = TG_OK;

    for (size_t row = 0; row < dataset->count; row++) {
        char *path = dataset->file(dataset, row);

        if (!path)
            return TG_EMEMORY;
        error = (tolerant ? size_of_good : tg_image_size)(path, &dataset->width,
                                                          &dataset->height);
        free(path);
        if (!tolerant || !tg_check_is_bad(error))
            return tg_check_read(error);
        tg_error_clear();
    }
    dataset->width = dataset->height = 1;
    return TG_OK;
}

/* The row of the i-th of n pictures, of `count`. */
static size_t row_of(size_t i, size_t n, size_t count)
{
    return n > 1 ? (size_t)((double)i * (double)(count - 1) / (double)(n - 1))
                 : 0;
}

static void count_size(const struct tg_image_header *header,
                       struct looks *looks)
{
    const int w = header->width, h = header->height;

    if (!looks->headers++) {
        looks->width = looks->narrow = looks->wide = w;
        looks->height = looks->low = looks->high = h;
    }
    looks->narrow = w < looks->narrow ? w : looks->narrow;
    looks->wide = w > looks->wide ? w : looks->wide;
    looks->low = h < looks->low ? h : looks->low;
    looks->high = h > looks->high ? h : looks->high;
    looks->distorted += (int64_t)w * looks->height != (int64_t)h * looks->width;
}

/* Are the pixels of each plane alike?  One pixel says nothing. */
static bool is_blank(const struct tg_dataset *dataset, const uint8_t *sample)
{
    const size_t n = (size_t)dataset->width * (size_t)dataset->height;

    for (int c = 0; c < dataset->channels; c++, sample += n)
        if (memcmp(sample, sample + 1, n - 1) != 0)
            return false;
    return n > 1;
}

static int64_t pixels_of(const struct tg_image_header *header)
{
    return (int64_t)header->width * header->height;
}

/* Of the pictures in the order of rows; a failure to read is left to those who
 * need the picture. */
static int look_at_headers(const struct tg_dataset *dataset,
                           struct looks *looks)
{
    const size_t n = dataset->count < HEADERS ? dataset->count : HEADERS;

    for (size_t i = 0; i < n; i++) {
        char *path = dataset->file(dataset, row_of(i, n, dataset->count));
        struct tg_image_header header;

        if (!path)
            return TG_EMEMORY;
        if (!tg_image_look(path, &header))
            count_size(&header, looks);
        tg_error_clear();
        free(path);
    }
    return 0;
}

/* A sample as it is trained on, as far as reading it does not take long. */
static void look_at(const struct tg_dataset *dataset, size_t row,
                    const char *path, uint8_t *sample, int64_t *left,
                    struct looks *looks)
{
    struct tg_image_header header;
    bool blank;

    if (tg_image_look(path, &header) || pixels_of(&header) > *left ||
        dataset->read(dataset, &row, 1, sample))
        return;
    *left -= pixels_of(&header);
    blank = is_blank(dataset, sample);
    looks->decoded++;
    looks->blank += blank;
    looks->blank_seethrough += blank && header.transparent;
}

static int look_at_samples(const struct tg_dataset *dataset,
                           struct looks *looks)
{
    const size_t n = dataset->count < DECODED ? dataset->count : DECODED;
    uint8_t *sample = malloc(dataset->features);
    int error = sample ? 0 : TG_EMEMORY;
    int64_t left = PIXELS;

    for (size_t i = 0; i < n && !error; i++) {
        const size_t row = row_of(i, n, dataset->count);
        char *path = dataset->file(dataset, row);

        if (path)
            look_at(dataset, row, path, sample, &left, looks);
        else
            error = TG_EMEMORY;
        if (path)
            tg_error_clear();
        free(path);
    }
    free(sample);
    return error ? tg_fail(error, "out of memory for a picture") : 0;
}

static int note_sizes(struct tg_dataset *dataset, const struct looks *looks)
{
    char range[96], among[96] = "", distorted[96] = "";

    if (looks->narrow == looks->wide && looks->low == looks->high)
        return 0;
    snprintf(range, sizeof range, "from %dx%d to %dx%d", looks->narrow,
             looks->low, looks->wide, looks->high);
    if (looks->headers < dataset->count)
        snprintf(among, sizeof among, " (of %s of %s looked at)",
                 tg_text_count((int64_t)looks->headers).text,
                 tg_text_count((int64_t)dataset->count).text);
    if (looks->distorted)
        snprintf(distorted, sizeof distorted,
                 ", which changes the proportions of %s",
                 tg_text_count((int64_t)looks->distorted).text);
    return tg_dataset_note(dataset,
                           "pictures are of different sizes, %s%s; all are "
                           "resized to %dx%d, the size of the first%s; "
                           "--image WxH chooses another",
                           range, among, dataset->width, dataset->height,
                           distorted);
}

static int note_blank(struct tg_dataset *dataset, const struct looks *looks,
                      const struct tg_dataset_options *options)
{
    char hint[160] = "";
    uint8_t rgb[3];

    if (!looks->blank)
        return 0;
    tg_ground_color(&options->ground, rgb);
    if (looks->blank_seethrough)
        snprintf(hint, sizeof hint,
                 "; transparent pixels are put on #%02X%02X%02X, and "
                 "--background %s, in training, would put them on another "
                 "ground",
                 rgb[0], rgb[1], rgb[2],
                 rgb[0] + rgb[1] + rgb[2] > 3 * 127 ? "black" : "white");
    else if (options->binary)
        snprintf(hint, sizeof hint, " by the threshold of %g",
                 options->threshold);
    return tg_dataset_note(dataset,
                           "warning: of %zu pictures looked at, %zu come out "
                           "blank, with all pixels alike%s",
                           looks->decoded, looks->blank, hint);
}

int tg_folder_look(struct tg_dataset *dataset,
                   const struct tg_dataset_options *options)
{
    struct looks looks = {0};

    if (!options->width) {
        TG_TRY(look_at_headers(dataset, &looks));
        TG_TRY(note_sizes(dataset, &looks));
    }
    if (dataset->features > PIXELS)
        return 0;
    TG_TRY(look_at_samples(dataset, &looks));
    return note_blank(dataset, &looks, options);
}

/* ---- What is not read -------------------------------------------------- */

int tg_folder_fail_nothing(const char *root, const struct tg_file_kinds *kinds)
{
    char *what = tg_file_kinds_text(kinds);
    char *how = tg_file_kinds_convert(kinds, root);
    int error = TG_EMEMORY;

    if (what && kinds->pictures && how)
        error = tg_fail(TG_EDATA,
                        "%s: holds %s, and nothing that is read, which is PNG "
                        "or JPEG; convert them: %s",
                        root, what, how);
    else if (what)
        error = tg_fail(TG_EDATA,
                        "%s: holds no PNG or JPEG pictures, but %s; put "
                        "pictures into one sub-folder per class",
                        root, what);
    free(what);
    free(how);
    return error;
}

int tg_folder_note_left_out(struct tg_dataset *dataset,
                            const struct tg_content *content)
{
    const struct tg_file_kinds *kinds = &content->left_out;
    char *what = NULL;
    int error = 0;

    if (content->pictures.count)
        error = tg_dataset_note(dataset,
                                "left out, in no sub-folder and so in no "
                                "class: %zu PNG or JPEG",
                                content->pictures.count);
    if (error || !kinds->n)
        return error;
    what = tg_file_kinds_text(kinds);
    error = what ? tg_dataset_note(dataset, "left out: %s%s", what,
                                   kinds->pictures
                                       ? "; PNG and JPEG are read "
                                         "(mogrify -format png converts)"
                                       : "")
                 : TG_EMEMORY;
    free(what);
    return error;
}
