#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "npy_file.h"
#include "error.h"

/* An integer of any width, or a float with an integer value. */
static bool label_number(const struct tg_npy_header *header,
                         const unsigned char *raw, int64_t *value)
{
    uint64_t bits = 0;
    const int unused = 64 - 8 * (int)header->item;
    double number;

    memcpy(&bits, raw, header->item);
    if (header->kind == 'f') {
        float single;

        memcpy(&number, &bits, sizeof number);
        if (header->item == 4) {
            memcpy(&single, &bits, sizeof single);
            number = single;
        }
        if (!(fabs(number) <= 0x1p53) || number != floor(number))
            return false;
        *value = (int64_t)number;
        return true;
    }
    *value = header->kind == 'i' ? (int64_t)(bits << unused) >> unused
                                 : (int64_t)bits;
    return header->kind == 'i' || bits <= INT64_MAX;
}

/* UTF-8 of one character; returns its bytes.  What is no character becomes
 * 0xff, which is refused as a name. */
static size_t encode(uint32_t code, char *text)
{
    static const uint32_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    const size_t n = code < 0x80      ? 1
                     : code < 0x800   ? 2
                     : code < 0x10000 ? 3
                                      : 4;

    if (!code || code > 0x10ffff) {
        *text = (char)0xff;
        return 1;
    }
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        text[i] = (char)(0x80 | (code & 0x3f));
    text[0] = (char)(marks[n] | code);
    return n;
}

/* The name of a class that is a text of UTF-32 characters, padded by 0. */
static char *text_name(const void *key, size_t width)
{
    size_t count = width / 4, n = 0;
    uint32_t code = 0;
    char *name = malloc(width + 1);

    if (!name) {
        tg_fail(TG_EMEMORY, "out of memory");
        return NULL;
    }
    for (; count > 0 && !code; count -= !code)
        memcpy(&code, (const char *)key + 4 * (count - 1), sizeof code);
    for (size_t i = 0; i < count; i++) {
        memcpy(&code, (const char *)key + 4 * i, sizeof code);
        n += encode(code, name + n);
    }
    name[n] = '\0';
    return name;
}

/* In the order of their characters, as numpy sorts texts. */
static int compare_texts(const void *a, const void *b, size_t width)
{
    for (size_t i = 0; i < width; i += 4) {
        uint32_t x, y;

        memcpy(&x, (const char *)a + i, sizeof x);
        memcpy(&y, (const char *)b + i, sizeof y);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

static int check_labels(const struct tg_dataset *base, const char *samples,
                        const struct tg_source *source,
                        const struct tg_npy_header *header)
{
    const bool column = header->ndims == 2 && header->dims[1] == 1;
    const uint64_t item = header->item;
    const bool number = (strchr("iu", header->kind) &&
                         (item == 1 || item == 2 || item == 4 || item == 8)) ||
                        (header->kind == 'b' && item == 1) ||
                        (header->kind == 'f' && (item == 4 || item == 8));

    if (!number && (header->kind != 'U' || header->length > 1024))
        return tg_fail(TG_EDATA,
                       "%s: labels are of dtype '%c%llu'; save "
                       "integers or text",
                       source->path, header->kind, (unsigned long long)item);
    if (header->ndims != 1 && !column)
        return tg_fail(TG_EDATA,
                       "%s: labels have %d dimensions; save one per "
                       "sample",
                       source->path, header->ndims);
    if (header->dims[0] != base->count)
        return tg_fail(TG_EDATA,
                       "%s: holds %llu labels for the %zu samples "
                       "of %s; the numbers must be equal",
                       source->path, (unsigned long long)header->dims[0],
                       base->count, samples);
    return 0;
}

/* Turn one chunk of labels into class numbers. */
static int add_labels(const struct tg_source *source,
                      const struct tg_npy_header *header,
                      struct tg_classes *classes, size_t first, size_t n,
                      const unsigned char *raw, uint16_t *labels)
{
    const size_t width = header->item * header->length;

    for (size_t i = 0; i < n; i++, raw += width) {
        const void *key = raw;
        int64_t value;

        if (header->kind != 'U') {
            if (!label_number(header, raw, &value))
                return tg_fail(TG_EDATA,
                               "%s: label %zu (the first is 0) is "
                               "not a whole number below 2^63; save integers "
                               "or text",
                               source->path, first + i);
            key = &value;
        }
        TG_TRY(tg_classes_add(classes, source->path, key, labels + i));
    }
    return 0;
}

int tg_npy_labels(struct tg_dataset *base, const char *samples,
                  const char *path)
{
    enum { CHUNK = 4096 };
    struct tg_source source = {.fd = -1};
    struct tg_npy_header header;
    struct tg_classes classes;
    unsigned char *raw = NULL;
    size_t width;
    int error = tg_npy_open(path, &source, &header);

    tg_classes_numbers(&classes);
    if (!error)
        error = check_labels(base, samples, &source, &header);
    if (error)
        goto done;
    width = header.item * header.length;
    if (header.kind == 'U') {
        classes.width = width;
        classes.compare = compare_texts;
    }
    raw = malloc(CHUNK * width);
    base->labels = malloc(base->count * sizeof *base->labels);
    if (!raw || !base->labels)
        error = tg_fail_memory(path);
    for (size_t i = 0, n; i < base->count && !error; i += n) {
        n = base->count - i < CHUNK ? base->count - i : CHUNK;
        error =
            tg_source_read(&source, header.first + i * width, n * width, raw);
        if (!error)
            error = add_labels(&source, &header, &classes, i, n, raw,
                               base->labels + i);
    }
    if (!error)
        error = tg_classes_finish(&classes,
                                  header.kind == 'U' ? text_name : NULL, base);
done:
    tg_classes_free(&classes);
    tg_source_close(&source);
    free(raw);
    return error;
}
