#include "model.h"

#include <endian.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "output.h"

#define CHUNK 512 /* doubles converted at a time */

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    return copy ? memcpy(copy, text, size) : NULL;
}

int tg_model_init(struct tg_model *model, size_t features, int classes,
                  char *const *class_names)
{
    size_t k = (size_t)classes;

    *model = (struct tg_model){.features = features, .classes = classes};
    if (features > SIZE_MAX / sizeof(double))
        goto failed;
    model->weights = calloc(k, features * sizeof(double));
    model->intercept = calloc(k, sizeof(double));
    model->class_names = calloc(k, sizeof *model->class_names);
    if (!model->weights || !model->intercept || !model->class_names)
        goto failed;
    for (size_t i = 0; i < k; i++) {
        model->class_names[i] = copy_text(class_names[i]);
        if (!model->class_names[i])
            goto failed;
    }
    return 0;
failed:
    tg_model_free(model);
    return tg_fail(TG_EMEMORY,
                   "model: no memory for %zu features and %d classes", features,
                   classes);
}

void tg_model_free(struct tg_model *model)
{
    for (int i = 0; model->class_names && i < model->classes; i++)
        free(model->class_names[i]);
    free(model->class_names);
    free(model->weights);
    free(model->intercept);
    *model = (struct tg_model){0};
}

static json_t *real_text(double value)
{
    char text[32];

    snprintf(text, sizeof text, "%.17g", value);
    return json_string(text);
}

/* Metadata are strings in safetensors, whatever they mean. */
static json_t *describe(const struct tg_model *model, const char *classes)
{
    json_t *threshold =
        model->binary ? real_text(model->threshold) : json_string("none");

    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:s, "
                     "s:o}",
                     "format", "starpu_ridge", "version", "1", "classes",
                     classes, "lambda", real_text(model->lambda), "n_train",
                     json_sprintf("%zu", model->n_train), "scale",
                     real_text(model->scale), "type",
                     model->type == TG_U8 ? "u8" : "f32", "width",
                     json_sprintf("%d", model->width), "height",
                     json_sprintf("%d", model->height), "channels",
                     json_sprintf("%d", model->channels), "gray",
                     model->gray ? "true" : "false", "threshold", threshold);
}

/* The names as the text of a JSON list, or NULL: not UTF-8, or no memory. */
static char *list_classes(const struct tg_model *model)
{
    json_t *list = json_array();
    char *text = NULL;
    int error = !list;

    for (int i = 0; !error && i < model->classes; i++)
        error = json_array_append_new(list, json_string(model->class_names[i]));
    if (!error)
        text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

static json_t *make_header(const struct tg_model *model)
{
    json_int_t k = model->classes, d = (json_int_t)model->features;
    json_int_t middle = 8 * k * d, end = middle + 8 * k;
    char *classes = list_classes(model);
    json_t *header = NULL;

    if (classes)
        header = json_pack("{s:o, s:{s:s, s:[I, I], s:[I, I]}, "
                           "s:{s:s, s:[I], s:[I, I]}}",
                           "__metadata__", describe(model, classes), "weights",
                           "dtype", "F64", "shape", k, d, "data_offsets",
                           (json_int_t)0, middle, "intercept", "dtype", "F64",
                           "shape", k, "data_offsets", middle, end);
    free(classes);
    return header;
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

static void write_doubles(FILE *file, const double *values, size_t n)
{
    uint64_t buffer[CHUNK];

    for (size_t done = 0, count; done < n; done += count) {
        count = n - done < CHUNK ? n - done : CHUNK;
        memcpy(buffer, values + done, count * sizeof *buffer);
        for (size_t i = 0; i < count; i++)
            buffer[i] = htole64(buffer[i]);
        fwrite(buffer, sizeof *buffer, count, file);
    }
}

int tg_model_save(const struct tg_model *model, const char *path)
{
    size_t k = (size_t)model->classes;
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
    write_doubles(output.file, model->weights, k * model->features);
    write_doubles(output.file, model->intercept, k);
    error = tg_output_commit(&output);
done:
    tg_output_discard(&output);
    free(text);
    json_decref(header);
    return error;
}

const char *tg_model_method(const struct tg_model *model)
{
    (void)model;
    return "ridge";
}

void tg_model_note(const struct tg_model *model, struct tg_facts *facts)
{
    size_t k = (size_t)model->classes;

    tg_facts_bytes(facts, "the model's weights", model->weights,
                   model->features * k * sizeof *model->weights);
    tg_facts_bytes(facts, "the model's intercept", model->intercept,
                   k * sizeof *model->intercept);
}
