/* What files are that are neither PNG nor JPEG, whatever their names say. */
#include <string.h>

#include "codecs.h"

/* First bytes; '?' is any. */
static const struct {
    const char *bytes;
    size_t length;
    const char *what;
} signatures[] = {
    {"RIFF????WEBP", 12, "a WebP picture"},
    {"GIF8", 4, "a GIF picture"},
    {"II*\0", 4, "a TIFF picture"},
    {"MM\0*", 4, "a TIFF picture"},
    {"????ftypavi", 11, "an AVIF picture"},
    {"????ftyphei", 11, "a HEIC picture"},
    {"????ftypmif", 11, "a HEIF picture"},
    {"\0\0\0\x0cjP  ", 8, "a JPEG 2000 picture"},
    {"\xff\x0a", 2, "a JPEG XL picture"},
    {"\0\0\0\x0cJXL ", 8, "a JPEG XL picture"},
    {"8BPS", 4, "a Photoshop picture"},
    {"BM????\0\0\0\0", 10, "a BMP picture"},
    {"P1", 2, "a PBM picture"},
    {"P2", 2, "a PGM picture"},
    {"P3", 2, "a PPM picture"},
    {"P4", 2, "a PBM picture"},
    {"P5", 2, "a PGM picture"},
    {"P6", 2, "a PPM picture"},
    {"<svg", 4, "an SVG drawing"},
    {"<?xml", 5, "XML, perhaps an SVG drawing"},
    {"<!DOCTYPE", 9, "a web page"},
    {"<!doctype", 9, "a web page"},
    {"<html", 5, "a web page"},
    {"<HTML", 5, "a web page"},
    {"%PDF", 4, "a PDF document"},
    {"PK\3\4", 4, "a zip archive"},
    {"\x1f\x8b", 2, "compressed by gzip"},
    {"version https://git-lfs", 23, "a pointer of Git LFS"},
};

static bool matches(const char *bytes, const char *pattern, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pattern[i] != '?' && bytes[i] != pattern[i])
            return false;
    return true;
}

const char *tg_image_signature(FILE *file)
{
    char bytes[32] = {0};
    size_t n = fread(bytes, 1, sizeof bytes, file);

    if (!n)
        return "empty";
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (signatures[i].length <= n &&
            matches(bytes, signatures[i].bytes, signatures[i].length))
            return signatures[i].what;
    return "of no known kind";
}
