#include "runtime.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cblas.h>
#include <hwloc.h>
#include <hwloc/glibc-sched.h>
#include <starpu_mpi.h>

#include "error.h"

enum { MESSAGE = 1024 };

/* Where this process was let run when it began, before MPI had its say. */
static cpu_set_t born_on;

/* The first of some environment variables that holds a number. */
static int launcher_number(const char *const *names, int fallback)
{
    for (; *names; names++) {
        const char *value = getenv(*names);

        if (value && *value)
            return atoi(value);
    }
    return fallback;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The OpenBLAS kernels that suit this processor; NULL: its own choice does. */
static const char *better_blas_core(const char *chosen)
{
#if defined(__x86_64__)
    static const char *const avx512_cores[] = {"SkylakeX", "Cooperlake",
                                               "SapphireRapids"};

    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")) {
        for (int c = 0; c < 3; c++)
            if (strcasecmp(chosen, avx512_cores[c]) == 0)
                return NULL;
        return "SkylakeX";
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        strcasecmp(chosen, "Prescott") == 0)
        return "Haswell";
#endif
    (void)chosen;
    return NULL;
}

/* OpenBLAS 0.3.21 takes processors younger than itself for a Haswell or even
 * a Prescott, at half or a tenth of their speed.  It reads its environment in
 * its constructor, hence the second start. */
static void choose_blas_kernels(char **argv)
{
    const char *core = better_blas_core(openblas_get_corename());
    bool restart = core && !getenv("OPENBLAS_CORETYPE");

    if (restart)
        setenv("OPENBLAS_CORETYPE", core, 1);
    if (!getenv("OPENBLAS_NUM_THREADS"))
        setenv("OPENBLAS_NUM_THREADS", "1", 1);
    openblas_set_num_threads(1); /* StarPU owns the cores */
    if (restart)
        execv("/proc/self/exe", argv); /* on failure: slower, no worse */
}

void tg_runtime_prepare(struct tg_runtime *runtime, char **argv)
{
    static const char *const rank[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK",
                                       "PMI_RANK", "SLURM_PROCID", NULL};
    static const char *const ranks[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE",
                                        "SLURM_NTASKS", NULL};
    static const char *const locals[] = {"OMPI_COMM_WORLD_LOCAL_SIZE",
                                         "MPI_LOCALNRANKS", NULL};
    char start[32];

    if (sched_getaffinity(0, sizeof born_on, &born_on))
        CPU_ZERO(&born_on);
    *runtime = (struct tg_runtime){.start = now()};
    if (getenv("STARPU_RIDGE_START"))
        runtime->start = strtod(getenv("STARPU_RIDGE_START"), NULL);
    snprintf(start, sizeof start, "%.6f", runtime->start);
    setenv("STARPU_RIDGE_START", start, 1);
    choose_blas_kernels(argv);
    unsetenv("STARPU_RIDGE_START");
    runtime->rank = launcher_number(rank, 0);
    runtime->ranks = launcher_number(ranks, 1);
    runtime->local_ranks = launcher_number(locals, 1);
}

/* The ranks on this node, as MPI sees them: not every launcher tells. */
static void find_neighbours(struct tg_runtime *runtime)
{
    MPI_Comm node;

    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, runtime->rank,
                        MPI_INFO_NULL, &node);
    MPI_Comm_rank(node, &runtime->local_rank);
    MPI_Comm_size(node, &runtime->local_ranks);
    MPI_Comm_free(&node);
}

int tg_runtime_start_mpi(struct tg_runtime *runtime)
{
    int provided;

    /* A process alone needs no daemon of OpenMPI's beside it, and no folder
     * in /tmp, which such processes would take away from one another; and
     * ranks of one node need no network, the search for which takes 0.2 s. */
    if (runtime->ranks == 1) {
        setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
        setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
    }
    if (runtime->ranks == runtime->local_ranks && !getenv("OMPI_MCA_pml")) {
        setenv("OMPI_MCA_pml", "ob1", 0);
        setenv("OMPI_MCA_btl", runtime->ranks == 1 ? "self" : "self,vader", 0);
    }
    /* Ranks that share cores must let each other run. */
    setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided) !=
        MPI_SUCCESS)
        return tg_fail(TG_EUNAVAILABLE, "MPI could not start");
    runtime->mpi = true;
    MPI_Comm_rank(MPI_COMM_WORLD, &runtime->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &runtime->ranks);
    find_neighbours(runtime);
    if (provided < MPI_THREAD_SERIALIZED)
        return tg_fail(TG_EUNAVAILABLE,
                       "this MPI supports no threads (level %d); "
                       "use one built with MPI_THREAD_MULTIPLE",
                       provided);
    return TG_OK;
}

