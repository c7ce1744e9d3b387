#include "safetensors.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"

#define HEADER_LIMIT 100000000 /* bytes, as in the reference reader */
#define SHOWN 80               /* characters of a text that a message shows */

struct span {
    uint64_t begin, end;
};

static int open_file(struct tg_safetensors *source, uint64_t *size)
{
    struct stat status;

    /* asked before opening: to open a pipe would wait for its writer */
    if (stat(source->path, &status))
        return tg_fail_open(source->path);
    if (!S_ISREG(status.st_mode))
        return tg_fail(TG_ENOINPUT,
                       "%s: not a file, so not a model" TG_MODEL_OTHER,
                       source->path);
    source->file = fopen(source->path, "rb");
    if (!source->file)
        return tg_fail_open(source->path);
    *size = (uint64_t)status.st_size;
    return 0;
}

static int read_bytes(struct tg_safetensors *source, void *bytes, size_t size)
{
    if (fread(bytes, 1, size, source->file) == size)
        return 0;
    if (ferror(source->file))
        return tg_fail(TG_EIO, "%s: %s", source->path, strerror(errno));
    return tg_fail(TG_EIO,
                   "%s: became shorter while it was read; leave it alone "
                   "during a run",
                   source->path);
}

static int parse_header(struct tg_safetensors *source, size_t length)
{
    char *text = malloc(length);
    json_error_t error;
    int status;

    if (!text)
        return tg_fail(TG_EMEMORY, "%s: no memory for a header of %zu bytes",
                       source->path, length);
    status = read_bytes(source, text, length);
    if (status)
        goto done;
    if (text[0] == '{')
        source->header =
            json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    else
        snprintf(error.text, sizeof error.text, "no '{' at its start");
    if (!source->header)
        status = tg_fail(TG_EDATA,
                         "%s: not safetensors: its header is not "
                         "JSON: %.*s" TG_MODEL_OTHER,
                         source->path, SHOWN, error.text);
done:
    free(text);
    return status;
}

static int read_header(struct tg_safetensors *source)
{
    uint64_t length, size = 0;

    TG_TRY(open_file(source, &size));
    if (size < sizeof length + 2)
        return tg_fail(TG_EDATA,
                       "%s: not safetensors: only %" PRIu64
                       " bytes" TG_MODEL_OTHER,
                       source->path, size);
    TG_TRY(read_bytes(source, &length, sizeof length));
    length = le64toh(length);
    size -= sizeof length;
    if (length < 2 || length > size || length > HEADER_LIMIT)
        return tg_fail(TG_EDATA,
                       "%s: not safetensors, or truncated: a header "
                       "of %" PRIu64 " bytes, where %" PRIu64
                       " follow" TG_MODEL_AGAIN,
                       source->path, length, size);
    source->start = sizeof length + length;
    source->size = size - length;
    TG_TRY(parse_header(source, (size_t)length));
    source->metadata = json_object_get(source->header, "__metadata__");
    return 0;
}

/* A list of `n` (or any number, for -1) integers >= 0. */
static bool is_counts(const json_t *list, int n)
{
    size_t i;
    json_t *value;

    if (!json_is_array(list) || (n >= 0 && json_array_size(list) != (size_t)n))
        return false;
    json_array_foreach(list, i, value)
    {
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return false;
    }
    return true;
}

static uint64_t count_at(const json_t *list, size_t i)
{
    return (uint64_t)json_integer_value(json_array_get(list, i));
}

