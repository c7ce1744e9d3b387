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

#include "combine.h"
#include "error.h"
#include "harness.h"
#include "memory.h"
#include "tiles.h"

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

/* Tasks that wait for one another, and tiles that none has used, as StarPU
 * takes them. */
static void test_starpu(void **state)
{
    enum { TASKS = 20000 };
    struct tg_placement placement;
    struct tg_tiles tiles, used;
    const char arguments[32] = "";

    (void)state;
    if (getenv("STARPU_RIDGE_SANITIZED"))
        skip();
    tg_placement_init(&placement, 0, 1, 1, 1);
    tg_tiles_init(&used, 3, 1, 1, 1, 8, &placement, tg_owner_first, 0);
    tg_tiles_init(&tiles, TASKS, 1, 1, 1, 8, &placement, tg_owner_first, 0);
    for (size_t i = 0; i < 3; i++)
        tg_zero_insert(tg_tile(&used, i, 0));
    double before = resident();
    for (size_t i = 0; i < TASKS; i++)
        starpu_mpi_task_insert(MPI_COMM_WORLD, &holder, STARPU_VALUE, arguments,
                               sizeof arguments, STARPU_R, tg_tile(&used, 0, 0),
                               STARPU_R, tg_tile(&used, 1, 0), STARPU_RW,
                               tg_tile(&used, 2, 0), 0);
    double task = (resident() - before) / TASKS;
    before = resident();
    for (size_t i = 0; i < TASKS; i++)
        tg_tile(&tiles, i, 0);
    double tile = (resident() - before) / TASKS;
    released = true;
    tg_tiles_release(&tiles);
    tg_tiles_release(&used);
    harness_wait();
    print_message("%.0f bytes a task, %.0f a tile\n", task, tile);
    assert_in_range((uint64_t)task, TG_MEMORY_TASK * 3 / 4,
                    TG_MEMORY_TASK * 5 / 4);
    assert_in_range((uint64_t)tile, TG_MEMORY_TILE * 3 / 4,
                    TG_MEMORY_TILE * 5 / 4);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_sum, reset),
        cmocka_unit_test_setup(test_largest, reset),
        cmocka_unit_test_setup(test_starpu, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
