#include "transport.h"

#include <glob.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

/* A rank's segment of shared memory, and something beside it. */
#define SEGMENT (4.25 * 1024 * 1024)

/* Bytes that can be had in a folder. */
static double room(const char *folder)
{
    struct statvfs status;

    if (access(folder, W_OK | X_OK) || statvfs(folder, &status))
        return 0;
    return (double)status.f_bavail * (double)status.f_frsize;
}

/* The first of OpenMPI's places for segments that has room for those of all
 * ranks; NULL: none. */
static const char *find_place(int ranks, double *left)
{
    const char *const places[] = {"/dev/shm", getenv("TMPDIR"), "/tmp"};

    for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
        *left = places[p] && *places[p] == '/' ? room(places[p]) : 0;
        if (*left >= ranks * SEGMENT)
            return places[p];
    }
    return NULL;
}

/* Ranks look one after another, the later ones at less: the first must be sure
 * of what the last will find before it goes without TCP. */
const char *tg_transport_local(int ranks)
{
    double left;
    const char *place;

    if (ranks == 1)
        return "self";
    place = find_place(ranks, &left);
    if (place)
        setenv("OMPI_MCA_btl_vader_backing_directory", place, 0);
    if (place && left >= 2 * ranks * SEGMENT)
        return "self,vader";
    setenv("OMPI_MCA_btl_tcp_if_include", "lo", 0);
    return place ? "self,vader,tcp" : "self,tcp";
}

void tg_transport_spread(int ranks)
{
    double left;
    const char *place = find_place(ranks, &left);

    if (place)
        setenv("OMPI_MCA_btl_vader_backing_directory", place, 0);
    else
        setenv("OMPI_MCA_btl", "^vader", 0);
}

/* Ranks may read one another's memory: not where seccomp forbids the call, nor
 * where the kernel keeps it to debuggers. */
static bool may_read_others(void)
{
    int from = 1, to = 0, scope = 0;
    struct iovec mine = {&to, sizeof to}, its = {&from, sizeof from};
    FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");

    if (file && fscanf(file, "%d", &scope) != 1)
        scope = 0;
    if (file)
        fclose(file);
    return scope < 2 && prctl(PR_GET_DUMPABLE) == 1 &&
           process_vm_readv(getpid(), &mine, 1, &its, 1, 0) ==
               (ssize_t)sizeof to;
}

/* Of the libraries that are loaded: OpenMPI's, by its path; ends the search. */
static int find_library(struct dl_phdr_info *library, size_t size, void *path)
{
    const char *slash = strrchr(library->dlpi_name, '/');

    (void)size;
    return slash && strncmp(slash, "/libmpi.so", 10) == 0 &&
           realpath(library->dlpi_name, path);
}

/* Has this OpenMPI components of a kind, as far as can be seen: it may also
 * have been built with all of them in its library. */
static bool has_components(const char *kind)
{
    char library[PATH_MAX], pattern[PATH_MAX + 64];
    glob_t found;

    if (!dl_iterate_phdr(find_library, library))
        return false;
    *strrchr(library, '/') = '\0';
    /* beside its library, or where Debian has them */
    snprintf(pattern, sizeof pattern, "%s/{,openmpi/lib/}openmpi*/mca_%s.so",
             library, kind);
    if (glob(pattern, GLOB_BRACE, NULL, &found))
        return false;
    globfree(&found);
    return true;
}

/* Does anybody answer to OpenMPI, which srun has started?  With PMIx always;
 * with what was there before only where it has been built for that. */
static bool answered(void)
{
    if (getenv("PMIX_NAMESPACE"))
        return true;
    return getenv("PMI_FD") &&
           (has_components("pmix_s[12]") || !has_components("pmix_*"));
}

void tg_transport_prepare(bool openmpi)
{
    /* OpenMPI takes a step of Slurm's for its launcher, and ends the process
     * where nobody answers; also in a shell that srun or salloc has started. */
    if (!openmpi && !answered())
        unsetenv("SLURM_STEP_ID");
    if (!may_read_others())
        setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 0);
    setenv("HWLOC_HIDE_ERRORS", "2", 0);
    setenv("OMPI_MCA_btl_base_warn_component_unused", "0", 0);
    setenv("HOME", "/nonexistent", 0); /* PMIx crashes without one, where the
                                          user has no name either */
}
