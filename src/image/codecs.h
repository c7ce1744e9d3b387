/* The decoders of image.c, and what is done to their pixels; private to it. */
#ifndef TG_IMAGE_CODECS_H
#define TG_IMAGE_CODECS_H

#include <stdbool.h>
#include <stdio.h>

#include "image.h"

/* What a file has in place of a profile; all zero is sRGB. */
struct tg_colors {
    double xy[4][2]; /* white, red, green, blue in CIE 1931; or zeros */
    double gamma;    /* of what is shown by what is stored; 0: sRGB's curve */
};

/* A picture as it lies in its file. */
struct tg_picture {
    struct tg_image image; /* channels 1 to 4: 2 and 4 with alpha, last */
    int orientation;       /* of EXIF, 1 to 8 */
    bool transparent;      /* it may have transparent pixels */
    void *profile;         /* ICC; or NULL */
    size_t profile_size;   /* bytes */
    struct tg_colors colors;
};

/* Has a file so many bytes?  Sizes that it can't hold are not believed. */
bool tg_image_has(FILE *file, uint64_t bytes);

/* Decode an open file, or only its header: pixels and profile are then left
 * NULL. What there is, is to be freed, also on failure.
 * Errors: TG_EDATA, TG_EMEMORY. */
int tg_image_decode_png(const char *path, FILE *file, bool header_only,
                        struct tg_picture *picture);
int tg_image_decode_jpeg(const char *path, FILE *file, bool header_only,
                         struct tg_picture *picture);

/* The orientation that EXIF data have noted, 1 to 8; 1, upright, where they
 * have none or are damaged.
 * Source: CIPA DC-008 (Exif 2.32), 4.6.4 A, tag 274; TIFF 6.0, section 2. */
int tg_exif_orientation(const uint8_t *exif, size_t n);

/* Bring pixels into sRGB, by the profile or the colours of the picture; those
 * that can't be used are ignored, as viewers do. */
void tg_picture_color(struct tg_picture *picture);

/* Put transparent pixels on a ground: channels become 1 or 3.
 * Errors: TG_EMEMORY. */
int tg_picture_ground(struct tg_picture *picture,
                      const struct tg_ground *ground);

/* Turn the picture upright. Errors: TG_EMEMORY. */
int tg_picture_turn(struct tg_picture *picture);

#endif
