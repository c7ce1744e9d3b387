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

/* What is left to the job on a node, and this rank's share of it. */
struct tg_cores {
    int cores;       /* of the node: those allowed, as far as a quota reaches */
    int allowed;     /* without the quota */
    double quota;    /* of time that cgroups allow, in cores; INFINITY: none */
    int workers;     /* of this rank */
    char list[4096]; /* its cores, as STARPU_WORKERS_CPUID wants them */
};

/* Find the share of the rank `rank` of the node's `ranks`.
 * `openmpi`: OpenMPI's daemon started it. */
void tg_cores_find(struct tg_cores *cores, int rank, int ranks, bool openmpi);

/* So many cores, as far as a quota of time reaches: rounded up, at least 1. */
int tg_cores_within(int cores, double quota);

/* Bind this process to the share that has been found.  Where a quota leaves
 * less than the cores, it is the kernel that picks them: containers on one node
 * would all bind to the same ones.
 * Value: whether workers may be bound; not, where that is forbidden. */
bool tg_cores_bind(const struct tg_cores *cores);

#endif
