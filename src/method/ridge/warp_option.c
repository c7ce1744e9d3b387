#include "warp_option.h"

#include <string.h>

#include "error.h"
#include "warp.h"

struct amount {
    const char *name;
    size_t offset; /* in struct tg_warp_amounts */
    double max;
};

#define AMOUNT(name_, max_)                                                    \
    {                                                                          \
        .name = #name_ "=", .offset = offsetof(struct tg_warp_amounts, name_), \
        .max = (max_)                                                          \
    }

static const struct amount amounts[] = {
    AMOUNT(rotation, TG_AFFINE_TURN),
    AMOUNT(shift, TG_AFFINE_SIDE),
    AMOUNT(scale, TG_AFFINE_SCALE),
    AMOUNT(shear, TG_AFFINE_SHEAR),
};

/* Read one amount; *end is where it ends. */
static bool read_amount(const char *text, struct tg_warp_amounts *to,
                        const char **end)
{
    static const char mirror[] = "mirror";

    *end = text + sizeof mirror - 1;
    if (!strncmp(text, mirror, sizeof mirror - 1))
        return to->mirror = true;
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        size_t length = strlen(amounts[i].name);
        double *value = (double *)((char *)to + amounts[i].offset);

        if (!strncmp(text, amounts[i].name, length))
            return !tg_option_scan_real(text + length, value, end) &&
                   *value <= amounts[i].max;
    }
    return false;
}

static int read_warp(const struct tg_option *option, const char *text,
                     void *field)
{
    for (const char *end;; text = end + 1) {
        size_t length = strcspn(text, ",");

        if (!read_amount(text, field, &end) || (*end && *end != ','))
            return tg_fail(TG_EUSAGE,
                           "--%s: '%.*s' is none of rotation=DEGREES up to %g, "
                           "shift=PIXELS up to %d, scale=FRACTION up to %g, "
                           "shear=FRACTION up to %g and mirror, or a list of "
                           "them with commas",
                           option->name,
                           length < TG_OPTION_SHOWN ? (int)length
                                                    : TG_OPTION_SHOWN,
                           text, TG_AFFINE_TURN, TG_AFFINE_SIDE,
                           TG_AFFINE_SCALE, TG_AFFINE_SHEAR);
        if (!*end)
            return 0;
    }
}

static void note_warp(struct tg_facts *facts, const char *name,
                      const void *field)
{
    const struct tg_warp_amounts *noted = field;
    const double values[] = {noted->rotation, noted->shift, noted->scale,
                             noted->shear, noted->mirror};

    tg_facts_bytes(facts, name, values, sizeof values);
}

const struct tg_option_kind tg_option_warp = {read_warp, note_warp, NULL};
