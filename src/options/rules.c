#include "internal.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define SHOWN 80 /* characters of a value that a message shows */

enum {
    FIT = 1u << TG_FIT,
    PREDICT = 1u << TG_PREDICT,
    INFO = 1u << TG_INFO,
    SYNTH = 1u << TG_SYNTH,
    ALL = FIT | PREDICT | INFO | SYNTH
};

static void *field(struct tg_option_parse *parse,
                   const struct tg_option_rule *rule)
{
    return (char *)parse->options + rule->offset;
}

/* Decimal digits only, up to `max`; *end is where they stop. */
static int scan_count(const char *text, uint64_t max, uint64_t *value,
                      const char **end)
{
    *end = text + strspn(text, "0123456789");
    if (*end == text)
        return EINVAL;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno || *value > max ? ERANGE : 0;
}

/* A finite decimal number >= 0; *end is where it stops. */
static int scan_real(const char *text, double *value, const char **end)
{
    size_t length = strspn(text, "0123456789.eE+-");
    char *stop;

    *end = text;
    if (!length || *text == '-')
        return EINVAL;
    errno = 0;
    *value = strtod(text, &stop);
    if (stop != text + length)
        return EINVAL;
    *end = stop;
    return errno || !isfinite(*value) ? ERANGE : 0;
}

static int parse_count(int key, const char *arg, uint64_t min, uint64_t max,
                       uint64_t *value)
{
    const char *end, *what = min ? "a positive integer" : "an integer >= 0";
    int error = scan_count(arg, max, value, &end);

    if (error == EINVAL || *end || (!error && *value < min))
        return tg_fail(TG_EUSAGE, "--%s: '%.*s' is not %s", tg_option_name(key),
                       SHOWN, arg, what);
    if (error)
        return tg_fail(TG_EUSAGE, "--%s: '%.*s' is above the largest, %llu",
                       tg_option_name(key), SHOWN, arg,
                       (unsigned long long)max);
    return 0;
}

static int set_size(struct tg_option_parse *parse,
                    const struct tg_option_rule *rule, const char *arg)
{
    uint64_t value = 0;

    TG_TRY(parse_count(rule->key, arg, rule->min, rule->max, &value));
    *(size_t *)field(parse, rule) = value;
    return 0;
}

static int set_seed(struct tg_option_parse *parse,
                    const struct tg_option_rule *rule, const char *arg)
{
    return parse_count(rule->key, arg, rule->min, rule->max,
                       field(parse, rule));
}

static int set_text(struct tg_option_parse *parse,
                    const struct tg_option_rule *rule, const char *arg)
{
    if (!*arg)
        return tg_fail(TG_EUSAGE, "--%s: an empty name",
                       tg_option_name(rule->key));
    *(const char **)field(parse, rule) = arg;
    return 0;
}

static int set_true(struct tg_option_parse *parse,
                    const struct tg_option_rule *rule, const char *arg)
{
    (void)arg;
    *(bool *)field(parse, rule) = true;
    return 0;
}

static int set_part(struct tg_option_parse *parse,
                    const struct tg_option_rule *rule, const char *arg)
{
    if (strcmp(arg, "train") && strcmp(arg, "test"))
        return tg_fail(TG_EUSAGE,
                       "--part: '%.*s' is neither 'train' nor 'test'", SHOWN,
                       arg);
    return set_text(parse, rule, arg);
}

static int set_select(struct tg_option_parse *parse,
                      const struct tg_option_rule *rule, const char *arg)
{
    (void)rule;
    if (!strcmp(arg, "accuracy"))
        parse->options->select = TG_SELECT_ACCURACY;
    else if (!strcmp(arg, "mse"))
        parse->options->select = TG_SELECT_MSE;
    else
        return tg_fail(TG_EUSAGE,
                       "--select: '%.*s' is neither 'accuracy' nor 'mse'",
                       SHOWN, arg);
    return 0;
}

