#include "pixels.h"

#include <assert.h>
#include <string.h>

#include "error.h"
#include "patch_map.h"
#include "task.h"

struct args {
    struct tg_pixels map;
    size_t first;
};

/* ---- In 8 bits --------------------------------------------------------- */

/* Each line with its mirror image, as far as its middle. */
static void fold(size_t values, size_t line, const uint8_t *x, uint8_t *to)
{
    for (size_t row = 0; row < values; row += line)
        for (size_t i = 0; i < (line + 1) / 2; i++)
            *to++ = (uint8_t)((x[row + i] + x[row + line - 1 - i] + 1) / 2);
}

static int pixels(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_pixels *map = &args->map;

    for (size_t s = 0; s < TG_COLS(buffers[0]); s++) {
        const uint8_t *x = TG_PTR(uint8_t, buffers[0]) + s * TG_LD(buffers[0]);
        uint8_t *to =
            TG_PTR(uint8_t, buffers[1]) + args->first + s * TG_LD(buffers[1]);

        if (map->line)
            fold(map->values, map->line, x, to);
        else
            memcpy(to, x, map->values);
    }
    return TG_OK;
}

/* ---- In single precision ----------------------------------------------- */

/* Value i of sample s. */
static float value(void *buffer, size_t s, size_t i)
{
    size_t at = s * TG_LD(buffer) + i;

    return TG_ELEMENT(buffer) == 1 ? TG_PTR(uint8_t, buffer)[at]
                                   : TG_PTR(float, buffer)[at];
}

static int pixels_single(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_pixels *map = &args->map;
    size_t line = map->line ? map->line : map->values;
    size_t taken = map->line ? (line + 1) / 2 : line;

    for (size_t s = 0; s < TG_COLS(buffers[0]); s++) {
        float *to =
            TG_PTR(float, buffers[1]) + args->first + s * TG_LD(buffers[1]);

        for (size_t row = 0; row < map->values; row += line)
            for (size_t i = 0; i < taken; i++) {
                float x = value(buffers[0], s, row + i);

                if (map->line)
                    x = (x + value(buffers[0], s, row + line - 1 - i)) / 2;
                *to++ = x;
            }
    }
    return TG_OK;
}

/* ---- Inserting --------------------------------------------------------- */

TG_CODELET(pixels, .stage = &tg_stage_features, .args = sizeof(struct args),
           TG_MODES(STARPU_R, STARPU_W));
TG_CODELET_NAMED(more_pixels, pixels, .stage = &tg_stage_features,
                 .args = sizeof(struct args), TG_MODES(STARPU_R, STARPU_RW));
TG_CODELET(pixels_single, .stage = &tg_stage_features,
           .args = sizeof(struct args), TG_MODES(STARPU_R, STARPU_W));
TG_CODELET_NAMED(more_pixels_single, pixels_single, .stage = &tg_stage_features,
                 .args = sizeof(struct args), TG_MODES(STARPU_R, STARPU_RW));

size_t tg_pixels_width(const struct tg_pixels *map)
{
    return map->line ? map->values / map->line * ((map->line + 1) / 2)
                     : map->values;
}

int tg_pixels_insert(const struct tg_pixels *map, size_t first,
                     struct tg_tile raw, struct tg_tile features)
{
    static struct tg_codelet *const codelets[2][2] = {
        {&pixels_codelet, &more_pixels_codelet},
        {&pixels_single_codelet, &more_pixels_single_codelet}};
    bool single = features.of->element == sizeof(float);
    struct args args = {*map, first};

    assert(raw.of->element <= features.of->element);
    assert(tg_tile_rows(raw) == map->values);
    assert(!map->line || map->values % map->line == 0);
    assert(first + tg_pixels_width(map) <= tg_tile_rows(features));
    return TG_INSERT(codelets[single][first > 0], tg_features_priority(first),
                     &args, raw, features);
}
