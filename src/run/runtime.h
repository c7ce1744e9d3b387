/* Start and stop of MPI and StarPU, and the status that ranks agree on.  What
 * the user set in STARPU_* and OMPI_* wins over what is chosen here. */
#ifndef TG_RUNTIME_H
#define TG_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>

#include "cores.h"
#include "facts.h"
#include "launcher.h"

struct tg_runtime {
    int rank, ranks;
    int local_rank, local_ranks; /* on this node */
    struct tg_cores share;       /* of this node's cores, once asked for */
    int workers, all_workers;    /* of this rank, of all ranks */
    struct tg_launcher launcher;
    double start;     /* when the program did, by its clock, s */
    bool mpi, starpu; /* what is running */
};

/* Before anything else in main: the launcher's rank, BLAS kept to one thread
 * a worker and told of processors that it is too old to know.  May replace the
 * process by itself once, since OpenBLAS looks at the environment as it is
 * loaded.  From here on signals end the process cleanly.
 * Errors: TG_EMEMORY, where a limit is too low even for MPI. */
int tg_runtime_prepare(struct tg_runtime *runtime, char **argv);

/* Start MPI, then (after data sets are open) StarPU. Where MPI does not
 * understand the launcher, the one of the processes that is the launcher's
 * first has the rank 0, to say so; MPI does not run then.
 * Errors: TG_EUNAVAILABLE, TG_EMEMORY. */
int tg_runtime_start_mpi(struct tg_runtime *runtime);
int tg_runtime_start_starpu(struct tg_runtime *runtime);

/* Workers of this rank, as far as can be told before StarPU starts; once MPI
 * runs, if it is to. */
int tg_runtime_expected_workers(struct tg_runtime *runtime);

/* Agree on a status: every rank gets the error of the lowest rank that has
 * one, and that rank's message, with its number and node.  Collective; outside
 * tasks only. */
int tg_runtime_agree(const struct tg_runtime *runtime, int status);

/* This rank fails where others may wait for its tasks, outside of what ranks
 * agree on: it ends all of them, with its message (watch.h).  Value, where it
 * is alone: the status. */
int tg_runtime_fail(const struct tg_runtime *runtime, int status);

/* Compare what every rank holds with what rank 0 does; the message names the
 * rank, what differs, and the remedy. Collective; outside tasks only.
 * Errors: TG_EDATA. */
int tg_runtime_same(const struct tg_runtime *runtime,
                    const struct tg_facts *facts, const char *subject,
                    const char *remedy);

/* The number of workers of all ranks; collective, once StarPU runs. */
void tg_runtime_count_workers(struct tg_runtime *runtime);

/* Sum doubles over ranks, into every rank's. Collective; outside tasks only. */
void tg_runtime_sum(const struct tg_runtime *runtime, double *values, int n);

/* Give all ranks what rank 0 holds. Collective; outside tasks only. */
void tg_runtime_share(const struct tg_runtime *runtime, void *bytes, size_t n);

/* Collect doubles from all ranks, by rank, into rank 0's `all`, which has room
 * for `room` of them: the sum of the ranks' n. Collective; outside tasks only.
 */
void tg_runtime_gather(const struct tg_runtime *runtime, const double *values,
                       int n, double *all, int room);

/* Wait for all tasks and transfers. */
void tg_runtime_wait(void);

/* Stop what runs. */
void tg_runtime_stop_starpu(struct tg_runtime *runtime);
void tg_runtime_stop_mpi(struct tg_runtime *runtime);

/* Does what this process writes to `fd` (1 or 2) reach a terminal?  mpirun
 * gives ranks a pseudo-terminal for one and a pipe for the other, whatever its
 * own are; so under mpirun, mpirun's count. */
bool tg_runtime_terminal(int fd);

/* Seconds since the program started. */
double tg_runtime_seconds(const struct tg_runtime *runtime);

/* The policy that runs; versions of StarPU, MPI and BLAS in a line each, cut
 * to the sizes given. The versions are known before anything is started. */
const char *tg_runtime_scheduler(void);
void tg_runtime_versions(char *starpu, size_t starpu_size, char *mpi,
                         size_t mpi_size, char *blas, size_t blas_size);

#endif
