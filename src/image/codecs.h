/* The decoders of image.c; private to it. */
#ifndef TG_IMAGE_CODECS_H
#define TG_IMAGE_CODECS_H

#include <stdbool.h>
#include <stdio.h>

#include "image.h"

/* Has a file so many bytes?  Sizes that it can't hold are not believed. */
bool tg_image_has(FILE *file, uint64_t bytes);

/* Decode an open file, or only its size: pixels is then left NULL.
 * Errors: TG_EDATA, TG_EMEMORY. */
int tg_image_decode_png(const char *path, FILE *file, bool size_only,
                        struct tg_image *image);
int tg_image_decode_jpeg(const char *path, FILE *file, bool size_only,
                         struct tg_image *image);

#endif