static bool under_openmpi(void)
{
    return getenv("OMPI_COMM_WORLD_RANK") != NULL;
}

/* What the launcher leaves to the job on this node.  OpenMPI's own binding of
 * ranks, a core each by default, is no statement of anybody's; that of its
 * daemon is the batch system's, and that of a process alone the user's. */
static void find_allowed(hwloc_topology_t topology, hwloc_bitmap_t allowed)
{
    cpu_set_t set = born_on;

    if (under_openmpi() && sched_getaffinity(getppid(), sizeof set, &set))
        CPU_ZERO(&set);
    hwloc_cpuset_from_glibc_sched_affinity(topology, allowed, &set, sizeof set);
    hwloc_bitmap_and(allowed, allowed,
                     hwloc_topology_get_allowed_cpuset(topology));
    if (hwloc_bitmap_iszero(allowed))
        hwloc_bitmap_copy(allowed, hwloc_topology_get_allowed_cpuset(topology));
}

/* The share of this rank among the node's ranks: cores first to end of those
 * allowed, in blocks; where ranks outnumber cores, one core, in turn. */
static void deal_cores(const struct tg_runtime *runtime, int cores, bool dealt,
                       int *first, int *end)
{
    int rank = dealt ? 0 : runtime->local_rank;
    int ranks = dealt ? 1 : runtime->local_ranks;

    *first = ranks > cores ? rank % cores : rank * cores / ranks;
    *end = ranks > cores ? *first + 1 : (rank + 1) * cores / ranks;
}

/* Bind this process to its share of the node and list it for StarPU. */
static void take_share(struct tg_runtime *runtime, char *list, size_t size)
{
    hwloc_topology_t topology;
    hwloc_bitmap_t allowed = hwloc_bitmap_alloc(), mine = hwloc_bitmap_alloc();
    int first, end, cores = 0;
    size_t length = 0;

    hwloc_topology_init(&topology);
    hwloc_topology_load(topology);
    find_allowed(topology, allowed);
    /* A launcher other than OpenMPI that binds has dealt the cores itself. */
    bool dealt =
        !under_openmpi() &&
        !hwloc_bitmap_isequal(allowed,
                              hwloc_topology_get_allowed_cpuset(topology));
    int depth = hwloc_get_type_or_below_depth(topology, HWLOC_OBJ_CORE);
    int all = hwloc_get_nbobjs_by_depth(topology, depth);
    for (int c = 0; c < all; c++)
        cores += hwloc_bitmap_intersects(
            hwloc_get_obj_by_depth(topology, depth, (unsigned)c)->cpuset,
            allowed);
    deal_cores(runtime, cores, dealt, &first, &end);
    for (int c = 0, at = 0; c < all; c++) {
        hwloc_obj_t core = hwloc_get_obj_by_depth(topology, depth, (unsigned)c);

        if (!hwloc_bitmap_intersects(core->cpuset, allowed))
            continue;
        if (at >= first && at < end && length < size) {
            hwloc_bitmap_t units = hwloc_bitmap_dup(core->cpuset);

            hwloc_bitmap_and(units, units, allowed);
            hwloc_bitmap_or(mine, mine, units);
            length += (size_t)snprintf(list + length, size - length, "%s%u",
                                       length ? " " : "",
                                       hwloc_get_pu_obj_by_os_index(
                                           topology,
                                           (unsigned)hwloc_bitmap_first(units))
                                           ->logical_index);
            hwloc_bitmap_free(units);
        }
        at++;
    }
    hwloc_set_cpubind(topology, mine, HWLOC_CPUBIND_PROCESS);
    hwloc_topology_destroy(topology);
    hwloc_bitmap_free(mine);
    hwloc_bitmap_free(allowed);
    runtime->cores = cores;
    runtime->workers = end - first;
}

