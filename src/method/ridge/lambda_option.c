#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fit_options.h"

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static int alloc_lambdas(struct tg_fit_options *options, size_t n)
{
    free(options->lambdas);
    options->nlambdas = 0;
    options->lambdas = calloc(n, sizeof *options->lambdas);
    if (!options->lambdas)
        return tg_fail(TG_EMEMORY, "--lambda: out of memory");
    return 0;
}

static int fill_grid(struct tg_fit_options *options)
{
    double low = TG_LAMBDA_MIN_EXPONENT, high = TG_LAMBDA_MAX_EXPONENT;

    TG_TRY(alloc_lambdas(options, TG_LAMBDA_COUNT));
    for (size_t i = 0; i < TG_LAMBDA_COUNT; i++)
        options->lambdas[i] =
            pow(10, low + (high - low) * (double)i / (TG_LAMBDA_COUNT - 1));
    options->nlambdas = TG_LAMBDA_COUNT;
    options->lambda_auto = true;
    return 0;
}

/* Of three fields: the field is all of tg_fit_options. */
static int read_lambda(const struct tg_option *option, const char *text,
                       void *field)
{
    struct tg_fit_options *options = field;
    size_t n = 1, distinct = 0;
    const char *end = text;

    if (!strcmp(text, "auto"))
        return fill_grid(options);
    for (const char *c = text; *c; c++)
        n += *c == ',';
    if (n > option->max)
        return tg_fail(TG_EUSAGE, "--lambda: %zu values are more than %d", n,
                       (int)option->max);
    TG_TRY(alloc_lambdas(options, n));
    options->lambda_auto = false;
    for (size_t i = 0; i < n; i++, text = end + 1) {
        int error = tg_option_scan_real(text, &options->lambdas[i], &end);
        size_t length = strcspn(text, ",");

        if (error || (*end && *end != ',') ||
            options->lambdas[i] > TG_LAMBDA_LARGEST)
            return tg_fail(TG_EUSAGE,
                           "--lambda: '%.*s' is not a number from 0 to %g, "
                           "a list of them with commas, or 'auto'",
                           length < TG_OPTION_SHOWN ? (int)length
                                                    : TG_OPTION_SHOWN,
                           text, TG_LAMBDA_LARGEST);
    }
    qsort(options->lambdas, n, sizeof *options->lambdas, compare);
    for (size_t i = 0; i < n; i++)
        if (!i || options->lambdas[i] > options->lambdas[distinct - 1])
            options->lambdas[distinct++] = options->lambdas[i];
    options->nlambdas = distinct;
    return 0;
}

static void note_lambda(struct tg_facts *facts, const char *name,
                        const void *field)
{
    const struct tg_fit_options *options = field;

    tg_facts_bytes(facts, name, options->lambdas,
                   options->nlambdas * sizeof *options->lambdas);
}

static void free_lambda(void *field)
{
    free(((struct tg_fit_options *)field)->lambdas);
}

const struct tg_option_kind tg_option_lambda = {read_lambda, note_lambda,
                                                free_lambda};
