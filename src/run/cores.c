#include "cores.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include <hwloc.h>
#include <hwloc/glibc-sched.h>

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

int tg_cores_take(int rank, int ranks, bool openmpi, int *workers, char *list,
                  size_t size)
{
    hwloc_topology_t topology;
    hwloc_bitmap_t allowed = hwloc_bitmap_alloc(), mine = hwloc_bitmap_alloc();
    int first, end, cores = 0;
    size_t length = 0;

    hwloc_topology_init(&topology);
    hwloc_topology_load(topology);
    find_allowed(topology, openmpi, allowed);
    /* A launcher other than OpenMPI that binds has dealt the cores itself. */
    bool dealt =
        !openmpi &&
        !hwloc_bitmap_isequal(allowed,
                              hwloc_topology_get_allowed_cpuset(topology));
    int depth = hwloc_get_type_or_below_depth(topology, HWLOC_OBJ_CORE);
    int all = (int)hwloc_get_nbobjs_by_depth(topology, depth);
    for (int c = 0; c < all; c++)
        if (hwloc_bitmap_intersects(
                hwloc_get_obj_by_depth(topology, depth, (unsigned)c)->cpuset,
                allowed))
            cores++;
    deal(dealt ? 0 : rank, dealt ? 1 : ranks, cores, &first, &end);
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
    *workers = end - first;
    return cores;
}