static int compare(const void *left, const void *right)
{
    const struct span *a = left, *b = right;

    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

/* Tensors, whatever they are, fill the data without gap or overlap. */
static int check_spans(struct tg_safetensors *source, struct span *spans)
{
    uint64_t end = 0;
    size_t n = 0;
    const char *name;
    json_t *tensor;

    json_object_foreach(source->header, name, tensor)
    {
        json_t *offsets = json_object_get(tensor, "data_offsets");

        if (tensor == source->metadata)
            continue;
        if (!is_counts(offsets, 2) ||
            !json_is_string(json_object_get(tensor, "dtype")) ||
            !is_counts(json_object_get(tensor, "shape"), -1))
            return tg_fail(TG_EDATA,
                           "%s: tensor '%.*s' has no proper dtype, "
                           "shape and data_offsets" TG_MODEL_AGAIN,
                           source->path, SHOWN, name);
        spans[n++] = (struct span){count_at(offsets, 0), count_at(offsets, 1)};
    }
    qsort(spans, n, sizeof *spans, compare);
    for (size_t i = 0; i < n; end = spans[i++].end)
        if (spans[i].begin != end || spans[i].end < spans[i].begin)
            return tg_fail(TG_EDATA,
                           "%s: tensors overlap or leave a gap at "
                           "byte %" PRIu64 TG_MODEL_AGAIN,
                           source->path, end);
    if (end != source->size)
        return tg_fail(TG_EDATA,
                       "%s: truncated or too long: tensors take %" PRIu64
                       " bytes, the file has %" PRIu64 TG_MODEL_AGAIN,
                       source->path, end, source->size);
    return 0;
}

static int check_layout(struct tg_safetensors *source)
{
    size_t n = json_object_size(source->header);
    struct span *spans = calloc(n, sizeof *spans);
    int error;

    if (!spans)
        return tg_fail(TG_EMEMORY, "%s: no memory for %zu tensors",
                       source->path, n);
    error = check_spans(source, spans);
    free(spans);
    return error;
}

int tg_safetensors_open(struct tg_safetensors *source, const char *path)
{
    int error;

    *source = (struct tg_safetensors){.path = path};
    error = read_header(source);
    if (!error)
        error = check_layout(source);
    if (error)
        tg_safetensors_close(source);
    return error;
}

static int bad_shape(const struct tg_safetensors *source, const char *name,
                     uint64_t bytes)
{
    return tg_fail(TG_EDATA,
                   "%s: the shape of '%.*s' does not match its "
                   "%" PRIu64 " bytes" TG_MODEL_AGAIN,
                   source->path, SHOWN, name, bytes);
}

int tg_safetensors_read(struct tg_safetensors *source, const char *name,
                        struct tg_tensor *tensor)
{
    const json_t *entry = json_object_get(source->header, name);
    const json_t *sizes = json_object_get(entry, "shape");
    const json_t *offsets = json_object_get(entry, "data_offsets");
    const uint64_t begin = count_at(offsets, 0), end = count_at(offsets, 1);
    size_t rank = json_array_size(sizes), shape[TG_TENSOR_RANK] = {0}, bytes;
    enum tg_dtype type;
    int error;

    *tensor = (struct tg_tensor){0};
    if (rank > TG_TENSOR_RANK ||
        !tg_dtype_find(json_string_value(json_object_get(entry, "dtype")),
                       &type))
        return 0;
    for (size_t i = 0; i < rank; i++) {
        shape[i] = (size_t)count_at(sizes, i);
        if (shape[i] != count_at(sizes, i))
            return bad_shape(source, name, end - begin);
    }
    if (!tg_dtype_bytes(type, (int)rank, shape, &bytes) || bytes != end - begin)
        return bad_shape(source, name, end - begin);
    if (fseeko(source->file, (off_t)(source->start + begin), SEEK_SET))
        return tg_fail(TG_EIO, "%s: %s", source->path, strerror(errno));
    TG_TRY(tg_tensor_init(tensor, name, type, (int)rank, shape));
    error = read_bytes(source, tensor->data, bytes);
    if (error)
        tg_tensor_free(tensor);
    else
        tg_safetensors_turn(tensor->data, tg_tensor_count(tensor),
                            tg_dtype_size(type));
    return error;
}

void tg_safetensors_turn(void *values, size_t n, size_t size)
{
    unsigned char *value = values;

    if (BYTE_ORDER == LITTLE_ENDIAN)
        return;
    for (size_t i = 0; i < n; i++, value += size)
        for (size_t j = 0; j < size / 2; j++) {
            unsigned char byte = value[j];

            value[j] = value[size - 1 - j];
            value[size - 1 - j] = byte;
        }
}

void tg_safetensors_close(struct tg_safetensors *source)
{
    json_decref(source->header);
    if (source->file)
        fclose(source->file);
    *source = (struct tg_safetensors){0};
}
