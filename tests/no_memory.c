/* For LD_PRELOAD: a rank whose memory runs out while it declares a graph.  See
 * tests/program/test_faults.py.
 *
 * Counted are the calls of calloc by the program itself, not a library, in its
 * main thread between the start of StarPU and the wait for all tasks.  (malloc
 * is what StarPU has the program do for it, at no certain time.)
 * STARPU_RIDGE_NO_MEMORY=N,RANK[,RANK...]: the N-th, from 1, of these ranks
 * fails; 0: none does, and the rank says how many there were. */

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <starpu_mpi.h>

void *__libc_calloc(size_t count, size_t size);

static uintptr_t first, end; /* the program's code */
static bool counting;
static pid_t main_thread;
static int victim = -1; /* the allocation that fails; 0: none */
static int count;

/* The program comes first. */
static int find_program(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];

        if (part->p_type == PT_LOAD && part->p_flags & PF_X) {
            first = info->dlpi_addr + part->p_vaddr;
            end = first + part->p_memsz;
        }
    }
    return 1;
}

__attribute__((constructor)) static void prepare(void)
{
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    const char *how = getenv("STARPU_RIDGE_NO_MEMORY");

    main_thread = gettid();
    dl_iterate_phdr(find_program, NULL);
    while (how && (how = strchr(how, ',')))
        if (atoi(++how) == (rank ? atoi(rank) : 0))
            victim = atoi(getenv("STARPU_RIDGE_NO_MEMORY"));
}

static bool fails(const void *caller)
{
    uintptr_t from = (uintptr_t)caller;

    return counting && from >= first && from < end && gettid() == main_thread &&
           ++count == victim;
}

void *calloc(size_t number, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL
                                              : __libc_calloc(number, size);
}

int starpu_mpi_init_conf(int *argc, char ***argv, int initialize, MPI_Comm comm,
                         struct starpu_conf *conf)
{
    int (*real)(int *, char ***, int, MPI_Comm, struct starpu_conf *) =
        dlsym(RTLD_NEXT, "starpu_mpi_init_conf");
    int err = real(argc, argv, initialize, comm, conf);

    counting = victim >= 0;
    return err;
}

int starpu_mpi_wait_for_all(MPI_Comm comm)
{
    int (*real)(MPI_Comm) = dlsym(RTLD_NEXT, "starpu_mpi_wait_for_all");

    if (counting && victim == 0)
        fprintf(stderr, "%d allocations\n", count);
    counting = false;
    return real(comm);
}
