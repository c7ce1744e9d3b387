/* Part of all programs that start MPI, in the sanitizers' builds: the program
 * itself, and tests.  What LeakSanitizer is not to tell, beside lsan.supp, and
 * when it is to look. */

#include <mpi.h>
#include <sanitizer/lsan_interface.h>

/* OpenMPI leaves behind what it allocates at its start and end: tables of
 * operations, strings, bitmaps of cores. */
int MPI_Init_thread(int *argc, char ***argv, int required, int *provided)
{
    __lsan_disable();
    int err = PMPI_Init_thread(argc, argv, required, provided);
    __lsan_enable();
    return err;
}

/* Looks for leaks before MPI ends, which it does on all ranks at once.  The
 * search at exit would come to nothing on most ranks when the job fails: mpirun
 * ends what is left as soon as one rank has exited.  What is found is reported,
 * and the run goes on. */
int MPI_Finalize(void)
{
    __lsan_do_recoverable_leak_check();
    __lsan_disable();
    int err = PMPI_Finalize();
    __lsan_enable();
    return err;
}

/* Keeps plug-ins, OpenMPI's and hwloc's: with one that is gone, what it points
 * to is lost, and its name, by which lsan.supp would know it. */
int dlclose(void *handle)
{
    (void)handle;
    return 0;
}
