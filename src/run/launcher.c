#include "launcher.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "error.h"

enum { SIGNS = 3 };

/* A launcher, and what it sets in the environment of what it starts. */
struct kind {
    const char *name;
    const char *ranks, *rank, *local_ranks;
    /* one is set where it is at work, if any is given; the numbers alone may be
     * a parent's */
    const char *signs[SIGNS];
    const char *terminal; /* set where it gave a shell a terminal */
    const char *remedy;
    bool openmpi;
};

#define OWN_MPIRUN "start it with OpenMPI's mpirun (Debian's mpirun.openmpi)"

/* The innermost first, as far as one is known to start another. */
static const struct kind kinds[] = {
    {.name = "the mpirun of another OpenMPI",
     .ranks = "OMPI_COMM_WORLD_SIZE",
     .rank = "OMPI_COMM_WORLD_RANK",
     .local_ranks = "OMPI_COMM_WORLD_LOCAL_SIZE",
     .signs = {"PMIX_NAMESPACE", "PMIX_RANK", "OMPI_MCA_orte_hnp_uri"},
     .remedy = "start it with the mpirun of that one (`which -a mpirun` lists "
               "those here)",
     .openmpi = true},
    {.name = "the mpirun of MVAPICH2",
     .ranks = "MV2_COMM_WORLD_SIZE",
     .rank = "MV2_COMM_WORLD_RANK",
     .local_ranks = "MV2_COMM_WORLD_LOCAL_SIZE",
     .remedy = OWN_MPIRUN},
    {.name = "the mpirun of MVAPICH",
     .ranks = "MVP_COMM_WORLD_SIZE",
     .rank = "MVP_COMM_WORLD_RANK",
     .local_ranks = "MVP_COMM_WORLD_LOCAL_SIZE",
     .remedy = OWN_MPIRUN},
    {.name = "flux run",
     .ranks = "FLUX_JOB_SIZE",
     .rank = "FLUX_TASK_RANK",
     .remedy = "add -o pmi=pmix, or " OWN_MPIRUN},
    {.name = "jsrun",
     .ranks = "JSM_NAMESPACE_SIZE",
     .rank = "JSM_NAMESPACE_RANK",
     .local_ranks = "JSM_NAMESPACE_LOCAL_SIZE",
     .remedy = OWN_MPIRUN},
    {.name = "an mpiexec like MPICH's, Intel's or Cray's, or srun with PMI-2,",
     .ranks = "PMI_SIZE",
     .rank = "PMI_RANK",
     .local_ranks = "MPI_LOCALNRANKS",
     .remedy = OWN_MPIRUN},
    {.name = "srun",
     .ranks = "SLURM_STEP_NUM_TASKS",
     .rank = "SLURM_PROCID",
     .local_ranks = "SLURM_STEP_TASKS_PER_NODE",
     .signs = {"SLURM_STEP_ID", "SLURM_STEPID"},
     .terminal = "SLURM_PTY_PORT",
     .remedy = "add --mpi=pmix (`srun --mpi=list` says whether there is such), "
               "or " OWN_MPIRUN},
};

/* A positive number of the environment, or the other one. */
static int number(const char *name, int fallback)
{
    const char *text = name ? getenv(name) : NULL;
    char *end;
    long value = text ? strtol(text, &end, 10) : -1;

    return text && end != text && value >= 0 && value < 1 << 30 ? (int)value
                                                                : fallback;
}

/* A shell at a terminal starts one process, though it is itself of a step of
 * many; what the step itself starts has none. */
static bool at_terminal(const struct kind *kind)
{
    int terminal = kind->terminal && getenv(kind->terminal)
                       ? open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
                       : -1;

    if (terminal >= 0)
        close(terminal);
    return terminal >= 0;
}

static bool at_work(const struct kind *kind)
{
    bool seen = !kind->signs[0];

    for (int s = 0; s < SIGNS && kind->signs[s]; s++)
        seen = seen || getenv(kind->signs[s]);
    return seen && number(kind->ranks, 0) > 0 && !at_terminal(kind);
}

struct tg_launcher tg_launcher_find(void)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const struct kind *kind = &kinds[k];
        struct tg_launcher found = {.name = kind->name,
                                    .variable = kind->ranks,
                                    .remedy = kind->remedy,
                                    .openmpi = kind->openmpi,
                                    .ranks = number(kind->ranks, 1),
                                    .local_ranks = 1};

        if (!at_work(kind))
            continue;
        /* a number that is left over counts for nothing in a process alone */
        found.rank = found.ranks > 1 ? number(kind->rank, 0) : 0;
        found.local_ranks = number(kind->local_ranks, 1);
        return found;
    }
    return (struct tg_launcher){.ranks = 1, .local_ranks = 1};
}

int tg_launcher_refuse(const struct tg_launcher *launcher, const char *version)
{
    return tg_fail(TG_EUNAVAILABLE,
                   "%s started %d processes (%s), but each of them is alone, "
                   "and would do the whole job: it does not understand %s, "
                   "which this program is built with; %s: mpirun -np %d "
                   "starpu_ridge ...; or, to have one process do it, unset %s",
                   launcher->name, launcher->ranks, launcher->variable, version,
                   launcher->remedy, launcher->ranks, launcher->variable);
}
