#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "formats.h"
#include "image.h"
#include "text.h"

enum { NAMED = 3 }; /* samples that a note names */

struct view {
    struct tg_dataset base; /* first */
    struct tg_dataset *inner;
    size_t *rows; /* [count] of inner, ascending; NULL: all */
    bool shaped;  /* pictures are, to `picture` */
    struct tg_view_picture picture;
};

/* ---- Reading ---------------------------------------------------------- */

/* The rows of inner, to be freed where they are others; NULL: no memory. */
static size_t *inner_rows(const struct view *view, const size_t *rows, size_t n)
{
    size_t *inner = malloc(n * sizeof *inner + 1);

    for (size_t i = 0; inner && i < n; i++)
        inner[i] = view->rows ? view->rows[rows[i]] : rows[i];
    return inner;
}

/* Planes as pixels, and then as any picture that has been decoded. */
static int reshape(const struct view *view, const uint8_t *planes,
                   uint8_t *pixels, uint8_t *to)
{
    const struct tg_dataset *from = view->inner, *base = &view->base;
    const size_t n = (size_t)from->width * (size_t)from->height;
    const size_t channels = (size_t)from->channels;
    struct tg_image image = {from->width, from->height, from->channels, pixels};

    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < n; i++)
            pixels[i * channels + c] = planes[c * n + i];
    return tg_image_fit(&image, base->width, base->height, base->channels, to);
}

static int read_shaped(const struct view *view, const size_t *rows, size_t n,
                       uint8_t *samples)
{
    const struct tg_dataset *inner = view->inner;
    const size_t d = view->base.features;
    uint8_t *planes = malloc(2 * inner->features);
    int error = planes ? TG_OK : tg_fail_memory(inner->spec);

    for (size_t i = 0; i < n && !error; i++) {
        error = inner->read(inner, rows + i, 1, planes);
        if (!error)
            error = reshape(view, planes, planes + inner->features,
                            samples + i * d);
    }
    free(planes);
    return error;
}

static int view_read(const struct tg_dataset *dataset, const size_t *rows,
                     size_t n, uint8_t *samples)
{
    const struct view *view = (const struct view *)dataset;
    const struct tg_view_picture *picture = &view->picture;
    size_t *inner = inner_rows(view, rows, n), values = n * dataset->features;
    int error = inner ? TG_OK : tg_fail_memory(dataset->spec);

    if (!error)
        error = view->shaped
                    ? read_shaped(view, inner, n, samples)
                    : view->inner->read(view->inner, inner, n, samples);
    free(inner);
    if (error)
        return error;
    for (size_t i = 0; picture->invert && i < values; i++)
        samples[i] = (uint8_t)(255 - samples[i]);
    if (picture->binary)
        tg_image_threshold(picture->threshold, values, samples);
    return TG_OK;
}

static int view_read_real(const struct tg_dataset *dataset, const size_t *rows,
                          size_t n, double *samples)
{
    const struct view *view = (const struct view *)dataset;
    size_t *inner = inner_rows(view, rows, n);
    int error = inner ? TG_OK : tg_fail_memory(dataset->spec);

    if (!error)
        error = view->inner->read_real(view->inner, inner, n, samples);
    free(inner);
    return error;
}

static char *view_file(const struct tg_dataset *dataset, size_t row)
{
    const struct view *view = (const struct view *)dataset;

    return view->inner->file(view->inner, view->rows ? view->rows[row] : row);
}

static const char *view_shard(const struct tg_dataset *dataset, size_t row,
                              size_t *within)
{
    const struct view *view = (const struct view *)dataset;

    return view->inner->shard(view->inner, view->rows ? view->rows[row] : row,
                              within);
}

static void view_close(struct tg_dataset *dataset)
{
    struct view *view = (struct view *)dataset;

    tg_dataset_close(view->inner);
    free(view->rows);
}

/* ---- Making ----------------------------------------------------------- */

static int copy_labels(struct view *view)
{
    struct tg_dataset *base = &view->base;
    const struct tg_dataset *inner = view->inner;

    if (!inner->labels)
        return TG_OK;
    base->labels = malloc(base->count * sizeof *base->labels);
    base->class_names =
        calloc((size_t)inner->classes + 1, sizeof *base->class_names);
    if (!base->labels || !base->class_names)
        return TG_EMEMORY;
    base->classes = inner->classes;
    for (int c = 0; c < inner->classes; c++) {
        base->class_names[c] = strdup(inner->class_names[c]);
        if (!base->class_names[c])
            return TG_EMEMORY;
    }
    for (size_t i = 0; i < base->count; i++)
        base->labels[i] = inner->labels[view->rows ? view->rows[i] : i];
    return TG_OK;
}

/* Take the place of a data set, with the rows given, which are taken over, of
 * which there are `count`; NULL: all. */
static int wrap(struct tg_dataset **dataset, size_t *rows, size_t count,
                struct view **out)
{
    struct tg_dataset *inner = *dataset;
    struct view *view = calloc(1, sizeof *view);
    struct tg_dataset *base = &view->base;

