#include "feature_list.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dense.h"
#include "error.h"

static const struct tg_feature_map *const maps[] = {
    &tg_map_pixels,
    &tg_map_patches,
    &tg_map_rff,
    &tg_map_orf,
};

enum { MAPS = sizeof maps / sizeof *maps };

/* ---- Terms ------------------------------------------------------------ */

static const struct tg_feature_map *find_map(size_t length, const char *name)
{
    for (size_t i = 0; i < MAPS; i++)
        if (strlen(maps[i]->name) == length &&
            strncmp(maps[i]->name, name, length) == 0)
            return maps[i];
    return NULL;
}

static int add(struct tg_features *features, size_t length, const char *name,
               struct tg_feature **feature)
{
    const struct tg_feature_map *map = find_map(length, name);

    if (!map)
        return tg_fail(TG_EUSAGE,
                       "--features: there is no map '%.*s'; take pixels, "
                       "patches:K, rff:D or orf:D",
                       (int)length, name);
    if (features->terms == TG_FEATURE_TERMS)
        return tg_fail(TG_EUSAGE, "--features: more than %d terms",
                       TG_FEATURE_TERMS);
    *feature = &features->term[features->terms++];
    **feature = (struct tg_feature){.map = map, .common = &features->common};
    for (size_t i = 0; map->numbers[i].name; i++)
        (*feature)->number[i] = map->numbers[i].preset;
    return TG_OK;
}

/* ---- Words ------------------------------------------------------------ */

static int bad_word(const struct tg_feature *feature, size_t length,
                    const char *word)
{
    const struct tg_feature_number *numbers = feature->map->numbers;
    char known[200] = "";

    for (size_t i = 1, at = 0; numbers[i].name && at < sizeof known; i++)
        at += (size_t)snprintf(known + at, sizeof known - at, "%s%s%s",
                               i > 1 ? ", " : "", numbers[i].name,
                               numbers[i].flag ? "" : "=");
    return tg_fail(TG_EUSAGE, "--features: %s takes no '%.*s'; it takes %s",
                   feature->map->name, (int)length, word,
                   *known ? known : "nothing");
}

static int bad_number(const struct tg_feature *feature, size_t i, size_t length,
                      const char *text)
{
    const struct tg_feature_number *number = &feature->map->numbers[i];

    return tg_fail(TG_EUSAGE,
                   "--features: %s of %s is '%.*s'; it takes %s from %g to %g",
                   number->name, feature->map->name, (int)length, text,
                   number->whole ? "a whole number" : "a number", number->low,
                   number->high);
}

/* A number, up to the end of its word. */
static int read_number(struct tg_feature *feature, size_t i, size_t length,
                       const char *text)
{
    const struct tg_feature_number *number = &feature->map->numbers[i];
    char copy[32], *end;

    if (!strncmp(text, "auto", length) && length == 4 && isnan(number->preset))
        return TG_OK;
    if (!length || length >= sizeof copy)
        return bad_number(feature, i, length, text);
    memcpy(copy, text, length);
    copy[length] = '\0';
    feature->number[i] = strtod(copy, &end);
    if (*end || strpbrk(copy, "xXnNpP ") ||
        !(feature->number[i] >= number->low &&
          feature->number[i] <= number->high) ||
        (number->whole && floor(feature->number[i]) != feature->number[i]))
        return bad_number(feature, i, length, text);
    return TG_OK;
}

static int read_word(struct tg_feature *feature, size_t length,
                     const char *word)
{
    const struct tg_feature_number *numbers = feature->map->numbers;
    const char *equals = memchr(word, '=', length);
    size_t name = equals ? (size_t)(equals - word) : length;

    for (size_t i = 1; numbers[i].name; i++) {
        if (strlen(numbers[i].name) != name ||
            strncmp(numbers[i].name, word, name))
            continue;
        if (numbers[i].flag != !equals)
            return bad_word(feature, length, word);
        if (equals)
            return read_number(feature, i, length - name - 1, equals + 1);
        feature->number[i] = 1;
        return TG_OK;
    }
    return bad_word(feature, length, word);
}

