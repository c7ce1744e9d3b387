#include "npy_file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

enum { MAX_HEADER = 65536, PREFIX = 12 /* magic, version, length at most */ };

/* The header's text, a Python dictionary, as it is parsed. */
struct scanner {
    const char *at, *end;
};

static void skip_spaces(struct scanner *scanner)
{
    while (scanner->at < scanner->end && isspace((unsigned char)*scanner->at))
        scanner->at++;
}

/* Take a piece of text, if it is next. */
static bool take(struct scanner *scanner, const char *text)
{
    const size_t n = strlen(text);

    skip_spaces(scanner);
    if ((size_t)(scanner->end - scanner->at) < n ||
        memcmp(scanner->at, text, n) != 0)
        return false;
    scanner->at += n;
    return true;
}

/* Take a quoted text without escapes. */
static bool take_text(struct scanner *scanner, char *text, size_t size)
{
    const char *quote = take(scanner, "'") ? "'" : "\"";
    size_t n = 0;

    if (*quote == '"' && !take(scanner, quote))
        return false;
    for (; scanner->at < scanner->end && *scanner->at != *quote &&
           *scanner->at != '\\' && n + 1 < size;
         scanner->at++)
        text[n++] = *scanner->at;
    text[n] = '\0';
    return take(scanner, quote);
}

static bool take_number(struct scanner *scanner, uint64_t *number)
{
    const char *start;

    skip_spaces(scanner);
    start = scanner->at;
    for (*number = 0;
         scanner->at < scanner->end && isdigit((unsigned char)*scanner->at);
         scanner->at++)
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, *scanner->at - '0', number))
            return false;
    return scanner->at > start;
}

/* A tuple; Python 2 wrote numbers such as 60000L. */
static bool take_shape(struct scanner *scanner, struct tg_npy_header *header)
{
    header->ndims = 0;
    if (!take(scanner, "("))
        return false;
    while (!take(scanner, ")")) {
        if (header->ndims == TG_NPY_DIMS ||
            !take_number(scanner, &header->dims[header->ndims++]))
            return false;
        take(scanner, "L");
        if (!take(scanner, ","))
            return take(scanner, ")");
    }
    return true;
}

/* A dtype such as <f4, |u1, >U12, |O, <M8[ns]. */
static bool parse_descr(const char *descr, struct tg_npy_header *header)
{
    struct scanner scanner = {descr, descr + strlen(descr)};
    bool sized;

    header->big = take(&scanner, ">");
    if (!header->big && !take(&scanner, "<") && !take(&scanner, "|") &&
        !take(&scanner, "="))
        return false;
    header->kind = scanner.at < scanner.end ? *scanner.at++ : '\0';
    if (!isalpha((unsigned char)header->kind))
        return false;
    sized = take_number(&scanner, &header->item);
    header->length = 1;
    if (strchr("US", header->kind)) {
        header->length = header->item;
        header->item = header->kind == 'U' ? 4 : 1;
    }
    if (scanner.at < scanner.end && *scanner.at == '[')
        return true; /* a unit, of dates */
    return scanner.at == scanner.end &&
           (sized ? header->item > 0 && header->length > 0
                  : header->kind == 'O');
}

/* Parse {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }. */
static int parse_text(const char *path, struct scanner scanner,
                      struct tg_npy_header *header)
{
    char key[16], *descr = header->descr;
    bool fortran = false, shape = false, order = false;
    bool ok = take(&scanner, "{");

