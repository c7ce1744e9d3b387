#include "load.h"

#include <assert.h>

#include "error.h"
#include "task.h"

struct args {
    struct tg_reader reader;
    const size_t *rows;
    size_t n;
};

static int load(void *buffers[], const void *arguments)
{
    const struct args *args = arguments;
    const struct tg_reader *reader = &args->reader;
    uint16_t *labels = TG_PTR(uint16_t, buffers[1]);

    TG_TRY(reader->read(reader->context, args->rows, args->n,
                        TG_PTR(void, buffers[0])));
    for (size_t i = 0; i < args->n; i++)
        labels[i] = reader->labels ? reader->labels[args->rows[i]] : 0;
    return TG_OK;
}

/* A tile of JPEGs takes longer than one of plain bytes. */
static uint32_t load_cost(const void *arguments)
{
    const struct args *args = arguments;

    return args->reader.kind;
}

TG_STAGE(load, 0x8c8c8c, "load");
TG_CODELET(load, .stage = &tg_stage_load, .args = sizeof(struct args),
           .cost = load_cost, TG_MODES(STARPU_W, STARPU_W));

int tg_load_insert(const struct tg_reader *reader, const size_t *rows, size_t n,
                   struct tg_tile samples, struct tg_tile labels)
{
    struct args args = {*reader, rows, n};

    assert(tg_tile_cols(samples) == n && tg_tile_rows(labels) == n);
    return TG_INSERT(&load_codelet, TG_PRIORITY_LOAD, &args, samples, labels);
}
