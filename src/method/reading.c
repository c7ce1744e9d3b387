#include "reading.h"

#include <stdlib.h>

#include "error.h"
#include "image.h"
#include "view.h"

struct tg_dataset_options tg_reading_like(const struct tg_dataset_options *like,
                                          int width, int height, int channels,
                                          bool invert)
{
    struct tg_dataset_options reading = *like;

    reading.implied = true;
    reading.width = width;
    reading.height = height;
    reading.gray |= channels == 1;
    reading.binary &= !invert; /* first inverted, then black or white */
    reading.labels = NULL;
    return reading;
}

/* Pictures that are files have been resized as they were read; one of them
 * tells from what. */
static int note_files(struct tg_dataset *dataset)
{
    char *file = dataset->file(dataset, 0);
    int width, height, error = TG_OK;

    if (!file)
        return TG_EMEMORY;
    if (tg_image_size(file, &width, &height))
        tg_error_clear(); /* who reads the picture says so */
    else if (width != dataset->width || height != dataset->height)
        error = tg_dataset_note(dataset,
                                "pictures (the first is of %dx%d) are made "
                                "%dx%dx%d, as the model needs",
                                width, height, dataset->width, dataset->height,
                                dataset->channels);
    free(file);
    return error;
}

int tg_reading_apply(struct tg_dataset **dataset,
                     const struct tg_dataset_options *reading, int channels,
                     bool binary, bool invert)
{
    const struct tg_dataset *data = *dataset;
    const bool obeys = data->kind->obeys & TG_OBEYS_PICTURES;
    const struct tg_view_picture wanted = {
        .width = reading->width,
        .height = reading->height,
        .channels = channels,
        .invert = invert,
        .binary = binary && (invert || !obeys),
        .threshold = reading->threshold,
    };

    if (invert && (!data->width || data->type != TG_U8 || !reading->width))
        return tg_fail(TG_EUSAGE,
                       "%s: --invert is for pictures of 8 bits, and this is "
                       "%s%s; leave it out",
                       data->spec, data->format,
                       data->width ? " of floats, or for a model of none"
                                   : " without a picture's width and height");
    if (data->file && reading->width)
        TG_TRY(note_files(*dataset));
    return tg_view_pictures(dataset, &wanted);
}
