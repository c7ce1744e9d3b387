#include "model.h"

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "safetensors.h"
#include "text.h"

#define CLASS_LIMIT 65536 /* labels are 16 bits */
#define SHOWN 80          /* characters of a value that a message shows */

/* The text of a metadata key; NULL, with the failure told, if it is missing. */
static const char *text_of(const struct tg_safetensors *source, const char *key)
{
    const char *text =
        json_string_value(json_object_get(source->metadata, key));

    if (!text)
        tg_fail(TG_EDATA,
                "%s: '%s' is missing in its metadata, so not a "
                "model" TG_MODEL_OTHER,
                source->path, key);
    return text;
}

static int bad_value(const struct tg_safetensors *source, const char *key,
                     const char *text)
{
    return tg_fail(TG_EDATA,
                   "%s: metadata '%s' has a wrong value, "
                   "'%.*s'" TG_MODEL_OTHER,
                   source->path, key, SHOWN, text);
}

/* Metadata `key` is one of the words; *choice is which. */
static int read_choice(const struct tg_safetensors *source, const char *key,
                       const char *const words[], int n, int *choice)
{
    const char *text = text_of(source, key);

    if (!text)
        return TG_EDATA;
    for (*choice = 0; *choice < n; ++*choice)
        if (!strcmp(text, words[*choice]))
            return 0;
    return bad_value(source, key, text);
}

static int read_count(const struct tg_safetensors *source, const char *key,
                      uint64_t max, uint64_t *value)
{
    const char *text = text_of(source, key);

    if (!text)
        return TG_EDATA;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    if (!*text || text[strspn(text, "0123456789")] || errno || *value > max)
        return bad_value(source, key, text);
    return 0;
}

static int read_real(const struct tg_safetensors *source, const char *key,
                     double low, double high, double *value)
{
    const char *text = text_of(source, key);
    char *end;

    if (!text)
        return TG_EDATA;
    *value = strtod(text, &end);
    if (!*text || text[strspn(text, "0123456789.eE+-")] || *end ||
        !(*value >= low && *value <= high))
        return bad_value(source, key, text);
    return 0;
}

static int read_picture(const struct tg_safetensors *source,
                        struct tg_model *model)
{
    static const char *const words[] = {"false", "true"};
    const char *threshold = text_of(source, "threshold");
    uint64_t width, height, channels;
    int gray;

    TG_TRY(read_count(source, "width", UINT16_MAX, &width));
    TG_TRY(read_count(source, "height", UINT16_MAX, &height));
    TG_TRY(read_count(source, "channels", UINT16_MAX, &channels));
    TG_TRY(read_choice(source, "gray", words, 2, &gray));
    if ((width || height || channels) &&
        width * height * channels != model->features)
        return tg_fail(TG_EDATA,
                       "%s: pictures of %d x %d x %d do not have %zu "
                       "features" TG_MODEL_AGAIN,
                       source->path, (int)width, (int)height, (int)channels,
                       model->features);
    model->width = (int)width;
    model->height = (int)height;
    model->channels = (int)channels;
    model->gray = gray;
    if (!threshold)
        return TG_EDATA;
    model->binary = strcmp(threshold, "none");
    if (!model->binary)
        return 0;
    return read_real(source, "threshold", 0, 1, &model->threshold);
}

static int read_metadata(const struct tg_safetensors *source,
                         struct tg_model *model)
{
    static const char *const types[] = {[TG_U8] = "u8", [TG_F32] = "f32"};
    uint64_t n_train;
    int type;

    TG_TRY(read_choice(source, "type", types, 2, &type));
    TG_TRY(read_count(source, "n_train", INT64_MAX, &n_train));
    TG_TRY(read_real(source, "lambda", 0, DBL_MAX, &model->lambda));
    TG_TRY(read_real(source, "scale", DBL_MIN, DBL_MAX, &model->scale));
    model->type = (enum tg_type)type;
    model->n_train = n_train;
    return read_picture(source, model);
}

/* Who wrote the file, asked before anything else. */
static int check_format(const struct tg_safetensors *source)
{
    static const char *const format[] = {"starpu_ridge"};
    static const char *const version[] = {"1"};
    int unused;

    TG_TRY(read_choice(source, "format", format, 1, &unused));
    return read_choice(source, "version", version, 1, &unused);
}

/* names[i]: the list's items, which must be k distinct names. */
static int list_names(const struct tg_safetensors *source, const json_t *list,
                      char **names)
{
    json_t *set = json_object(), *name;
    int error = 0;
    size_t i;

    json_array_foreach(list, i, name)
    {
        const char *text = json_string_value(name);

        if (!text || !tg_text_is_clean(text) || json_object_get(set, text))
            error = tg_fail(TG_EDATA,
                            "%s: metadata 'classes' holds a name "
                            "twice, or what is no name" TG_MODEL_AGAIN,
                            source->path);
        else if (json_object_set_new(set, text, json_true()))
            error = tg_fail(TG_EMEMORY, "%s: out of memory", source->path);
        if (error)
            break;
        names[i] = (char *)text; /* tg_model_init only reads it */
    }
    json_decref(set);
    return error;
}

/* Allocate the model, with its class names. */
static int init_model(const struct tg_safetensors *source, uint64_t d,
                      uint64_t k, struct tg_model *model)
{
    const char *text = text_of(source, "classes");
    json_t *list = NULL;
    char **names = NULL;
    int error = TG_EDATA;

    if (!text)
        return error;
    list = json_loads(text, 0, NULL);
    if (!json_is_array(list) || json_array_size(list) != k) {
        tg_fail(TG_EDATA,
                "%s: metadata 'classes' is not a list of %" PRIu64
                " names" TG_MODEL_AGAIN,
                source->path, k);
        goto done;
    }
    names = calloc(k, sizeof *names);
    if (!names) {
        error = tg_fail(TG_EMEMORY, "%s: out of memory", source->path);
        goto done;
    }
    error = list_names(source, list, names);
    if (!error)
        error = tg_model_init(model, d, (int)k, names);
done:
    free(names);
    json_decref(list);
    return error;
}

static int read_model(struct tg_safetensors *source, struct tg_model *model)
{
    uint64_t shape[2], k, weights, intercept;

    TG_TRY(check_format(source));
    TG_TRY(tg_safetensors_find(source, "weights", 2, shape, &weights));
    TG_TRY(tg_safetensors_find(source, "intercept", 1, &k, &intercept));
    if (k != shape[0] || k > CLASS_LIMIT)
        return tg_fail(TG_EDATA,
                       "%s: weights are of %" PRIu64 " classes, intercept of "
                       "%" PRIu64 "; at most %d" TG_MODEL_AGAIN,
                       source->path, shape[0], k, CLASS_LIMIT);
    TG_TRY(init_model(source, shape[1], k, model));
    TG_TRY(read_metadata(source, model));
    TG_TRY(tg_safetensors_read(source, "weights", weights, k * shape[1],
                               model->weights));
    return tg_safetensors_read(source, "intercept", intercept, k,
                               model->intercept);
}

int tg_model_load(const char *path, struct tg_model *model)
{
    struct tg_safetensors source;
    int error;

    *model = (struct tg_model){0};
    TG_TRY(tg_safetensors_open(&source, path));
    error = read_model(&source, model);
    if (error)
        tg_model_free(model);
    tg_safetensors_close(&source);
    return error;
}
