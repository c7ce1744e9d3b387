#include "tensor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

static const struct {
    const char *name;
    size_t size;
} types[] = {
#define X(name, size) [TG_DTYPE_##name] = {#name, size},
    TG_DTYPE_MAP(X)
#undef X
};

const char *tg_dtype_name(enum tg_dtype type)
{
    return types[type].name;
}

size_t tg_dtype_size(enum tg_dtype type)
{
    return types[type].size;
}

bool tg_dtype_find(const char *name, enum tg_dtype *type)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(name, types[i].name)) {
            *type = (enum tg_dtype)i;
            return true;
        }
    return false;
}

bool tg_dtype_bytes(enum tg_dtype type, int rank, const size_t shape[],
                    size_t *bytes)
{
    *bytes = types[type].size;
    for (int i = 0; i < rank; i++)
        if (__builtin_mul_overflow(*bytes, shape[i], bytes))
            return false;
    return true;
}

int tg_tensor_init(struct tg_tensor *tensor, const char *name,
                   enum tg_dtype type, int rank, const size_t shape[])
{
    size_t bytes;

    *tensor = (struct tg_tensor){.type = type, .rank = rank};
    if (tg_dtype_bytes(type, rank, shape, &bytes)) {
        for (int i = 0; i < rank; i++)
            tensor->shape[i] = shape[i];
        tensor->name = strdup(name);
        tensor->data = calloc(bytes ? bytes : 1, 1);
    }
    if (tensor->name && tensor->data)
        return TG_OK;
    tg_tensor_free(tensor);
    return tg_fail(TG_EMEMORY, "no memory for the tensor '%s' of a model",
                   name);
}

size_t tg_tensor_count(const struct tg_tensor *tensor)
{
    size_t count = 1;

    for (int i = 0; i < tensor->rank; i++)
        count *= tensor->shape[i];
    return count;
}

size_t tg_tensor_bytes(const struct tg_tensor *tensor)
{
    return tg_tensor_count(tensor) * tg_dtype_size(tensor->type);
}

bool tg_tensor_is_finite(const struct tg_tensor *tensor)
{
    const double *f64 = tensor->data;
    const float *f32 = tensor->data;
    size_t n = tg_tensor_count(tensor), good = 0;

    if (tensor->type == TG_DTYPE_F64)
        while (good < n && isfinite(f64[good]))
            good++;
    else if (tensor->type == TG_DTYPE_F32)
        while (good < n && isfinite(f32[good]))
            good++;
    else
        good = n;
    return good == n;
}

void tg_tensor_free(struct tg_tensor *tensor)
{
    free(tensor->name);
    free(tensor->data);
    *tensor = (struct tg_tensor){0};
}
