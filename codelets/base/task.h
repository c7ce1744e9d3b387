/* What all codelets share: stages, priorities, time keeping, insertion. */
#ifndef TG_TASK_H
#define TG_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include <starpu_mpi.h>

/* Every kind of task: name in traces and performance models, colour there
 * (one hue a phase).  Names are stable: models are kept under them. */
#define TG_STAGE_MAP(X)                                                        \
    X(LOAD, "load", 0x8c8c8c)                                                  \
    X(FEATURES, "features", 0xa6cee3)                                          \
    X(MOMENTS, "moments", 0x6baed6)                                            \
    X(GRAM, "gram", 0x1f78b4)                                                  \
    X(FILL, "fill", 0xd9d9d9)                                                  \
    X(ADD, "add", 0xfdbf6f)                                                    \
    X(ASSEMBLE, "assemble", 0xb2df8a)                                          \
    X(POTRF, "potrf", 0x006d2c)                                                \
    X(TRSM, "trsm", 0x33a02c)                                                  \
    X(SYRK, "syrk", 0x74c476)                                                  \
    X(GEMM, "gemm", 0x41ab5d)                                                  \
    X(SUBSTITUTE, "substitute", 0xbcbddc)                                      \
    X(RHS, "rhs", 0xcab2d6)                                                    \
    X(INTERCEPT, "intercept", 0x9e9ac8)                                        \
    X(COLLECT, "collect", 0x756bb1)                                            \
    X(RESIDUAL, "residual", 0x6a3d9a)                                          \
    X(PREDICT, "predict", 0xe7298a)                                            \
    X(SCORE, "score", 0xfb9a99)                                                \
    X(SELECT, "select", 0xff7f00)                                              \
    X(CLASSIFY, "classify", 0xb15928)                                          \
    X(MISTAKES, "mistakes", 0xe31a1c)                                          \
    X(STORE, "store", 0x737373)

enum tg_stage {
#define X(name, text, color) TG_STAGE_##name,
    TG_STAGE_MAP(X)
#undef X
        TG_STAGES
};

/* Within StarPU's default range.  What frees memory goes before what takes
 * it: a loaded tile is used up before the next is loaded; the critical path
 * of a factorization goes before its updates. */
enum tg_priority {
    TG_PRIORITY_LOAD = -4,
    TG_PRIORITY_FEATURES = -3,
    TG_PRIORITY_GRAM = -2,
    TG_PRIORITY_REDUCE = -1,
    TG_PRIORITY_ASSEMBLE = 0,
    TG_PRIORITY_UPDATE = 1,
    TG_PRIORITY_SOLVE = 2,
    TG_PRIORITY_PANEL = 3,
    TG_PRIORITY_PREDICT = 4,
    TG_PRIORITY_DECIDE = 5,
};

/* Seconds and tasks per stage, of this process. */
struct tg_tally {
    double seconds[TG_STAGES];
    uint64_t tasks[TG_STAGES];
    uint64_t unmodelled; /* tasks begun without a calibrated model, if asked */
};

/* Where a worker's seconds went: in tasks, without any to run, and the rest:
 * scheduling, transfers, StarPU's own work. */
struct tg_share {
    double busy, idle, overhead;
};

/* Begin to count, from zero; `models` asks for `unmodelled`, which takes a
 * look at StarPU's performance models for every task.  Once StarPU runs. */
void tg_tally_start(bool models);
void tg_tally_read(struct tg_tally *tally); /* all workers' sum; any time */

/* A worker's share of the time since tg_tally_start; to be read once. */
struct tg_share tg_tally_share(unsigned worker);

/* A task's own clock. */
struct tg_timer {
    enum tg_stage stage;
    double start;
};

/* Every codelet's function begins and ends with these.  After a failure in
 * this process begin returns false: the task leaves its output as it is and
 * the graph drains quickly; nothing of it is used. */
bool tg_task_begin(struct tg_timer *timer, enum tg_stage stage);
void tg_task_end(const struct tg_timer *timer);

/* Tell tasks that this process has failed (a file that could not be read). */
void tg_task_fail(int error);
int tg_task_error(void);

/* Names of all stages, for models, traces and reports. */
extern const char *const tg_stage_names[TG_STAGES];

/* A codelet for the CPU: name and colour from its stage, and a performance
 * model by the sizes of its buffers. */
#define TG_CODELET(stage_, function, buffers, ...)                             \
    TG_CODELET_COST(stage_, function, NULL, buffers, __VA_ARGS__)

/* The same where sizes don't fix the cost: `cost` is the model's footprint,
 * uint32_t (*)(struct starpu_task *), equal for tasks of equal cost. */
#define TG_CODELET_COST(stage_, function, cost, buffers, ...)                  \
    static struct starpu_perfmodel function##_model = {                        \
        .type = STARPU_HISTORY_BASED,                                          \
        .symbol = "starpu_ridge_" #function,                                   \
        .footprint = (cost)};                                                  \
    static struct starpu_codelet function##_codelet = {                        \
        .cpu_funcs = {function},                                               \
        .cpu_funcs_name = {#function},                                         \
        .nbuffers = (buffers),                                                 \
        .modes = {__VA_ARGS__},                                                \
        .model = &function##_model,                                            \
        .name = tg_stage_name_##stage_,                                        \
        .color = tg_stage_color_##stage_}

#define X(name, text, color_)                                                  \
    static const char tg_stage_name_##name[] __attribute__((unused)) = text;   \
    enum { tg_stage_color_##name = (color_) };
TG_STAGE_MAP(X)
#undef X

/* Insert a task.  `args` is a pointer to the plain struct of arguments, which
 * is copied; what follows is mode, handle, mode, handle, ...
 * The only way to starpu_mpi_task_insert. Value: TG_OK or TG_ESOFTWARE. */
#define TG_INSERT(codelet, priority, args, ...)                                \
    tg_task_inserted(starpu_mpi_task_insert(MPI_COMM_WORLD, codelet,           \
                                            STARPU_VALUE, args,                \
                                            sizeof *(args), STARPU_NAME,       \
                                            (codelet)->name, STARPU_PRIORITY,  \
                                            (int)(priority), __VA_ARGS__, 0),  \
                     codelet)
int tg_task_inserted(int status, const struct starpu_codelet *codelet);

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

/* The same of a handle, for insert functions' checks. */
#define TG_HANDLE_ROWS(handle) ((size_t)starpu_matrix_get_nx(handle))
#define TG_HANDLE_COLS(handle) ((size_t)starpu_matrix_get_ny(handle))
#define TG_HANDLE_ELEMENT(handle) ((size_t)starpu_matrix_get_elemsize(handle))

#endif
