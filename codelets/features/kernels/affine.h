/*
 * A picture turned, shifted, scaled, sheared and mirrored about its centre.
 * Pure kernels: no allocation, no state, safe to call from any thread; the same
 * bytes on every processor.
 */
#ifndef TG_AFFINE_H
#define TG_AFFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A sample as a picture: (width, height, channel), width fastest. */
struct tg_raster {
    size_t width, height, channels;
};

/* What the kernels take; width times height is below 2^31. */
#define TG_AFFINE_SIDE 65536 /* width, height and shift: at most */
#define TG_AFFINE_TURN 180.0 /* rotation: at most, to either side */
#define TG_AFFINE_SCALE 0.9  /* scale: at most, to either side */
#define TG_AFFINE_SHEAR 4.0  /* shear: at most, to either side */

/*
 * A map of pictures: mirror, shear, rotate and scale about the centre, in this
 * order, then shift.  All zero is the picture itself.
 */
struct tg_affine {
    double rotation;         /* degrees, from the x axis towards the y axis */
    double shift_x, shift_y; /* pixels */
    double scale;            /* pictures become 1 + scale times as large */
    double shear;            /* x grows by shear times y */
    bool mirror;             /* left is right */
};

/*
 * Map a picture: out(p) = in(c + A⁻¹ (p - c - shift)) with c the centre
 * ((width - 1) / 2, (height - 1) / 2), between pixels by bilinear interpolation
 * at places rounded to 1/256 of a pixel; what lies outside the picture is as
 * its nearest edge.  8-bit values are rounded once, halves up.  A map of zeroes
 * gives the same picture, bit for bit.
 * Shapes: in, out width x height x channels, not overlapping.
 * Units: values are what they are; the mean of equal values is that value.
 */
void tg_affine_u8(const struct tg_raster *raster,
                  const struct tg_affine *affine, const uint8_t *in,
                  uint8_t *out);
void tg_affine_f32(const struct tg_raster *raster,
                   const struct tg_affine *affine, const float *in, float *out);

#endif
