/* Pictures: decode PNG and JPEG, resize, turn gray, write PNG.
 *
 * Pixels are what a viewer shows: turned as the camera noted (EXIF), in sRGB by
 * the colour profile (ICC) or the gamma and primaries in the file, transparent
 * ones on a ground, 16 bits made 8 by rounding, of an animation the first
 * picture.  What says nothing of its colours is sRGB.
 * Thread-safe.  Integer arithmetic: the same bytes on every machine, as far as
 * Little CMS gives them, by which profiles are applied.  Pictures of more than
 * TG_IMAGE_PIXELS are refused.
 */
#ifndef TG_IMAGE_H
#define TG_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TG_IMAGE_PIXELS = 100000000 };

struct tg_image {
    int width, height, channels; /* channels: 1 (gray) or 3 (R, G, B) */
    uint8_t *pixels;             /* (channel, width, height), channel fastest */
};

/* What transparent pixels are put on; all zero is white. */
struct tg_ground {
    bool given;
    uint8_t rgb[3]; /* where given */
};

/* Its colour; rgb[3]. */
void tg_ground_color(const struct tg_ground *ground, uint8_t *rgb);

/* Read #RRGGBB; false: it is not that. */
bool tg_ground_read(const char *text, struct tg_ground *ground);

/* What a header says. */
struct tg_image_header {
    int width, height; /* as shown: turned */
    bool transparent;  /* it may have transparent pixels */
};

/* Read the header alone.
 * Errors: TG_ENOINPUT, TG_EDATA. */
int tg_image_look(const char *path, struct tg_image_header *header);

/* Width and height, as shown, from the header alone.
 * Errors: TG_ENOINPUT, TG_EDATA. */
int tg_image_size(const char *path, int *width, int *height);

/* Does a file begin as a PNG or a JPEG picture?  False where it can't be
 * read. */
bool tg_image_is(const char *path);

/* Decode a file, recognised by its first bytes; nothing to free on failure.
 * CMYK is turned into RGB.  NULL is the default ground.
 * Errors: TG_ENOINPUT, TG_EDATA (not a picture, damaged, too large),
 * TG_EMEMORY. */
int tg_image_decode(const char *path, const struct tg_ground *ground,
                    struct tg_image *image);

void tg_image_free(struct tg_image *image);

/* To one channel, in place: (19595 R + 38470 G + 7471 B) / 65536, rounded.
 * Source: ITU-R BT.601 luma. */
void tg_image_gray(struct tg_image *image);

/* Resize into planes.  Per axis: shrinking takes the mean over the area that
 * a pixel covers, growing interpolates linearly between pixel centres; one
 * rounding, half up.
 * Shapes: planes (width, height, channel), width fastest.
 * Errors: TG_EMEMORY. */
int tg_image_resize(const struct tg_image *image, int width, int height,
                    uint8_t *planes);

/* Gray if channels is 1 (the picture is, too, then), resize; a gray picture
 * becomes one of three equal channels.
 * Shapes: planes (width, height, channels), channels 1 or 3.
 * Errors: TG_EMEMORY. */
int tg_image_fit(struct tg_image *image, int width, int height, int channels,
                 uint8_t *planes);

/* Decode, and fit.
 * Shapes: planes (width, height, channels), channels 1 or 3.
 * Errors: those of tg_image_decode. */
int tg_image_read(const char *path, const struct tg_ground *ground, int width,
                  int height, int channels, uint8_t *planes);

/* 255 where value / 255 > threshold, else 0, in place. */
void tg_image_threshold(double threshold, size_t n, uint8_t *values);

/* Write an 8-bit PNG ("-": standard output).
 * Shapes: planes (width, height, channels), channels 1 or 3.
 * Errors: TG_ECANTCREAT, TG_EIO, TG_EMEMORY. */
int tg_image_write(const char *path, int width, int height, int channels,
                   const uint8_t *planes);

/* The same PNG in memory; *bytes is to be freed, save on failure.
 * Errors: TG_EMEMORY, TG_EIO. */
int tg_image_encode(int width, int height, int channels, const uint8_t *planes,
                    char **bytes, size_t *size);

#endif
