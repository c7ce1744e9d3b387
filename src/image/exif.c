#include <string.h>

#include "codecs.h"

enum { ORIENTATION = 0x112, SHORT = 3, LONG = 4, ENTRY = 12 };

static size_t number(const uint8_t *bytes, int n, bool big)
{
    size_t value = 0;

    for (int i = 0; i < n; i++)
        value = value << 8 | bytes[big ? i : n - 1 - i];
    return value;
}

/* Some writers put the marker's own head before the data of PNG, too. */
static void skip_head(const uint8_t **exif, size_t *n)
{
    static const char head[6] = "Exif\0";

    if (*n < sizeof head || memcmp(*exif, head, sizeof head) != 0)
        return;
    *exif += sizeof head;
    *n -= sizeof head;
}

int tg_exif_orientation(const uint8_t *exif, size_t n)
{
    size_t at, entries;
    bool big;

    skip_head(&exif, &n);
    if (n < 8 || (memcmp(exif, "II*\0", 4) && memcmp(exif, "MM\0*", 4)))
        return 1;
    big = exif[0] == 'M';
    at = number(exif + 4, 4, big);
    if (at > n - 2)
        return 1;
    entries = number(exif + at, 2, big);
    for (at += 2; entries && n >= ENTRY && at <= n - ENTRY; at += ENTRY) {
        const size_t type = number(exif + at + 2, 2, big);

        entries--;
        if (number(exif + at, 2, big) != ORIENTATION ||
            (type != SHORT && type != LONG))
            continue;
        at = number(exif + at + 8, type == SHORT ? 2 : 4, big);
        return at >= 1 && at <= 8 ? (int)at : 1;
    }
    return 1;
}
