/* For LD_PRELOAD: MPI that ends badly, as STARPU_RIDGE_BAD_END says.  See
 * tests/program/test_faults.py. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mpi.h>

int MPI_Finalize(void)
{
    static const char said[] = "free(): invalid pointer\n";
    const char *how = getenv("STARPU_RIDGE_BAD_END");
    int err = PMPI_Finalize();

    if (strcmp(how, "segmentation fault") == 0)
        raise(SIGSEGV);
    if (strcmp(how, "abort") == 0) {
        if (write(STDERR_FILENO, said, sizeof said - 1) < 0)
            return err;
        abort();
    }
    if (strcmp(how, "no end") == 0 && alarm(1)) /* unless none was set */
        for (;;)
            pause();
    return err;
}
