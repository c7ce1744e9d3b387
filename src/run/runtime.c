#include "runtime.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cblas.h>
#include <starpu_mpi.h>

#include "clock.h"
#include "error.h"
#include "hush.h"
#include "interrupt.h"
#include "kernels.h"
#include "memory.h"
#include "sampling.h"
#include "settings.h"
#include "transport.h"
#include "waiting.h"
#include "watch.h"

/* The first of some environment variables that holds a number. */
static int environment_number(const char *const *names, int fallback)
{
    for (; *names; names++) {
        const char *value = getenv(*names);

        if (value && *value)
            return atoi(value);
    }
    return fallback;
}

/* The launcher's processes that do not speak wait for the one that does:
 * launchers end all when one ends. */
enum { LET_SPEAK = 1 }; /* s */

int tg_runtime_prepare(struct tg_runtime *runtime, char **argv)
{
    char start[32];

    tg_cores_prepare();
    *runtime = (struct tg_runtime){.start = tg_clock_now()};
    if (getenv("STARPU_RIDGE_START"))
        runtime->start = strtod(getenv("STARPU_RIDGE_START"), NULL);
    snprintf(start, sizeof start, "%.6f", runtime->start);
    setenv("STARPU_RIDGE_START", start, 1);
    tg_kernels_choose(argv);
    runtime->launcher = tg_launcher_find();
    runtime->rank = runtime->launcher.rank;
    runtime->ranks = runtime->launcher.ranks;
    runtime->local_ranks = runtime->launcher.local_ranks;
    tg_interrupt_prepare(runtime->rank == 0, runtime->launcher.openmpi);
    return tg_memory_prepare(runtime->local_ranks);
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

/* MPI sees one process where the launcher started more. */
static int refuse(struct tg_runtime *runtime)
{
    const struct tg_launcher *launcher = &runtime->launcher;
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int length, err;

    MPI_Get_library_version(version, &length);
    version[strcspn(version, ",\n")] = '\0';
    tg_error_clear(); /* it matters more than a wrong option */
    err = tg_launcher_refuse(launcher, version);
    tg_runtime_stop_mpi(runtime);
    runtime->rank = launcher->rank;
    runtime->ranks = launcher->ranks;
    if (runtime->rank != 0)
        sleep(LET_SPEAK);
    return err;
}

int tg_runtime_start_mpi(struct tg_runtime *runtime)
{
    int provided;

    unsetenv("STARPU_RIDGE_START");
    tg_transport_prepare(runtime->launcher.openmpi);
    /* A process alone needs no daemon of OpenMPI's beside it, and no folder
     * in /tmp, which such processes would take away from one another; and
     * ranks of one node need no network, the search for which takes 0.2 s. */
    if (!runtime->launcher.openmpi)
        setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    if (runtime->ranks == 1)
        setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
    if (runtime->ranks == runtime->local_ranks && !getenv("OMPI_MCA_pml")) {
        setenv("OMPI_MCA_pml", "ob1", 0);
        setenv("OMPI_MCA_btl", tg_transport_local(runtime->ranks), 0);
    } else if (runtime->local_ranks > 1) {
        tg_transport_spread(runtime->local_ranks);
    }
    /* Ranks that share cores must let each other run. */
    setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided) !=
        MPI_SUCCESS)
        return tg_fail(TG_EUNAVAILABLE, "MPI could not start");
    runtime->mpi = true;
    MPI_Comm_rank(MPI_COMM_WORLD, &runtime->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &runtime->ranks);
    if (runtime->ranks == 1 && runtime->launcher.ranks > 1)
        return refuse(runtime);
    find_neighbours(runtime);
    tg_memory_share(runtime->local_ranks);
    if (provided < MPI_THREAD_SERIALIZED)
        return tg_fail(TG_EUNAVAILABLE,
                       "this MPI supports no threads (level %d); "
                       "use one built with MPI_THREAD_MULTIPLE",
                       provided);
    tg_watch_prepare(runtime->rank, runtime->ranks);
    return TG_OK;
}

int tg_runtime_expected_workers(struct tg_runtime *runtime)
{
    static const char *const counts[] = {"STARPU_NCPU", "STARPU_NCPUS", NULL};

    if (!runtime->share.cores)
        tg_cores_find(&runtime->share, runtime->local_rank,
                      runtime->local_ranks > 1 ? runtime->local_ranks : 1,
                      runtime->launcher.openmpi);
    return environment_number(counts, runtime->share.workers);
}

int tg_runtime_start_starpu(struct tg_runtime *runtime)
{
    const char *scheduler = getenv("STARPU_SCHED");
    struct starpu_conf conf;
    char count[16];

    TG_TRY(tg_settings_check());
    runtime->workers = tg_runtime_expected_workers(runtime);
    bool bound = tg_cores_bind(&runtime->share);
    snprintf(count, sizeof count, "%d", runtime->share.workers);
    if (!getenv("STARPU_NCPU") && !getenv("STARPU_NCPUS"))
        setenv("STARPU_NCPU", count, 1);
    if (!getenv("STARPU_WORKERS_CPUID") && !getenv("STARPU_WORKERS_COREID"))
        setenv("STARPU_WORKERS_CPUID", runtime->share.list, 1);
    /* The share is found above: a launcher's narrower binding must not count,
     * nor may StarPU keep a core for its MPI thread, which sleeps or polls
     * beside the workers. */
    setenv("STARPU_WORKERS_GETBIND", "0", 0);
    setenv("STARPU_MPI_NOBIND", "1", 0);
    setenv("STARPU_SILENT", "1", 0);
    if (!bound || runtime->local_ranks > runtime->share.cores)
        setenv("STARPU_WORKERS_NOBIND", "1", 0);
    TG_TRY(tg_memory_guard(runtime->rank, runtime->workers));
    TG_TRY(tg_sampling_prepare());

    starpu_conf_init(&conf);
    tg_waiting_prepare(runtime->local_ranks > runtime->share.cores);
    conf.sched_policy =
        tg_waiting_policy(scheduler && *scheduler ? scheduler : "prio");
    int err = starpu_mpi_init_conf(NULL, NULL, 0, MPI_COMM_WORLD, &conf);
    tg_sampling_clean();
    if (err)
        return tg_fail(TG_EUNAVAILABLE,
                       "StarPU could not start: %s; check the STARPU_* "
                       "variables in the environment",
                       strerror(-err));
    runtime->starpu = true;
    runtime->workers = (int)starpu_worker_get_count();
    return tg_watch_start();
}

