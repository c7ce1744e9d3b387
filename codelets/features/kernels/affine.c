#include "affine.h"

#include <assert.h>
#include <math.h>

/* Places are counted in 2^-32 of a pixel, which a sum over a row of any length
 * does not blur, and used in 1/256. */
enum {
    PLACE_BITS = 32,
    WEIGHT_BITS = 8,
    WEIGHT = 1 << WEIGHT_BITS,
    CHUNK = 64 /* pixels whose neighbours are found at once */
};

/* Where output pixel (0, 0) comes from, and how far a column and a row further
 * on are there. */
struct inverse {
    double x, y;
    double column_x, column_y;
    double row_x, row_y;
};

/* The neighbours of some output pixels: of each the first, the steps to the
 * next column and row, 0 at an edge, and the next ones' weights. */
struct neighbours {
    int32_t first[CHUNK], right[CHUNK], below[CHUNK];
    int32_t weight_x[CHUNK], weight_y[CHUNK];
};

/* Sine and cosine by their series in a fixed order: those of libraries differ
 * from processor to processor in the last bit.  Up to half a turn, the first
 * term left out is below 1e-16. */
static void sine_cosine(double degrees, double *sine, double *cosine)
{
    double x = degrees * (M_PI / 180), term = 1;

    *sine = 0;
    *cosine = 1;
    for (int k = 1; k < 30; k += 2) {
        term *= x / k;
        *sine += term;
        term *= -x / (k + 1);
        *cosine += term;
    }
}

static struct inverse invert(const struct tg_raster *raster,
                             const struct tg_affine *affine)
{
    double centre_x = ((double)raster->width - 1) / 2;
    double centre_y = ((double)raster->height - 1) / 2;
    double sine, cosine, size = 1 + affine->scale, x, y;
    struct inverse inverse;

    assert(raster->width <= TG_AFFINE_SIDE);
    assert(raster->height <= TG_AFFINE_SIDE);
    assert(raster->width * raster->height <= INT32_MAX);
    assert(fabs(affine->rotation) <= TG_AFFINE_TURN);
    assert(fabs(affine->shift_x) <= TG_AFFINE_SIDE);
    assert(fabs(affine->shift_y) <= TG_AFFINE_SIDE);
    assert(fabs(affine->scale) <= TG_AFFINE_SCALE);
    assert(fabs(affine->shear) <= TG_AFFINE_SHEAR);
    sine_cosine(affine->rotation, &sine, &cosine);
    inverse.column_x = (cosine + affine->shear * sine) / size;
    inverse.row_x = (sine - affine->shear * cosine) / size;
    inverse.column_y = -sine / size;
    inverse.row_y = cosine / size;
    if (affine->mirror) {
        inverse.column_x = -inverse.column_x;
        inverse.row_x = -inverse.row_x;
    }
    x = -centre_x - affine->shift_x;
    y = -centre_y - affine->shift_y;
    inverse.x = centre_x + (inverse.column_x * x + inverse.row_x * y);
    inverse.y = centre_y + (inverse.column_y * x + inverse.row_y * y);
    return inverse;
}

static int64_t place(double pixels)
{
    return (int64_t)llrint(ldexp(pixels, PLACE_BITS));
}

/* A place in 1/256 of a pixel, rounded; taken to the nearest edge. */
static inline int32_t inside(int64_t place, int32_t side)
{
    const int shift = PLACE_BITS - WEIGHT_BITS;
    int32_t at = (int32_t)((place + (INT64_C(1) << (shift - 1))) >> shift);
    int32_t last = (side - 1) * WEIGHT;

    at = at < 0 ? 0 : at;
    return at > last ? last : at;
}

/* The neighbours of n pixels, of which the first comes from (x, y) and each
 * next one from (dx, dy) further on. */
static void find(const struct tg_raster *raster, size_t n, int64_t x, int64_t y,
                 int64_t dx, int64_t dy, struct neighbours *to)
{
    int32_t width = (int32_t)raster->width, height = (int32_t)raster->height;

    for (size_t i = 0; i < n; i++, x += dx, y += dy) {
        int32_t at_x = inside(x, width), at_y = inside(y, height);
        int32_t column = at_x >> WEIGHT_BITS, row = at_y >> WEIGHT_BITS;

        to->first[i] = row * width + column;
        to->right[i] = column < width - 1;
        to->below[i] = row < height - 1 ? width : 0;
        to->weight_x[i] = at_x & (WEIGHT - 1);
        to->weight_y[i] = at_y & (WEIGHT - 1);
    }
}

/* Exact: 255 * 256 * 256 and a half fit. */
static void mix_u8(size_t n, const struct neighbours *at, const void *from,
                   void *to)
{
    const uint8_t *in = from;
    uint8_t *restrict out = to;

    for (size_t i = 0; i < n; i++) {
        const uint8_t *p = in + at->first[i], *q = p + at->below[i];
        int32_t right = at->right[i], weight = at->weight_x[i];
        int32_t upper = p[0] * WEIGHT + (p[right] - p[0]) * weight;
        int32_t lower = q[0] * WEIGHT + (q[right] - q[0]) * weight;
        int32_t sum = upper * WEIGHT + (lower - upper) * at->weight_y[i];

        out[i] = (uint8_t)((sum + WEIGHT * WEIGHT / 2) / (WEIGHT * WEIGHT));
    }
}

/* Where b has no weight, a itself: a sum would lose the sign of -0. */
static float between(float a, float b, int32_t weight)
{
    return weight ? a + (b - a) * ((float)weight / WEIGHT) : a;
}

static void mix_f32(size_t n, const struct neighbours *at, const void *from,
                    void *to)
{
    const float *in = from;
    float *restrict out = to;

    for (size_t i = 0; i < n; i++) {
        const float *p = in + at->first[i], *q = p + at->below[i];
        int32_t right = at->right[i];

        out[i] =
            between(between(p[0], p[right], at->weight_x[i]),
                    between(q[0], q[right], at->weight_x[i]), at->weight_y[i]);
    }
}

typedef void mixer(size_t n, const struct neighbours *at, const void *from,
                   void *to);

/* Neighbours are found once for all channels. */
static void warp(const struct tg_raster *raster, const struct tg_affine *affine,
                 size_t element, mixer *mix, const void *from, void *to)
{
    const size_t width = raster->width, height = raster->height;
    const struct inverse inverse = invert(raster, affine);
    const int64_t dx = place(inverse.column_x), dy = place(inverse.column_y);
    struct neighbours at;

    for (size_t row = 0; row < height; row++) {
        int64_t x = place(inverse.x + (double)row * inverse.row_x);
        int64_t y = place(inverse.y + (double)row * inverse.row_y);

        for (size_t column = 0; column < width; column += CHUNK) {
            size_t n = width - column < CHUNK ? width - column : CHUNK;

            find(raster, n, x + (int64_t)column * dx, y + (int64_t)column * dy,
                 dx, dy, &at);
            for (size_t c = 0; c < raster->channels; c++) {
                size_t first = c * width * height;

                mix(n, &at, (const char *)from + first * element,
                    (char *)to + (first + row * width + column) * element);
            }
        }
    }
}

void tg_affine_u8(const struct tg_raster *raster,
                  const struct tg_affine *affine, const uint8_t *in,
                  uint8_t *out)
{
    warp(raster, affine, sizeof *in, mix_u8, in, out);
}

void tg_affine_f32(const struct tg_raster *raster,
                   const struct tg_affine *affine, const float *in, float *out)
{
    warp(raster, affine, sizeof *in, mix_f32, in, out);
}
