#include <endian.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "internal.h"
#include "output.h"
#include "safetensors.h"

#define CHUNK 4096 /* bytes put into the file's order at a time */

static json_t *real_text(double value)
{
    char text[32];

    snprintf(text, sizeof text, "%.17g", value);
    return json_string(text);
}

/* JSON as a text in JSON; what is NULL, or becomes it, has no memory left or
 * texts that are not UTF-8. */
static json_t *text_of(const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
    json_t *string = text ? json_string(text) : NULL;

    free(text);
    return string;
}

static json_t *describe_classes(const struct tg_model *model)
{
    json_t *list = json_array(), *text = NULL;
    int error = !list;

    for (int i = 0; !error && i < model->classes; i++)
        error = json_array_append_new(list, json_string(model->class_names[i]));
    if (!error)
        text = text_of(list);
    json_decref(list);
    return text;
}

static json_t *describe_pipeline(const struct tg_model *model)
{
    return json_pack("{s:s, s:o, s:o}", "method", model->method, "features",
                     json_sprintf("%zu", model->features), "pipeline",
                     text_of(model->pipeline));
}

static json_t *describe_samples(const struct tg_model *model)
{
    json_t *threshold =
        model->binary ? real_text(model->threshold) : json_string("none");

    return json_pack("{s:s, s:o, s:o, s:o, s:s, s:o}", "type",
                     model->type == TG_U8 ? "u8" : "f32", "width",
                     json_sprintf("%d", model->width), "height",
                     json_sprintf("%d", model->height), "channels",
                     json_sprintf("%d", model->channels), "gray",
                     model->gray ? "true" : "false", "threshold", threshold);
}

/* Only where it is not white: models of all others are as they were. */
static json_t *describe_ground(const struct tg_model *model)
{
    uint8_t rgb[3];

    tg_ground_color(&model->ground, rgb);
    if (rgb[0] == 255 && rgb[1] == 255 && rgb[2] == 255)
        return json_object();
    return json_pack("{s:o}", "background",
                     json_sprintf("#%02X%02X%02X", rgb[0], rgb[1], rgb[2]));
}

/* Append to an object; the part is freed. */
static int append(json_t *object, json_t *part)
{
    int error = part ? json_object_update(object, part) : -1;

    json_decref(part);
    return error;
}

static json_t *describe(const struct tg_model *model)
{
    bool old = tg_model_is_version1(model);
    json_t *about =
        json_pack("{s:s, s:s, s:o}", "format", "starpu_ridge", "version",
                  old ? "1" : "2", "classes", describe_classes(model));

    if (about && !json_object_update(about, model->metadata) &&
        !json_object_set_new(about, "n_train",
                             json_sprintf("%zu", model->n_train)) &&
        !append(about, old ? tg_model_describe_version1(model)
                           : describe_pipeline(model)) &&
        !append(about, describe_samples(model)) &&
        !append(about, describe_ground(model)))
        return about;
    json_decref(about);
    return NULL;
}

/* The tensor after one, or the first, in the order in which they are written:
 * those of the largest values first, so that all are aligned. */
static const struct tg_tensor *next(const struct tg_model *model,
                                    const struct tg_tensor *tensor)
{
    size_t size = tensor ? tg_dtype_size(tensor->type) : sizeof(double);
    size_t i = tensor ? (size_t)(tensor - model->tensors) + 1 : 0;

    for (; size; size /= 2, i = 0)
        for (; i < model->ntensors; i++)
            if (tg_dtype_size(model->tensors[i].type) == size)
                return &model->tensors[i];
    return NULL;
}

static json_t *describe_tensor(const struct tg_tensor *tensor, size_t begin)
{
    size_t end = begin + tg_tensor_bytes(tensor);
    json_t *shape = json_array();
    int error = !shape;

    for (int i = 0; !error && i < tensor->rank; i++)
        error =
            json_array_append_new(shape,
                                  json_integer((json_int_t)tensor->shape[i]));
    if (error) {
        json_decref(shape);
        return NULL;
    }
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype",
                     tg_dtype_name(tensor->type), "shape", shape,
                     "data_offsets", (json_int_t)begin, (json_int_t)end);
}

static json_t *make_header(const struct tg_model *model)
{
    json_t *header = json_pack("{s:o}", "__metadata__", describe(model));
    int error = !header;
    size_t begin = 0;

    for (const struct tg_tensor *tensor = next(model, NULL); !error && tensor;
         tensor = next(model, tensor)) {
        error = json_object_set_new(header, tensor->name,
                                    describe_tensor(tensor, begin));
        begin += tg_tensor_bytes(tensor);
    }
    if (!error)
        return header;
    json_decref(header);
    return NULL;
}

/* Eight bytes of length, then JSON, padded so that data are aligned. */
static void write_header(FILE *file, const char *text)
{
    size_t length = strlen(text), padding = -length % 8;
    uint64_t size = htole64(length + padding);

    fwrite(&size, sizeof size, 1, file);
    fwrite(text, 1, length, file);
    fprintf(file, "%*s", (int)padding, "");
}

static void write_tensor(FILE *file, const struct tg_tensor *tensor)
{
    const unsigned char *data = tensor->data;
    size_t bytes = tg_tensor_bytes(tensor), size = tg_dtype_size(tensor->type);
    unsigned char buffer[CHUNK];

    for (size_t done = 0, n; done < bytes; done += n) {
        n = bytes - done < CHUNK ? bytes - done : CHUNK;
        memcpy(buffer, data + done, n);
        tg_safetensors_turn(buffer, n / size, size);
        fwrite(buffer, 1, n, file);
    }
}

int tg_model_save(const struct tg_model *model, const char *path)
{
    struct tg_output output = {0};
    json_t *header = make_header(model);
    char *text = header ? json_dumps(header, JSON_COMPACT) : NULL;
    int error;

    if (!text) {
        error = tg_fail(TG_EDATA,
                        "%s: cannot describe the model: a class name "
                        "is not UTF-8, or memory is short",
                        path);
        goto done;
    }
    error = tg_output_open(&output, path);
    if (error)
        goto done;
    write_header(output.file, text);
    for (const struct tg_tensor *tensor = next(model, NULL); tensor;
         tensor = next(model, tensor))
        write_tensor(output.file, tensor);
    error = tg_output_commit(&output);
done:
    tg_output_discard(&output);
    free(text);
    json_decref(header);
    return error;
}
