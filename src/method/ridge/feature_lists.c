#include "feature_lists.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

static const char ends[] = ":+="; /* of what may be a list */

/* Values in the list that `text` begins with. */
static size_t values(const char *text, size_t length)
{
    size_t n = 1;

    for (size_t c = 0; c < length; c++)
        n += text[c] == ',';
    return n;
}

size_t tg_feature_lists_count(const char *text)
{
    size_t count = 1;

    while (*text) {
        size_t length = strcspn(text, ends), n = values(text, length);

        if (count > SIZE_MAX / n)
            return SIZE_MAX;
        count *= n;
        text += length + (text[length] != '\0');
    }
    return count;
}

int tg_feature_lists_at(const char *text, size_t i, char *map, size_t size)
{
    size_t at = 0;

    while (*text && at < size) {
        size_t length = strcspn(text, ends), n = values(text, length);
        const char *value = text;

        for (size_t v = i % n; v; v--)
            value = strchr(value, ',') + 1;
        i /= n;
        at += (size_t)snprintf(map + at, size - at, "%.*s",
                               (int)strcspn(value, ",:+="), value);
        text += length;
        if (!*text)
            break;
        if (at + 1 < size)
            map[at] = *text;
        at++;
        text++;
    }
    if (at + 1 >= size)
        return tg_fail(TG_EUSAGE,
                       "--features is longer than %zu characters; give fewer "
                       "terms",
                       size - 2);
    map[at] = '\0';
    return TG_OK;
}
