/* Sizes of patches, and the block of what they have learnt. */
#include <assert.h>
#include <string.h>

#include "patches_internal.h"

enum { GROUP = TG_PATCHES_GROUP, TILE_ROWS = 16 };

size_t tg_patches_columns(const struct tg_patches_shape *shape)
{
    return shape->width / (shape->halve ? 2 : 1) + 1 - shape->size;
}

size_t tg_patches_rows(const struct tg_patches_shape *shape)
{
    return shape->height / (shape->halve ? 2 : 1) + 1 - shape->size;
}

size_t tg_patches_values(const struct tg_patches_shape *shape)
{
    return shape->size * shape->size * shape->channels;
}

size_t tg_patches_width(const struct tg_patches_shape *shape)
{
    return 2 * shape->grid * shape->grid * shape->filters;
}

bool tg_patches_fit(const struct tg_patches_shape *shape)
{
    size_t g = shape->grid;
    double cell = (double)((tg_patches_columns(shape) + g - 1) / g) *
                  (double)((tg_patches_rows(shape) + g - 1) / g);
    double views = shape->mirror ? 2 : 1;

    return cell * views * 127 * 127 * (double)shape->dims < UINT32_MAX;
}

/* Where everything is. Value: bytes. */
static size_t lay_out(char *block, struct tg_patches *p)
{
    const struct tg_patches_shape *shape = &p->shape;
    size_t m = tg_patches_values(shape), d = shape->dims, k = shape->filters;
    size_t dims = tg_patches_whole(d), filters = tg_patches_whole(k);
    size_t pairs = shape->channels * shape->size * ((shape->size + 1) / 2);
    size_t at = 0;

    p->softness = tg_patches_take(block, &at, 1, sizeof *p->softness);
    p->length = tg_patches_take(block, &at, 1, sizeof *p->length);
    p->whitener = tg_patches_take(block, &at, d * m, sizeof *p->whitener);
    p->gain = tg_patches_take(block, &at, d, sizeof *p->gain);
    p->bias = tg_patches_take(block, &at, d, sizeof *p->bias);
    p->filters = tg_patches_take(block, &at, k * d, sizeof *p->filters);
    p->threshold = tg_patches_take(block, &at, k, sizeof *p->threshold);
    p->quantum = tg_patches_take(block, &at, tg_patches_width(shape),
                                 sizeof *p->quantum);
    p->pairs = tg_patches_take(block, &at, pairs * dims * 2, sizeof *p->pairs);
    p->parts = tg_patches_take(block, &at, 2 * dims * tg_patches_tiles(shape),
                               TG_PATCHES_TILE * sizeof *p->parts);
    p->quads = tg_patches_take(block, &at, dims * filters, sizeof *p->quads);
    p->gains = tg_patches_take(block, &at, dims, sizeof *p->gains);
    p->biases = tg_patches_take(block, &at, dims, sizeof *p->biases);
    p->upper = tg_patches_take(block, &at, filters, sizeof *p->upper);
    p->lower = tg_patches_take(block, &at, filters, sizeof *p->lower);
    return at;
}

size_t tg_patches_bytes(const struct tg_patches_shape *shape)
{
    struct tg_patches patches = {.shape = *shape};

    return lay_out(NULL, &patches);
}

void tg_patches_view(const struct tg_patches_shape *shape, void *block,
                     struct tg_patches *patches)
{
    patches->shape = *shape;
    lay_out(block, patches);
}

/* A patch's rows are taken in pairs of values; the last of an odd row meets a
 * zero. */
static void pack_pairs(struct tg_patches *p)
{
    const struct tg_patches_shape *shape = &p->shape;
    size_t s = shape->size, half = (s + 1) / 2, d = shape->dims;
    size_t m = tg_patches_values(shape), dims = tg_patches_whole(d);

    memset(p->pairs, 0,
           shape->channels * s * half * dims * 2 * sizeof *p->pairs);
    for (size_t row = 0; row < shape->channels * s; row++)
        for (size_t x = 0; x < s; x++)
            for (size_t i = 0; i < d; i++)
                p->pairs[((row * half + x / 2) * dims + i) * 2 + x % 2] =
                    p->whitener[i * m + row * s + x];
}

