/* Waiting without burning the core.
 *
 * On a node as full as it is meant to be, a worker a core, what waits should
 * sleep: StarPU's thread for MPI, which polls; its workers, which spin where
 * there is no task; OpenMPI's collective operations, which call sched_yield,
 * and to the kernel a thread that yields is one that runs.  What spins takes
 * its share of the cores from what works, and its fair share is soon all of
 * them: 16 ranks on 2 cores took 80 times the time of 8.
 *
 * So fruitless polls are followed by sleeps: each longer than the one before,
 * and short against a task.  MPI is reached through its own profiling
 * interface: the functions that wait are defined here, and call their PMPI
 * twins. */
#ifndef TG_WAITING_H
#define TG_WAITING_H

#include <stdbool.h>

struct starpu_sched_policy;

/* Before MPI and StarPU start. `crowded`: more ranks share the node than it
 * has cores, so that nothing may spin at all. */
void tg_waiting_prepare(bool crowded);

/* One of StarPU's own schedulers, whose workers sleep while there is no task
 * for them, until one is pushed; NULL: StarPU has none of that name. There is
 * one at a time. */
struct starpu_sched_policy *tg_waiting_policy(const char *name);

#endif