    while (ok && !take(&scanner, "}")) {
        ok = take_text(&scanner, key, sizeof key) && take(&scanner, ":");
        if (ok && strcmp(key, "descr") == 0 && !*descr) {
            if (take(&scanner, "["))
                return tg_fail(TG_EDATA,
                               "%s: its elements are records of fields; save "
                               "numbers alone, such as X['name'], with "
                               "numpy.save",
                               path);
            ok = take_text(&scanner, descr, sizeof header->descr);
        } else if (ok && strcmp(key, "fortran_order") == 0 && !order) {
            order = true;
            fortran = take(&scanner, "True");
            ok = fortran || take(&scanner, "False");
        } else if (ok && strcmp(key, "shape") == 0 && !shape) {
            shape = true;
            ok = take_shape(&scanner, header);
        } else {
            ok = false;
        }
        if (ok && !take(&scanner, ",")) {
            ok = take(&scanner, "}");
            break;
        }
    }
    skip_spaces(&scanner);
    if (!ok || !shape || !order || scanner.at != scanner.end)
        return tg_fail(TG_EDATA,
                       "%s: its header is not that of an array of "
                       "numbers in 0 to %d dimensions; save it with "
                       "numpy.save",
                       path, TG_NPY_DIMS);
    if (!parse_descr(descr, header))
        return tg_fail(TG_EDATA,
                       "%s: its elements, of dtype '%s', can't be "
                       "read; save numbers",
                       path, descr);
    header->fortran = fortran && header->ndims > 1;
    return 0;
}

int tg_npy_refuse_dtype(const char *path, const struct tg_npy_header *header,
                        const char *what, const struct tg_npy_advice *advice)
{
    while (advice->kind && advice->kind != header->kind)
        advice++;
    return tg_fail(TG_EDATA, "%s: %s are %s (dtype '%s'); %s", path, what,
                   advice->what, header->descr, advice->save);
}

int tg_npy_check_size(const struct tg_source *source,
                      const struct tg_npy_header *header)
{
    uint64_t sizes[TG_NPY_DIMS + 2], bytes;

    memcpy(sizes, header->dims, sizeof header->dims);
    sizes[header->ndims] = header->item;
    sizes[header->ndims + 1] = header->length;
    if (!tg_sizes_product(sizes, header->ndims + 2, &bytes))
        return tg_fail(TG_EDATA,
                       "%s: its header claims an empty or "
                       "impossibly large array; save it again",
                       source->path);
    if (bytes != source->size - header->first)
        return tg_fail(TG_EDATA,
                       "%s: its header claims %llu bytes of data, "
                       "and %llu follow; save it again",
                       source->path, (unsigned long long)bytes,
                       (unsigned long long)(source->size - header->first));
    return 0;
}

int tg_npy_open(const char *path, struct tg_source *source,
                struct tg_npy_header *header)
{
    unsigned char start[TG_SIGNATURE] = {0};
    struct scanner scanner;
    uint64_t length;
    size_t n;
    char *text;
    int error;

    memset(header, 0, sizeof *header);
    TG_TRY(tg_source_open(path, source));
    TG_TRY(tg_source_start(source, start, &n));
    if (n < 6 || memcmp(start, "\x93NUMPY", 6) != 0)
        return tg_fail_unlike(path, start, n, "is not a .npy file",
                              "save it with numpy.save");
    if (n < PREFIX || start[6] < 1 || start[6] > 3)
        return tg_fail(TG_EDATA,
                       "%s: is not a .npy file of version 1 to 3; "
                       "save it with numpy.save",
                       path);
    length = start[8] | (uint64_t)start[9] << 8;
    if (start[6] > 1)
        length |= (uint64_t)start[10] << 16 | (uint64_t)start[11] << 24;
    header->first = (start[6] > 1 ? 12 : 10) + length;
    if (length > MAX_HEADER || header->first > source->size)
        return tg_fail(TG_EDATA,
                       "%s: its header claims to be %llu bytes "
                       "long; save it again",
                       path, (unsigned long long)length);
    text = malloc(length + 1);
    if (!text)
        return tg_fail_memory(path);
    error = tg_source_read(source, header->first - length, length, text);
    scanner = (struct scanner){text, text + length};
    if (!error)
        error = parse_text(path, scanner, header);
    free(text);
    return error;
}
