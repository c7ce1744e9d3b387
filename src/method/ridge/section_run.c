/* How a fit was made: the command, data and machine; the files it wrote. */
#include "section_list.h"

#include "error.h"
#include "page.h"
#include "terminal.h"
#include "text.h"

static int print_files(FILE *out, const void *result, int color)
{
    const struct tg_result *fit = result;

    tg_terminal_file(out, "Model", fit->model, color);
    tg_terminal_file(out, "Results", fit->json, color);
    tg_terminal_file(out, "Trace", fit->trace, color);
    tg_terminal_file(out, "Report", fit->report, color);
    tg_terminal_file(out, "Pictures", fit->confusion_picture, color);
    tg_terminal_file(out, fit->confusion_picture ? "" : "Pictures",
                     fit->weights_picture, color);
    return TG_OK;
}

static int put_json(struct tg_json *json, const void *result)
{
    const struct tg_result *fit = result;

    tg_json_text(json, "command", fit->run.command);
    tg_json_text(json, "data", fit->train->spec);
    tg_json_text(json, "model", fit->model);
    return TG_OK;
}

static void put_notes(FILE *page, const struct tg_dataset *data)
{
    for (int i = 0; i < data->nnotes; i++)
        tg_page_row(page, "Note", data->notes[i]);
}

static void put_data(FILE *page, const struct tg_result *fit)
{
    const struct tg_dataset *data = fit->train;
    char text[160];

    tg_page_row(page, "Data", data->spec);
    if (data->width)
        snprintf(text, sizeof text, "%s, %d x %d, %d channel%s", data->format,
                 data->width, data->height, data->channels,
                 data->channels == 1 ? "" : "s");
    else
        snprintf(text, sizeof text, "%s, %zu values", data->format,
                 data->features);
    tg_page_row(page, "Format", text);
    snprintf(text, sizeof text, "%s for training, %s for testing",
             tg_text_count((int64_t)fit->n_train).text,
             tg_text_count((int64_t)fit->n_test).text);
    tg_page_row(page, "Samples", text);
    put_notes(page, data);
    if (fit->tested != data)
        put_notes(page, fit->tested);
    if (fit->model)
        tg_page_row(page, "Model", fit->model);
}

static void put_graph(FILE *page, const struct tg_result *fit)
{
    char text[160];

    snprintf(text, sizeof text, "%zu tiles, %zu lanes, blocks of %zu features",
             fit->tiles, fit->lanes, fit->block);
    tg_page_row(page, "Graph", text);
    tg_section_solver(fit, text, sizeof text);
    tg_page_row(page, "Solver", text);
    snprintf(text, sizeof text, "%llu", (unsigned long long)fit->seed);
    tg_page_row(page, "Seed", text);
}

static int put_page(FILE *page, const void *result)
{
    const struct tg_result *fit = result;

    tg_section_command(page, &fit->run);
    tg_page_scroll(page, "The run");
    fputs("<table class=\"run\"><tbody>\n", page);
    put_data(page, fit);
    put_graph(page, fit);
    tg_section_machine(page, &fit->run);
    fputs("</tbody></table></div>\n", page);
    return TG_OK;
}

const struct tg_section tg_section_fit_run = {
    .id = "run",
    .title = "Run",
    .text = print_files,
    .json = put_json,
    .html = put_page,
};
