/*
 * The kernels of patches in single precision, for vectors of a processor.  The
 * file that includes it defines:
 *   LEVEL, TARGET   name, and attribute of functions
 *   vec, LANES      a vector of so many floats
 *   AT_ONCE         positions in registers at once, of
 *   GROUPS          so many groups of 16, at most
 *   load, store, broadcast, multiply_add, larger
 */
#include <math.h>
#include <string.h>

#include "patches_f32_internal.h"

#define INLINE TARGET static inline __attribute__((always_inline))
#define NAMED(name, level) name##_##level
#define NAME(name, level) NAMED(name, level)

enum { GROUP = TG_PATCHES_GROUP, VECTORS = GROUP / LANES };

/* Vectors on the left of a product: `runs` of `length` values. */
struct operand {
    const float *x; /* the first position's */
    size_t runs, length;
    size_t next_run, next_position; /* distances */
};

/* z += x * w, of `count` positions and `groups` groups.
 * Shapes: w [groups][n][16], n = runs * length. */
INLINE void multiply(size_t count, size_t groups, const struct operand *left,
                     const float *w, vec z[AT_ONCE][GROUPS * VECTORS])
{
    size_t n = left->runs * left->length, step = left->next_position;
    const float *from = left->x;

    for (size_t run = 0; run < left->runs; run++, from += left->next_run)
        for (size_t i = 0; i < left->length; i++, w += GROUP) {
            vec a[GROUPS * VECTORS];

            TG_UNROLL()
            for (size_t v = 0; v < groups * VECTORS; v++)
                a[v] = load(w + v / VECTORS * n * GROUP + v % VECTORS * LANES);
            TG_UNROLL()
            for (size_t p = 0; p < count; p++) {
                vec b = broadcast(from[p * step + i]);

                TG_UNROLL()
                for (size_t v = 0; v < groups * VECTORS; v++)
                    z[p][v] = multiply_add(a[v], b, z[p][v]);
            }
        }
}

INLINE void fill(size_t count, size_t groups, vec value,
                 vec z[AT_ONCE][GROUPS * VECTORS])
{
    TG_UNROLL()
    for (size_t p = 0; p < count; p++)
        TG_UNROLL()
    for (size_t v = 0; v < groups * VECTORS; v++)
        z[p][v] = value;
}

/* ---- Whitening -------------------------------------------------------- */

INLINE void whiten_some(size_t count, size_t groups, size_t dims,
                        const struct operand *patch, const float *weights,
                        const float *biases, const float *contrast,
                        const size_t *place, float *whitened)
{
    vec z[AT_ONCE][GROUPS * VECTORS];

    fill(count, groups, broadcast(0), z);
    multiply(count, groups, patch, weights, z);
    TG_UNROLL()
    for (size_t p = 0; p < count; p++)
        TG_UNROLL()
    for (size_t v = 0; v < groups * VECTORS; v++)
        store(whitened + place[p] * dims + v * LANES,
              z[p][v] * broadcast(contrast[p]) - load(biases + v * LANES));
}

/* All dimensions of `count` positions. */
INLINE void whiten_positions(size_t count, const struct tg_patches_f32 *patches,
                             const struct operand *patch, const float *contrast,
                             const size_t *place, float *whitened)
{
    size_t dims = tg_patches_whole(patches->shape.dims);
    size_t m = tg_patches_values(&patches->shape), i = 0;

    for (; GROUPS > 1 && i + GROUPS * GROUP <= dims; i += GROUPS * GROUP)
        whiten_some(count, GROUPS, dims, patch, patches->weights + i * m,
                    patches->biases + i, contrast, place, whitened + i);
    for (; i < dims; i += GROUP)
        whiten_some(count, 1, dims, patch, patches->weights + i * m,
                    patches->biases + i, contrast, place, whitened + i);
}

/* Divided by sqrt(|x|^2 + 0.1): sums of every 16th square, however wide vectors
 * are, added one after another. */
