/* Pictures for tests, encoded by the libraries themselves. */
#ifndef TG_PICTURE_FIXTURE_H
#define TG_PICTURE_FIXTURE_H

#include "fixture.h"

#include <png.h>

#include <jpeglib.h>

/* Write a PNG of any colour type and depth; rows are as PNG packs them. */
static inline const char *fixture_png(const char *name, int width, int height,
                                      int color, int depth, int interlace,
                                      const uint8_t *rows)
{
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "wb");
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_color palette[256];
    png_byte alpha[2] = {255, 128};
    size_t bytes;

    assert_non_null(file);
    assert_int_equal(setjmp(png_jmpbuf(png)), 0);
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, depth,
                 color & ~8, interlace, 0, 0);
    for (int i = 0; i < 256; i++)
        palette[i] = (png_color){(png_byte)i, (png_byte)(255 - i), 10};
    if ((color & ~8) == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 1 << depth);
    if (color & 8) /* entry 1 of the palette is half transparent */
        png_set_tRNS(png, info, alpha, 2, NULL);
    png_write_info(png, info);
    bytes = png_get_rowbytes(png, info);
    for (int pass = png_set_interlace_handling(png); pass > 0; pass--)
        for (int y = 0; y < height; y++)
            png_write_row(png, rows + (size_t)y * bytes);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    fclose(file);
    return path;
}

/* Write a JPEG of 1, 3 or 4 components (gray, RGB, CMYK). */
static inline const char *fixture_jpeg(const char *name, int width, int height,
                                       int components, const uint8_t *pixels)
{
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "wb");
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;

    assert_non_null(file);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, file);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = components;
    jpeg.in_color_space = components == 1   ? JCS_GRAYSCALE
                          : components == 3 ? JCS_RGB
                                            : JCS_CMYK;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 100, TRUE);
    jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < height; y++) {
        JSAMPROW row = (JSAMPROW)pixels + y * width * components;

        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    fclose(file);
    return path;
}

#endif
