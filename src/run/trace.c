#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <starpu.h>

#include "error.h"
#include "output.h"
#include "trace_dag.h"

extern char **environ;

enum {
    LONGEST = 200, /* bytes of a folder's name; StarPU fails with 800 */
    PATH = LONGEST + 64
};

/* What the converter writes, in a folder inside the one wanted: its files may
 * be half written when it ends before its time. */
static const char unfinished[] = "unfinished";
static const char *const products[] = {"activity.data",   "comms.rec",
                                       "dag.dot",         "data.rec",
                                       "distrib.data",    "paje.trace",
                                       "papi.rec",        "tasks.rec",
                                       "trace.html",      "trace.rec",
                                       "sched_tasks.rec", "number_events.data"};

static int records(const char *folder, glob_t *found)
{
    static const char files[] = "/prof_file_*";
    char pattern[2 * LONGEST + sizeof files], *to = pattern;

    for (; *folder; *to++ = *folder++)
        if (strchr("\\*?[", *folder)) /* the folder's name is no pattern */
            *to++ = '\\';
    strcpy(to, files);
    return glob(pattern, 0, NULL, found);
}

static void remove_records(const char *folder)
{
    glob_t found;

    if (records(folder, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
    globfree(&found);
}

int tg_trace_prepare(const char *folder, int rank)
{
#ifdef STARPU_USE_FXT
    static const char *const wanted[] = {"dag.dot", "paje.trace"};
    char prefix[PATH], path[PATH];
    struct stat status;

    if (strlen(folder) > LONGEST)
        return tg_fail(TG_ECANTCREAT,
                       "--trace: a folder's name of %zu bytes is too long for "
                       "StarPU; choose a shorter one, of at most %d",
                       strlen(folder), LONGEST);
    if (rank == 0) {
        if (mkdir(folder, 0777) && errno != EEXIST)
            return tg_fail(TG_ECANTCREAT,
                           "--trace %s: cannot make the folder: %s; choose a "
                           "place that exists and that you may write to",
                           folder, strerror(errno));
        if (stat(folder, &status) || !S_ISDIR(status.st_mode) ||
            access(folder, W_OK))
            return tg_fail(TG_ECANTCREAT,
                           "--trace %s: not a folder to write into; give "
                           "another, which need not exist",
                           folder);
        for (size_t i = 0; i < 2; i++) {
            snprintf(path, sizeof path, "%s/%s", folder, wanted[i]);
            TG_TRY(tg_output_check(path));
        }
        remove_records(folder); /* another run's ranks are not ours */
    }
    snprintf(prefix, sizeof prefix, "%s/", folder);
    setenv("STARPU_FXT_PREFIX", prefix, 1);
    setenv("STARPU_FXT_TRACE", "1", 1);
    return TG_OK;
#else
    (void)folder, (void)rank, (void)remove_records;
    return tg_fail(TG_EUNAVAILABLE,
                   "--trace: StarPU %d.%d here has no FxT, so it records no "
                   "traces; 'sh cmake/setup.sh' builds one that does, then "
                   "build starpu_ridge again",
                   STARPU_MAJOR_VERSION, STARPU_MINOR_VERSION);
#endif
}

/* Run a program with its output thrown away. Value: its exit status, or -1. */
static int run(char *const *argv)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    bool started =
        posix_spawnp(&child, argv[0], &actions, NULL, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    if (!started)
        return -1;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int convert(const char *folder, const char *work, const glob_t *found)
{
    const char *fixed[] = {STARPU_RIDGE_FXT_TOOL, "-use-task-color", "-d", work,
                           "-i"};
    size_t count = sizeof fixed / sizeof *fixed;
    const char **argv = calloc(count + found->gl_pathc + 1, sizeof *argv);
    int status;

    if (!argv)
        return tg_fail(TG_EMEMORY, "out of memory");
    memcpy(argv, fixed, sizeof fixed);
    for (size_t i = 0; i < found->gl_pathc; i++)
        argv[count + i] = found->gl_pathv[i];
    status = run((char *const *)argv);
    free(argv);
    if (status)
        return tg_fail(TG_EUNAVAILABLE,
                       "--trace %s: %s failed (status %d); the records "
                       "prof_file_* are still there, to be converted by hand",
                       folder, STARPU_RIDGE_FXT_TOOL, status);
    return TG_OK;
}

/* The two files wanted, each whole. */
static int publish(const char *folder, const char *work)
{
    char from[PATH], to[PATH], tasks[PATH];

    snprintf(tasks, sizeof tasks, "%s/tasks.rec", work);
    snprintf(from, sizeof from, "%s/dag.dot", work);
    snprintf(to, sizeof to, "%s/dag.dot", folder);
    TG_TRY(tg_trace_dag(tasks, from, to));
    snprintf(from, sizeof from, "%s/paje.trace", work);
    snprintf(to, sizeof to, "%s/paje.trace", folder);
    if (rename(from, to))
        return tg_fail(TG_EIO, "--trace: %s: cannot write: %s; check the disk",
                       to, strerror(errno));
    return TG_OK;
}

int tg_trace_convert(const char *folder)
{
    char work[LONGEST + 16], path[PATH];
    glob_t found;
    int err;

    if (records(folder, &found)) {
        globfree(&found);
        return tg_fail(TG_EIO, "--trace %s: StarPU left no records there",
                       folder);
    }
    snprintf(work, sizeof work, "%s/%s", folder, unfinished);
    mkdir(work, 0777); /* without it, the converter will say so */
    err = convert(folder, work, &found);
    globfree(&found);
    if (!err)
        err = publish(folder, work);
    if (!err)
        remove_records(folder);
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        snprintf(path, sizeof path, "%s/%s", work, products[i]);
        unlink(path);
    }
    rmdir(work);
    return err;
}