/* Every rank learns where another one runs. */
static void share_node(char node[MPI_MAX_PROCESSOR_NAME], int rank)
{
    int length;

    MPI_Get_processor_name(node, &length);
    MPI_Bcast(node, MPI_MAX_PROCESSOR_NAME, MPI_CHAR, rank, MPI_COMM_WORLD);
}

int tg_runtime_agree(const struct tg_runtime *runtime, int status)
{
    struct {
        int fine, rank;
    } mine = {status == TG_OK, runtime->rank}, first;
    char message[TG_MESSAGE], node[MPI_MAX_PROCESSOR_NAME] = "";

    if (!runtime->mpi)
        return status;
    MPI_Allreduce(&mine, &first, 1, MPI_2INT, MPI_MINLOC, MPI_COMM_WORLD);
    if (first.fine)
        return TG_OK;
    MPI_Bcast(&status, 1, MPI_INT, first.rank, MPI_COMM_WORLD);
    snprintf(message, sizeof message, "%s", tg_error_message(status));
    MPI_Bcast(message, sizeof message, MPI_CHAR, first.rank, MPI_COMM_WORLD);
    share_node(node, first.rank);
    tg_error_clear();
    if (first.rank == 0)
        return tg_fail(status, "%s", message);
    return tg_fail(status, "rank %d (%s): %s", first.rank, node, message);
}

int tg_runtime_fail(const struct tg_runtime *runtime, int status)
{
    if (runtime->ranks > 1)
        tg_watch_fail(status);
    return status;
}

int tg_runtime_same(const struct tg_runtime *runtime,
                    const struct tg_facts *facts, const char *subject,
                    const char *remedy)
{
    struct tg_facts first = *facts;
    const struct tg_fact *own, *its;
    char node[MPI_MAX_PROCESSOR_NAME] = "";
    int err = TG_OK;

    if (runtime->ranks == 1)
        return TG_OK;
    MPI_Bcast(&first, sizeof first, MPI_BYTE, 0, MPI_COMM_WORLD);
    share_node(node, 0);
    own = tg_facts_differ(facts, &first);
    if (own) {
        its = &first.fact[own - facts->fact];
        err = own->sum ? tg_fail(TG_EDATA, "%s: %s: not as on rank 0 (%s); %s",
                                 subject, own->name, node, remedy)
                       : tg_fail(TG_EDATA,
                                 "%s: %s: %" PRIu64 ", but %" PRIu64
                                 " on rank 0 (%s); %s",
                                 subject, own->name, own->value, its->value,
                                 node, remedy);
    }
    return tg_runtime_agree(runtime, err);
}

void tg_runtime_sum(const struct tg_runtime *runtime, double *values, int n)
{
    if (!runtime->mpi)
        return;
    MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}

void tg_runtime_share(const struct tg_runtime *runtime, void *bytes, size_t n)
{
    if (runtime->mpi)
        MPI_Bcast(bytes, (int)n, MPI_BYTE, 0, MPI_COMM_WORLD);
}

void tg_runtime_gather(const struct tg_runtime *runtime, const double *values,
                       int n, double *all, int room)
{
    if (runtime->rank) {
        MPI_Send(values, n, MPI_DOUBLE, 0, 0, MPI_COMM_WORLD);
        return;
    }
    memcpy(all, values, (size_t)n * sizeof *all);
    for (int rank = 1, at = n; rank < runtime->ranks; rank++) {
        MPI_Status status;
        int count;

        MPI_Recv(all + at, room - at, MPI_DOUBLE, rank, 0, MPI_COMM_WORLD,
                 &status);
        MPI_Get_count(&status, MPI_DOUBLE, &count);
        at += count;
    }
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
    tg_watch_stop();
    if (runtime->starpu)
        starpu_mpi_shutdown();
    runtime->starpu = false;
    tg_sampling_clean();
}

/* OpenMPI 4.1 crashes or waits for ever now and then where its end comes soon
 * after its start, with which its threads are not done (open-mpi/ompi#10117,
 * openpmix#1967; here once in some thousand ranks).  The status is settled by
 * then, and what the C library says of the crash helps nobody. */
void tg_runtime_stop_mpi(struct tg_runtime *runtime)
{
    if (!runtime->mpi)
        return;
    int kept = tg_hush_begin();

    tg_watch_end();
    MPI_Finalize();
    runtime->mpi = false;
    tg_hush_end(kept);
}

bool tg_runtime_terminal(int fd)
{
    char link[64], name[64];
    ssize_t length;

    if (!tg_launcher_find().openmpi)
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
    return tg_clock_now() - runtime->start;
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
    /* "OpenBLAS 0.3.21", and then how it was built */
    const char *config = openblas_get_config();
    size_t name = strcspn(config, " ");
    size_t version = config[name] ? 1 + strcspn(config + name + 1, " ") : 0;

    snprintf(blas, blas_size, "%.*s (%s)", (int)(name + version), config,
             openblas_get_corename());
}
