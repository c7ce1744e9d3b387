/* Metadata are texts in safetensors, whatever they mean. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "internal.h"

#define SHOWN 80 /* characters of a value that a message shows */

int tg_model_set_text(struct tg_model *model, const char *key, const char *text)
{
    if (json_object_set_new(model->metadata, key, json_string(text)))
        return tg_fail(TG_EMEMORY, "%s: no memory for metadata '%s'",
                       tg_model_path(model), key);
    return TG_OK;
}

int tg_model_set_real(struct tg_model *model, const char *key, double value)
{
    char text[32];

    snprintf(text, sizeof text, "%.17g", value);
    return tg_model_set_text(model, key, text);
}

int tg_model_bad_value(const struct tg_model *model, const char *key,
                       const char *text)
{
    return tg_fail(TG_EDATA,
                   "%s: metadata '%s' has a wrong value, "
                   "'%.*s'" TG_MODEL_OTHER,
                   tg_model_path(model), key, SHOWN, text);
}

bool tg_model_has(const struct tg_model *model, const char *key)
{
    return json_object_get(model->metadata, key) != NULL;
}

int tg_model_get_text(const struct tg_model *model, const char *key,
                      const char **text)
{
    *text = json_string_value(json_object_get(model->metadata, key));
    if (!*text)
        return tg_fail(TG_EDATA,
                       "%s: '%s' is missing in its metadata, so not a "
                       "model" TG_MODEL_OTHER,
                       tg_model_path(model), key);
    return TG_OK;
}

int tg_model_get_choice(const struct tg_model *model, const char *key,
                        const char *const words[], int n, int *choice)
{
    const char *text;

    TG_TRY(tg_model_get_text(model, key, &text));
    for (*choice = 0; *choice < n; ++*choice)
        if (!strcmp(text, words[*choice]))
            return TG_OK;
    return tg_model_bad_value(model, key, text);
}

int tg_model_get_count(const struct tg_model *model, const char *key,
                       uint64_t max, uint64_t *value)
{
    const char *text;

    TG_TRY(tg_model_get_text(model, key, &text));
    errno = 0;
    *value = strtoull(text, NULL, 10);
    if (!*text || text[strspn(text, "0123456789")] || errno || *value > max)
        return tg_model_bad_value(model, key, text);
    return TG_OK;
}

int tg_model_get_real(const struct tg_model *model, const char *key, double low,
                      double high, double *value)
{
    const char *text;
    char *end;

    TG_TRY(tg_model_get_text(model, key, &text));
    *value = strtod(text, &end);
    if (!*text || text[strspn(text, "0123456789.eE+-")] || *end ||
        !(*value >= low && *value <= high))
        return tg_model_bad_value(model, key, text);
    return TG_OK;
}
