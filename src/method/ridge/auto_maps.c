#include "auto_maps.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "fit_features.h"

enum { SOME = 8 }; /* filters, whose multiples are taken */

/* The multiple of `step`, at least one, that makes about so many features of
 * `each`. */
static size_t filters_of(size_t features, size_t each, size_t step)
{
    size_t n = (features / each + step / 2) / step;

    return (n ? n : 1) * step;
}

void tg_sketch_spell(const struct tg_sketch *s, size_t features, char *text)
{
    const size_t g = s->grid, h = g > 2 ? g - 1 : g; /* not 0 */
    const size_t second = s->size > 5 ? s->size * 2 / 3 : s->size * 3 / 2;
    const size_t half = filters_of(features, 4 * g * g, 2 * SOME);
    const size_t some = filters_of(features, 6 * g * g + 4 * h * h, SOME);
    char rest[64] = "";

    if (s->softness != 0)
        snprintf(rest, sizeof rest, ":soft=%g", s->softness);
    if (s->unit)
        strcat(rest, ":unit");
    if (s->linear)
        snprintf(text, TG_CHOICE_TEXT, "pixels");
    else if (!s->patches)
        snprintf(text, TG_CHOICE_TEXT, "rff:%zu",
                 filters_of(features, 1, TG_SKETCH_STEP));
    else if (s->maps == 1)
        snprintf(text, TG_CHOICE_TEXT, "patches:%zu:size=%zu:grid=%zu%s",
                 filters_of(features, 2 * g * g, 2 * SOME), s->size, g, rest);
    else if (s->maps == 2)
        snprintf(text, TG_CHOICE_TEXT,
                 "patches:%zu:size=%zu:grid=%zu%s+"
                 "patches:%zu:size=%zu:grid=%zu%s",
                 half, s->size, g, rest, half, second, g, rest);
    else
        snprintf(text, TG_CHOICE_TEXT,
                 "patches:%zu:size=%zu:grid=%zu%s+"
                 "patches:%zu:size=%zu:grid=%zu%s+"
                 "patches:%zu:size=%zu:scale=2:grid=%zu%s",
                 2 * some, s->size, g, rest, some, second, g, rest, 2 * some,
                 s->size, h, rest);
}

/* Can these samples have such features?  If not, that is no failure. */
static bool settles(const struct tg_ridge_fit *fit, const struct tg_sketch *s,
                    const char *text, struct tg_features *features)
{
    struct tg_feature_common common;

    tg_fit_features_common(fit, &common);
    common.mirror = s->mirror;
    common.copies = s->copies;
    if (!tg_features_parse(features, text) &&
        !tg_features_settle(features, &common) &&
        !tg_fit_features_check(&common))
        return true;
    tg_error_clear();
    return false;
}

size_t tg_sketch_width(const struct tg_ridge_fit *fit,
                       const struct tg_sketch *s, size_t about)
{
    struct tg_features features = {0};
    char text[TG_CHOICE_TEXT];

    if (s->linear)
        return fit->train->features;
    if (!s->grid)
        return 0;
    tg_sketch_spell(s, about, text);
    return settles(fit, s, text, &features) ? features.rows.width : 0;
}

/* The number of that name that a map of patches has by itself. */
static size_t usual(const struct tg_features *features, const char *name)
{
    const struct tg_feature *term = &features->term[0];

    for (size_t i = 0; term->map->numbers[i].name; i++)
        if (!strcmp(term->map->numbers[i].name, name))
            return (size_t)term->number[i];
    return 0;
}

struct tg_sketch tg_sketch_first(const struct tg_ridge_fit *fit)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);
    struct tg_sketch s = {.patches = true,
                          .maps = 1,
                          .grid = 1,
                          .mirror = options->mirror,
                          .copies = options->augment};
    struct tg_features features = {0};

    if (settles(fit, &s, "patches:64", &features)) {
        s.size = usual(&features, "size");
        s.grid = usual(&features, "grid");
        return s;
    }
    s.patches = false;
    s.linear = !tg_sketch_width(fit, &s, TG_SKETCH_STEP);
    return s;
}

/* ---- Changes ----------------------------------------------------------- */

static size_t itself(const struct tg_sketch *best, struct tg_sketch *to)
{
    to[0] = *best;
    return 1;
}

static size_t other_maps(const struct tg_sketch *best, struct tg_sketch *to)
{
    if (best->patches)
        return 0;
    to[0] = *best;
    to[0].linear = true;
    return 1;
}

static size_t other_sizes(const struct tg_sketch *best, struct tg_sketch *to)
{
    to[0] = to[1] = *best;
    to[0].size = best->size * 7 / 10;
    to[1].size = best->size * 3 / 2;
    return best->patches ? 2 : 0;
}

static size_t mirrored(const struct tg_sketch *best, struct tg_sketch *to)
{
    to[0] = *best;
    to[0].mirror = true;
    return best->patches && !best->mirror;
}

static size_t unit_length(const struct tg_sketch *best, struct tg_sketch *to)
{
    to[0] = *best;
    to[0].unit = true;
    return best->patches;
}

static size_t other_grids(const struct tg_sketch *best, struct tg_sketch *to)
{
    to[0] = to[1] = *best;
    to[0].grid = best->grid - 1;
    to[1].grid = best->grid + 1;
    return best->patches ? 2 : 0;
}

static size_t mixtures(const struct tg_sketch *best, struct tg_sketch *to)
{
    to[0] = to[1] = *best;
    to[0].maps = 3;
    to[1].maps = 2;
    return best->patches ? 2 : 0;
}

static size_t other_softness(const struct tg_sketch *best, struct tg_sketch *to)
{
    to[0] = to[1] = *best;
    to[0].softness = 0.6;
    to[1].softness = 10;
    return best->patches ? 2 : 0;
}

/* The first is tried again once it is known how many samples there is time for.
 */
tg_alternatives *const tg_sketch_changes[] = {
    itself,   other_maps,     mirrored,    other_sizes, other_grids,
    mixtures, other_softness, unit_length, NULL,
};
