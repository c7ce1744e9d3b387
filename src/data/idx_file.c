#include "idx_file.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "error.h"

enum {
    MAX_RATIO = 1032, /* what deflate can reach, and no more */
    BOMB_RATIO = 100, /* what no pictures reach; sorted labels may */
    BOMB_BYTES = 128 << 20,
};

/* Read a header from the first `n` bytes of a file, or of what is compressed in
 * it. */
static int parse_header(const char *path, bool packed,
                        const unsigned char *bytes, size_t n,
                        struct tg_idx_header *header)
{
    uint64_t values;

    if (n < 4 || bytes[0] || bytes[1] || bytes[3] < 1)
        return tg_fail_unlike(path, bytes, n,
                              packed ? "decompressed, is not an IDX file"
                                     : "is not an IDX file",
                              "it must start with 0 0 8 and the number of "
                              "dimensions");
    if (bytes[2] != 8 || bytes[3] > TG_IDX_DIMS)
        return tg_fail(TG_EDATA,
                       "%s: is IDX of type 0x%02x in %d dimensions; "
                       "only unsigned bytes (0x08) in 1 to %d are read; save "
                       "it as .npy",
                       path, bytes[2], bytes[3], TG_IDX_DIMS);
    header->ndims = bytes[3];
    if (n < 4 + 4 * (size_t)header->ndims)
        return tg_fail(TG_EDATA,
                       "%s: ends within its header; get the file "
                       "again",
                       path);
    for (int i = 0; i < header->ndims; i++) {
        const unsigned char *b = bytes + 4 + 4 * i;

        header->dims[i] = (uint64_t)b[0] << 24 | (uint64_t)b[1] << 16 |
                          (uint64_t)b[2] << 8 | b[3];
    }
    if (!tg_sizes_product(header->dims, header->ndims, &values))
        return tg_fail(TG_EDATA,
                       "%s: its header claims an empty or "
                       "impossibly large array; get the file again",
                       path);
    header->first = 4 + 4 * (uint64_t)header->ndims;
    header->size = header->first + values;
    return 0;
}

/* Inflate the first bytes of a .gz; returns how many there are. */
static size_t peek(const unsigned char *bytes, size_t size, unsigned char *head)
{
    z_stream stream = {0};
    size_t n;
    int result = Z_OK;

    if (inflateInit2(&stream, 15 + 16) != Z_OK)
        return 0;
    stream.next_in = (Bytef *)bytes;
    stream.avail_in = size < 1 << 20 ? (uInt)size : 1 << 20;
    stream.next_out = head;
    stream.avail_out = TG_SIGNATURE;
    while (result == Z_OK && stream.avail_out > 0 && stream.avail_in > 0) {
        result = inflate(&stream, Z_SYNC_FLUSH);
        if (result == Z_STREAM_END) /* one member */
            result = inflateReset(&stream);
    }
    n = TG_SIGNATURE - stream.avail_out;
    inflateEnd(&stream);
    return n;
}

/* Check the sizes that a .gz claims, before memory is spent on them. */
static int check_gz(const char *path, const unsigned char *bytes, size_t size,
                    struct tg_idx_header *header)
{
    unsigned char head[TG_SIGNATURE];
    uint64_t isize; /* of the last member */

    if (size < 18)
        return tg_fail(TG_EDATA,
                       "%s: is not a gzip file, but the start of one; get the "
                       "file again",
                       path);
    TG_TRY(parse_header(path, true, head, peek(bytes, size, head), header));
    isize = (uint64_t)bytes[size - 4] | (uint64_t)bytes[size - 3] << 8 |
            (uint64_t)bytes[size - 2] << 16 | (uint64_t)bytes[size - 1] << 24;
    if (header->size > UINT32_MAX)
        return tg_fail(TG_EDATA,
                       "%s: holds 4 GiB or more; decompress it with "
                       "gunzip",
                       path);
    if (isize > header->size || header->size / MAX_RATIO > size)
        return tg_fail(TG_EDATA,
                       "%s: its header claims %llu bytes, its gzip "
                       "trailer %llu, in %zu compressed; get the file again",
                       path, (unsigned long long)header->size,
                       (unsigned long long)isize, size);
    if (header->size > BOMB_BYTES && header->size / BOMB_RATIO > size)
        return tg_fail(TG_EDATA,
                       "%s: its %zu bytes claim to hold %llu, more than %d "
                       "times as much, as no pictures do; if they are good, "
                       "decompress it with gunzip",
                       path, size, (unsigned long long)header->size,
                       BOMB_RATIO);
    return 0;
}

/* What follows the members of a .gz as a filling. */
static bool all_zero(const unsigned char *bytes, size_t n)
{
    while (n > 0 && !bytes[n - 1])
        n--;
    return n == 0;
}

/* Decompress all members of a .gz.
 * Shapes: packed[size], content[header->size]. */
static int inflate_members(const char *path, const unsigned char *packed,
                           size_t size, const struct tg_idx_header *header,
                           unsigned char *content)
{
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    size_t at = 0, total = 0;
    int error = inflater ? 0 : tg_fail_memory(path);

    while (!error && at < size && !(at && all_zero(packed + at, size - at))) {
        size_t used, made;

        if (libdeflate_gzip_decompress_ex(inflater, packed + at, size - at,
                                          content + total, header->size - total,
                                          &used, &made) != LIBDEFLATE_SUCCESS) {
            error = tg_fail(TG_EDATA,
                            "%s: its compressed data are damaged, or "
                            "followed by others; get the file again",
                            path);
            break;
        }
        at += used;
        total += made;
    }
    libdeflate_free_decompressor(inflater);
    if (!error && total != header->size)
        error = tg_fail(TG_EDATA,
                        "%s: its header claims %llu bytes, and %zu are "
                        "compressed in it; get the file again",
                        path, (unsigned long long)header->size, total);
    return error;
}

/* Replace a .gz source by its content. */
static int inflate_source(struct tg_source *source,
                          struct tg_idx_header *header)
{
    const size_t size = source->size;
    unsigned char *packed = malloc(size + 1), *content = NULL;
    int error = packed ? tg_source_read(source, 0, size, packed)
                       : tg_fail_memory(source->path);

    if (!error)
        error = check_gz(source->path, packed, size, header);
    if (error)
        goto done;
    content = malloc(header->size);
    error = content
                ? inflate_members(source->path, packed, size, header, content)
                : tg_fail_memory(source->path);
    if (error)
        goto done;
    source->bytes = content;
    source->size = header->size;
    content = NULL;
done:
    free(content);
    free(packed);
    return error;
}

int tg_idx_open(const char *path, bool gz, struct tg_source *source,
                struct tg_idx_header *header)
{
    unsigned char head[TG_SIGNATURE];
    size_t n;
    int error;

    TG_TRY(tg_source_open(path, source));
    TG_TRY(tg_source_start(source, head, &n));
    if (n >= 2 && head[0] == 0x1f && head[1] == 0x8b)
        return inflate_source(source, header);
    if (gz && n >= 3 && memcmp(head, "\0\0\x08", 3) == 0)
        return tg_fail(TG_EDATA,
                       "%s: is not a gzip file, but an IDX file as it is; "
                       "remove .gz from its name",
                       path);
    if (gz)
        return tg_fail_unlike(path, head, n, "is not a gzip file",
                              "get the file again");
    error = parse_header(path, false, head, n, header);
    if (!error && header->size != source->size)
        error = tg_fail(TG_EDATA,
                        "%s: is %llu bytes long, and its header "
                        "claims %llu; get the file again",
                        path, (unsigned long long)source->size,
                        (unsigned long long)header->size);
    return error;
}
