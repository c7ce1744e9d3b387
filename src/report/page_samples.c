/* The parts that show pictures: samples, mistakes, weights. */
#include "page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "image.h"
#include "picture.h"
#include "text.h"

enum {
    THUMB = 96,          /* pixels of a sample's longer side, at most */
    PER_CLASS = 8,       /* samples shown of a class, at most */
    SAMPLES = 160,       /* samples shown, about */
    CLASSES_SHOWN = 100, /* classes whose samples or weights are shown */
    MANY = 20            /* classes beyond which weights are shown smaller */
};

/* ---- Samples ---------------------------------------------------------- */

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

/* Read a sample again and put it on the page; `sample` and `planes` hold one.
 */
static int put_sample(FILE *page, const struct tg_dataset *data, size_t row,
                      const char *what, void *sample, uint8_t *planes)
{
    int width = data->width, height = data->height, channels;

    TG_TRY(data->read(data, &row, 1, sample));
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

/* Memory for put_sample, to be freed. */
static bool make_room(const struct tg_dataset *data, void **sample,
                      uint8_t **planes)
{
    *sample = malloc(data->features * tg_type_size(data->type));
    *planes = malloc(data->features);
    return *sample && *planes;
}

/* Rows of every class, evenly spread over those that it has.
 * Shapes: rows[each * classes], counts[classes]: how many there are. */
static void spread(const struct tg_dataset *data, size_t each, size_t *rows,
                   size_t *counts, size_t *seen)
{
    size_t k = (size_t)data->classes;

    for (size_t i = 0; i < data->count; i++)
        counts[data->labels[i]]++;
    for (size_t i = 0; i < data->count; i++) {
        size_t c = data->labels[i], n = counts[c], at = seen[c]++;
        size_t shown = n < each ? n : each;

        /* The next of `shown` places that lie n / shown apart. */
        for (size_t j = 0; j < shown; j++)
            if ((2 * j + 1) * n / (2 * shown) == at)
                rows[c * each + j] = i;
    }
    for (size_t c = 0; c < k; c++)
        counts[c] = counts[c] < each ? counts[c] : each;
}

bool tg_page_has_samples(const struct tg_result *result)
{
    return result->train->width > 0;
}

static int put_classes(FILE *page, const struct tg_result *result, int shown,
                       size_t each)
{
    const struct tg_dataset *data = result->train;
    size_t k = (size_t)data->classes;
    size_t *rows = calloc(each * k, sizeof *rows);
    size_t *counts = calloc(2 * k, sizeof *counts);
    uint8_t *planes;
    void *sample;
    bool ok = make_room(data, &sample, &planes) && rows && counts;
    int error = ok ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for samples");

    if (ok)
        spread(data, each, rows, counts, counts + k);
    for (int c = 0; c < shown && !error; c++) {
        int64_t all = (int64_t)counts[k + (size_t)c];

        fputs("<figure class=\"class\"><figcaption><b>", page);
        tg_page_text(page, data->class_names[c]);
        fprintf(page, "</b> <span>%s sample%s</span></figcaption>",
                tg_text_count(all).text, all == 1 ? "" : "s");
        fprintf(page, "<div class=\"strip s%zu\">", each);
        for (size_t j = 0; j < counts[c] && !error; j++)
            error = put_sample(page, data, rows[(size_t)c * each + j],
                               "Sample of", sample, planes);
        fputs("</div></figure>\n", page);
    }
    free(rows);
    free(counts);
    free(sample);
    free(planes);
    return error;
}

int tg_page_samples(FILE *page, const struct tg_result *result)
{
    int k = result->classes, shown = k < CLASSES_SHOWN ? k : CLASSES_SHOWN;
    size_t each = SAMPLES / (size_t)shown;
    char lead[160] = "Some of each class, evenly spread over its samples.";
    bool held = result->n_train < result->train->count;

    if (!tg_page_has_samples(result))
        return TG_OK;
    each = each >= PER_CLASS ? PER_CLASS : each >= 4 ? 4 : 2;
    if (shown < k)
        snprintf(lead, sizeof lead,
                 "Some of each of the first %d classes, of %s.", shown,
                 tg_text_count(k).text);
    if (held)
        strcat(lead, " Held-out samples are among them.");
    tg_page_begin(page, "samples", "Samples", lead);
    fputs("<div class=\"classes\">\n", page);
    TG_TRY(put_classes(page, result, shown, each));
    fputs("</div>\n", page);
    tg_page_end(page);
    return TG_OK;
}

/* ---- Mistakes --------------------------------------------------------- */

bool tg_page_has_mistakes(const struct tg_result *result)
{
    return result->mistakes > 0;
}

/* Where a sample is found: its file, or its row in the data, from 0. */
static int put_origin(FILE *page, const struct tg_dataset *data, size_t row)
{
    char *path;

    if (!data->file) {
        fprintf(page, "<dt>row</dt> <dd>%zu</dd>", row);
        return TG_OK;
    }
    path = data->file(data, row);
    if (!path)
        return TG_EMEMORY;
    fputs("<dt>file</dt> <dd>", page);
    tg_page_text(page, path);
    fputs("</dd>", page);
    free(path);
    return TG_OK;
}

static int put_mistake(FILE *page, const struct tg_result *result,
                       const struct tg_mistake *mistake, void *sample,
                       uint8_t *planes)
{
    const struct tg_dataset *data = result->tested;

    fputs("<figure class=\"mistake\">", page);
    if (data->width)
        TG_TRY(
            put_sample(page, data, mistake->row, "True class", sample, planes));
    fputs("<figcaption><dl><div><dt>true</dt> <dd class=\"true\">", page);
    tg_page_text(page, result->class_names[mistake->truth]);
    fputs("</dd></div><div><dt>predicted</dt> <dd class=\"predicted\">", page);
    tg_page_text(page, result->class_names[mistake->predicted]);
    fprintf(page,
            "</dd></div><div><dt>margin</dt> <dd>%s</dd></div>"
            "<div>",
            tg_text_real(mistake->margin, 3).text);
    TG_TRY(put_origin(page, data, mistake->row));
    fputs("</div></dl></figcaption></figure>\n", page);
    return TG_OK;
}

int tg_page_mistakes(FILE *page, const struct tg_result *result)
{
    const struct tg_dataset *data = result->tested;
    uint8_t *planes;
    void *sample;
    int error;

    if (!tg_page_has_mistakes(result))
        return TG_OK;
    error = make_room(data, &sample, &planes)
                ? TG_OK
                : tg_fail(TG_EMEMORY, "out of memory for samples");
    tg_page_begin(page, "mistakes", "Most confident mistakes",
                  result->test_confusion
                      ? "Test samples taken for another class, by the score "
                        "of that class less the true one’s: the margin."
                      : "Training samples taken for another class, by the "
                        "score of that class less the true one’s: the margin.");
    fputs("<div class=\"mistakes\">\n", page);
    for (size_t i = 0; i < result->mistakes && !error; i++)
        error = put_mistake(page, result, &result->mistake[i], sample, planes);
    fputs("</div>\n", page);
    tg_page_end(page);
    free(sample);
    free(planes);
    return error;
}

/* ---- Weights ---------------------------------------------------------- */

bool tg_page_has_weights(const struct tg_result *result)
{
    return result->weights != NULL;
}

static int put_weights(FILE *page, const struct tg_result *result, int class,
                       double limit, uint8_t *planes)
{
    static const char *const colors[] = {"red", "green", "blue"};
    const struct tg_dataset *data = result->train;
    struct tg_panes panes = tg_picture_panes(data);

    fprintf(page, "<figure><div class=\"panes p%d\">", panes.count);
    for (int p = 0; p < panes.count; p++) {
        tg_picture_pane(data, result->weights + (size_t) class * data->features,
                        p, limit, planes);
        fputs("<img ", page);
        TG_TRY(tg_page_png(page, panes.width, panes.height, 3, planes));
        fputs(" alt=\"Weights of ", page);
        tg_page_text(page, data->class_names[class]);
        fprintf(page, "%s%s\">", panes.count == 3 ? ", " : "",
                panes.count == 3 ? colors[p] : "");
    }
    fputs("</div><figcaption>", page);
    tg_page_text(page, data->class_names[class]);
    fputs("</figcaption></figure>\n", page);
    return TG_OK;
}

static void begin_weights(FILE *page, const struct tg_result *result,
                          double limit)
{
    const struct tg_dataset *data = result->train;
    struct tg_panes panes = tg_picture_panes(data);
    const char *how = data->channels == 3 ? " One picture a channel: red, "
                                            "green, blue."
                      : panes.count > 1   ? " One picture a channel."
                      : data->width == 0  ? " Values from left to right."
                      : panes.group > 1   ? " Means over channels."
                                          : "";
    char lead[320], some[64] = "";

    if (data->classes > CLASSES_SHOWN)
        snprintf(some, sizeof some, " The first %d classes, of %s.",
                 CLASSES_SHOWN, tg_text_count(data->classes).text);
    snprintf(lead, sizeof lead,
             "Where a sample is bright, red speaks for the class and blue "
             "against it.%s%s",
             how, some);
    tg_page_begin(page, "weights", "Weights", lead);
    fprintf(page,
            "<p class=\"scale\">−%.2g <span class=\"bar\" role=\"img\" "
            "aria-label=\"from blue over white to red\"></span> +%.2g</p>\n",
            limit, limit);
}

int tg_page_weights(FILE *page, const struct tg_result *result)
{
    const struct tg_dataset *data = result->train;
    int k = data->classes, shown = k < CLASSES_SHOWN ? k : CLASSES_SHOWN;
    struct tg_panes panes = tg_picture_panes(data);
    uint8_t *planes;
    double limit;
    int error = TG_OK;

    if (!tg_page_has_weights(result))
        return TG_OK;
    planes = malloc(3 * (size_t)panes.width * (size_t)panes.height);
    if (!planes)
        return tg_fail(TG_EMEMORY, "out of memory for weights");
    limit = tg_picture_limit(data->features * (size_t)k, result->weights);
    begin_weights(page, result, limit);
    fprintf(page, "<div class=\"weights %s\">\n",
            !data->width       ? "strips"
            : shown > MANY     ? "many"
            : panes.count == 3 ? "wide"
                               : "few");
    for (int c = 0; c < shown && !error; c++)
        error = put_weights(page, result, c, limit, planes);
    fputs("</div>\n", page);
    tg_page_end(page);
    free(planes);
    return error;
}
