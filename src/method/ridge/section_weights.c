/* The weights of each class. */
#include "section_list.h"

#include <stdlib.h>

#include "error.h"
#include "page.h"
#include "text.h"

enum { MANY = 20 }; /* classes beyond which weights are shown smaller */

struct tg_shape tg_result_shape(const struct tg_result *result)
{
    const struct tg_dataset *data = result->train;

    return (struct tg_shape){data->width, data->height, data->channels,
                             data->features};
}

static int put_class(FILE *page, const struct tg_result *result, int class,
                     double limit, uint8_t *planes)
{
    static const char *const colors[] = {"red", "green", "blue"};
    const struct tg_dataset *data = result->train;
    struct tg_shape shape = tg_result_shape(result);
    struct tg_panes panes = tg_picture_panes(&shape);

    fprintf(page, "<figure><div class=\"panes p%d\">", panes.count);
    for (int p = 0; p < panes.count; p++) {
        tg_picture_pane(&shape,
                        result->weights + (size_t) class * data->features, p,
                        limit, planes);
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
    struct tg_shape shape = tg_result_shape(result);
    struct tg_panes panes = tg_picture_panes(&shape);
    const char *how = data->channels == 3 ? " One picture a channel: red, "
                                            "green, blue."
                      : panes.count > 1   ? " One picture a channel."
                      : data->width == 0  ? " Values from left to right."
                      : panes.group > 1   ? " Means over channels."
                                          : "";
    char lead[320], some[64] = "";

    if (data->classes > TG_CLASSES_SHOWN)
        snprintf(some, sizeof some, " The first %d classes, of %s.",
                 TG_CLASSES_SHOWN, tg_text_count(data->classes).text);
    snprintf(lead, sizeof lead,
             "Where a sample is bright, red speaks for the class and blue "
             "against it.%s%s",
             how, some);
    tg_page_lead(page, lead);
    fprintf(page,
            "<p class=\"scale\">−%.2g <span class=\"bar\" role=\"img\" "
            "aria-label=\"from blue over white to red\"></span> +%.2g</p>\n",
            limit, limit);
}

static bool has_weights(const void *result)
{
    const struct tg_result *fit = result;

    return fit->weights != NULL && !fit->learnt;
}

static int put_weights(FILE *page, const void *result)
{
    const struct tg_result *fit = result;
    struct tg_shape shape = tg_result_shape(fit);
    struct tg_panes panes = tg_picture_panes(&shape);
    int k = fit->classes, shown = k < TG_CLASSES_SHOWN ? k : TG_CLASSES_SHOWN;
    uint8_t *planes = malloc(3 * (size_t)panes.width * (size_t)panes.height);
    double limit;
    int error = TG_OK;

    if (!planes)
        return tg_fail(TG_EMEMORY, "out of memory for weights");
    limit = tg_picture_limit(shape.features * (size_t)k, fit->weights);
    begin_weights(page, fit, limit);
    fprintf(page, "<div class=\"weights %s\">\n",
            !shape.width       ? "strips"
            : shown > MANY     ? "many"
            : panes.count == 3 ? "wide"
                               : "few");
    for (int c = 0; c < shown && !error; c++)
        error = put_class(page, fit, c, limit, planes);
    fputs("</div>\n", page);
    free(planes);
    return error;
}

const struct tg_section tg_section_weights = {
    .id = "weights",
    .title = "Weights",
    .has = has_weights,
    .html = put_weights,
};
