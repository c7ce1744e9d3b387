#include "memory.h"

#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <starpu.h>

#include "cgroup.h"
#include "error.h"
#include "interrupt.h"

#define MIB (1 << 20)

/* What libraries take, measured with OpenMPI 4.1, StarPU 1.4 and OpenBLAS
 * 0.3.21 (README: Limits), in MiB. */
enum {
    MPI_START = 64,           /* addresses, without its threads' stacks */
    MPI_THREADS = 4,          /* of PMIx and OPAL, and room for two */
    STARPU_START = 64,        /* addresses, and the tasks' own memory */
    STARPU_THREADS = 3,       /* beside the workers: MPI's, progress, watch */
    BLAS_BUFFER = 128,        /* addresses, of each worker */
    NODE_START = 32,          /* resident */
    NODE_WORKER = 8,          /* resident, of each worker */
    CRASH_ROOM = BLAS_BUFFER, /* a library that fails with less is out of it */
    TRIES = 3,                /* StarPU gives back what it can between them */
    LINE = 64                 /* bytes of the cache's, at least 8 */
};

/* A limit, and how much of it this process has taken. */
struct limit {
    const char *name;
    double bytes; /* INFINITY: none */
    int field;    /* of /proc/self/statm */
    bool shared;  /* with the other ranks of the node */
};

enum { ADDRESSES, DATA, NODE, LIMITS };
static struct limit limits[LIMITS] = {
    {"ulimit -v", 0, 0, false},
    {"ulimit -d", 0, 5, false},
    {"this node's memory", 0, 1, true},
};
static int sharers = 1, my_rank;

/* Of tiles: what they may take together, and what they have. */
static double budget;
static struct limit *tightest;
static atomic_size_t live;

const char tg_memory_remedy[] =
    "take smaller pictures (--image, --gray), fewer --folds, a smaller "
    "--cache, fewer workers (STARPU_NCPU) or fewer ranks a node, or raise the "
    "limit";

/* ---- Limits ----------------------------------------------------------- */

static double resource(int which)
{
    struct rlimit limit;

    if (getrlimit((__rlimit_resource_t)which, &limit) ||
        limit.rlim_cur == RLIM_INFINITY)
        return INFINITY;
    return (double)limit.rlim_cur;
}

static void find_limits(void)
{
    if (limits[NODE].bytes > 0)
        return;
    double node =
        (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    double group = tg_cgroup_memory("");

    limits[ADDRESSES].bytes = resource(RLIMIT_AS);
    limits[DATA].bytes = resource(RLIMIT_DATA);
    limits[NODE].bytes = group < node ? group : node;
    if (group < node)
        limits[NODE].name = "the cgroup's memory";
}

static bool process_limited(void)
{
    return isfinite(limits[ADDRESSES].bytes) || isfinite(limits[DATA].bytes);
}

static double taken(int field)
{
    FILE *file = fopen("/proc/self/statm", "re");
    double pages = 0;

    for (int f = 0; file && f <= field; f++)
        if (fscanf(file, "%lf", &pages) != 1)
            pages = 0;
    if (file)
        fclose(file);
    return pages * (double)sysconf(_SC_PAGESIZE);
}

static double room(const struct limit *limit)
{
    return limit->bytes / (limit->shared ? sharers : 1) - taken(limit->field);
}

/* Print a limit as the user knows it. */
static void describe(const struct limit *limit, char *text, size_t size)
{
    int ranks = limit->shared ? sharers : 1;

    if (ranks > 1)
        snprintf(text, size, "%s (%.0f MiB for %d ranks)", limit->name,
                 limit->bytes / MIB, ranks);
    else
        snprintf(text, size, "%s (%.0f MiB)", limit->name, limit->bytes / MIB);
}

/* largest: of what it takes, or NULL. */
static int fail(const struct limit *limit, const char *what, double need,
                const struct tg_memory_need *largest)
{
    double left = room(limit);
    char text[128], advice[256] = "";

    describe(limit, text, sizeof text);
    if (largest)
        snprintf(advice, sizeof advice, "%.0f MiB of it are %s: take %s; or ",
                 largest->bytes / MIB, largest->what, largest->remedy);
    return tg_fail(TG_EMEMORY,
                   "%s takes about %.0f MiB more, and %s leaves %.0f; %s%s",
                   what, need / MIB, text, left > 0 ? left / MIB : 0, advice,
                   tg_memory_remedy);
}

static int check(double bytes, const char *what,
                 const struct tg_memory_need *largest)
{
    find_limits();
    for (int l = 0; l < LIMITS; l++)
        if (bytes > room(&limits[l]))
            return fail(&limits[l], what, bytes, largest);
    return TG_OK;
}

/* ---- Before the start ------------------------------------------------- */

static double stacks(int threads)
{
    pthread_attr_t attributes;
    size_t size = 8 * MIB;

    if (pthread_getattr_default_np(&attributes) == 0) {
        pthread_attr_getstacksize(&attributes, &size);
        pthread_attr_destroy(&attributes);
    }
    return (double)threads * (double)size;
}

/* A library has failed: for want of memory, when hardly any is left. */
static void handle_crash(int signal)
{
    void *probe = mmap(NULL, CRASH_ROOM * (size_t)MIB, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (probe != MAP_FAILED) {
        raise(signal); /* the default action, as the handler was for once */
        return;
    }
    fprintf(stderr,
            "starpu_ridge: rank %d: a library failed (signal %d) with less "
            "than %d MiB left of the process' memory limit (ulimit), most "
            "likely for want of memory; %s\n",
            my_rank, signal, CRASH_ROOM, tg_memory_remedy);
    tg_interrupt_end(TG_EMEMORY);
}

int tg_memory_prepare(int local_ranks)
{
    static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS};
    struct sigaction action = {.sa_handler = handle_crash,
                               .sa_flags = (int)SA_RESETHAND};
    double need = MPI_START * (double)MIB + stacks(MPI_THREADS);

    find_limits();
    tg_memory_share(local_ranks);
    if (!process_limited())
        return TG_OK;
    mallopt(M_ARENA_MAX, 1); /* others take 64 MiB of addresses each */
    setenv("OMPI_MCA_opal_signal", "", 0); /* no other handler for these */
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &action, NULL);
    return tg_memory_check(need, "starting MPI");
}

