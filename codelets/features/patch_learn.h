/* Between the files of learning patches only. */
#ifndef TG_CODELET_PATCH_LEARN_H
#define TG_CODELET_PATCH_LEARN_H

#include "patch_map.h"

enum { TG_PATCH_STRIP = 256 }; /* patches at a time */

extern struct tg_stage tg_stage_sample;

/* A patch less its mean. Shapes: patch, centred [m]. Value: its variance. */
double tg_patch_centre(size_t m, const uint8_t *patch, double *centred);

#endif