int tg_runtime_start_starpu(struct tg_runtime *runtime)
{
    struct starpu_conf conf;
    char list[4096] = "", count[16];

    take_share(runtime, list, sizeof list);
    snprintf(count, sizeof count, "%d", runtime->workers);
    if (!getenv("STARPU_NCPU") && !getenv("STARPU_NCPUS"))
        setenv("STARPU_NCPU", count, 1);
    if (!getenv("STARPU_WORKERS_CPUID") && !getenv("STARPU_WORKERS_COREID"))
        setenv("STARPU_WORKERS_CPUID", list, 1);
    /* The share is found above: a launcher's narrower binding must not count,
     * nor may StarPU keep a core for its MPI thread, which sleeps or polls
     * beside the workers. */
    setenv("STARPU_WORKERS_GETBIND", "0", 0);
    setenv("STARPU_MPI_NOBIND", "1", 0);
    setenv("STARPU_SILENT", "1", 0);
    if (runtime->local_ranks > runtime->cores)
        setenv("STARPU_WORKERS_NOBIND", "1", 0);

    starpu_conf_init(&conf);
    if (!getenv("STARPU_SCHED"))
        conf.sched_policy_name = "prio";
    int err = starpu_mpi_init_conf(NULL, NULL, 0, MPI_COMM_WORLD, &conf);
    if (err)
        return tg_fail(TG_EUNAVAILABLE,
                       "StarPU could not start: %s; check the STARPU_* "
                       "variables in the environment",
                       strerror(-err));
    runtime->starpu = true;
    runtime->workers = (int)starpu_worker_get_count();
    return TG_OK;
}

int tg_runtime_agree(const struct tg_runtime *runtime, int status)
{
    struct {
        int fine, rank;
    } mine = {status == TG_OK, runtime->rank}, first;
    char message[MESSAGE];

    if (!runtime->mpi)
        return status;
    MPI_Allreduce(&mine, &first, 1, MPI_2INT, MPI_MINLOC, MPI_COMM_WORLD);
    if (first.fine)
        return TG_OK;
    MPI_Bcast(&status, 1, MPI_INT, first.rank, MPI_COMM_WORLD);
    snprintf(message, sizeof message, "%s", tg_error_message(status));
    MPI_Bcast(message, sizeof message, MPI_CHAR, first.rank, MPI_COMM_WORLD);
    tg_error_clear();
    if (first.rank == 0)
        return tg_fail(status, "%s", message);
    return tg_fail(status, "rank %d: %s", first.rank, message);
}

void tg_runtime_sum(const struct tg_runtime *runtime, double *values, int n)
{
    if (!runtime->mpi)
        return;
    MPI_Reduce(runtime->rank ? values : MPI_IN_PLACE, values, n, MPI_DOUBLE,
               MPI_SUM, 0, MPI_COMM_WORLD);
}

void tg_runtime_count_workers(struct tg_runtime *runtime)
{
    MPI_Allreduce(&runtime->workers, &runtime->all_workers, 1, MPI_INT, MPI_SUM,
                  MPI_COMM_WORLD);
}

void tg_runtime_wait(void)
{
    starpu_mpi_wait_for_all(MPI_COMM_WORLD);
}

void tg_runtime_stop_starpu(struct tg_runtime *runtime)
{
    if (runtime->starpu)
        starpu_mpi_shutdown();
    runtime->starpu = false;
}

void tg_runtime_stop_mpi(struct tg_runtime *runtime)
{
    if (runtime->mpi)
        MPI_Finalize();
    runtime->mpi = false;
}

bool tg_runtime_terminal(int fd)
{
    char link[64], name[64];
    ssize_t length;

    if (!under_openmpi())
        return isatty(fd);
    snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)getppid(), fd);
    length = readlink(link, name, sizeof name - 1);
    if (length < 0)
        return false;
    name[length] = '\0';
    return strncmp(name, "/dev/pts/", 9) == 0 ||
           strncmp(name, "/dev/tty", 8) == 0;
}

double tg_runtime_seconds(const struct tg_runtime *runtime)
{
    return now() - runtime->start;
}

const char *tg_runtime_scheduler(void)
{
    struct starpu_sched_policy *policy = starpu_sched_ctx_get_sched_policy(0);

    return policy && policy->policy_name ? policy->policy_name : "unknown";
}

void tg_runtime_versions(char *starpu, size_t starpu_size, char *mpi,
                         size_t mpi_size, char *blas, size_t blas_size)
{
    int major, minor, release, length;
    char library[MPI_MAX_LIBRARY_VERSION_STRING];

    starpu_get_version(&major, &minor, &release);
    snprintf(starpu, starpu_size, "%d.%d.%d", major, minor, release);
    MPI_Get_library_version(library, &length);
    library[strcspn(library, ",\n")] = '\0';
    snprintf(mpi, mpi_size, "%s", library);
    snprintf(blas, blas_size, "%s (%s)", openblas_get_config(),
             openblas_get_corename());
}
