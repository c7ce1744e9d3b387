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

enum { LONGEST = 200 }; /* bytes of a folder's name; StarPU fails with 800 */

/* What the converter writes, in a folder inside the one wanted: its files may
 * be half written when it ends before its time. */
static const char unfinished[] = "unfinished";
static const char *const products[] = {"activity.data",   "comms.rec",
                                       "dag.dot",         "data.rec",
                                       "distrib.data",    "paje.trace",
                                       "papi.rec",        "tasks.rec",
                                       "trace.html",      "trace.rec",
                                       "sched_tasks.rec", "number_events.data"};

static int out_of_memory(void)
{
    return tg_fail(TG_EMEMORY, "--trace: out of memory");
}

/* NULL: no memory. */
static char *path_in(const char *folder, const char *name)
{
    char *path;

    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static int records(const char *folder, glob_t *found)
{
    static const char files[] = "/prof_file_*";
    char *pattern = malloc(2 * strlen(folder) + sizeof files), *to = pattern;
    int err = GLOB_NOSPACE;

    *found = (glob_t){0};
    if (!pattern)
        return err;
    for (; *folder; *to++ = *folder++)
        if (strchr("\\*?[", *folder)) /* the folder's name is no pattern */
            *to++ = '\\';
    strcpy(to, files);
    err = glob(pattern, 0, NULL, found);
    free(pattern);
    return err;
}

static void remove_records(const char *folder)
{
    glob_t found;

    if (records(folder, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
    globfree(&found);
}

#ifdef STARPU_USE_FXT
/* The folder, and that the files wanted can be written there. */
static int make_folder(const char *folder)
{
    static const char *const wanted[] = {"dag.dot", "paje.trace"};
    struct stat status;
    int err = TG_OK;

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
    for (size_t i = 0; i < 2 && !err; i++) {
        char *path = path_in(folder, wanted[i]);

        err = path ? tg_output_check(path) : out_of_memory();
        free(path);
    }
    return err;
}
#endif

int tg_trace_prepare(const char *folder, int rank)
{
#ifdef STARPU_USE_FXT
    char *prefix;

    if (strlen(folder) > LONGEST)
        return tg_fail(TG_ECANTCREAT,
                       "--trace: a folder's name of %zu bytes is too long for "
                       "StarPU; choose a shorter one, of at most %d",
                       strlen(folder), LONGEST);
    if (rank == 0) {
        TG_TRY(make_folder(folder));
        remove_records(folder); /* another run's ranks are not ours */
    }
    prefix = path_in(folder, "");
    if (!prefix)
        return out_of_memory();
    setenv("STARPU_FXT_PREFIX", prefix, 1);
    setenv("STARPU_FXT_TRACE", "1", 1);
    free(prefix);
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
        return out_of_memory();
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
static int publish(const char *folder, const char *work,
                   tg_trace_color *color_of)
{
    char *tasks = path_in(work, "tasks.rec"), *edges = path_in(work, "dag.dot");
    char *dag = path_in(folder, "dag.dot");
    char *from = path_in(work, "paje.trace");
    char *to = path_in(folder, "paje.trace");
    int err = tasks && edges && dag && from && to
                  ? tg_trace_dag(tasks, edges, color_of, dag)
                  : out_of_memory();

    if (!err && rename(from, to))
        err = tg_fail(TG_EIO, "--trace: %s: cannot write: %s; check the disk",
                      to, strerror(errno));
    free(tasks);
    free(edges);
    free(dag);
    free(from);
    free(to);
    return err;
}

/* Away with what is not wanted. */
static void remove_products(const char *work)
{
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        char *path = path_in(work, products[i]);

        if (path)
            unlink(path);
        free(path);
    }
    rmdir(work);
}

int tg_trace_convert(const char *folder, tg_trace_color *color_of)
{
    char *work = path_in(folder, unfinished);
    glob_t found;
    int err = work ? TG_OK : out_of_memory();

    if (records(folder, &found) && !err)
        err =
            tg_fail(TG_EIO, "--trace %s: StarPU left no records there", folder);
    if (!err) {
        mkdir(work, 0777); /* without it, the converter will say so */
        err = convert(folder, work, &found);
        if (!err)
            err = publish(folder, work, color_of);
        if (!err)
            remove_records(folder);
        remove_products(work);
    }
    globfree(&found);
    free(work);
    return err;
}