/* High and low bytes of the whitener, in the order of columns of patches. */
static void pack_parts(struct tg_patches *p)
{
    const struct tg_patches_shape *shape = &p->shape;
    size_t s = shape->size, m = tg_patches_values(shape);
    size_t length = tg_patches_tiles(shape) * TG_PATCHES_TILE;
    size_t half = tg_patches_whole(shape->dims) * length;

    memset(p->parts, 0, 2 * half);
    for (size_t i = 0; i < shape->dims; i++)
        for (size_t j = 0; j < m; j++) {
            size_t byte = j % s * tg_patches_stack(shape) +
                          j / s % s * shape->channels + j / (s * s);
            uint8_t *to = p->parts + i / GROUP * GROUP * length +
                          byte / 4 * 4 * GROUP + i % GROUP * 4 + byte % 4;
            uint16_t value = (uint16_t)p->whitener[i * m + j];

            to[0] = (uint8_t)(value >> 8);
            to[half] = (uint8_t)value;
        }
}

/* Filters, and between which values of their products with patches that are
 * 128 larger their rectifiers are 0. */
static void pack_filters(struct tg_patches *p)
{
    size_t d = p->shape.dims, k = p->shape.filters;
    size_t dims = tg_patches_whole(d), filters = tg_patches_whole(k);

    memset(p->quads, 0, dims * filters);
    memset(p->upper, 0, filters * sizeof *p->upper);
    memset(p->lower, 0, filters * sizeof *p->lower);
    for (size_t f = 0; f < k; f++) {
        int8_t *quads = p->quads + f / GROUP * GROUP * dims + f % GROUP * 4;
        int32_t sum = 0;

        for (size_t i = 0; i < d; i++) {
            quads[i / 4 * GROUP * 4 + i % 4] = p->filters[f * d + i];
            sum += p->filters[f * d + i];
        }
        p->upper[f] = 128 * sum + p->threshold[f];
        p->lower[f] = 128 * sum - p->threshold[f];
    }
}

void tg_patches_pack(struct tg_patches *p)
{
    size_t d = p->shape.dims, dims = tg_patches_whole(d);

    pack_pairs(p);
    pack_parts(p);
    pack_filters(p);
    for (size_t i = 0; i < dims; i++) {
        p->gains[i] = i < d ? p->gain[i] : 0;
        p->biases[i] = i < d ? p->bias[i] : 0;
    }
}

/* ---- Scratch ---------------------------------------------------------- */

size_t tg_patches_lay_scratch(const struct tg_patches_shape *shape,
                              void *scratch, struct tg_patches_scratch *to)
{
    size_t columns = tg_patches_columns(shape);
    size_t positions = columns * tg_patches_rows(shape);
    size_t dims = tg_patches_whole(shape->dims), at = 0;
    size_t sums = 2 * shape->grid * shape->grid;

    to->line = shape->width / (shape->halve ? 2 : 1);
    to->plane = to->line * (shape->height / (shape->halve ? 2 : 1));
    to->image = tg_patches_take(scratch, &at, shape->channels * to->plane,
                                sizeof *to->image);
    to->wide = tg_patches_take(scratch, &at, shape->channels * shape->size,
                               (to->line + 1) * sizeof *to->wide);
    to->turned =
        tg_patches_take(scratch, &at,
                        shape->channels * to->plane + TG_PATCHES_PIECE, 1);
    to->stacks =
        tg_patches_take(scratch, &at,
                        (to->line * tg_patches_rows(shape) + TILE_ROWS) *
                                tg_patches_stack(shape) +
                            TG_PATCHES_TILE,
                        1);
    to->projected =
        tg_patches_take(scratch, &at, columns * dims, sizeof *to->projected);
    to->column_sum =
        tg_patches_take(scratch, &at, to->line, sizeof *to->column_sum);
    to->column_square =
        tg_patches_take(scratch, &at, to->line, sizeof *to->column_square);
    to->sum = tg_patches_take(scratch, &at, columns, sizeof *to->sum);
    to->square = tg_patches_take(scratch, &at, columns, sizeof *to->square);
    to->contrast = tg_patches_take(scratch, &at, columns, sizeof *to->contrast);
    to->whitened = tg_patches_take(scratch, &at, (positions + TILE_ROWS) * dims,
                                   sizeof *to->whitened);
    to->sums =
        tg_patches_take(scratch, &at, sums * tg_patches_whole(shape->filters),
                        sizeof *to->sums);
    return at;
}

size_t tg_patches_scratch(const struct tg_patches_shape *shape)
{
    struct tg_patches_scratch scratch;

    return tg_patches_lay_scratch(shape, NULL, &scratch);
}
