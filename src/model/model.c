#include "model.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "internal.h"

static int no_memory(const struct tg_model *model)
{
    return tg_fail(TG_EMEMORY, "%s: out of memory", tg_model_path(model));
}

const char *tg_model_path(const struct tg_model *model)
{
    return model->path ? model->path : "model";
}

int tg_model_init(struct tg_model *model, const char *method, int classes,
                  char *const *class_names)
{
    size_t k = (size_t)classes;

    *model = (struct tg_model){
        .method = strdup(method),
        .classes = classes,
        .class_names = calloc(k + 1, sizeof *model->class_names),
        .pipeline = json_array(),
        .metadata = json_object(),
    };
    if (!model->method || !model->class_names || !model->pipeline ||
        !model->metadata)
        goto failed;
    for (size_t i = 0; i < k; i++) {
        model->class_names[i] = strdup(class_names[i]);
        if (!model->class_names[i])
            goto failed;
    }
    return TG_OK;
failed:
    tg_model_free(model);
    return tg_fail(TG_EMEMORY, "model: no memory for %d classes", classes);
}

void tg_model_free(struct tg_model *model)
{
    for (int i = 0; model->class_names && i < model->classes; i++)
        free(model->class_names[i]);
    for (size_t i = 0; i < model->ntensors; i++)
        tg_tensor_free(&model->tensors[i]);
    free(model->path);
    free(model->method);
    free(model->class_names);
    free(model->tensors);
    json_decref(model->pipeline);
    json_decref(model->metadata);
    *model = (struct tg_model){0};
}

/* ---- Pipeline --------------------------------------------------------- */

int tg_model_add_step(struct tg_model *model, const char *name, size_t n,
                      const struct tg_number numbers[])
{
    json_t *step = json_pack("{s:s}", "name", name);
    int error = !step;

    for (size_t i = 0; !error && i < n; i++)
        error = json_object_set_new(step, numbers[i].name,
                                    json_real(numbers[i].value));
    if (error) {
        json_decref(step);
        return no_memory(model);
    }
    return json_array_append_new(model->pipeline, step) ? no_memory(model) : 0;
}

const char *tg_model_step(const struct tg_model *model, size_t step)
{
    const json_t *entry = json_array_get(model->pipeline, step);

    return json_string_value(json_object_get(entry, "name"));
}

int tg_model_step_number(const struct tg_model *model, size_t step,
                         const char *name, double low, double high,
                         double *value)
{
    const json_t *entry = json_array_get(model->pipeline, step);
    const json_t *number = json_object_get(entry, name);

    *value = json_number_value(number);
    if (!number || !(*value >= low && *value <= high))
        return tg_fail(TG_EDATA,
                       "%s: step '%s' of its pipeline has a wrong "
                       "'%s'" TG_MODEL_OTHER,
                       tg_model_path(model), tg_model_step(model, step), name);
    return TG_OK;
}

/* ---- Tensors ---------------------------------------------------------- */

int tg_model_take(struct tg_model *model, struct tg_tensor *tensor)
{
    size_t n = model->ntensors;
    struct tg_tensor *tensors = model->tensors;

    if ((n & (n - 1)) == 0) /* room doubles */
        tensors = realloc(tensors, (n ? 2 * n : 1) * sizeof *tensors);
    if (!tensors) {
        tg_tensor_free(tensor);
        return no_memory(model);
    }
    model->tensors = tensors;
    tensors[model->ntensors++] = *tensor;
    return TG_OK;
}

int tg_model_add(struct tg_model *model, const char *name, enum tg_dtype type,
                 int rank, const size_t shape[])
{
    struct tg_tensor tensor;

    assert(!tg_model_find(model, name) && strcmp(name, "__metadata__"));
    TG_TRY(tg_tensor_init(&tensor, name, type, rank, shape));
    return tg_model_take(model, &tensor);
}

const struct tg_tensor *tg_model_find(const struct tg_model *model,
                                      const char *name)
{
    for (size_t i = 0; i < model->ntensors; i++)
        if (!strcmp(model->tensors[i].name, name))
            return &model->tensors[i];
    return NULL;
}

int tg_model_need(const struct tg_model *model, const char *name,
                  enum tg_dtype type, int rank, const struct tg_tensor **tensor)
{
    *tensor = tg_model_find(model, name);
    if (!*tensor || (*tensor)->type != type || (*tensor)->rank != rank)
        return tg_fail(TG_EDATA,
                       "%s: without an %s tensor '%s' of %d "
                       "dimensions, so not a model" TG_MODEL_OTHER,
                       tg_model_path(model), tg_dtype_name(type), name, rank);
    if (!tg_tensor_count(*tensor))
        return tg_fail(TG_EDATA, "%s: '%s' is empty" TG_MODEL_AGAIN,
                       tg_model_path(model), name);
    if (!tg_tensor_is_finite(*tensor))
        return tg_fail(TG_EDATA,
                       "%s: '%s' holds NaN or infinity" TG_MODEL_AGAIN,
                       tg_model_path(model), name);
    return TG_OK;
}

void tg_model_note(const struct tg_model *model, struct tg_facts *facts)
{
    uint64_t sum = TG_FACTS_START;

    for (size_t i = 0; i < model->ntensors; i++)
        sum = tg_facts_hash(sum, model->tensors[i].data,
                            tg_tensor_bytes(&model->tensors[i]));
    tg_facts_sum(facts, "the model's weights", sum);
}
