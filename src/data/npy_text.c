#include "npy_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "text.h"

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

char *tg_npy_unicode_name(const void *key, size_t width)
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

char *tg_npy_bytes_name(const void *key, size_t width)
{
    return tg_text_format("%.*s", (int)strnlen(key, width), (const char *)key);
}

int tg_npy_unicode_compare(const void *a, const void *b, size_t width)
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