/* NAME[:N][:WORD]... */
static int read_term(struct tg_features *features, size_t length,
                     const char *text)
{
    struct tg_feature *feature = NULL;
    const char *colon = memchr(text, ':', length), *end = text + length;

    TG_TRY(
        add(features, colon ? (size_t)(colon - text) : length, text, &feature));
    for (size_t i = 0; colon; i++) {
        const char *word = colon + 1;

        colon = memchr(word, ':', (size_t)(end - word));
        size_t size = (size_t)((colon ? colon : end) - word);
        if (i == 0 && feature->map->numbers[0].name && size &&
            strspn(word, "0123456789") == size)
            TG_TRY(read_number(feature, 0, size, word));
        else
            TG_TRY(read_word(feature, size, word));
    }
    return TG_OK;
}

int tg_features_parse(struct tg_features *features, const char *text)
{
    features->terms = 0;
    for (const char *end = text; end; text = end + 1) {
        end = strchr(text, '+');
        TG_TRY(read_term(features, end ? (size_t)(end - text) : strlen(text),
                         text));
        if (!end)
            break;
    }
    return TG_OK;
}

void tg_feature_text(const struct tg_feature *feature, char *text, size_t size)
{
    const struct tg_feature_number *numbers = feature->map->numbers;
    size_t at = (size_t)snprintf(text, size, "%s", feature->map->name);

    if (!numbers[0].name)
        return;
    at += (size_t)snprintf(text + at, size - at, ":%.0f", feature->number[0]);
    for (size_t i = 1; numbers[i].name && at < size; i++) {
        if (numbers[i].flag && feature->number[i] != 0)
            at +=
                (size_t)snprintf(text + at, size - at, ":%s", numbers[i].name);
        else if (!numbers[i].flag && !isnan(feature->number[i]) &&
                 feature->number[i] != numbers[i].preset)
            at += (size_t)snprintf(text + at, size - at, ":%s=%.10g",
                                   numbers[i].name, feature->number[i]);
    }
}

/* ---- Sizes ------------------------------------------------------------ */

/* A term's block, or none. */
static struct tg_tile learnt(struct tg_features *features, size_t i, int rank)
{
    if (!features->term[i].map->learn)
        return (struct tg_tile){0};
    return tg_copy_on(&features->block[i], features->copy[i], rank);
}

static int map_tile(struct tg_features *features, struct tg_tile raw,
                    struct tg_tile values)
{
    int rank = tg_tile_owner(raw);

    for (size_t i = 0; i < features->terms; i++) {
        struct tg_feature *term = &features->term[i];

        TG_TRY(term->map->insert(term, raw, learnt(features, i, rank),
                                 tg_tile(&features->scratch[i], 0, 0), values));
    }
    return TG_OK;
}

int tg_feature_copy(const struct tg_feature_common *common,
                    const struct tg_rows *rows, size_t t, size_t copy,
                    struct tg_tile raw, struct tg_tiles *copies)
{
    const struct tg_raster raster = {common->shape.width, common->shape.height,
                                     common->shape.channels};

    TG_TRY(tg_tiles_init_one(copies, tg_tile_rows(raw), tg_tile_cols(raw),
                             raw.of->element, raw.of->placement, raw.of->owner,
                             raw.of->index));
    return tg_warp_insert(&raster, &common->warp, common->seed, copy,
                          rows->split->rows + rows->split->offsets[t], raw,
                          tg_tile(copies, 0, 0));
}

static int insert(const struct tg_row_map *map, struct tg_rows *rows, size_t t,
                  size_t copy, struct tg_tile raw, struct tg_tile values)
{
    struct tg_features *features = (struct tg_features *)map;
    struct tg_tiles warped;

    if (copy == 0)
        return map_tile(features, raw, values);
    TG_TRY(tg_feature_copy(&features->common, rows, t, copy, raw, &warped));
    TG_TRY(map_tile(features, tg_tile(&warped, 0, 0), values));
    tg_tiles_release(&warped);
    return TG_OK;
}

