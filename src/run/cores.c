#include "cores.h"

#include <limits.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include <hwloc.h>
#include <hwloc/glibc-sched.h>

#include "cgroup.h"

/* Where this process was let run when it began, before MPI had its say. */
static cpu_set_t born_on;

void tg_cores_prepare(void)
{
    if (sched_getaffinity(0, sizeof born_on, &born_on))
        CPU_ZERO(&born_on);
}

/* What the launcher leaves to the job on this node.  OpenMPI's own binding of
 * ranks, a core each by default, is no statement of anybody's; that of its
 * daemon is the batch system's, and that of a process alone the user's. */
static void find_allowed(hwloc_topology_t topology, bool openmpi,
                         hwloc_bitmap_t allowed)
{
    cpu_set_t set = born_on;

    if (openmpi && sched_getaffinity(getppid(), sizeof set, &set))
        CPU_ZERO(&set);
    hwloc_cpuset_from_glibc_sched_affinity(topology, allowed, &set, sizeof set);
    hwloc_bitmap_and(allowed, allowed,
                     hwloc_topology_get_allowed_cpuset(topology));
    if (hwloc_bitmap_iszero(allowed))
        hwloc_bitmap_copy(allowed, hwloc_topology_get_allowed_cpuset(topology));
}

/* The share of this rank among the node's ranks: cores first to end of those
 * allowed, in blocks; where ranks outnumber cores, one core, in turn. */
static void deal(int rank, int ranks, int cores, int *first, int *end)
{
    *first = ranks > cores ? rank % cores : rank * cores / ranks;
    *end = ranks > cores ? *first + 1 : (rank + 1) * cores / ranks;
}

/* From finding to binding. */
static hwloc_topology_t topology;
static hwloc_bitmap_t mine;

/* This rank's cores, first to end of those allowed, as a list and as a set. */
static void take(hwloc_const_bitmap_t allowed, int depth, int first, int end,
                 char *list, size_t size)
{
    int all = (int)hwloc_get_nbobjs_by_depth(topology, depth);
    hwloc_bitmap_t units = hwloc_bitmap_alloc();
    size_t length = 0;

    for (int c = 0, at = 0; c < all && at < end; c++) {
        hwloc_obj_t core = hwloc_get_obj_by_depth(topology, depth, (unsigned)c);

        hwloc_bitmap_and(units, core->cpuset, allowed);
        if (hwloc_bitmap_iszero(units))
            continue;
        if (at >= first && length < size) {
            hwloc_bitmap_or(mine, mine, units);
            length += (size_t)snprintf(list + length, size - length, "%s%u",
                                       length ? " " : "",
                                       hwloc_get_pu_obj_by_os_index(
                                           topology,
                                           (unsigned)hwloc_bitmap_first(units))
                                           ->logical_index);
        }
        at++;
    }
    hwloc_bitmap_free(units);
}

static int count(hwloc_const_bitmap_t allowed, int depth)
{
    int all = (int)hwloc_get_nbobjs_by_depth(topology, depth), cores = 0;

    for (int c = 0; c < all; c++)
        cores += hwloc_bitmap_intersects(
            hwloc_get_obj_by_depth(topology, depth, (unsigned)c)->cpuset,
            allowed);
    return cores;
}

void tg_cores_find(struct tg_cores *cores, int rank, int ranks, bool openmpi)
{
    hwloc_bitmap_t allowed = hwloc_bitmap_alloc();
    int first, end, quota_first, quota_end;

    hwloc_topology_init(&topology);
    hwloc_topology_load(topology);
    mine = hwloc_bitmap_alloc();
    find_allowed(topology, openmpi, allowed);
    /* A launcher other than OpenMPI that binds has dealt the cores itself, but
     * not the time. */
    bool dealt =
        !openmpi &&
        !hwloc_bitmap_isequal(allowed,
                              hwloc_topology_get_allowed_cpuset(topology));
    int depth = hwloc_get_type_or_below_depth(topology, HWLOC_OBJ_CORE);

    *cores = (struct tg_cores){.quota = tg_cgroup_cpus("")};
    cores->allowed = count(allowed, depth);
    cores->cores = tg_cores_within(cores->allowed, cores->quota);
    deal(dealt ? 0 : rank, dealt ? 1 : ranks,
         dealt ? cores->allowed : cores->cores, &first, &end);
    deal(rank, ranks, tg_cores_within(INT_MAX / ranks, cores->quota),
         &quota_first, &quota_end);
    if (end - first > quota_end - quota_first)
        end = first + quota_end - quota_first;
    take(allowed, depth, first, end, cores->list, sizeof cores->list);
    hwloc_bitmap_free(allowed);
    cores->workers = end - first;
}

int tg_cores_within(int cores, double quota)
{
    double whole = ceil(quota - 0.001); /* that much less is a rounding */

    if (whole >= cores)
        return cores;
    return whole > 1 ? (int)whole : 1;
}

bool tg_cores_bind(const struct tg_cores *cores)
{
    bool bound = cores->cores == cores->allowed &&
                 !hwloc_set_cpubind(topology, mine, HWLOC_CPUBIND_PROCESS);

    hwloc_topology_destroy(topology);
    hwloc_bitmap_free(mine);
    return bound;
}
