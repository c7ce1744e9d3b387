/* Draws the digits of dataset_synth; private to it.
 *
 * A digit is a few strokes; a stroke is a uniform quadratic B-spline through
 * jittered control points, moved by a random affine map, and stamped with a
 * round pen.  Then a slight blur, a random ink, and noise.  Integers only.
 */
#ifndef TG_DATASET_GLYPHS_H
#define TG_DATASET_GLYPHS_H

#include <stddef.h>
#include <stdint.h>

/* The pen's prints, by radius and by position within a pixel; read-only. */
struct tg_pen;

/* Make a pen, to be freed with free(); NULL without memory. */
struct tg_pen *tg_pen_new(void);

/* Mix a seed and an index into the 64 bits that decide everything.
 * Source: Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014 (SplitMix64). */
uint64_t tg_glyph_key(uint64_t seed, uint64_t index);

/* Draw one sample: the digit tg_glyph_key() % 10.  Thread-safe.
 * Shapes: pixels 28 x 28, width fastest. */
void tg_glyph_draw(const struct tg_pen *pen, uint64_t seed, uint64_t index,
                   uint8_t *pixels);

#endif