int tg_features_settle(struct tg_features *features,
                       const struct tg_feature_common *common)
{
    size_t width = 0;

    features->common = *common;
    for (size_t i = 0; i < features->terms; i++) {
        struct tg_feature *term = &features->term[i];

        term->common = &features->common;
        if (common->single && term->map->single)
            term->map = term->map->single;
        TG_TRY(term->map->settle(term));
        term->first = width;
        width += term->width;
    }
    features->rows =
        (struct tg_row_map){.width = width,
                            .element = common->single ? sizeof(float)
                                                      : sizeof(uint8_t),
                            .copies = common->copies,
                            .insert = insert};
    return TG_OK;
}

double tg_features_work(const struct tg_features *features)
{
    double work = 0;

    for (size_t i = 0; i < features->terms; i++)
        work += features->term[i].map->work(&features->term[i]);
    return work;
}

size_t tg_features_bytes(const struct tg_features *features)
{
    size_t bytes = 0;

    for (size_t i = 0; i < features->terms; i++)
        bytes += features->term[i].map->bytes(&features->term[i]);
    return bytes;
}

size_t tg_features_scratch(const struct tg_features *features)
{
    size_t bytes = 0;

    for (size_t i = 0; i < features->terms; i++)
        bytes += features->term[i].map->scratch(&features->term[i]);
    return bytes;
}

/* Terms are learnt beside each other, from one sample. */
size_t tg_features_learning(const struct tg_features *features, size_t samples,
                            size_t workers)
{
    size_t bytes = 0;

    for (size_t i = 0; i < features->terms; i++) {
        const struct tg_feature *term = &features->term[i];

        if (term->map->learn)
            bytes += term->map->learning(term, samples, workers);
    }
    return bytes + samples * features->common.shape.values *
                       features->common.shape.element;
}

/* ---- What is learnt --------------------------------------------------- */

static int begin_term(struct tg_features *features, size_t i,
                      struct tg_rows *sample, const void *bytes,
                      const bool *wanted, const struct tg_placement *placement)
{
    struct tg_feature *term = &features->term[i];
    struct tg_tiles *block = &features->block[i];

    TG_TRY(tg_scratch_init(&features->scratch[i], term->map->scratch(term), 1));
    TG_TRY(tg_tiles_init_one(block, term->map->bytes(term), 1, 1, placement,
                             tg_owner_first, 0));
    features->copy[i] =
        calloc((size_t)placement->ranks, sizeof *features->copy[i]);
    if (!features->copy[i])
        return tg_fail(TG_EMEMORY, "out of memory for copies");
    if (sample)
        TG_TRY(term->map->learn(term, sample, block));
    else if (placement->rank == 0)
        tg_tiles_write(block, bytes);
    if (!sample && term->map->complete)
        TG_TRY(term->map->complete(term, block));
    return tg_graph_copies(block, wanted, features->copy[i]);
}

int tg_features_begin(struct tg_features *features, struct tg_rows *sample,
                      void *const *bytes, const struct tg_placement *placement)
{
    size_t ranks = (size_t)placement->ranks;
    bool *wanted = malloc(ranks * sizeof *wanted);
    int err = wanted ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for copies");

    for (size_t r = 0; r < ranks && wanted; r++)
        wanted[r] = true;
    for (size_t i = 0; i < features->terms && !err; i++) {
        if (!features->term[i].map->learn)
            continue;
        err = begin_term(features, i, sample, bytes ? bytes[i] : NULL, wanted,
                         placement);
    }
    free(wanted);
    return err;
}

void tg_features_release(struct tg_features *features)
{
    for (size_t i = 0; i < features->terms; i++) {
        size_t ranks = features->block[i].handles
                           ? (size_t)features->block[i].placement->ranks
                           : 0;

        for (size_t r = 0; r < ranks && features->copy[i]; r++)
            tg_tiles_release(&features->copy[i][r]);
        free(features->copy[i]);
        features->copy[i] = NULL;
        tg_tiles_release(&features->block[i]);
        tg_tiles_release(&features->scratch[i]);
    }
}

void tg_features_read(struct tg_features *features, size_t term, void *bytes)
{
    assert(features->term[term].map->learn);
    tg_tiles_read(&features->block[term], bytes);
}
