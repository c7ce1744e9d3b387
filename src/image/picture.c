/* What is done to a picture's pixels until they are what a viewer shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "codecs.h"

void tg_ground_color(const struct tg_ground *ground, uint8_t *rgb)
{
    if (ground && ground->given)
        memcpy(rgb, ground->rgb, 3);
    else
        memset(rgb, 255, 3);
}

bool tg_ground_read(const char *text, struct tg_ground *ground)
{
    unsigned rgb[3];

    if (strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6 ||
        sscanf(text, "#%2x%2x%2x", &rgb[0], &rgb[1], &rgb[2]) != 3)
        return false;
    ground->given = true;
    for (int c = 0; c < 3; c++)
        ground->rgb[c] = (uint8_t)rgb[c];
    return true;
}

static int no_memory(const struct tg_image *image)
{
    return tg_fail(TG_EMEMORY, "out of memory for a picture of %d x %d",
                   image->width, image->height);
}

/* ---- Ground ----------------------------------------------------------- */

/* (gray, alpha) to (R, G, B, alpha), for a ground of a colour. */
static int spread(struct tg_image *image)
{
    const size_t n = (size_t)image->width * (size_t)image->height;
    uint8_t *pixels = malloc(4 * n);

    if (!pixels)
        return no_memory(image);
    for (size_t i = 0; i < n; i++) {
        memset(pixels + 4 * i, image->pixels[2 * i], 3);
        pixels[4 * i + 3] = image->pixels[2 * i + 1];
    }
    free(image->pixels);
    image->pixels = pixels;
    image->channels = 4;
    return TG_OK;
}

int tg_picture_ground(struct tg_picture *picture,
                      const struct tg_ground *ground)
{
    struct tg_image *image = &picture->image;
    const size_t n = (size_t)image->width * (size_t)image->height;
    uint8_t *pixels, rgb[3];
    size_t from, to;

    if (image->channels == 1 || image->channels == 3)
        return TG_OK;
    tg_ground_color(ground, rgb);
    if (image->channels == 2 && (rgb[0] != rgb[1] || rgb[0] != rgb[2]))
        TG_TRY(spread(image));
    from = (size_t)image->channels;
    to = from - 1;
    pixels = image->pixels;
    for (size_t i = 0; i < n; i++) {
        const unsigned alpha = pixels[i * from + to];

        for (size_t c = 0; c < to; c++) {
            const unsigned value = pixels[i * from + c];

            pixels[i * to + c] =
                (uint8_t)((value * alpha + rgb[c] * (255 - alpha) + 127) / 255);
        }
    }
    image->channels = (int)to;
    return TG_OK;
}

/* ---- Orientation ------------------------------------------------------ */

/* Where the pixel of a turned picture comes from: its x and y are swapped, then
 * counted from the other side. */
static const struct {
    bool swap, flip_x, flip_y;
} turns[] = {
    [1] = {false, false, false}, [2] = {false, true, false},
    [3] = {false, true, true},   [4] = {false, false, true},
    [5] = {true, false, false},  [6] = {true, false, true},
    [7] = {true, true, true},    [8] = {true, true, false},
};

int tg_picture_turn(struct tg_picture *picture)
{
    struct tg_image *image = &picture->image;
    const size_t width = (size_t)image->width, height = (size_t)image->height;
    const size_t bytes = (size_t)image->channels;
    const int how = picture->orientation;
    const size_t to_width = turns[how].swap ? height : width;
    const size_t to_height = turns[how].swap ? width : height;
    uint8_t *pixels, *to;

    if (how == 1)
        return TG_OK;
    image->width = (int)to_width;
    image->height = (int)to_height;
    if (!image->pixels)
        return TG_OK; /* of a header alone */
    pixels = to = malloc(width * height * bytes);
    if (!pixels)
        return no_memory(image);
    for (size_t j = 0; j < to_height; j++)
        for (size_t i = 0; i < to_width; i++, to += bytes) {
            size_t x = turns[how].swap ? j : i, y = turns[how].swap ? i : j;

            x = turns[how].flip_x ? width - 1 - x : x;
            y = turns[how].flip_y ? height - 1 - y : y;
            memcpy(to, image->pixels + (y * width + x) * bytes, bytes);
        }
    free(image->pixels);
    image->pixels = pixels;
    return TG_OK;
}
