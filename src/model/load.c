#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "internal.h"
#include "safetensors.h"
#include "text.h"

/* Metadata of all methods; what else there is, is the method's. */
static const char *const own[] = {"format",  "version",   "classes",
                                  "n_train", "scale",     "method",
                                  "width",   "features",  "pipeline",
                                  "height",  "type",      "channels",
                                  "gray",    "threshold", "background"};

static int no_memory(const struct tg_model *model)
{
    return tg_fail(TG_EMEMORY, "%s: out of memory", model->path);
}

static int read_metadata(const struct tg_safetensors *source,
                         struct tg_model *model)
{
    const char *key;
    json_t *value;

    json_object_foreach(source->metadata, key, value)
    {
        if (json_is_string(value) &&
            json_object_set(model->metadata, key, value))
            return no_memory(model);
    }
    return TG_OK;
}

static int read_tensors(struct tg_safetensors *source, struct tg_model *model)
{
    struct tg_tensor tensor;
    const char *name;
    json_t *entry;

    json_object_foreach(source->header, name, entry)
    {
        if (entry == source->metadata)
            continue;
        TG_TRY(tg_safetensors_read(source, name, &tensor));
        if (tensor.name)
            TG_TRY(tg_model_take(model, &tensor));
    }
    return TG_OK;
}

/* The list's items, which must be distinct names, become the model's. */
static int list_names(struct tg_model *model, const json_t *list)
{
    json_t *set = json_object(), *name;
    int error = TG_OK;
    size_t i;

    json_array_foreach(list, i, name)
    {
        const char *text = json_string_value(name);

        if (!text || !tg_text_is_clean(text) || json_object_get(set, text))
            error = tg_fail(TG_EDATA,
                            "%s: metadata 'classes' holds a name "
                            "twice, or what is no name" TG_MODEL_AGAIN,
                            model->path);
        else if (json_object_set_new(set, text, json_true()) ||
                 !(model->class_names[i] = strdup(text)))
            error = no_memory(model);
        if (error)
            break;
        model->classes = (int)i + 1;
    }
    json_decref(set);
    return error;
}

static int read_classes(struct tg_model *model)
{
    const char *text;
    json_t *list;
    int error;

    TG_TRY(tg_model_get_text(model, "classes", &text));
    list = json_loads(text, 0, NULL);
    if (!json_is_array(list)) {
        error = tg_fail(TG_EDATA,
                        "%s: metadata 'classes' is not a list of "
                        "names" TG_MODEL_AGAIN,
                        model->path);
        goto done;
    }
    model->class_names =
        calloc(json_array_size(list) + 1, sizeof *model->class_names);
    error = model->class_names ? list_names(model, list) : no_memory(model);
done:
    json_decref(list);
    return error;
}

/* White, where there is none. */
static int read_ground(struct tg_model *model)
{
    const json_t *value = json_object_get(model->metadata, "background");
    const char *text = json_string_value(value);

    if (!text || tg_ground_read(text, &model->ground))
        return TG_OK;
    return tg_model_bad_value(model, "background", text);
}

static int read_pictures(struct tg_model *model)
{
    static const char *const words[] = {"false", "true"};
    uint64_t width, height, channels;
    const char *threshold;
    int gray;

    TG_TRY(tg_model_get_count(model, "width", UINT16_MAX, &width));
    TG_TRY(tg_model_get_count(model, "height", UINT16_MAX, &height));
    TG_TRY(tg_model_get_count(model, "channels", UINT16_MAX, &channels));
    TG_TRY(tg_model_get_choice(model, "gray", words, 2, &gray));
    TG_TRY(tg_model_get_text(model, "threshold", &threshold));
    if ((width || height || channels) &&
        width * height * channels != model->features)
        return tg_fail(TG_EDATA,
                       "%s: pictures of %d x %d x %d do not have %zu "
                       "features" TG_MODEL_AGAIN,
                       model->path, (int)width, (int)height, (int)channels,
                       model->features);
    model->width = (int)width;
    model->height = (int)height;
    model->channels = (int)channels;
    model->gray = gray;
    model->binary = strcmp(threshold, "none");
    TG_TRY(read_ground(model));
    if (!model->binary)
        return TG_OK;
    return tg_model_get_real(model, "threshold", 0, 1, &model->threshold);
}

static int read_samples(struct tg_model *model)
{
    static const char *const types[] = {[TG_U8] = "u8", [TG_F32] = "f32"};
    uint64_t n_train;
    int type;

    TG_TRY(tg_model_get_choice(model, "type", types, 2, &type));
    TG_TRY(tg_model_get_count(model, "n_train", INT64_MAX, &n_train));
    model->type = (enum tg_type)type;
    model->n_train = n_train;
    return read_pictures(model);
}

/* A name, and numbers. */
static bool is_step(json_t *step)
{
    const char *key;
    json_t *value;

    json_object_foreach(step, key, value)
    {
        if (strcmp(key, "name") ? !json_is_number(value)
                                : !json_is_string(value))
            return false;
    }
    return json_object_get(step, "name");
}

static int read_pipeline(struct tg_model *model)
{
    const char *text;
    json_t *list, *step;
    bool good;
    size_t i;

    TG_TRY(tg_model_get_text(model, "pipeline", &text));
    list = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    good = json_is_array(list);
    json_array_foreach(list, i, step) good = good && is_step(step);
    if (good) {
        json_decref(model->pipeline);
        model->pipeline = list;
        return TG_OK;
    }
    json_decref(list);
    return tg_model_bad_value(model, "pipeline", text);
}

static int read_version2(struct tg_model *model)
{
    const char *method;
    uint64_t features;

    TG_TRY(tg_model_get_text(model, "method", &method));
    TG_TRY(tg_model_get_count(model, "features", INT64_MAX, &features));
    model->features = features;
    model->method = strdup(method);
    return model->method ? read_pipeline(model) : no_memory(model);
}

static int read_model(struct tg_safetensors *source, struct tg_model *model)
{
    static const char *const format[] = {"starpu_ridge"};
    static const char *const versions[] = {"1", "2"};
    int version, unused;

    model->path = strdup(source->path);
    model->pipeline = json_array();
    model->metadata = json_object();
    if (!model->path || !model->pipeline || !model->metadata)
        return tg_fail(TG_EMEMORY, "%s: out of memory", source->path);
    TG_TRY(read_metadata(source, model));
    TG_TRY(tg_model_get_choice(model, "format", format, 1, &unused));
    TG_TRY(tg_model_get_choice(model, "version", versions, 2, &version));
    TG_TRY(read_tensors(source, model));
    TG_TRY(version == 0 ? tg_model_read_version1(model) : read_version2(model));
    TG_TRY(read_classes(model));
    TG_TRY(read_samples(model));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        json_object_del(model->metadata, own[i]);
    return TG_OK;
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
