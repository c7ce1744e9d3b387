/* A rank's share of its node's cores.
 *
 * The program finds it itself, whatever OpenMPI bound the rank to: one core by
 * default when there are two ranks or fewer, and StarPU would then start
 * without workers.  What taskset, cgroups or a batch system leave to the job
 * counts.
 */
#ifndef TG_CORES_H
#define TG_CORES_H

#include <stdbool.h>
#include <stddef.h>

/* Note where this process is let run; before MPI has its say. */
void tg_cores_prepare(void);

/* Bind this process to its share, as the rank `rank` of the node's `ranks`.
 * `openmpi`: OpenMPI's daemon started it.  `list`, of `size` bytes, gets the
 * share as STARPU_WORKERS_CPUID wants it, `workers` its number of cores.
 * Value: the cores of the node that are left to the job. */
int tg_cores_take(int rank, int ranks, bool openmpi, int *workers, char *list,
                  size_t size);

#endif
