#include "load.h"

#include <assert.h>

#include "error.h"
#include "task.h"

struct args {
    struct tg_reader reader;
    const size_t *rows;
    size_t n;
};

TG_CLONES static void shift(size_t d, size_t n, const float *origin,
                            float *samples)
{
    for (size_t i = 0; i < n; i++, samples += d)
        for (size_t f = 0; f < d; f++)
            samples[f] -= origin[f];
}

static void load(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct args args;

    if (!tg_task_begin(&timer, TG_STAGE_LOAD))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    const struct tg_reader *reader = &args.reader;
    uint16_t *labels = TG_PTR(uint16_t, buffers[1]);
    int err = reader->read(reader->context, args.rows, args.n,
                           TG_PTR(void, buffers[0]));
    if (err)
        tg_task_fail(err);
    else if (reader->origin)
        shift(TG_ROWS(buffers[0]), args.n, reader->origin,
              TG_PTR(float, buffers[0]));
    for (size_t i = 0; i < args.n; i++)
        labels[i] = reader->labels ? reader->labels[args.rows[i]] : 0;
    tg_task_end(&timer);
}

/* A tile of JPEGs takes longer than one of plain bytes. */
static uint32_t load_cost(struct starpu_task *task)
{
    struct args args;

    starpu_codelet_unpack_args(task->cl_arg, &args);
    return starpu_hash_crc32c_be(args.reader.kind,
                                 starpu_task_data_footprint(task));
}

TG_CODELET_COST(LOAD, load, load_cost, 2, STARPU_W, STARPU_W);

int tg_load_insert(const struct tg_reader *reader, const size_t *rows, size_t n,
                   starpu_data_handle_t samples, starpu_data_handle_t labels)
{
    struct args args = {*reader, rows, n};

    assert(!reader->origin || TG_HANDLE_ELEMENT(samples) == sizeof(float));
    assert(TG_HANDLE_COLS(samples) == n && TG_HANDLE_ROWS(labels) == n);
    return TG_INSERT(&load_codelet, TG_PRIORITY_LOAD, &args, STARPU_W, samples,
                     STARPU_W, labels);
}
