#include "task.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "error.h"

static atomic_int failure;
static struct tg_submissions submissions;
static bool dry;
static const struct tg_gate *gate; /* of what is inserted now */

/* ---- Running ----------------------------------------------------------- */

/* The codelet of a task. */
static const struct tg_codelet *codelet_of(const struct starpu_task *task)
{
    return (const struct tg_codelet *)((const char *)task->cl -
                                       offsetof(struct tg_codelet, starpu));
}

static void clear_written(const struct tg_codelet *codelet, void *buffers[])
{
    for (int b = 0; b < codelet->buffers; b++) {
        size_t bytes = TG_ROWS(buffers[b]) * TG_ELEMENT(buffers[b]);
        size_t stride = TG_LD(buffers[b]) * TG_ELEMENT(buffers[b]);

        if (codelet->modes[b] == STARPU_SCRATCH ||
            !(codelet->modes[b] & STARPU_W))
            continue;
        for (size_t c = 0; c < TG_COLS(buffers[b]); c++)
            memset(TG_PTR(char, buffers[b]) + c * stride, 0, bytes);
    }
}

#ifdef STARPU_SIMGRID
/* Tasks are only timed there, by their performance models. */
static const starpu_cpu_func_t run = (starpu_cpu_func_t)1;
#else
static void run(void *buffers[], void *packed)
{
    const struct tg_codelet *codelet = codelet_of(starpu_task_get_current());
    double begun = tg_tally_begin();
    _Alignas(max_align_t) char args[codelet->args + 1];
    const struct tg_gate *under;

    starpu_codelet_unpack_args(packed, args, &under);
    if (failure == TG_OK && !(under && under->shut))
        tg_task_fail(codelet->cpu(buffers, args));
    if (failure != TG_OK)
        clear_written(codelet, buffers);
    tg_tally_end(codelet->stage, begun);
}
#endif

/* What a task costs depends on its shapes, on the bytes of an element, which
 * StarPU leaves out, and on arguments of some. */
static uint32_t footprint(struct starpu_task *task)
{
    const struct tg_codelet *codelet = codelet_of(task);
    _Alignas(max_align_t) char args[codelet->args + 1];
    const struct tg_gate *under;
    uint32_t hash = starpu_task_data_footprint(task);

    for (unsigned b = 0; b < STARPU_TASK_GET_NBUFFERS(task); b++)
        hash = starpu_hash_crc32c_be((uint32_t)starpu_matrix_get_elemsize(
                                         STARPU_TASK_GET_HANDLE(task, b)),
                                     hash);
    if (!codelet->cost)
        return hash;
    starpu_codelet_unpack_args(task->cl_arg, args, &under);
    return starpu_hash_crc32c_be(codelet->cost(args), hash);
}

void tg_task_fail(int error)
{
    int none = TG_OK;

    if (error)
        atomic_compare_exchange_strong(&failure, &none, error);
}

int tg_task_error(void)
{
    return failure;
}

/* ---- Inserting --------------------------------------------------------- */

/* Make StarPU's codelet, once. */
static void prepare(struct tg_codelet *codelet)
{
    if (codelet->starpu.name)
        return;
    tg_stage_use(codelet->stage);
    codelet->model = (struct starpu_perfmodel){.type = STARPU_HISTORY_BASED,
                                               .symbol = codelet->symbol,
                                               .footprint = footprint};
    codelet->starpu = (struct starpu_codelet){.cpu_funcs = {run},
                                              .cuda_funcs = {codelet->cuda},
                                              .cuda_flags = {STARPU_CUDA_ASYNC},
                                              .nbuffers = codelet->buffers,
                                              .model = &codelet->model,
                                              .name = codelet->stage->name,
                                              .color = codelet->stage->color};
    memcpy(codelet->starpu.modes, codelet->modes, sizeof codelet->modes);
}

/* Does a task concern this rank? */
static bool concerned(const struct tg_tile *tiles, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tiles[i].of->owner &&
            (tiles[i].of->placement->ranks == 1 ||
             tg_tile_owner(tiles[i]) == tiles[i].of->placement->rank))
            return true;
    return false;
}

/* A task that does not concern this rank still makes copies old that it may
 * have received: StarPU would forget them here. */
static void forget_copies(const struct tg_codelet *codelet,
                          const struct tg_tile *tiles)
{
    for (int b = 0; b < codelet->buffers; b++)
        if (codelet->modes[b] & STARPU_W && tiles[b].of->owner &&
            tg_tile_known(tiles[b]))
            starpu_mpi_cached_receive_clear(tg_tile_handle(tiles[b]));
}

/* The class alone, where the scheduler's range is short. */
static int as_scheduled(int priority)
{
    static const int up = 8 * TG_PRIORITY_PARTS; /* above zero, to round up */

    if (starpu_sched_get_max_priority() >= up)
        return priority;
    return (priority + up + TG_PRIORITY_PARTS - 1) / TG_PRIORITY_PARTS - 8;
}

static int submit(struct tg_codelet *codelet, int priority, const void *args,
                  size_t size, const struct tg_tile *tiles)
{
    struct starpu_data_descr data[STARPU_NMAXBUFS];

    for (int b = 0; b < codelet->buffers; b++)
        data[b] = (struct starpu_data_descr){tg_tile_handle(tiles[b]),
                                             codelet->modes[b]};
    int status =
        starpu_mpi_task_insert(MPI_COMM_WORLD, &codelet->starpu, STARPU_VALUE,
                               args, size, STARPU_VALUE, &gate, sizeof gate,
                               STARPU_NAME, codelet->starpu.name,
                               STARPU_PRIORITY, as_scheduled(priority),
                               STARPU_DATA_MODE_ARRAY, data, codelet->buffers,
                               0);
    if (status == 0)
        return TG_OK;
    return tg_fail(TG_ESOFTWARE, "StarPU refused a %s task: %s",
                   codelet->starpu.name, strerror(-status));
}

int tg_task_insert(struct tg_codelet *codelet, int priority, const void *args,
                   size_t size, const struct tg_tile *tiles, size_t ntiles)
{
    assert(ntiles == (size_t)codelet->buffers);
    assert(size <= codelet->args + 1);
    (void)ntiles;
    prepare(codelet);
    submissions.declared++;
    if (!concerned(tiles, (size_t)codelet->buffers)) {
        forget_copies(codelet, tiles);
        return TG_OK;
    }
    submissions.submitted++;
    return dry ? TG_OK : submit(codelet, priority, args, size, tiles);
}

void tg_task_gate(const struct tg_gate *under)
{
    gate = under;
}

void tg_throttle(size_t tasks)
{
    if (!dry)
        starpu_task_wait_for_n_submitted(
            (unsigned)(tasks < UINT_MAX ? tasks : UINT_MAX));
}

struct tg_submissions tg_task_submissions(void)
{
    return submissions;
}

void tg_task_dry_run(bool on)
{
    dry = on;
}

void tg_task_clear(void)
{
    failure = TG_OK;
    submissions = (struct tg_submissions){0};
    dry = false;
    gate = NULL;
}
