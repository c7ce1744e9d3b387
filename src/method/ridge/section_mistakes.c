/* The most confident mistakes. */
#include "section_list.h"

#include <stdlib.h>

#include "error.h"
#include "page.h"
#include "text.h"

/* Where a sample is found: its file, or its row in the data, from 0. */
static int put_origin(FILE *page, const struct tg_dataset *data, size_t row)
{
    char *path;

    if (!data->file) {
        fprintf(page, "<dt>row</dt> <dd>%zu</dd>",
                data->places ? data->places[row] : row);
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
        TG_TRY(tg_section_sample(page, data, mistake->row, "True class", sample,
                                 planes));
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

static bool has_mistakes(const void *result)
{
    const struct tg_result *fit = result;

    return fit->mistakes > 0;
}

static int put_mistakes(FILE *page, const void *result)
{
    const struct tg_result *fit = result;
    uint8_t *planes;
    void *sample;
    bool ok = tg_section_sample_room(fit->tested, &sample, &planes);
    int error = ok ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for samples");

    tg_page_lead(page,
                 fit->test_confusion
                     ? "Test samples taken for another class, by the score "
                       "of that class less the true one’s: the margin."
                     : "Training samples taken for another class, by the "
                       "score of that class less the true one’s: the margin.");
    fputs("<div class=\"mistakes\">\n", page);
    for (size_t i = 0; i < fit->mistakes && !error; i++)
        error = put_mistake(page, fit, &fit->mistake[i], sample, planes);
    fputs("</div>\n", page);
    free(sample);
    free(planes);
    return error;
}

const struct tg_section tg_section_mistakes = {
    .id = "mistakes",
    .title = "Mistakes",
    .heading = "Most confident mistakes",
    .has = has_mistakes,
    .html = put_mistakes,
};
