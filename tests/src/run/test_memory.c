#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <starpu_mpi.h>

#include "error.h"
#include "memory.h"
#include "runtime.h"

#define MIB (1024.0 * 1024)

static int reset(void **state)
{
    (void)state;
    tg_error_clear();
    return 0;
}

/* The bytes that this process may still take, by trying. */
static double room(void)
{
    double fits = 0, bytes = 1;

    while (tg_memory_check(bytes, "") == TG_OK)
        bytes *= 2;
    while (bytes - fits > 0.001 * bytes) {
        double middle = (fits + bytes) / 2;

        if (tg_memory_check(middle, "") == TG_OK)
            fits = middle;
        else
            bytes = middle;
    }
    tg_error_clear();
    return fits;
}

static void test_sum(void **state)
{
    double all = room();
    struct tg_memory_need needs[] = {{"a", 0.3 * all, "less a"},
                                     {"b", 0.3 * all, "less b"},
                                     {"c", 0.3 * all, "less c"}};

    (void)state;
    assert_int_equal(tg_memory_check_needs("x", needs, 3), TG_OK);
    for (int i = 0; i < 3; i++)
        needs[i].bytes = 0.37 * all;
    assert_int_equal(tg_memory_check_needs("x", needs, 2), TG_OK);
    assert_int_equal(tg_memory_check_needs("x", needs, 3), TG_EMEMORY);
}

/* The largest and its remedy are named, wherever it stands. */
static void test_largest(void **state)
{
    enum { PARTS = 3 };
    static const char *const names[PARTS] = {"weights", "tasks", "systems"};
    static const char *const remedies[PARTS] = {"fewer --folds", "less tiles",
                                                "a smaller --block"};

    (void)state;
    for (int largest = 0; largest < PARTS; largest++) {
        struct tg_memory_need needs[PARTS];
        char wanted[64];

        for (int i = 0; i < PARTS; i++)
            needs[i] = (struct tg_memory_need){names[i],
                                               (i == largest ? 1e9 : 1e8) * MIB,
                                               remedies[i]};
        tg_error_clear();
        assert_int_equal(tg_memory_check_needs("training on x", needs, PARTS),
                         TG_EMEMORY);
        const char *message = tg_error_message(TG_EMEMORY);
        snprintf(wanted, sizeof wanted, "1000000000 MiB of it are %s: take %s;",
                 names[largest], remedies[largest]);
        assert_non_null(strstr(message, wanted));
        assert_ptr_equal(
            strstr(message, "training on x takes about 1200000000 MiB more"),
            message);
        assert_non_null(strstr(message, tg_memory_remedy));
        for (int i = 0; i < PARTS; i++)
            assert_true(i == largest || !strstr(message, names[i]));
    }
}

static double resident(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    double all, pages;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lf %lf", &all, &pages), 2);
    fclose(file);
    return pages * (double)sysconf(_SC_PAGESIZE);
}

static volatile bool released;

static void hold(void *buffers[], void *arguments)
{
    (void)buffers, (void)arguments;
    while (!released)
        usleep(1000);
}

static struct starpu_codelet holder = {.cpu_funcs = {hold},
                                       .nbuffers = 3,
                                       .modes = {STARPU_R, STARPU_R,
                                                 STARPU_RW}};

static starpu_data_handle_t tile(double *home, int tag)
{
    starpu_data_handle_t handle;

    starpu_matrix_data_register(&handle, home ? STARPU_MAIN_RAM : -1,
                                (uintptr_t)home, 1, 1, 1, sizeof(double));
    starpu_mpi_data_register(handle, tag, 0);
    return handle;
}

/* Tasks that wait for one another, and tiles that none has used, as StarPU
 * takes them. */
static void test_starpu(void **state)
{
    enum { TASKS = 20000 };
    static starpu_data_handle_t handles[TASKS], used[3];
    const char arguments[32] = "";
    double value = 0;

    (void)state;
    if (getenv("STARPU_RIDGE_SANITIZED"))
        skip();
    memset(handles, 0, sizeof handles); /* resident from here on */
    starpu_profiling_status_set(STARPU_PROFILING_ENABLE); /* as it always is */
    for (int i = 0; i < 3; i++)
        used[i] = tile(&value, i);
    double before = resident();
    for (size_t i = 0; i < TASKS; i++)
        starpu_mpi_task_insert(MPI_COMM_WORLD, &holder, STARPU_VALUE, arguments,
                               sizeof arguments, STARPU_R, used[0], STARPU_R,
                               used[1], STARPU_RW, used[2], 0);
    double a_task = (resident() - before) / TASKS;
    before = resident();
    for (int i = 0; i < TASKS; i++)
        handles[i] = tile(NULL, i + 3);
    double a_tile = (resident() - before) / TASKS;
    released = true;
    for (int i = 0; i < 3; i++)
        starpu_data_unregister(used[i]);
    for (int i = 0; i < TASKS; i++)
        starpu_data_unregister(handles[i]);
    print_message("%.0f bytes a task, %.0f a tile\n", a_task, a_tile);
    assert_in_range((uint64_t)a_task, TG_MEMORY_TASK * 3 / 4,
                    TG_MEMORY_TASK * 5 / 4);
    assert_in_range((uint64_t)a_tile, TG_MEMORY_TILE * 3 / 4,
                    TG_MEMORY_TILE * 5 / 4);
}

/* As kernels want them, whatever was given back before. */
static void test_tiles_start_with_a_line(void **state)
{
    enum { TILES = 40, LINE = 64 };
    uintptr_t tiles[TILES];

    (void)state;
    for (size_t step = 1; step < 100000; step *= 9) {
        for (size_t i = 0; i < TILES; i++) {
            tiles[i] = starpu_malloc_on_node(STARPU_MAIN_RAM, 1 + i * step);
            assert_int_equal(tiles[i] % LINE, 0);
            memset((char *)tiles[i], 0x55, 1 + i * step);
        }
        for (size_t i = 0; i < TILES; i++)
            starpu_free_on_node(STARPU_MAIN_RAM, tiles[i], 1 + i * step);
    }
}

static struct tg_runtime runtime;

static int start(void **state)
{
    (void)state;
    if (tg_runtime_start_mpi(&runtime))
        return -1;
    return tg_runtime_start_starpu(&runtime);
}

static int stop(void **state)
{
    (void)state;
    tg_runtime_stop_starpu(&runtime);
    tg_runtime_stop_mpi(&runtime);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_sum, reset),
        cmocka_unit_test_setup(test_largest, reset),
        cmocka_unit_test(test_starpu),
        cmocka_unit_test(test_tiles_start_with_a_line),
    };

    (void)argc;
    tg_runtime_prepare(&runtime, argv);
    return cmocka_run_group_tests(tests, start, stop);
}