    if (!view) {
        free(rows);
        return tg_fail_memory(inner->spec);
    }
    *base = *inner;
    base->spec = strdup(inner->spec);
    base->count = count;
    base->classes = 0;
    base->class_names = NULL;
    base->labels = NULL;
    base->read = inner->read ? view_read : NULL;
    base->read_real = inner->read_real ? view_read_real : NULL;
    base->file = inner->file ? view_file : NULL;
    base->shard = inner->shard ? view_shard : NULL;
    base->close = view_close;
    inner->notes = NULL; /* which are the view's now */
    inner->nnotes = 0;
    view->inner = inner;
    view->rows = rows;
    *dataset = base;
    *out = view;
    return base->spec && !copy_labels(view) ? TG_OK
                                            : tg_fail_memory(inner->spec);
}

/* ---- Pictures --------------------------------------------------------- */

static bool is_colors(int channels)
{
    return channels == 1 || channels == 3;
}

int tg_view_pictures(struct tg_dataset **dataset,
                     const struct tg_view_picture *wanted)
{
    const struct tg_dataset *inner = *dataset;
    const bool pictures = inner->type == TG_U8 && inner->width &&
                          is_colors(inner->channels) &&
                          is_colors(wanted->channels) && wanted->width;
    const bool shaped = inner->width != wanted->width ||
                        inner->height != wanted->height ||
                        inner->channels != wanted->channels;
    struct view *view;

    if (!pictures || !(shaped || wanted->invert || wanted->binary) ||
        (shaped && inner->features == (size_t)wanted->width *
                                          (size_t)wanted->height *
                                          (size_t)wanted->channels))
        return TG_OK;
    TG_TRY(wrap(dataset, NULL, inner->count, &view));
    view->picture = *wanted;
    view->shaped = shaped;
    view->base.width = wanted->width;
    view->base.height = wanted->height;
    view->base.channels = wanted->channels;
    view->base.features = (size_t)wanted->width * (size_t)wanted->height *
                          (size_t)wanted->channels;
    if (shaped)
        TG_TRY(tg_dataset_note(
            *dataset,
            "pictures of %dx%dx%d are made %dx%dx%d, as the model "
            "needs",
            inner->width, inner->height, inner->channels, wanted->width,
            wanted->height, wanted->channels));
    if (wanted->invert)
        TG_TRY(tg_dataset_note(*dataset, "pictures are inverted (--invert)"));
    return TG_OK;
}

/* ---- Leaving out ------------------------------------------------------ */

static int check_classes(const struct tg_dataset *before,
                         const struct tg_dataset *after)
{
    const size_t k = (size_t)before->classes;
    bool *has = calloc(2 * k + 1, sizeof *has);
    int error = has ? TG_OK : tg_fail_memory(before->spec);

    for (size_t i = 0; has && i < before->count; i++)
        has[before->labels[i]] = true;
    for (size_t i = 0; has && i < after->count; i++)
        has[k + after->labels[i]] = true;
    for (size_t c = 0; c < k && !error; c++)
        if (has[c] && !has[k + c])
            error = tg_fail(TG_EDATA,
                            "%s: all samples of class '%s' are bad, so "
                            "--skip-bad leaves none; mend some, or remove the "
                            "class ('starpu_ridge info --check %s' lists all)",
                            before->spec, before->class_names[c], before->spec);
    free(has);
    return error;
}

/* What a sample is called, in a list of them; to be freed; NULL: no memory. */
static char *name_of(const struct tg_dataset *dataset, size_t row, bool first)
{
    const char *shard;

    if (dataset->file)
        return dataset->file(dataset, row);
    if (!dataset->shard)
        return tg_text_format("%s%zu", first ? "row " : "", row);
    shard = dataset->shard(dataset, row, &row);
    return tg_text_format("row %zu of %s", row, shard);
}

/* The first of those left out, by their files or rows. */
static int note_out(struct tg_dataset *dataset, const struct tg_dataset *inner,
                    size_t count, const size_t *out)
{
    const size_t named = count < NAMED ? count : (size_t)NAMED;
    char *names = NULL;
    int error;

    for (size_t i = 0; i < named; i++) {
        char *name = name_of(inner, out[i], i == 0);
        char *more =
            name ? tg_text_format("%s%s%s", i ? names : "", i ? ", " : "", name)
                 : NULL;

        free(name);
        free(names);
        names = more;
        if (!more)
            return TG_EMEMORY;
    }
    error = tg_dataset_note(dataset, "%zu bad sample%s left out: %s%s", count,
                            count == 1 ? " is" : "s are", names,
                            count > named ? ", ..." : "");
    free(names);
    return error;
}

int tg_view_leave_out(struct tg_dataset **dataset, size_t count,
                      const size_t *out, bool classes)
{
    const struct tg_dataset *inner = *dataset;
    const size_t left = inner->count - count;
    size_t *rows;
    struct view *view;

    if (!count)
        return TG_OK;
    if (!left)
        return tg_fail(TG_EDATA,
                       "%s: all %zu samples are bad, so --skip-bad leaves none;"
                       " 'starpu_ridge info --check %s' says why",
                       inner->spec, count, inner->spec);
    rows = malloc(left * sizeof *rows);
    if (!rows)
        return tg_fail_memory(inner->spec);
    for (size_t row = 0, next = 0, i = 0; row < inner->count; row++)
        if (next < count && out[next] == row)
            next++;
        else
            rows[i++] = row;
    TG_TRY(wrap(dataset, rows, left, &view));
    view->base.places = view->rows;
    if (classes && inner->labels)
        TG_TRY(check_classes(inner, *dataset));
    return note_out(*dataset, inner, count, out);
}
