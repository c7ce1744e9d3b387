/* Folders of pictures.  Choices; PNG or JPEG files.  A PNG's checksums may be
 * mended, and its IDAT compressed, so that what is behind them is reached. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "fuzz.h"

enum { SIGNATURE = 8, HEAD = 8 /* length, type */, CHECKSUM = 4 };

enum {
    FLAT = 1,   /* pictures without classes */
    MENDED = 2, /* checksums and lengths of chunks are right */
    PACKED = 4  /* an IDAT holds what is still to be compressed */
};

static uint32_t get(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
           (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put(uint32_t value, FILE *file)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        putc((int)(value >> shift & 0xff), file);
}

static void write_chunk(const uint8_t *type, struct fuzz_bytes content,
                        FILE *file)
{
    uLong sum = crc32(crc32(0, NULL, 0), type, 4);

    if (content.left) /* of no bytes, crc32() would be the initial value */
        sum = crc32(sum, content.at, (uInt)content.left);
    put((uint32_t)content.left, file);
    fwrite(type, 1, 4, file);
    fwrite(content.at, 1, content.left, file);
    put((uint32_t)sum, file);
}

static void write_packed(const uint8_t *type, struct fuzz_bytes content,
                         FILE *file)
{
    uLong n = compressBound(content.left);
    uint8_t *packed = malloc(n);

    fuzz_check(packed);
    fuzz_check(compress2(packed, &n, content.at, content.left, 1) == Z_OK);
    write_chunk(type, (struct fuzz_bytes){packed, n}, file);
    free(packed);
}

static void skip(struct fuzz_bytes *bytes, size_t n)
{
    n = n < bytes->left ? n : bytes->left;
    bytes->at += n;
    bytes->left -= n;
}

static void write_mended(const char *name, bool pack, struct fuzz_bytes png)
{
    FILE *file = fopen(name, "wb");

    fuzz_check(file);
    fwrite(png.at, 1, SIGNATURE, file);
    for (skip(&png, SIGNATURE); png.left >= HEAD;) {
        const uint8_t *type = png.at + 4;
        size_t n = get(png.at);

        skip(&png, HEAD);
        n = n < png.left ? n : png.left;
        if (pack && memcmp(type, "IDAT", 4) == 0)
            write_packed(type, (struct fuzz_bytes){png.at, n}, file);
        else
            write_chunk(type, (struct fuzz_bytes){png.at, n}, file);
        skip(&png, n + CHECKSUM);
    }
    fuzz_check(fclose(file) == 0);
}

static void write_picture(const char *name, uint8_t how,
                          struct fuzz_bytes piece)
{
    const bool png =
        piece.left > SIGNATURE && memcmp(piece.at, "\x89PNG", 4) == 0;

    if (png && how & (MENDED | PACKED))
        write_mended(name, how & PACKED, piece);
    else
        fuzz_write(name, piece.at, piece.left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a/1.png", "b/1.jpeg", "b/2.png"};
    struct fuzz_bytes input = {data, size};
    const struct tg_dataset_options options = fuzz_options(&input);
    const uint8_t how = fuzz_byte(&input);

    if (!(how & FLAT)) {
        fuzz_check(mkdir("a", 0777) == 0);
        fuzz_check(mkdir("b", 0777) == 0);
    }
    for (int i = 0; i < 3 && input.left; i++) {
        char flat[8];

        snprintf(flat, sizeof flat, "%d.jpg", i);
        write_picture(how & FLAT ? flat : names[i], how, fuzz_piece(&input));
    }
    fuzz_dataset("pictures:.", &options);
    fuzz_clean();
    return 0;
}
