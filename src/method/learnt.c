#include "learnt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define PRECISION "feature_precision" /* metadata, where it is not 8 bits */
#define SINGLE "float"

enum { NAME = 64, TERM_TEXT = 256, ALIGNED = 64 };

struct tg_sample_shape tg_learnt_shape(const struct tg_dataset *data)
{
    return (struct tg_sample_shape){
        .width = (size_t)data->width,
        .height = (size_t)data->height,
        .channels = (size_t)data->channels,
        .values = data->features,
        .element = tg_type_size(data->type),
    };
}

int tg_learnt_text(const struct tg_learnt *learnt, char **text)
{
    const struct tg_features *features = &learnt->features;
    char *at = calloc(features->terms + 1, TERM_TEXT);

    *text = at;
    if (!at)
        return tg_fail(TG_EMEMORY, "out of memory for features");
    for (size_t i = 0; i < features->terms; i++) {
        if (i)
            *at++ = '+';
        tg_feature_text(&features->term[i], at, TERM_TEXT - 1);
        at += strlen(at);
    }
    return TG_OK;
}

/* ---- Blocks ----------------------------------------------------------- */

static int make_block(struct tg_learnt *learnt, size_t i)
{
    const struct tg_feature *term = &learnt->features.term[i];
    size_t bytes = (term->map->bytes(term) + ALIGNED - 1) / ALIGNED * ALIGNED;

    learnt->block[i] = aligned_alloc(ALIGNED, bytes);
    if (!learnt->block[i])
        return tg_fail(TG_EMEMORY, "out of memory for what features learn");
    memset(learnt->block[i], 0, bytes);
    return TG_OK;
}

int tg_learnt_read(struct tg_learnt *learnt)
{
    for (size_t i = 0; i < learnt->features.terms; i++) {
        if (!learnt->features.term[i].map->learn)
            continue;
        if (!learnt->block[i])
            TG_TRY(make_block(learnt, i));
        tg_features_read(&learnt->features, i, learnt->block[i]);
    }
    return TG_OK;
}

bool tg_learnt_found(const struct tg_learnt *learnt, size_t i,
                     struct tg_number *number)
{
    const struct tg_feature *term = &learnt->features.term[i];
    struct tg_tensor part[TG_FEATURE_PARTS];
    size_t n = term->map->parts(term, learnt->block[i], part);

    for (size_t p = 0; p < n; p++) {
        if (!term->map->shown || strcmp(part[p].name, term->map->shown))
            continue;
        *number = (struct tg_number){term->map->shown, 0};
        memcpy(&number->value, part[p].data, sizeof number->value);
        return true;
    }
    return false;
}

void tg_learnt_free(struct tg_learnt *learnt)
{
    for (size_t i = 0; i < TG_FEATURE_TERMS; i++)
        free(learnt->block[i]);
    *learnt = (struct tg_learnt){0};
}

/* ---- Models ----------------------------------------------------------- */

static void name_part(char *name, size_t term, const struct tg_tensor *part)
{
    snprintf(name, NAME, "%zu.%s", term, part->name);
}

static int save_term(const struct tg_learnt *learnt, size_t i,
                     struct tg_model *model)
{
    const struct tg_feature *term = &learnt->features.term[i];
    struct tg_tensor part[TG_FEATURE_PARTS];
    size_t n = term->map->parts(term, learnt->block[i], part);

    for (size_t p = 0; p < n; p++) {
        char name[NAME];

        name_part(name, i, &part[p]);
        TG_TRY(tg_model_add(model, name, part[p].type, part[p].rank,
                            part[p].shape));
        memcpy(tg_model_find(model, name)->data, part[p].data,
               tg_tensor_bytes(&part[p]));
    }
    return TG_OK;
}

int tg_learnt_save(const struct tg_learnt *learnt, struct tg_model *model)
{
    const struct tg_feature_common *common = &learnt->features.common;
    const struct tg_number mirror = {"mirror", common->mirror};
    char *text, seed[32];
    int err;

    TG_TRY(tg_model_add_step(model, TG_LEARNT_STEP, 1, &mirror));
    if (common->single)
        TG_TRY(tg_model_set_text(model, PRECISION, SINGLE));
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)common->seed);
    TG_TRY(tg_model_set_text(model, "feature_seed", seed));
    TG_TRY(tg_learnt_text(learnt, &text));
    err = tg_model_set_text(model, "feature_map", text);
    free(text);
    for (size_t i = 0; i < learnt->features.terms && !err; i++)
        err = save_term(learnt, i, model);
    return err;
}

