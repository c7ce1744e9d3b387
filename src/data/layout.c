#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "text.h"

/* The layouts, in the order of enum tg_layout, and of the words of --layout. */
static const struct layout {
    const char *name;
    int ndims;   /* 0: any */
    int axis[3]; /* of width, height, channels; 0: there is none */
    const char *words;
} layouts[] = {
    [TG_LAYOUT_NHWC] = {"nhwc", 4, {2, 1, 3}, "N x height x width x channels"},
    [TG_LAYOUT_NCHW] = {"nchw", 4, {3, 2, 1}, "N x channels x height x width"},
    [TG_LAYOUT_NHW] = {"nhw", 3, {2, 1, 0}, "N x height x width"},
    [TG_LAYOUT_FLAT] = {"flat", 0, {0, 0, 0}, "N x features"},
};

char *tg_layout_shape(const struct tg_array *array)
{
    char text[24 * TG_LAYOUT_DIMS] = "";
    int used = 0;

    for (int i = 0; i < array->ndims; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s%llu",
                         i ? " x " : "", (unsigned long long)array->dims[i]);
    return tg_text_format("%s", text);
}

/* Refuse a shape; `why` is the rest of the sentence. */
static int refuse_shape(const struct tg_array *array, const char *why)
{
    char *shape = tg_layout_shape(array);
    int error = TG_EMEMORY;

    if (shape)
        error = tg_fail(TG_EDATA, "%s: has %d dimension%s, %s; %s", array->path,
                        array->ndims, array->ndims == 1 ? "" : "s", shape, why);
    free(shape);
    return error;
}

static int note_choice(const struct tg_array *array, enum tg_layout taken,
                       struct tg_dataset *base)
{
    char *shape = tg_layout_shape(array);
    int error = TG_EMEMORY;

    if (shape)
        error = tg_dataset_note(base,
                                "its shape, %s, is taken for %s; --layout says "
                                "otherwise",
                                shape, layouts[taken].words);
    free(shape);
    return error;
}

/* Numbers of channels that pictures have. */
static bool is_channels(uint64_t n)
{
    return n == 1 || n == 3 || n == 4;
}

/* Four axes: by the one that can be that of the channels, or else by the
 * smaller; the last wins a tie. Only channels that come last, and can't come
 * elsewhere, go without saying. */
static enum tg_layout guess_pictures(const uint64_t *dims, bool *sure)
{
    const bool first = is_channels(dims[1]), last = is_channels(dims[3]);

    *sure = last && !first;
    if (first != last)
        return first ? TG_LAYOUT_NCHW : TG_LAYOUT_NHWC;
    return !last && dims[1] < dims[3] ? TG_LAYOUT_NCHW : TG_LAYOUT_NHWC;
}

/* Three axes, where a model tells the size of pictures: may they be a single
 * one of colours, rather than several that are gray? */
static bool is_single(const struct tg_array *array,
                      const struct tg_dataset_options *options)
{
    const uint64_t *dims = array->dims;
    const uint64_t w = (uint64_t)options->width, h = (uint64_t)options->height;

    return options->implied && !options->gray && w &&
           ((dims[0] == h && dims[1] == w && is_channels(dims[2])) ||
            (dims[1] == h && dims[2] == w && dims[0] == 3));
}

static int guess(const struct tg_array *array,
                 const struct tg_dataset_options *options,
                 struct tg_dataset *base, enum tg_layout *layout)
{
    bool sure = true;

    switch (array->ndims) {
    case 2:
        *layout = TG_LAYOUT_FLAT;
        break;
    case 3:
        if (is_single(array, options))
            return refuse_shape(array, "of a single picture save X[None]; "
                                       "--layout nhw says that the first are "
                                       "the samples");
        *layout = TG_LAYOUT_NHW;
        sure = array->dims[1] == array->dims[2] ||
               (array->dims[1] > 4 && array->dims[2] > 4);
        break;
    case 4:
        *layout = guess_pictures(array->dims, &sure);
        break;
    default:
        return refuse_shape(array,
                            "save N x d, N x height x width, or N x height x "
                            "width x channels, or give --layout flat");
    }
    return sure ? 0 : note_choice(array, *layout, base);
}

/* Flat rows that are pictures, as --layout says, of a known size: their shape.
 * The data set's own options, not those of a model, must fit. */
static int unfold(const struct tg_array *array,
                  const struct tg_dataset_options *options,
                  struct tg_array *pictures)
{
    const uint64_t width = (uint64_t)options->width;
    const uint64_t height = (uint64_t)options->height;
    const uint64_t channels = array->dims[1] / (width * height);
    const int *axis = layouts[options->layout].axis;

    *pictures = *array;
    if (channels * width * height != array->dims[1] ||
        (channels > 1 && !axis[2])) {
        if (options->implied)
            return 0;
        return tg_fail(TG_EDATA,
                       "%s: rows of %llu values are no pictures of %dx%d in "
                       "the order of --layout %s; give another --image or "
                       "--layout",
                       array->path, (unsigned long long)array->dims[1],
                       options->width, options->height,
                       layouts[options->layout].name);
    }
    pictures->ndims = layouts[options->layout].ndims;
    pictures->dims[axis[0]] = width;
    pictures->dims[axis[1]] = height;
    if (axis[2])
        pictures->dims[axis[2]] = channels;
    return 0;
}

