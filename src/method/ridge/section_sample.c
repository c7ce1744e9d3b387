/* A sample's picture on the page. */
#include "section_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "image.h"
#include "page.h"

enum { THUMB = 96 }; /* pixels of a sample's longer side, at most */

/* 8-bit values of a sample: floats from its own least to its largest. */
static void to_bytes(const struct tg_dataset *data, const void *sample,
                     uint8_t *bytes)
{
    const float *value = sample;
    float least = INFINITY, largest = -INFINITY;

    if (data->type == TG_U8) {
        memcpy(bytes, sample, data->features);
        return;
    }
    for (size_t i = 0; i < data->features; i++) {
        least = fminf(least, value[i]);
        largest = fmaxf(largest, value[i]);
    }
    for (size_t i = 0; i < data->features; i++)
        bytes[i] =
            largest > least
                ? (uint8_t)lroundf(255 * (value[i] - least) / (largest - least))
                : 0;
}

/* Channels that are no colours become one: their mean, in place. */
static int to_colors(const struct tg_dataset *data, uint8_t *planes)
{
    size_t n = (size_t)data->width * (size_t)data->height;
    size_t channels = (size_t)data->channels;

    if (channels == 1 || channels == 3)
        return data->channels;
    for (size_t i = 0; i < n; i++) {
        size_t sum = 0;

        for (size_t c = 0; c < channels; c++)
            sum += planes[i + c * n];
        planes[i] = (uint8_t)(sum / channels);
    }
    return 1;
}

/* Make planes small enough for a page, in place. */
static int shrink(int *width, int *height, int channels, uint8_t *planes)
{
    int longer = *width > *height ? *width : *height;
    size_t n = (size_t)*width * (size_t)*height, depth = (size_t)channels;
    struct tg_image image = {*width, *height, channels, NULL};

    if (longer <= THUMB)
        return TG_OK;
    image.pixels = malloc(n * depth);
    if (!image.pixels)
        return tg_fail(TG_EMEMORY, "out of memory for a picture");
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < depth; c++)
            image.pixels[i * depth + c] = planes[i + c * n];
    *width = (int)fmax(1, round((double)*width * THUMB / longer));
    *height = (int)fmax(1, round((double)*height * THUMB / longer));
    int error = tg_image_resize(&image, *width, *height, planes);
    tg_image_free(&image);
    return error;
}

int tg_section_sample(FILE *page, const struct tg_dataset *data, size_t row,
                      const char *what, void *sample, uint8_t *planes)
{
    int width = data->width, height = data->height, channels;

    TG_TRY(tg_dataset_load(data, NULL, &row, 1, sample));
    to_bytes(data, sample, planes);
    channels = to_colors(data, planes);
    TG_TRY(shrink(&width, &height, channels, planes));
    fputs("<img ", page);
    TG_TRY(tg_page_png(page, width, height, channels, planes));
    fprintf(page, " alt=\"%s ", what);
    tg_page_text(page, data->class_names[data->labels[row]]);
    fprintf(page, ", row %zu\">", row);
    return TG_OK;
}

bool tg_section_sample_room(const struct tg_dataset *data, void **sample,
                            uint8_t **planes)
{
    *sample = malloc(data->features * tg_type_size(data->type));
    *planes = malloc(data->features);
    return *sample && *planes;
}