bool tg_learnt_is_in(const struct tg_model *model)
{
    const char *step = tg_model_step(model, 0);

    return step && !strcmp(step, TG_LEARNT_STEP) && !tg_model_step(model, 1);
}

static int load_part(const struct tg_model *model, size_t i,
                     struct tg_tensor *part)
{
    const struct tg_tensor *tensor;
    char name[NAME];

    name_part(name, i, part);
    TG_TRY(tg_model_need(model, name, part->type, part->rank, &tensor));
    if (memcmp(tensor->shape, part->shape,
               (size_t)part->rank * sizeof *part->shape))
        return tg_fail(TG_EDATA,
                       "%s: '%s' is not of the shape that its feature map "
                       "has" TG_MODEL_AGAIN,
                       model->path, name);
    if (part->data)
        memcpy(part->data, tensor->data, tg_tensor_bytes(tensor));
    return TG_OK;
}

/* Sizes first: a map that lies is not given memory. */
static int load_term(const struct tg_model *model, size_t i,
                     struct tg_learnt *learnt)
{
    const struct tg_feature *term = &learnt->features.term[i];
    struct tg_tensor part[TG_FEATURE_PARTS];
    size_t n = term->map->parts(term, NULL, part);

    for (size_t p = 0; p < n; p++) {
        part[p].data = NULL;
        TG_TRY(load_part(model, i, &part[p]));
    }
    if (term->map->learn)
        TG_TRY(make_block(learnt, i));
    n = term->map->parts(term, learnt->block[i], part);
    for (size_t p = 0; p < n; p++)
        TG_TRY(load_part(model, i, &part[p]));
    if (!term->map->ready(term, learnt->block[i]))
        return tg_fail(TG_EDATA,
                       "%s: what feature map %zu has learnt is beyond what it "
                       "can be" TG_MODEL_AGAIN,
                       model->path, i);
    return TG_OK;
}

/* Are features of floats? */
static int load_precision(const struct tg_model *model, bool *single)
{
    static const char *const words[] = {SINGLE};
    int choice;

    *single = tg_model_has(model, PRECISION);
    return *single ? tg_model_get_choice(model, PRECISION, words, 1, &choice)
                   : TG_OK;
}

int tg_learnt_load(const struct tg_model *model, size_t width,
                   struct tg_learnt *learnt)
{
    struct tg_feature_common common = {
        .shape = {.width = (size_t)model->width,
                  .height = (size_t)model->height,
                  .channels = (size_t)model->channels,
                  .values = model->features,
                  .element = tg_type_size(model->type)},
    };
    const char *text;
    double mirror;

    *learnt = (struct tg_learnt){0};
    TG_TRY(tg_model_get_text(model, "feature_map", &text));
    TG_TRY(tg_model_get_count(model, "feature_seed", INT64_MAX, &common.seed));
    TG_TRY(tg_model_step_number(model, 0, "mirror", 0, 1, &mirror));
    common.mirror = mirror != 0;
    TG_TRY(load_precision(model, &common.single));
    if (tg_features_parse(&learnt->features, text) ||
        tg_features_settle(&learnt->features, &common)) {
        tg_error_clear();
        return tg_fail(
            TG_EDATA,
            "%s: this version does not know its feature map '%.80s'; "
            "take a later version",
            model->path, text);
    }
    if (learnt->features.rows.width != width)
        return tg_fail(TG_EDATA,
                       "%s: weights are of %zu features, its map makes "
                       "%zu" TG_MODEL_AGAIN,
                       model->path, width, learnt->features.rows.width);
    for (size_t i = 0; i < learnt->features.terms; i++) {
        int err = load_term(model, i, learnt);

        if (err) {
            tg_learnt_free(learnt);
            return err;
        }
    }
    return TG_OK;
}
