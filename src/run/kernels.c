#include "kernels.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cblas.h>
#include <mpi.h>

#include "error.h"

/* The kernels of --portable; NULL: there are none. */
static const char *const portable =
#if defined(__x86_64__)
    "Haswell";
#elif defined(__aarch64__)
    "ARMV8";
#else
    NULL;
#endif

static bool chosen(const char *core)
{
    return strcasecmp(openblas_get_corename(), core) == 0;
}

/* The OpenBLAS kernels that suit this processor; NULL: its own choice does. */
static const char *better_core(void)
{
#if defined(__x86_64__)
    static const char *const avx512_cores[] = {"SkylakeX", "Cooperlake",
                                               "SapphireRapids"};

    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")) {
        for (int c = 0; c < 3; c++)
            if (chosen(avx512_cores[c]))
                return NULL;
        return "SkylakeX";
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        chosen("Prescott"))
        return "Haswell";
#endif
    return NULL;
}

/* Does this processor have what the portable kernels need? */
static bool portable_here(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return true;
#endif
}

/* OpenBLAS 0.3.21 takes processors younger than itself for a Haswell or even
 * a Prescott, at half or a tenth of their speed. */
void tg_kernels_choose(char **argv)
{
    const char *core = better_core();
    bool restart = core && !getenv("OPENBLAS_CORETYPE");

    if (restart)
        setenv("OPENBLAS_CORETYPE", core, 1);
    if (!getenv("OPENBLAS_NUM_THREADS"))
        setenv("OPENBLAS_NUM_THREADS", "1", 1);
    openblas_set_num_threads(1); /* StarPU owns the cores */
    if (restart)
        execv("/proc/self/exe", argv); /* on failure: slower, no worse */
}

int tg_kernels_fix(char **argv)
{
    const char *set = getenv("OPENBLAS_CORETYPE");

    if (portable && chosen(portable))
        return TG_OK;
    if (!portable || !portable_here())
        return tg_fail(TG_EUNAVAILABLE,
                       "--portable: this processor lacks what its kernels take "
                       "(on x86-64: AVX2 and FMA); leave it out, and run on "
                       "processors of one kind");
    if (!set || strcasecmp(set, portable) != 0) {
        setenv("OPENBLAS_CORETYPE", portable, 1);
        execv("/proc/self/exe", argv);
    }
    return tg_fail(
        TG_EUNAVAILABLE,
        "--portable: OpenBLAS computes with its kernels for %s, and "
        "cannot be told to take those for %s (is it built with "
        "DYNAMIC_ARCH, and /proc mounted?); leave it out, and run on "
        "processors of one kind",
        openblas_get_corename(), portable);
}

/* What a rank computes with, and where it is. */
struct place {
    char core[32], node[MPI_MAX_PROCESSOR_NAME];
};

void tg_kernels_compare(char *text, size_t size)
{
    struct place mine = {"", ""}, first, other;
    int rank, ranks, own, lowest, length;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    snprintf(mine.core, sizeof mine.core, "%s", openblas_get_corename());
    MPI_Get_processor_name(mine.node, &length);
    first = mine;
    MPI_Bcast(&first, sizeof first, MPI_BYTE, 0, MPI_COMM_WORLD);
    own = strcmp(mine.core, first.core) == 0 ? ranks : rank;
    MPI_Allreduce(&own, &lowest, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    *text = '\0';
    if (lowest == ranks)
        return;
    other = mine;
    MPI_Bcast(&other, sizeof other, MPI_BYTE, lowest, MPI_COMM_WORLD);
    snprintf(text, size,
             "warning    BLAS computes with kernels for %s on rank 0 (%s), for "
             "%s on rank %d (%s): the model's last bits depend on who computes "
             "what; --portable has all take the same\n",
             first.core, first.node, other.core, lowest, other.node);
}
