#include "internal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* ---- Scanning --------------------------------------------------------- */

int tg_option_scan_count(const char *text, uint64_t max, uint64_t *value,
                         const char **end)
{
    *end = text + strspn(text, "0123456789");
    if (*end == text)
        return EINVAL;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno || *value > max ? ERANGE : 0;
}

int tg_option_scan_real(const char *text, double *value, const char **end)
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

/* ---- Without a value -------------------------------------------------- */

static int read_flag(const struct tg_option *option, const char *text,
                     void *field)
{
    (void)option;
    (void)text;
    *(bool *)field = true;
    return 0;
}

static void note_flag(struct tg_facts *facts, const char *name,
                      const void *field)
{
    tg_facts_number(facts, name, *(const bool *)field);
}

const struct tg_option_kind tg_option_flag = {read_flag, note_flag, NULL};

static int read_constant(const struct tg_option *option, const char *text,
                         void *field)
{
    (void)text;
    *(int *)field = (int)option->min;
    return 0;
}

static void note_int(struct tg_facts *facts, const char *name,
                     const void *field)
{
    tg_facts_number(facts, name, (uint64_t) * (const int *)field);
}

const struct tg_option_kind tg_option_constant = {read_constant, note_int,
                                                  NULL};

/* ---- Numbers ---------------------------------------------------------- */

static int read_number(const struct tg_option *option, const char *text,
                       void *field)
{
    const char *what = option->min ? "a positive integer" : "an integer >= 0";
    const char *end;
    uint64_t value;
    int error = tg_option_scan_count(text, option->max, &value, &end);

    if (error == EINVAL || *end || (!error && value < option->min))
        return tg_fail(TG_EUSAGE, "--%s: '%.*s' is not %s", option->name, SHOWN,
                       text, what);
    if (error)
        return tg_fail(TG_EUSAGE, "--%s: '%.*s' is above the largest, %llu",
                       option->name, SHOWN, text,
                       (unsigned long long)option->max);
    *(uint64_t *)field = value;
    return 0;
}

static void note_number(struct tg_facts *facts, const char *name,
                        const void *field)
{
    tg_facts_number(facts, name, *(const uint64_t *)field);
}

const struct tg_option_kind tg_option_number = {read_number, note_number, NULL};

static int read_size(const struct tg_option *option, const char *text,
                     void *field)
{
    uint64_t value = 0;

    TG_TRY(read_number(option, text, &value));
    *(size_t *)field = value;
    return 0;
}

static void note_size(struct tg_facts *facts, const char *name,
                      const void *field)
{
    tg_facts_number(facts, name, *(const size_t *)field);
}

const struct tg_option_kind tg_option_size = {read_size, note_size, NULL};

static int read_fraction(const struct tg_option *option, const char *text,
                         void *field)
{
    const char *end;
    double value;

    if (tg_option_scan_real(text, &value, &end) || *end || value <= 0 ||
        value >= 1)
        return tg_fail(TG_EUSAGE,
                       "--%s: '%.*s' is not a fraction above 0 and below 1",
                       option->name, SHOWN, text);
    *(double *)field = value;
    return 0;
}

static void note_fraction(struct tg_facts *facts, const char *name,
                          const void *field)
{
    tg_facts_bytes(facts, name, field, sizeof(double));
}

const struct tg_option_kind tg_option_fraction = {read_fraction, note_fraction,
                                                  NULL};

/* A number with the letter of its unit. */
static int read_duration(const struct tg_option *option, const char *text,
                         void *field)
{
    static const struct {
        const char *letter;
        double seconds;
    } units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}};
    const char *end;
    double value;

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!tg_option_scan_real(text, &value, &end) &&
            !strcmp(end, units[i].letter) &&
            value * units[i].seconds >= (double)option->min &&
            value * units[i].seconds <= (double)option->max) {
            *(double *)field = value * units[i].seconds;
            return 0;
        }
    return tg_fail(TG_EUSAGE,
                   "--%s: '%.*s' is not a time from %ds to %dh, such as 30s, "
                   "5m or 1h",
                   option->name, SHOWN, text, (int)option->min,
                   (int)(option->max / 3600));
}

const struct tg_option_kind tg_option_duration = {read_duration, note_fraction,
                                                  NULL};

/* ---- Text ------------------------------------------------------------- */

static int read_text(const struct tg_option *option, const char *text,
                     void *field)
{
    if (!*text)
        return tg_fail(TG_EUSAGE, "%s%s: an empty name",
                       option->name ? "--" : "",
                       option->name ? option->name : option->arg);
    *(const char **)field = text;
    return 0;
}

static void note_given(struct tg_facts *facts, const char *name,
                       const void *field)
{
    tg_facts_number(facts, name, *(const char *const *)field != NULL);
}

const struct tg_option_kind tg_option_text = {read_text, note_given, NULL};

static void note_letters(struct tg_facts *facts, const char *name,
                         const void *field)
{
    const char *text = *(const char *const *)field;

    tg_facts_bytes(facts, name, text, text ? strlen(text) : 0);
}

const struct tg_option_kind tg_option_letters = {read_text, note_letters, NULL};

static int read_word(const struct tg_option *option, const char *text,
                     void *field)
{
    size_t length = strlen(text);
    int value = (int)option->min;

    for (const char *word = option->arg;; word++, value++) {
        size_t n = strcspn(word, "|");

        if (n == length && !memcmp(word, text, n)) {
            *(int *)field = value;
            return 0;
        }
        word += n;
        if (!*word)
            return tg_fail(TG_EUSAGE, "--%s: '%.*s' is not one of %s",
                           option->name, SHOWN, text, option->arg);
    }
}

const struct tg_option_kind tg_option_word = {read_word, note_int, NULL};