static int set_holdout(struct tg_option_parse *parse,
                       const struct tg_option_rule *rule, const char *arg)
{
    const char *end;
    double value;

    if (scan_real(arg, &value, &end) || *end || value <= 0 || value >= 1)
        return tg_fail(TG_EUSAGE,
                       "--%s: '%.*s' is not a fraction above 0 and below 1",
                       tg_option_name(rule->key), SHOWN, arg);
    parse->options->holdout = value;
    return 0;
}

static int set_threshold(struct tg_option_parse *parse,
                         const struct tg_option_rule *rule, const char *arg)
{
    const char *end;
    double value;

    if (scan_real(arg, &value, &end) || *end || value > 1)
        return tg_fail(TG_EUSAGE, "--%s: '%.*s' is not a number from 0 to 1",
                       tg_option_name(rule->key), SHOWN, arg);
    parse->options->reading.binary = true;
    parse->options->reading.threshold = value;
    return 0;
}

static int set_image(struct tg_option_parse *parse,
                     const struct tg_option_rule *rule, const char *arg)
{
    struct tg_dataset_options *reading = &parse->options->reading;
    uint64_t width, height = 0;
    const char *end;
    int error = scan_count(arg, rule->max, &width, &end);

    if (!error)
        error = *end == 'x' ? scan_count(end + 1, rule->max, &height, &end)
                            : EINVAL;
    if (error || *end || !width || !height)
        return tg_fail(TG_EUSAGE,
                       "--%s: '%.*s' is not WIDTHxHEIGHT in pixels, "
                       "such as 40x60, each at most %d",
                       tg_option_name(rule->key), SHOWN, arg, (int)rule->max);
    reading->width = (int)width;
    reading->height = (int)height;
    return 0;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static int alloc_lambdas(struct tg_options *options, size_t n)
{
    free(options->lambdas);
    options->nlambdas = 0;
    options->lambdas = calloc(n, sizeof *options->lambdas);
    if (!options->lambdas)
        return tg_fail(TG_EMEMORY, "--lambda: out of memory");
    return 0;
}

int tg_option_lambdas(struct tg_options *options)
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

static int set_lambda(struct tg_option_parse *parse,
                      const struct tg_option_rule *rule, const char *arg)
{
    struct tg_options *options = parse->options;
    size_t n = 1, distinct = 0;
    const char *end = arg;

    if (!strcmp(arg, "auto"))
        return tg_option_lambdas(options);
    for (const char *c = arg; *c; c++)
        n += *c == ',';
    if (n > rule->max)
        return tg_fail(TG_EUSAGE, "--lambda: %zu values are more than %d", n,
                       (int)rule->max);
    TG_TRY(alloc_lambdas(options, n));
    options->lambda_auto = false;
    for (size_t i = 0; i < n; i++, arg = end + 1) {
        int error = scan_real(arg, &options->lambdas[i], &end);
        size_t length = strcspn(arg, ",");

        if (error || (*end && *end != ',') ||
            options->lambdas[i] > TG_LAMBDA_LARGEST)
            return tg_fail(TG_EUSAGE,
                           "--lambda: '%.*s' is not a number from 0 to %g, "
                           "a list of them with commas, or 'auto'",
                           length < SHOWN ? (int)length : SHOWN, arg,
                           TG_LAMBDA_LARGEST);
    }
    qsort(options->lambdas, n, sizeof *options->lambdas, compare);
    for (size_t i = 0; i < n; i++)
        if (!i || options->lambdas[i] > options->lambdas[distinct - 1])
            options->lambdas[distinct++] = options->lambdas[i];
    options->nlambdas = distinct;
    return 0;
}

static int set_verbosity(struct tg_option_parse *parse,
                         const struct tg_option_rule *rule, const char *arg)
{
    (void)arg;
    if (rule->key == TG_KEY_QUIET)
        parse->options->verbosity = TG_QUIET;
    else
        parse->options->verbosity = TG_VERBOSE;
    return 0;
}

static int set_no_progress(struct tg_option_parse *parse,
                           const struct tg_option_rule *rule, const char *arg)
{
    (void)rule;
    (void)arg;
    parse->options->progress = false;
    return 0;
}

static int serve(struct tg_option_parse *parse,
                 const struct tg_option_rule *rule, const char *arg)
{
    (void)arg;
    if (parse->speak)
        TG_TRY(tg_option_serve(rule->key, parse->versions));
    return TG_OPTION_SERVED;
}

#define FIELD(name) offsetof(struct tg_options, name)

const struct tg_option_rule tg_option_rules[] = {
    {TG_KEY_HELP, ALL, serve, 0, 0, 0},
    {TG_KEY_USAGE, ALL, serve, 0, 0, 0},
    {TG_KEY_VERSION, ALL, serve, 0, 0, 0},
    {TG_KEY_QUIET, ALL, set_verbosity, 0, 0, 0},
    {TG_KEY_VERBOSE, ALL, set_verbosity, 0, 0, 0},
    {TG_KEY_NO_PROGRESS, ALL, set_no_progress, 0, 0, 0},
    {TG_KEY_DATA, FIT | PREDICT, set_text, FIELD(data), 0, 0},
    {TG_KEY_TEST, FIT, set_text, FIELD(test), 0, 0},
    {TG_KEY_HOLDOUT, FIT, set_holdout, 0, 0, 0},
    {TG_KEY_PART, PREDICT, set_part, FIELD(part), 0, 0},
    {TG_KEY_LABELS, FIT | PREDICT | INFO, set_text, FIELD(reading.labels), 0,
     0},
    {TG_KEY_IMAGE, FIT | INFO, set_image, 0, 1, UINT16_MAX},
    {TG_KEY_GRAY, FIT | INFO, set_true, FIELD(reading.gray), 0, 0},
    {TG_KEY_THRESHOLD, FIT | INFO, set_threshold, 0, 0, 0},
    {TG_KEY_LAMBDA, FIT, set_lambda, 0, 0, TG_LAMBDA_LIMIT},
    {TG_KEY_FOLDS, FIT, set_size, FIELD(folds), 1, INT_MAX},
    {TG_KEY_SELECT, FIT, set_select, 0, 0, 0},
    {TG_KEY_SEED, FIT | SYNTH, set_seed, FIELD(seed), 0, INT64_MAX},
    {TG_KEY_TILES, FIT | PREDICT, set_size, FIELD(tiles), 1, INT_MAX},
    {TG_KEY_BLOCK, FIT, set_size, FIELD(block), 1, INT_MAX},
    {TG_KEY_LANES, FIT, set_size, FIELD(lanes), 1, INT_MAX},
    {TG_KEY_CACHE, FIT, set_size, FIELD(cache), 0, INT_MAX},
    {TG_KEY_MODEL, FIT | PREDICT, set_text, FIELD(model), 0, 0},
    {TG_KEY_JSON, FIT | PREDICT, set_text, FIELD(json), 0, 0},
    {TG_KEY_REPORT, FIT, set_text, FIELD(report), 0, 0},
    {TG_KEY_CONFUSION, FIT | PREDICT, set_text, FIELD(confusion), 0, 0},
    {TG_KEY_WEIGHTS, FIT, set_text, FIELD(weights), 0, 0},
    {TG_KEY_TRACE, FIT | PREDICT, set_text, FIELD(trace), 0, 0},
    {TG_KEY_CALIBRATE, FIT, set_true, FIELD(calibrate), 0, 0},
    {TG_KEY_OUTPUT, PREDICT, set_text, FIELD(output), 0, 0},
    {TG_KEY_SCORES, PREDICT, set_true, FIELD(scores), 0, 0},
    {TG_KEY_COUNT, SYNTH, set_size, FIELD(count), 1, UINT32_MAX},
};

const size_t tg_option_nrules =
    sizeof tg_option_rules / sizeof *tg_option_rules;
