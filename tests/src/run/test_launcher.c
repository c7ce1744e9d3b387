#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "launcher.h"

static int begin(void **state)
{
    (void)state;
    tg_error_clear();
    return clearenv();
}

/* Set "NAME=VALUE NAME=VALUE ...". */
static void set(const char *settings)
{
    static char copies[16][512];
    static int at;
    char *copy = copies[at++ % 16], *rest = copy, *word;

    strcpy(copy, settings);
    while ((word = strtok_r(rest, " ", &rest)))
        putenv(word);
}

/* What is found in such an environment. */
static struct tg_launcher find(const char *settings)
{
    clearenv();
    set(settings);
    return tg_launcher_find();
}

static void test_several(void **state)
{
    static const struct {
        const char *settings, *variable;
    } rows[] = {
        {"PMI_RANK=2 PMI_SIZE=3", "PMI_SIZE"},
        {"PMI_RANK=2 PMI_SIZE=3 PALS_RANKID=2", "PMI_SIZE"},
        {"SLURM_PROCID=2 SLURM_NTASKS=3 SLURM_STEP_ID=0 "
         "SLURM_STEP_NUM_TASKS=3",
         "SLURM_STEP_NUM_TASKS"},
        {"MV2_COMM_WORLD_RANK=2 MV2_COMM_WORLD_SIZE=3", "MV2_COMM_WORLD_SIZE"},
        {"MVP_COMM_WORLD_RANK=2 MVP_COMM_WORLD_SIZE=3", "MVP_COMM_WORLD_SIZE"},
        {"FLUX_TASK_RANK=2 FLUX_JOB_SIZE=3 PMI_RANK=2 PMI_SIZE=3",
         "FLUX_JOB_SIZE"},
        {"JSM_NAMESPACE_RANK=2 JSM_NAMESPACE_SIZE=3", "JSM_NAMESPACE_SIZE"},
        {"OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=3 PMIX_NAMESPACE=x "
         "PMIX_RANK=2",
         "OMPI_COMM_WORLD_SIZE"},
    };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct tg_launcher launcher = find(rows[r].settings);

        assert_int_equal(launcher.ranks, 3);
        assert_int_equal(launcher.rank, 2);
        assert_string_equal(launcher.variable, rows[r].variable);
        assert_int_equal(tg_launcher_refuse(&launcher, "That MPI v1"),
                         TG_EUNAVAILABLE);
        const char *message = tg_error_message(TG_EUNAVAILABLE);
        assert_non_null(strstr(message, launcher.name));
        assert_non_null(strstr(message, "3 processes"));
        assert_non_null(strstr(message, "That MPI v1"));
        assert_non_null(strstr(message, rows[r].variable));
        tg_error_clear();
    }
}

/* Room for many tasks is not many tasks; and what a parent left behind is
 * nothing either. */
static void test_one(void **state)
{
    static const char *const rows[] = {
        "",
        "SLURM_JOB_ID=7 SLURM_NTASKS=8 SLURM_PROCID=0 SLURM_LOCALID=0",
        "SLURM_JOB_ID=7 SLURM_NTASKS=8 SLURM_NPROCS=8",
        "SLURM_NTASKS=8 SLURM_PROCID=0 SLURM_STEP_ID=4294967290 "
        "SLURM_STEP_NUM_TASKS=1",
        "SLURM_NTASKS=1 SLURM_PROCID=0 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=1",
        "SLURM_PROCID=3 SLURM_STEP_NUM_TASKS=8",
        "PMI_RANK=0 PMI_SIZE=1",
        "PMI_RANK=0 PMI_SIZE=",
        "PMI_RANK=0 PMI_SIZE=many",
        "PMI_RANK=0 PMI_SIZE=-3",
        "PMI_RANK=0",
        "PMIX_RANK=1 PMIX_NAMESPACE=gone",
        "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2",
        /* mpirun -np 1 within others' processes */
        "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1 PMIX_NAMESPACE=x "
        "SLURM_PROCID=1 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=4 PMI_SIZE=4",
    };

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct tg_launcher launcher = find(rows[r]);

        assert_int_equal(launcher.ranks, 1);
        assert_int_equal(launcher.rank, 0);
    }
}

static void test_openmpi(void **state)
{
    struct tg_launcher launcher =
        find("OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=8 PMIX_RANK=5 "
             "OMPI_COMM_WORLD_LOCAL_SIZE=4 PMI_SIZE=2 PMI_RANK=1");

    (void)state;
    assert_true(launcher.openmpi);
    assert_int_equal(launcher.rank, 5);
    assert_int_equal(launcher.ranks, 8);
    assert_int_equal(launcher.local_ranks, 4);
    launcher = find("SLURM_PROCID=1 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=8 "
                    "SLURM_STEP_TASKS_PER_NODE=4(x2)");
    assert_false(launcher.openmpi);
    assert_int_equal(launcher.local_ranks, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_several, begin),
        cmocka_unit_test_setup(test_one, begin),
        cmocka_unit_test_setup(test_openmpi, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