/* As --layout says. */
static int obey(struct tg_array *array,
                const struct tg_dataset_options *options,
                enum tg_layout *layout)
{
    const int ndims = layouts[options->layout].ndims;
    char *why;
    int error;

    *layout = options->layout;
    if (ndims && array->ndims == 2 && options->width) {
        TG_TRY(unfold(&(struct tg_array){array->path,
                                         array->ndims,
                                         {array->dims[0], array->dims[1]},
                                         array->fortran},
                      options, array));
        if (array->ndims == 2)
            *layout = TG_LAYOUT_FLAT;
        return 0;
    }
    if (array->ndims >= 2 && (!ndims || ndims == array->ndims))
        return 0;
    why =
        tg_text_format("--layout %s is for %s%s; leave it out, or save the "
                       "array so",
                       layouts[*layout].name, layouts[*layout].words,
                       ndims && array->ndims == 2 ? ", or rows with --image WxH"
                                                  : "");
    error = why ? refuse_shape(array, why) : TG_EMEMORY;
    free(why);
    return error;
}

/* The axes of a sample, the fastest first, in the order of features. */
static void set_axes(const struct tg_array *array, enum tg_layout layout,
                     size_t row_step, struct tg_axes *axes)
{
    const int *axis = layouts[layout].axis;
    size_t steps[TG_LAYOUT_DIMS + 1], extent, step;
    int n = array->ndims;

    steps[n] = 1;
    for (int i = n - 1; i > 0; i--)
        steps[i] = steps[i + 1] * array->dims[i];
    axes->n = 0;
    for (int i = 0; i < n - 1; i++) {
        int at = layouts[layout].ndims ? axis[i] : n - 1 - i;

        extent = array->dims[at];
        step = steps[at + 1] * row_step;
        if (extent == 1)
            continue;
        if (axes->n &&
            axes->extent[axes->n - 1] * axes->step[axes->n - 1] == step) {
            axes->extent[axes->n - 1] *= extent;
            continue;
        }
        axes->extent[axes->n] = extent;
        axes->step[axes->n++] = step;
    }
    if (!axes->n)
        *axes = (struct tg_axes){1, {1}, {1}};
}

/* In Fortran order, the steps are those of the axes before. */
static void set_fortran_axes(const struct tg_array *array,
                             enum tg_layout layout, struct tg_axes *axes)
{
    const int *axis = layouts[layout].axis;
    size_t steps[TG_LAYOUT_DIMS] = {1};

    for (int i = 1; i < array->ndims; i++)
        steps[i] = steps[i - 1] * array->dims[i - 1];
    axes->n = array->ndims - 1;
    for (int i = 0; i < axes->n; i++) {
        int at = layouts[layout].ndims ? axis[i] : array->ndims - 1 - i;

        axes->extent[i] = array->dims[at];
        axes->step[i] = steps[at];
    }
}

/* What pictures' channels may hide. */
static int note_alpha(struct tg_dataset *base)
{
    return base->channels != 4
               ? 0
               : tg_dataset_note(base, "it has 4 channels; an alpha channel is "
                                       "trained on like a colour: leave it out "
                                       "of the array if it is to have no say");
}

int tg_layout_find(const struct tg_array *given,
                   const struct tg_dataset_options *options,
                   struct tg_dataset *base, struct tg_axes *axes)
{
    struct tg_array array = *given;
    enum tg_layout layout = TG_LAYOUT_FLAT;
    const int *axis;

    if (array.ndims < 2)
        return refuse_shape(&array, "save N x d, N x height x width, or N x "
                                    "height x width x channels; of one "
                                    "feature, X.reshape(-1, 1), of one sample, "
                                    "X.reshape(1, -1)");
    for (int i = 1; i < array.ndims; i++)
        if (array.dims[i] > INT32_MAX)
            return tg_fail(TG_EDATA,
                           "%s: has a dimension of %llu; at most %d are "
                           "possible",
                           array.path, (unsigned long long)array.dims[i],
                           INT32_MAX);
    TG_TRY(options->layout ? obey(&array, options, &layout)
                           : guess(&array, options, base, &layout));
    axis = layouts[layout].axis;
    base->count = array.dims[0];
    base->features = 1;
    for (int i = 1; i < array.ndims; i++)
        base->features *= array.dims[i];
    if (axis[0]) {
        base->width = (int)array.dims[axis[0]];
        base->height = (int)array.dims[axis[1]];
        base->channels = axis[2] ? (int)array.dims[axis[2]] : 1;
    }
    if (array.fortran && given->ndims == array.ndims)
        set_fortran_axes(&array, layout, axes);
    else
        set_axes(&array, layout, array.fortran ? base->count : 1, axes);
    return note_alpha(base);
}

bool tg_axes_are_plain(const struct tg_axes *axes)
{
    return axes->n == 1 && axes->step[0] == 1;
}

size_t tg_axes_offset(const struct tg_axes *axes, size_t f)
{
    size_t offset = 0;

    for (int i = 0; i < axes->n; i++) {
        offset += f % axes->extent[i] * axes->step[i];
        f /= axes->extent[i];
    }
    return offset;
}