void tg_memory_share(int local_ranks)
{
    sharers = local_ranks > 1 ? local_ranks : 1;
}

double tg_memory_left(void)
{
    double left = INFINITY;

    find_limits();
    for (int l = 0; l < LIMITS; l++)
        left = fmin(left, room(&limits[l]));
    return left;
}

int tg_memory_check(double bytes, const char *what)
{
    return check(bytes, what, NULL);
}

double tg_memory_sum(const struct tg_memory_need *needs, size_t n,
                     const struct tg_memory_need **largest)
{
    double bytes = 0;

    *largest = needs;
    for (size_t i = 0; i < n; i++) {
        bytes += needs[i].bytes;
        if (needs[i].bytes > (*largest)->bytes)
            *largest = &needs[i];
    }
    return bytes;
}

int tg_memory_check_needs(const char *what, const struct tg_memory_need *needs,
                          size_t n)
{
    const struct tg_memory_need *largest;
    double bytes = tg_memory_sum(needs, n, &largest);

    return check(bytes, what, largest);
}

/* ---- Tiles ------------------------------------------------------------ */

/* What is set aside of each limit. */
static double reserve(int limit, int workers)
{
    if (limit == NODE)
        return (NODE_START + NODE_WORKER * (double)workers) * MIB;
    return (STARPU_START + BLAS_BUFFER * (double)workers) * MIB +
           stacks(STARPU_THREADS + workers);
}

static _Noreturn void end(size_t bytes)
{
    char limit[128];

    describe(tightest, limit, sizeof limit);
    fprintf(stderr,
            "starpu_ridge: rank %d: out of memory: a tile of %.1f MiB finds no "
            "room beside %.0f MiB of others; %s leaves tiles %.0f MiB; %s\n",
            my_rank, (double)bytes / MIB, (double)live / MIB, limit,
            budget / MIB, tg_memory_remedy);
    tg_interrupt_end(TG_EMEMORY);
}

/* Tiles start with a line of the cache, as kernels' registers want it: by hand,
 * since glibc's aligned_alloc leaves gaps that it does not use again. */
static void *allocate_lines(size_t bytes)
{
    char *block = bytes < SIZE_MAX - LINE ? malloc(bytes + LINE) : NULL;
    char *start;

    if (!block)
        return NULL;
    start = block + LINE - (uintptr_t)block % LINE;
    memcpy(start - sizeof block, &block, sizeof block);
    return start;
}

static void free_lines(char *start)
{
    char *block;

    memcpy(&block, start - sizeof block, sizeof block);
    free(block);
}

/* StarPU's own allocation would fail for ever, and the tasks wait for ever. */
static int allocate(unsigned node, void **block, size_t bytes, int flags)
{
    static _Thread_local int failures;

    (void)node, (void)flags;
    *block = NULL;
    if ((double)(atomic_fetch_add(&live, bytes) + bytes) <= budget)
        *block = allocate_lines(bytes);
    if (*block) {
        failures = 0;
        return 0;
    }
    atomic_fetch_sub(&live, bytes);
    if (++failures == TRIES)
        end(bytes);
    return -ENOMEM;
}

static int give_back(unsigned node, void *block, size_t bytes, int flags)
{
    (void)node, (void)flags;
    free_lines(block);
    atomic_fetch_sub(&live, bytes);
    return 0;
}

int tg_memory_guard(int rank, int workers)
{
    find_limits();
    my_rank = rank;
    budget = INFINITY;
    for (int l = 0; l < LIMITS; l++) {
        double set_aside = reserve(l, workers);
        double left = room(&limits[l]) - set_aside;
        char what[64];

        snprintf(what, sizeof what, "starting %d worker%s", workers,
                 workers == 1 ? "" : "s");
        if (left <= 0)
            return fail(&limits[l], what, set_aside, NULL);
        if (left < budget) {
            budget = left;
            tightest = &limits[l];
        }
    }
    starpu_malloc_set_hooks(allocate, give_back);
    return TG_OK;
}
