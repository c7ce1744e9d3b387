#include "plot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"

extern char **environ;

enum { MISSING = 127 }; /* the status of what can't be started */

/* Run gnuplot with two files as its input and output.  Value: its exit status.
 * -d: whatever the user's own ~/.gnuplot says. */
static int run(const char *option, int in, int out)
{
    const char *argv[] = {"gnuplot", "-d", option, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
                                     O_WRONLY, 0);
    bool started = posix_spawnp(&child, argv[0], &actions, NULL,
                                (char *const *)argv, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    if (!started)
        return MISSING;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return MISSING;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int explain(int status)
{
    if (status == MISSING)
        return tg_fail(TG_EUNAVAILABLE, "--report: gnuplot is not installed; "
                                        "apt-get install gnuplot-nox");
    return tg_fail(TG_EUNAVAILABLE,
                   "--report: gnuplot failed (status %d); see whether "
                   "'gnuplot --version' runs",
                   status);
}

int tg_plot_check(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int status = null < 0 ? MISSING : run("--version", null, null);

    if (null >= 0)
        close(null);
    return status ? explain(status) : TG_OK;
}

/* Files without names: no pipe that fills up, nothing to clean up. */
static int make_file(const char *bytes, size_t size)
{
    int file = memfd_create("chart", MFD_CLOEXEC);

    for (size_t done = 0; file >= 0 && done < size;) {
        ssize_t n = write(file, bytes + done, size - done);

        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            close(file);
            file = -1;
        }
    }
    if (file >= 0)
        lseek(file, 0, SEEK_SET);
    return file;
}

/* All of a file, to be freed; NULL: no memory, or nothing there. */
static char *take_file(int file, size_t *size)
{
    struct stat info;
    char *bytes = NULL;

    *size = 0;
    if (fstat(file, &info) != 0 || info.st_size == 0)
        return NULL;
    bytes = malloc((size_t)info.st_size);
    while (bytes && *size < (size_t)info.st_size) {
        ssize_t n = pread(file, bytes + *size, (size_t)info.st_size - *size,
                          (off_t)*size);

        if (n > 0) {
            *size += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            free(bytes);
            bytes = NULL;
        }
    }
    return bytes;
}

int tg_plot(const char *script, size_t length, char **svg, size_t *size)
{
    int in = make_file(script, length), out = make_file(NULL, 0);
    int status = in < 0 || out < 0 ? 0 : run("-", in, out);

    *svg = in < 0 || out < 0 || status ? NULL : take_file(out, size);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    if (status)
        return explain(status);
    return *svg ? TG_OK : tg_fail(TG_EMEMORY, "out of memory for a chart");
}