INLINE void to_unit(size_t dims, float *x)
{
    vec sums[VECTORS], scale;
    float lanes[GROUP], square = 0;

    for (size_t v = 0; v < VECTORS; v++)
        sums[v] = broadcast(0);
    for (size_t i = 0; i < dims; i += GROUP)
        for (size_t v = 0; v < VECTORS; v++) {
            vec a = load(x + i + v * LANES);

            sums[v] = multiply_add(a, a, sums[v]);
        }
    for (size_t v = 0; v < VECTORS; v++)
        store(lanes + v * LANES, sums[v]);
    for (size_t i = 0; i < GROUP; i++)
        square += lanes[i];
    scale = broadcast(1 / sqrtf(square + 0.1f));
    for (size_t i = 0; i < dims; i += LANES)
        store(x + i, load(x + i) * scale);
}

TARGET void NAME(tg_patches_f32_whiten,
                 LEVEL)(const struct tg_patches_f32 *patches, const float *x,
                        size_t line, const float *contrast, const size_t *place,
                        float *whitened)
{
    const struct tg_patches_shape *shape = &patches->shape;
    size_t columns = tg_patches_columns(shape), p = 0;
    size_t dims = tg_patches_whole(shape->dims);
    struct operand patch = {x, shape->size, shape->size * shape->channels, line,
                            shape->channels};

    for (; p + AT_ONCE <= columns; p += AT_ONCE) {
        patch.x = x + p * shape->channels;
        whiten_positions(AT_ONCE, patches, &patch, contrast + p, place + p,
                         whitened);
    }
    for (; p < columns; p++) {
        patch.x = x + p * shape->channels;
        whiten_positions(1, patches, &patch, contrast + p, place + p, whitened);
    }
    for (p = 0; shape->unit && p < columns; p++)
        to_unit(dims, whitened + place[p] * dims);
}

/* ---- Filters ---------------------------------------------------------- */

/* Products begin at minus the threshold. */
INLINE void pool_some(size_t count, size_t groups, size_t dims,
                      const float *whitened, const float *panels,
                      float threshold, vec *above, vec *below)
{
    const struct operand patches = {whitened, 1, dims, 0, dims};
    const vec zero = broadcast(0), both = broadcast(2 * threshold);
    vec z[AT_ONCE][GROUPS * VECTORS];

    fill(count, groups, broadcast(-threshold), z);
    multiply(count, groups, &patches, panels, z);
    TG_UNROLL()
    for (size_t p = 0; p < count; p++)
        TG_UNROLL()
    for (size_t v = 0; v < groups * VECTORS; v++) {
        above[v] += larger(z[p][v], zero);
        below[v] += larger(zero - (z[p][v] + both), zero);
    }
}

/* Shapes: `step` from a group's sums to the next one's. */
INLINE void pool_groups(size_t n, size_t groups, size_t dims,
                        const float *whitened, const float *panels,
                        float threshold, float *sums, size_t step)
{
    vec above[GROUPS * VECTORS], below[GROUPS * VECTORS];
    size_t p = 0;

    TG_UNROLL()
    for (size_t v = 0; v < groups * VECTORS; v++) {
        float *to = sums + v / VECTORS * step + v % VECTORS * LANES;

        above[v] = load(to);
        below[v] = load(to + step / 2);
    }
    for (; p + AT_ONCE <= n; p += AT_ONCE)
        pool_some(AT_ONCE, groups, dims, whitened + p * dims, panels, threshold,
                  above, below);
    for (; p < n; p++)
        pool_some(1, groups, dims, whitened + p * dims, panels, threshold,
                  above, below);
    TG_UNROLL()
    for (size_t v = 0; v < groups * VECTORS; v++) {
        float *to = sums + v / VECTORS * step + v % VECTORS * LANES;

        store(to, above[v]);
        store(to + step / 2, below[v]);
    }
}

TARGET void NAME(tg_patches_f32_pool,
                 LEVEL)(const struct tg_patches_f32 *patches, size_t n,
                        const float *whitened, float *sums)
{
    size_t dims = tg_patches_whole(patches->shape.dims), g = 0;
    size_t groups = tg_patches_whole(patches->shape.filters) / GROUP;
    size_t step = 2 * tg_patches_half(&patches->shape);

    for (; GROUPS > 1 && g + GROUPS <= groups; g += GROUPS)
        pool_groups(n, GROUPS, dims, whitened,
                    patches->panels + g * GROUP * dims, *patches->threshold,
                    sums + g * step, step);
    for (; g < groups; g++)
        pool_groups(n, 1, dims, whitened, patches->panels + g * GROUP * dims,
                    *patches->threshold, sums + g * step, step);
}
