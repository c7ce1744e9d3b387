/* The time of a fit, and how fast its Gram products were. */
#include "section_list.h"

#include "error.h"
#include "terminal.h"
#include "text.h"

/* What the rate of Gram products counts, a second: integer operations, or
 * floating-point ones. */
static const char *unit(const struct tg_result *fit)
{
    return fit->train->type == TG_U8 && !fit->dual && !fit->cg ? "Gop/s"
                                                               : "Gflop/s";
}

static int print_times(FILE *out, const void *result, int color)
{
    return tg_section_times.text(out, result, color);
}

static int put_times(struct tg_json *json, const void *result)
{
    return tg_section_times.json(json, result);
}

static int put_page(FILE *page, const void *result)
{
    const struct tg_result *fit = result;
    char sentence[80];

    snprintf(sentence, sizeof sentence, "%s ran at %s %s.",
             fit->cg ? "Products" : "Gram products",
             tg_text_real(fit->gram_gflops, 1).text, unit(fit));
    return tg_section_times_page(page, &fit->run, sentence);
}

const struct tg_section tg_section_fit_times = {
    .id = "time",
    .title = "Time",
    .text = print_times,
    .json = put_times,
    .html = put_page,
};

static int print_gram(FILE *out, const void *result, int color)
{
    const struct tg_result *fit = result;

    tg_terminal_label(out, color, fit->cg ? "Products" : "Gram");
    fprintf(out, "%s %s (%s / worker seconds)\n",
            tg_text_real(fit->gram_gflops, 1).text, unit(fit),
            fit->cg     ? "samples x features x columns"
            : fit->dual ? "samples^2 x features"
                        : "samples x features^2");
    return TG_OK;
}

static int put_gram(struct tg_json *json, const void *result)
{
    const struct tg_result *fit = result;

    tg_json_real(json, "gram_gflops", fit->gram_gflops);
    return TG_OK;
}

const struct tg_section tg_section_gram = {
    .text = print_gram,
    .json = put_gram,
};
