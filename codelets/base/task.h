/* What all codelets share: how one is declared, priorities, insertion, failure.
 */
#ifndef TG_TASK_H
#define TG_TASK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <starpu_mpi.h>

#include "tally.h"
#include "tiles.h"

/* What frees memory goes before what takes it: a loaded tile is used up before
 * the next is loaded, features before the next are made; the critical path of a factorization goes before its
 * updates.  Each class has room for parts, of which 0 goes first; where a
 * scheduler knows but a few priorities, it sees the class alone. */
enum {
    TG_PRIORITY_PARTS = 4096,
    TG_PRIORITY_LOAD = -5 * TG_PRIORITY_PARTS,
    TG_PRIORITY_FEATURES = -4 * TG_PRIORITY_PARTS,
    TG_PRIORITY_PACK = -3 * TG_PRIORITY_PARTS,
    TG_PRIORITY_GRAM = -2 * TG_PRIORITY_PARTS,
    TG_PRIORITY_REDUCE = -1 * TG_PRIORITY_PARTS,
    TG_PRIORITY_ASSEMBLE = 0,
    TG_PRIORITY_UPDATE = 1 * TG_PRIORITY_PARTS,
    TG_PRIORITY_SOLVE = 2 * TG_PRIORITY_PARTS,
    TG_PRIORITY_PANEL = 3 * TG_PRIORITY_PARTS,
    TG_PRIORITY_PREDICT = 4 * TG_PRIORITY_PARTS,
    TG_PRIORITY_DECIDE = 5 * TG_PRIORITY_PARTS,
};

/* A class's priority for one of its parts. */
static inline int tg_priority_part(int class, size_t part)
{
    return class -
           (int)(part < TG_PRIORITY_PARTS ? part : TG_PRIORITY_PARTS - 1);
}

/* A codelet: what a task of its kind does.  Declared by TG_CODELET, whose
 * wrapper takes the time, hands over the arguments and, where this process has
 * failed already or the function fails, leaves zeroes in every buffer that the
 * task should have written: what travels on is defined, and the graph drains
 * quickly. */
struct tg_codelet {
    const char *symbol;     /* of its performance model; stable */
    struct tg_stage *stage; /* the kind of work that it counts as */
    size_t args;            /* bytes of its arguments, at most; 0: none */
    int buffers;            /* as many as modes */
    enum starpu_data_access_mode modes[STARPU_NMAXBUFS];

    /* On a core.  Value: TG_OK, or the error that ends the job. */
    int (*cpu)(void *buffers[], const void *args);

    /* On a GPU, on StarPU's stream and without waiting; NULL: not there. */
    starpu_cuda_func_t cuda;

    /* Equal for arguments of equal cost, where sizes don't fix the cost; NULL:
     * they do. */
    uint32_t (*cost)(const void *args);

    struct starpu_codelet starpu; /* made of the above as first inserted */
    struct starpu_perfmodel model;
};

/* TG_CODELET(function, .stage = &tg_stage_x, TG_MODES(STARPU_R, STARPU_W), ...)
 * declares function_codelet; what follows are fields of struct tg_codelet. */
#define TG_CODELET(function, ...)                                              \
    TG_CODELET_NAMED(function, function, __VA_ARGS__)

/* The same as name_codelet, where a function has several modes. */
#define TG_CODELET_NAMED(name, function, ...)                                  \
    static struct tg_codelet name##_codelet = {.symbol =                       \
                                                   "starpu_ridge_" #name,      \
                                               .cpu = (function),              \
                                               __VA_ARGS__}

#define TG_MODES(...)                                                          \
    .modes = {__VA_ARGS__},                                                    \
    .buffers = sizeof((enum starpu_data_access_mode[]){__VA_ARGS__}) /         \
               sizeof(enum starpu_data_access_mode)

/* Insert a task.  `args` is a pointer to the plain struct of arguments, which
 * is copied, or TG_NONE; what follows are the tiles, in the order of the modes.
 * Value: TG_OK or TG_ESOFTWARE. */
#define TG_INSERT(codelet, priority, args, ...)                                \
    tg_task_insert(codelet, priority, args, sizeof *(args),                    \
                   (const struct tg_tile[]){__VA_ARGS__},                      \
                   sizeof((const struct tg_tile[]){__VA_ARGS__}) /             \
                       sizeof(struct tg_tile))
#define TG_NONE (&(const char){0})

/* The only way to starpu_mpi_task_insert, and the only place where tiles become
 * handles.  A task concerns the ranks that own one of its tiles: they run it,
 * send to it or receive from it; for all others it costs nothing. */
int tg_task_insert(struct tg_codelet *codelet, int priority, const void *args,
                   size_t size, const struct tg_tile *tiles, size_t ntiles);

/* Work that data may make superfluous: of tasks inserted under a gate, those
 * that begin on a rank after its gate was shut are skipped, and leave what they
 * should have written undefined; so a gate is shut where nothing that is used
 * comes of them any more.  The graph is the same either way. */
struct tg_gate {
    atomic_bool shut;
};

/* Insert under a gate, alive until the tasks have run, from now on; NULL: under
 * none. */
void tg_task_gate(const struct tg_gate *gate);

/* Wait until at most so many of this process' tasks are not yet done, before
 * more are declared: memory does not grow with the graph. */
void tg_throttle(size_t tasks);

/* Tasks that all ranks declared, and those that this one submitted; and declare
 * from now on without submitting: to count. */
struct tg_submissions {
    uint64_t declared, submitted;
};
struct tg_submissions tg_task_submissions(void);
void tg_task_dry_run(bool dry);

/* Tell tasks that this process has failed (a file that could not be read).  The
 * first error is kept, and what comes after it skipped. */
void tg_task_fail(int error);
int tg_task_error(void);
void tg_task_clear(void); /* for tests: no error, no submissions, no dry run */

/* A loop compiled for several processors, chosen as the program is loaded.
 * Only for loops that convert and add: where products are added, wider
 * processors would fuse them and round differently. */
#if defined(__x86_64__) && defined(__gnu_linux__)
#define TG_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TG_CLONES
#endif

/* Shapes of a task's buffers. */
#define TG_PTR(type, buffer) ((type *)STARPU_MATRIX_GET_PTR(buffer))
#define TG_ROWS(buffer) ((size_t)STARPU_MATRIX_GET_NX(buffer))
#define TG_COLS(buffer) ((size_t)STARPU_MATRIX_GET_NY(buffer))
#define TG_LD(buffer) ((size_t)STARPU_MATRIX_GET_LD(buffer))
#define TG_ELEMENT(buffer) ((size_t)STARPU_MATRIX_GET_ELEMSIZE(buffer))

#endif
