/* What the tests of .npy files share: files of any header and data. */
#ifndef TG_NPY_FIXTURE_H
#define TG_NPY_FIXTURE_H

#include "fixture.h"

enum { ROOM = 1 << 20 };

static char buffer[ROOM];

/* Write a .npy file with any header text; returns its path. */
static const char *write_raw(const char *name, int version, const char *text,
                             const void *data, size_t n)
{
    const size_t length = strlen(text), start = version == 1 ? 10 : 12;

    assert_true(start + length + n < ROOM);
    memcpy(buffer, "\x93NUMPY", 6);
    buffer[6] = (char)version;
    buffer[7] = 0;
    for (size_t i = 8; i < start; i++)
        buffer[i] = (char)(length >> 8 * (i - 8));
    memcpy(buffer + start, text, length);
    memcpy(buffer + start + length, data, n);
    return fixture_write(name, buffer, start + length + n);
}

/* As numpy writes it: padded with spaces, ended by a newline. */
static const char *write_npy(const char *name, int version, const char *descr,
                             const char *shape, const void *data, size_t n)
{
    char text[256];

    snprintf(text, sizeof text,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s, }     \n",
             descr, shape);
    return write_raw(name, version, text, data, n);
}

#endif
