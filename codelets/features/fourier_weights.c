#include "fourier_block.h"

#include <assert.h>
#include <math.h>

#include "error.h"
#include "fourier_u8.h"
#include "gauss.h"
#include "hash.h"
#include "patch_map.h"
#include "task.h"

/* What is drawn for a feature, from its key. */
static uint64_t key_of(const struct tg_fourier *map, size_t feature)
{
    return tg_hash(tg_hash(map->seed) + feature);
}

/* A feature's direction before all else. Shapes: bits[values + 1], w[stride] */
static void draw(const struct tg_fourier *map, size_t feature, uint64_t *bits,
                 double *w)
{
    uint64_t key = key_of(map, feature);
    size_t stride = tg_gauss_stride(map->values);

    for (size_t v = 0; v < map->values + map->values % 2; v++)
        bits[v] = tg_hash(key + v);
    tg_gauss(map->values, bits, w);
    for (size_t v = map->values; v < stride; v++)
        w[v] = 0;
}

/* Units: 2^-32 turns. */
static uint32_t offset_of(const struct tg_fourier *map, size_t feature)
{
    return (uint32_t)(tg_hash(~key_of(map, feature)) >> 32);
}

/* ---- Storing ----------------------------------------------------------- */

static void store_u8(const struct tg_fourier *map, double gamma, size_t feature,
                     const double *w, uint8_t *panels)
{
    size_t in_panel = feature % TG_FOURIER_PANEL;
    uint8_t *panel = panels + feature / TG_FOURIER_PANEL *
                                  tg_fourier_panel_size(map->values);

    if (in_panel == 0)
        tg_fourier_start(map->values, tg_fourier_step(gamma, map->unit), panel);
    tg_fourier_pack(map->values, in_panel, w, offset_of(map, feature), panel);
}

static void store_f32(const struct tg_fourier *map, double gamma,
                      size_t feature, const double *w, float *columns)
{
    double scale = sqrt(2 * gamma) * map->unit / (2 * M_PI);
    float *column = columns + feature * (map->values + 1);

    for (size_t v = 0; v < map->values; v++)
        column[v] = (float)(w[v] * scale);
    column[map->values] = (float)(offset_of(map, feature) * 0x1p-32);
}

static void store(const struct tg_fourier *map, size_t feature, const double *w,
                  void *block)
{
    double gamma = *(double *)block;

    if (map->single)
        store_f32(map, gamma, feature, w, tg_fourier_weights(block));
    else
        store_u8(map, gamma, feature, w, tg_fourier_weights(block));
}

/* ---- Making ------------------------------------------------------------ */

/* Scratch: random words, lengths of directions, directions. */
struct room {
    uint64_t *bits;
    double *lengths, *w;
};

static struct room room_of(size_t stride, void *buffer)
{
    double *scratch = TG_PTR(double, buffer);

    return (struct room){TG_PTR(uint64_t, buffer), scratch + stride,
                         scratch + 2 * stride};
}

static void independent(const struct tg_fourier *map, const struct room *room,
                        void *block)
{
    for (size_t feature = 0; feature < map->features; feature++) {
        draw(map, feature, room->bits, room->w);
        store(map, feature, room->w, block);
    }
}

/* Features [first, end) of a run.  The length of a normal direction is
 * independent of where it points: it is given back. */
static void orthogonal(const struct tg_fourier *map, size_t first, size_t end,
                       const struct room *room, void *block)
{
    size_t stride = tg_gauss_stride(map->values);

    for (size_t i = 0; first + i < end; i++) {
        double *w = room->w + i * stride;

        draw(map, first + i, room->bits, w);
        room->lengths[i] = tg_gauss_length(stride, w);
    }
    tg_gauss_orthogonalise(stride, 0, end - first, room->w);
    for (size_t i = 0; first + i < end; i++) {
        double *w = room->w + i * stride;

        for (size_t v = 0; v < map->values; v++)
            w[v] *= room->lengths[i];
        store(map, first + i, w, block);
    }
}

static int fourier_weights(void *buffers[], const void *arguments)
{
    const struct tg_fourier *map = arguments;
    size_t d = map->features, run = map->values;
    struct room room = room_of(tg_gauss_stride(run), buffers[0]);
    void *block = TG_PTR(void, buffers[1]);

    if (!map->orthogonal)
        independent(map, &room, block);
    for (size_t first = 0; map->orthogonal && first < d; first += run)
        orthogonal(map, first, d - first < run ? d : first + run, &room, block);
    return TG_OK;
}

/* Orthogonal directions take longer. */
static uint32_t cost(const void *arguments)
{
    const struct tg_fourier *map = arguments;

    return map->orthogonal;
}

TG_CODELET(fourier_weights, .stage = &tg_stage_learn,
           .args = sizeof(struct tg_fourier), .cost = cost,
           TG_MODES(STARPU_SCRATCH, STARPU_RW));

/* ---- Inserting --------------------------------------------------------- */

size_t tg_fourier_bytes(const struct tg_fourier *map)
{
    size_t panels = (map->features + TG_FOURIER_PANEL - 1) / TG_FOURIER_PANEL;

    return TG_FOURIER_HEAD +
           (map->single ? map->features * (map->values + 1) * sizeof(float)
                        : panels * tg_fourier_panel_size(map->values));
}

size_t tg_fourier_weights_scratch(const struct tg_fourier *map)
{
    size_t run = map->features < map->values ? map->features : map->values;

    /* Random words, lengths, directions. */
    return tg_gauss_stride(map->values) * (2 + (map->orthogonal ? run : 1)) *
           sizeof(double);
}

int tg_fourier_weights_insert(const struct tg_fourier *map,
                              struct tg_tile scratch, struct tg_tile block)
{
    assert(map->single || map->values <= TG_FOURIER_VALUES_MAX);
    assert(tg_tile_rows(block) == tg_fourier_bytes(map));
    return TG_INSERT(&fourier_weights_codelet, TG_PRIORITY_DECIDE, map, scratch,
                     block);
}
