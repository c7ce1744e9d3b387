#include "text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

struct tg_text tg_text_count(int64_t n)
{
    struct tg_text result;
    uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
    char *to = result.text + sizeof result.text;
    int digits = 0;

    *--to = '\0';
    do {
        if (digits && digits % 3 == 0)
            *--to = ',';
        *--to = (char)('0' + rest % 10);
        digits++;
    } while (rest /= 10);
    if (n < 0)
        *--to = '-';
    memmove(result.text, to, strlen(to) + 1);
    return result;
}

struct tg_text tg_text_real(double value, int digits)
{
    struct tg_text result = {"-"};
    int precision = digits > 4 ? digits : 4;

    if (!isfinite(value))
        return result;
    if (fabs(value) < 1e7)
        snprintf(result.text, sizeof result.text, "%.*f", digits, value);
    else
        snprintf(result.text, sizeof result.text, "%.*g", precision, value);
    return result;
}

char *tg_text_format(const char *format, ...)
{
    va_list args;
    char *text = NULL;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) {
        text = NULL;
        tg_fail(TG_EMEMORY, "out of memory");
    }
    va_end(args);
    return text;
}

/* Bytes that follow the first of a UTF-8 character, or -1; *least is the
 * smallest code that needs that many. */
static int follow(unsigned char first, uint32_t *least)
{
    if (first < 0x80)
        return 0;
    if (first >= 0xc0 && first < 0xe0) {
        *least = 0x80;
        return 1;
    }
    if (first >= 0xe0 && first < 0xf0) {
        *least = 0x800;
        return 2;
    }
    *least = 0x10000;
    return first >= 0xf0 && first < 0xf8 ? 3 : -1;
}

size_t tg_text_step(const char *text, bool *good)
{
    const unsigned char *byte = (const unsigned char *)text;
    uint32_t least = 0, code;
    int more = follow(*byte, &least);

    *good = false;
    if (more < 0)
        return 1;
    code = more ? *byte & (0x3fu >> more) : *byte;
    for (int i = 1; i <= more; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 1;
        code = code << 6 | (byte[i] & 0x3f);
    }
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
        code < 0x20 || (code >= 0x7f && code < 0xa0))
        return 1;
    *good = true;
    return (size_t)more + 1;
}

static bool is_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

size_t tg_text_escape_step(const char *text, unsigned what, char written[5])
{
    const unsigned char byte = (unsigned char)*text;
    const bool marked = what & TG_ESCAPE_MARKS && byte == '\\' &&
                        text[1] == 'x' && is_digit(text[2]) &&
                        is_digit(text[3]);
    bool good;
    size_t step = tg_text_step(text, &good);

    if (marked || (!good && (what & TG_ESCAPE_CONTROLS || byte >= 0x80))) {
        snprintf(written, 5, "\\x%02X", byte);
    } else {
        memcpy(written, text, step);
        written[step] = '\0';
    }
    return step;
}

char *tg_text_escape(const char *text, unsigned what)
{
    char *copy = malloc(4 * strlen(text) + 1), *to = copy, written[5];

    for (; copy && *text; to += strlen(to)) {
        text += tg_text_escape_step(text, what, written);
        strcpy(to, written);
    }
    if (copy)
        *to = '\0';
    return copy;
}

bool tg_text_is_clean(const char *text)
{
    bool good = *text;

    while (good && *text)
        text += tg_text_step(text, &good);
    return good;
}

int tg_text_columns(const char *text)
{
    int columns = 0;
    bool good;

    for (; *text; text += tg_text_step(text, &good))
        columns++;
    return columns;
}

/* Print at most `limit` characters. */
static void put(FILE *out, const char *text, int limit)
{
    bool good;

    for (size_t step; *text && limit > 0; text += step, limit--) {
        step = tg_text_step(text, &good);
        if (good)
            fwrite(text, 1, step, out);
        else
            fputc('?', out);
    }
}

void tg_text_name(FILE *out, const char *name, int width, bool fill)
{
    int columns = tg_text_columns(name);

    if (columns > width) {
        put(out, name, width - 3);
        fputs("...", out);
        return;
    }
    put(out, name, width);
    if (fill)
        fprintf(out, "%*s", width - columns, "");
}

void tg_text_path(FILE *out, const char *path, int width)
{
    int skip = tg_text_columns(path) - width;
    bool good;

    if (skip > 0) {
        for (skip += 3; skip > 0; skip--)
            path += tg_text_step(path, &good);
        fputs("...", out);
    }
    put(out, path, width);
}

void tg_text_whole(FILE *out, const char *path)
{
    char written[5];

    while (*path) {
        path += tg_text_escape_step(path, TG_ESCAPE_CONTROLS, written);
        fputs(written, out);
    }
}

void tg_text_sentence(FILE *out, const char *text)
{
    const int room = TG_TEXT_WIDTH - TG_TEXT_LABEL;
    int used = 0;

    while (*text) {
        const size_t bytes = strcspn(text, " ");
        char *word = strndup(text, bytes);
        const int columns = word ? tg_text_columns(word) : 0;

        if (used && used + 1 + columns > room) {
            fprintf(out, "\n%*s", TG_TEXT_LABEL, "");
            used = 0;
        }
        if (used)
            fputc(' ', out);
        if (word)
            tg_text_whole(out, word);
        used += columns + (used > 0);
        free(word);
        text += bytes + strspn(text + bytes, " ");
    }
    fputc('\n', out);
}

char *tg_text_clean(const char *text)
{
    char *clean = strdup(text);
    bool good;

    for (char *c = clean; c && *c;) {
        size_t step = tg_text_step(c, &good);

        if (!good)
            *c = '?';
        c += step;
    }
    return clean;
}
