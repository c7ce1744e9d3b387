/* Files of models as the format's document lays them out, byte by byte, in a
 * folder that is removed at the end. */
#ifndef TG_MODEL_FIXTURE_H
#define TG_MODEL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM 8192 /* bytes, enough for the files of these tests */

static char folder[] = "/tmp/test_model.XXXXXX";

/* The path of a name in the tests' folder; the last four are kept. */
static inline const char *place(const char *name)
{
    static char *kept[4];
    static unsigned next;
    char **path = &kept[next++ % 4];

    free(*path);
    assert_true(asprintf(path, "%s/%s", folder, name) >= 0);
    return *path;
}

static inline size_t read_file(const char *path, unsigned char bytes[ROOM])
{
    FILE *file = fopen(path, "rb");
    size_t size;

    assert_non_null(file);
    size = fread(bytes, 1, ROOM, file);
    assert_true(size < ROOM);
    fclose(file);
    return size;
}

static inline void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

#define META                                                                   \
    "\"format\":\"starpu_ridge\",\"version\":\"1\",\"classes\":"               \
    "\"[\\\"a\\\",\\\"b\\\"]\",\"lambda\":\"2.5\",\"n_train\":\"7\","          \
    "\"scale\":\"1\",\"type\":\"f32\",\"width\":\"0\",\"height\":\"0\","       \
    "\"channels\":\"0\",\"gray\":\"false\",\"threshold\":\"none\""
#define TENSOR(name, type, shape, offsets)                                     \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape                    \
    ",\"data_offsets\":" offsets "}"
#define WEIGHTS TENSOR("weights", "F64", "[2,1]", "[0,16]")
#define INTERCEPT TENSOR("intercept", "F64", "[2]", "[16,32]")
#define HEADER(meta, tensors) "{\"__metadata__\":{" meta "}," tensors "}"
#define GOOD HEADER(META, WEIGHTS "," INTERCEPT)

/* 1, -2, 0.5, 1024 in little-endian IEEE 754 */
static const unsigned char values[32] = {0, 0, 0, 0, 0, 0, 0xf0, 0x3f,
                                         0, 0, 0, 0, 0, 0, 0,    0xc0,
                                         0, 0, 0, 0, 0, 0, 0xe0, 0x3f,
                                         0, 0, 0, 0, 0, 0, 0x90, 0x40};

static inline size_t lay_out(unsigned char bytes[ROOM], const char *header,
                             const unsigned char *data, size_t size)
{
    size_t length = strlen(header);

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)length >> 8 * i);
    memcpy(bytes + 8, header, length);
    memcpy(bytes + 8 + length, data, size);
    return 8 + length + size;
}

static inline int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

/* Only the files that the tests named are there: no temporary one. */
static inline int tear_down(void **state)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;
    int left = 0;

    (void)state;
    while ((entry = readdir(stream))) {
        left += strstr(entry->d_name, ".tmp") != NULL;
        unlink(place(entry->d_name));
    }
    closedir(stream);
    return rmdir(folder) || left;
}

#endif
