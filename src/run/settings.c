#include "settings.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <starpu.h>

#include "error.h"

/* StarPU takes another scheduler in the place of one that it doesn't know.
 * graph_test begins when all tasks are known, for which a graph of more row
 * tiles than may be in flight waits for ever. */
static int check_scheduler(const char *wanted)
{
    struct starpu_sched_policy **policies =
        starpu_sched_get_predefined_policies();
    char names[512] = "";

    for (; *policies; policies++) {
        const char *name = (*policies)->policy_name;
        size_t length = strlen(names);

        if (strcmp(name, "graph_test") == 0)
            continue;
        if (strcmp(name, wanted) == 0)
            return TG_OK;
        if (strncmp(name, "modular-", 8) != 0) /* they are many */
            snprintf(names + length, sizeof names - length, "%s%s",
                     length ? ", " : "", name);
    }
    return tg_fail(TG_EUNAVAILABLE,
                   "STARPU_SCHED='%s' is no scheduler of StarPU's for graphs "
                   "that grow while they run; unset it, or take one of %s",
                   wanted, names);
}

/* StarPU ends the process over a number that is none, and crashes over a core
 * that is none. */
static int check_numbers(void)
{
    static const struct {
        const char *name;
        bool core;
    } numbers[] = {
        {"STARPU_CALIBRATE", false},
        {"STARPU_BUS_CALIBRATE", false},
        {"STARPU_CALIBRATE_MINIMUM", false},
        {"STARPU_PREFETCH", false},
        {"STARPU_PROFILING", false},
        {"STARPU_NCUDA", false},
        {"STARPU_NOPENCL", false},
        {"STARPU_SILENT", false},
        {"STARPU_WORKERS_NOBIND", false},
        {"STARPU_MAIN_THREAD_BIND", false},
        {"STARPU_MAIN_THREAD_CPUID", true},
        {"STARPU_MAIN_THREAD_COREID", true},
        {"STARPU_MPI_NOBIND", false},
        {"STARPU_MPI_THREAD_CPUID", true},
        {"STARPU_MPI_THREAD_COREID", true},
        {"STARPU_HISTORY_MAX_ERROR", false},
        {"STARPU_FXT_TRACE", false},
    };
    long cores = sysconf(_SC_NPROCESSORS_CONF);

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const char *text = getenv(numbers[i].name);
        char *end;

        if (!text || !*text)
            continue;
        errno = 0;
        long value = strtol(text, &end, 10);
        if (*end || errno || value < -1 || value > INT_MAX ||
            (numbers[i].core && value >= cores))
            return tg_fail(TG_EUNAVAILABLE,
                           "%s='%s' is no number that StarPU takes%s; correct "
                           "it, or unset it",
                           numbers[i].name, text,
                           numbers[i].core ? ", that of a core here" : "");
    }
    return TG_OK;
}

/* Lists of cores, and the host's name, which becomes a file's. */
static int check_texts(void)
{
    const char *cores = getenv("STARPU_WORKERS_CPUID");
    const char *host = getenv("STARPU_HOSTNAME");

    if (cores && strspn(cores, "0123456789 -,") != strlen(cores))
        return tg_fail(TG_EUNAVAILABLE,
                       "STARPU_WORKERS_CPUID='%s' is no list of cores, such as "
                       "'0 1 2' or '0-2'; correct it, or unset it",
                       cores);
    if (host && strchr(host, '/'))
        return tg_fail(TG_EUNAVAILABLE,
                       "STARPU_HOSTNAME='%s' holds a '/'; it names files: "
                       "correct it, or unset it",
                       host);
    return TG_OK;
}

int tg_settings_check(void)
{
    static const char *const counts[] = {"STARPU_NCPU", "STARPU_NCPUS"};
    const char *scheduler = getenv("STARPU_SCHED");

    TG_TRY(check_numbers());
    TG_TRY(check_texts());
    for (int i = 0; i < 2; i++) {
        const char *text = getenv(counts[i]);

        if (text && (!*text || strspn(text, "0123456789") != strlen(text) ||
                     !strtoul(text, NULL, 10)))
            return tg_fail(TG_EUNAVAILABLE,
                           "%s='%s' is not a number of workers, 1 or more; "
                           "correct it, or unset it to use all cores",
                           counts[i], text);
    }
    if (scheduler && *scheduler)
        TG_TRY(check_scheduler(scheduler));
    return TG_OK;
}
