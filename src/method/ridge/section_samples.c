/* Samples of each class. */
#include "section_list.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "page.h"
#include "text.h"

enum {
    PER_CLASS = 8, /* samples shown of a class, at most */
    SAMPLES = 160  /* samples shown, about */
};

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

static int put_classes(FILE *page, const struct tg_result *result, int shown,
                       size_t each)
{
    const struct tg_dataset *data = result->train;
    size_t k = (size_t)data->classes;
    size_t *rows = calloc(each * k, sizeof *rows);
    size_t *counts = calloc(2 * k, sizeof *counts);
    uint8_t *planes;
    void *sample;
    bool ok = tg_section_sample_room(data, &sample, &planes) && rows && counts;
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
            error = tg_section_sample(page, data, rows[(size_t)c * each + j],
                                      "Sample of", sample, planes);
        fputs("</div></figure>\n", page);
    }
    free(rows);
    free(counts);
    free(sample);
    free(planes);
    return error;
}

static bool has_samples(const void *result)
{
    const struct tg_result *fit = result;

    return fit->train->width > 0;
}

static int put_samples(FILE *page, const void *result)
{
    const struct tg_result *fit = result;
    int k = fit->classes, shown = k < TG_CLASSES_SHOWN ? k : TG_CLASSES_SHOWN;
    size_t each = SAMPLES / (size_t)shown;
    char lead[160] = "Some of each class, evenly spread over its samples.";
    bool held = fit->n_train < fit->train->count;

    each = each >= PER_CLASS ? PER_CLASS : each >= 4 ? 4 : 2;
    if (shown < k)
        snprintf(lead, sizeof lead,
                 "Some of each of the first %d classes, of %s.", shown,
                 tg_text_count(k).text);
    if (held)
        strcat(lead, " Held-out samples are among them.");
    tg_page_lead(page, lead);
    fputs("<div class=\"classes\">\n", page);
    TG_TRY(put_classes(page, fit, shown, each));
    fputs("</div>\n", page);
    return TG_OK;
}

const struct tg_section tg_section_samples = {
    .id = "samples",
    .title = "Samples",
    .has = has_samples,
    .html = put_samples,
};
