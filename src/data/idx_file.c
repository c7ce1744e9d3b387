#include "idx_file.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "error.h"

enum {
    MAX_HEADER = 4 + 4 * TG_IDX_DIMS,
    MAX_RATIO = 1032, /* what deflate can reach, and no more */
    BOMB_RATIO = 100, /* what no pictures reach; sorted labels may */
    BOMB_BYTES = 128 << 20,
};

/* Read a header from the first `n` bytes of a file (or of what it holds). */
static int parse_header(const char *path, const unsigned char *bytes, size_t n,
                        struct tg_idx_header *header)
{
    uint64_t values;

    if (n < 4 || bytes[0] || bytes[1] || bytes[3] < 1)
        return tg_fail(TG_EDATA,
                       "%s: is not an IDX file; it must start with "
                       "0 0 8 and the number of dimensions",
                       path);
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

    if (inflateInit2(&stream, 15 + 16) != Z_OK)
        return 0;
    stream.next_in = (Bytef *)bytes;
    stream.avail_in = size < 1 << 20 ? (uInt)size : 1 << 20;
    stream.next_out = head;
    stream.avail_out = MAX_HEADER;
    inflate(&stream, Z_SYNC_FLUSH);
    n = MAX_HEADER - stream.avail_out;
    inflateEnd(&stream);
    return n;
}

/* Check the sizes that a .gz claims, before memory is spent on them. */
static int check_gz(const char *path, const unsigned char *bytes, size_t size,
                    struct tg_idx_header *header)
{
    unsigned char head[MAX_HEADER];
    uint64_t isize;

    if (size < 18 || bytes[0] != 0x1f || bytes[1] != 0x8b)
        return tg_fail(TG_EDATA,
                       "%s: is not a gzip file; get the file again, "
                       "or remove .gz from its name",
                       path);
    TG_TRY(parse_header(path, head, peek(bytes, size, head), header));
    isize = (uint64_t)bytes[size - 4] | (uint64_t)bytes[size - 3] << 8 |
            (uint64_t)bytes[size - 2] << 16 | (uint64_t)bytes[size - 1] << 24;
    if (header->size > UINT32_MAX)
        return tg_fail(TG_EDATA,
                       "%s: holds 4 GiB or more; decompress it with "
                       "gunzip",
                       path);
    if (header->size != isize || header->size / MAX_RATIO > size)
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

/* Replace a .gz source by its content. */
static int inflate_source(struct tg_source *source,
                          struct tg_idx_header *header)
{
    const size_t size = source->size;
    struct libdeflate_decompressor *inflater = NULL;
    unsigned char *packed = malloc(size + 1), *content = NULL;
    size_t used = 0, made = 0;
    int error;

    if (!packed)
        return tg_fail_memory(source->path);
    error = tg_source_read(source, 0, size, packed);
    if (!error)
        error = check_gz(source->path, packed, size, header);
    if (error)
        goto done;
    content = malloc(header->size);
    inflater = libdeflate_alloc_decompressor();
    if (!content || !inflater) {
        error = tg_fail_memory(source->path);
        goto done;
    }
    if (libdeflate_gzip_decompress_ex(inflater, packed, size, content,
                                      header->size, &used,
                                      &made) != LIBDEFLATE_SUCCESS ||
        used != size || made != header->size) {
        error = tg_fail(TG_EDATA,
                        "%s: its compressed data are damaged, or "
                        "followed by others; get the file again",
                        source->path);
        goto done;
    }
    source->bytes = content;
    source->size = header->size;
    content = NULL;
done:
    libdeflate_free_decompressor(inflater);
    free(content);
    free(packed);
    return error;
}

int tg_idx_open(const char *path, bool gz, struct tg_source *source,
                struct tg_idx_header *header)
{
    unsigned char head[MAX_HEADER];
    size_t n;
    int error;

    TG_TRY(tg_source_open(path, source));
    if (gz)
        return inflate_source(source, header);
    n = source->size < MAX_HEADER ? source->size : MAX_HEADER;
    error = tg_source_read(source, 0, n, head);
    if (!error)
        error = parse_header(path, head, n, header);
    if (!error && header->size != source->size)
        error = tg_fail(TG_EDATA,
                        "%s: is %llu bytes long, and its header "
                        "claims %llu; get the file again",
                        path, (unsigned long long)source->size,
                        (unsigned long long)header->size);
    return error;
}
