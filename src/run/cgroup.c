#include "cgroup.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A limit, as both versions have it in a group's folder. */
struct limit {
    const char *controller; /* of version 1 */
    double (*read[2])(const char *folder);
};

/* ---- A group's folder ------------------------------------------------- */

/* Up to two numbers in a file, NAN in the place of what is none ("max"); false
 * without the file. */
static bool numbers_in(const char *folder, const char *name, double *first,
                       double *second)
{
    char *path, words[2][32] = {"", ""};
    FILE *file = NULL;
    char *end;

    if (asprintf(&path, "%s/%s", folder, name) >= 0) {
        file = fopen(path, "re");
        free(path);
    }
    if (!file)
        return false;
    int found = fscanf(file, "%31s %31s", words[0], words[1]);
    fclose(file);
    *first = strtod(words[0], &end);
    if (found < 1 || *end)
        *first = NAN;
    *second = strtod(words[1], &end);
    if (found < 2 || *end)
        *second = NAN;
    return true;
}

/* Time in a period, of one that there is. */
static double share(double quota, double period)
{
    return quota > 0 && period > 0 ? quota / period : INFINITY;
}

static double cpus_1(const char *folder)
{
    double quota, period, none;

    if (!numbers_in(folder, "cpu.cfs_quota_us", &quota, &none) ||
        !numbers_in(folder, "cpu.cfs_period_us", &period, &none))
        return INFINITY;
    return share(quota, period);
}

static double cpus_2(const char *folder)
{
    double quota, period;

    if (!numbers_in(folder, "cpu.max", &quota, &period))
        return INFINITY;
    return share(quota, period);
}

static double bytes_in(const char *folder, const char *name)
{
    double bytes, none;

    if (!numbers_in(folder, name, &bytes, &none) || isnan(bytes))
        return INFINITY;
    return bytes;
}

static double memory_1(const char *folder)
{
    return bytes_in(folder, "memory.limit_in_bytes");
}

static double memory_2(const char *folder)
{
    return bytes_in(folder, "memory.max");
}

/* ---- All groups ------------------------------------------------------- */

/* Is a word among those that commas part? */
static bool among(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, length) == 0 && strchr(",\n", at[length]))
            return true;
    }
    return false;
}

/* This process' group in the hierarchy of a controller, or in version 2's where
 * that is NULL: of lines "N:CONTROLLERS:GROUP" that which has it.  To be freed;
 * NULL: none. */
static char *find_group(const char *system, const char *controller)
{
    char *path, *line = NULL, *group = NULL;
    FILE *file = NULL;
    size_t size = 0;

    if (asprintf(&path, "%s/proc/self/cgroup", system) >= 0) {
        file = fopen(path, "re");
        free(path);
    }
    while (file && !group && getline(&line, &size, file) >= 0) {
        char *names = strchr(line, ':');
        char *name = names ? strchr(++names, ':') : NULL;

        if (!name)
            continue;
        *name++ = '\0';
        name[strcspn(name, "\n")] = '\0';
        if (controller ? among(names, controller) : *names == '\0')
            group = strdup(name);
    }
    free(line);
    if (file)
        fclose(file);
    return group;
}

/* The least limit from a group up to where its hierarchy is mounted. */
static double least_up(const char *mount, const char *group,
                       double (*read)(const char *folder))
{
    double least = INFINITY;
    char *folder;

    if (asprintf(&folder, "%s%s", mount, group) < 0)
        return INFINITY;
    for (size_t length = strlen(mount);;) {
        char *slash = strrchr(folder, '/');

        least = fmin(least, read(folder));
        if (!slash || slash < folder + length)
            break;
        *slash = '\0';
    }
    free(folder);
    return least;
}

/* A line of mountinfo: where a group's folder is, as a mount point and a path
 * under it.  A container sees its own group as the root of what is mounted, by
 * a bind or a name space. */
static double limit_at(const char *system, char *line, const char *group,
                       const struct limit *limit, int version)
{
    char root[512], point[512], type[32], *options, *folder;
    char *after = strstr(line, " - ");
    double least;

    if (!after || sscanf(line, "%*s %*s %*s %511s %511s", root, point) != 2 ||
        sscanf(after, " - %31s", type) != 1 ||
        strcmp(type, version == 1 ? "cgroup" : "cgroup2") != 0)
        return INFINITY;
    options = strrchr(after, ' ') + 1;
    if (version == 1 && !among(options, limit->controller))
        return INFINITY;
    size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (strncmp(group, root, length) == 0 && strchr("/", group[length]))
        group += length;
    else
        group = ""; /* outside what is mounted */
    if (asprintf(&folder, "%s%s", system, point) < 0)
        return INFINITY;
    least = least_up(folder, group, limit->read[version - 1]);
    free(folder);
    return least;
}

static double least(const char *system, const struct limit *limit)
{
    double found = INFINITY;

    for (int version = 1; version <= 2; version++) {
        char *group =
            find_group(system, version == 1 ? limit->controller : NULL);
        char *path, *line = NULL;
        FILE *file = NULL;
        size_t size = 0;

        if (group && asprintf(&path, "%s/proc/self/mountinfo", system) >= 0) {
            file = fopen(path, "re");
            free(path);
        }
        while (file && getline(&line, &size, file) >= 0)
            found = fmin(found, limit_at(system, line, group, limit, version));
        if (file)
            fclose(file);
        free(line);
        free(group);
    }
    return found;
}

double tg_cgroup_cpus(const char *system)
{
    static const struct limit cpus = {"cpu", {cpus_1, cpus_2}};

    return least(system, &cpus);
}

double tg_cgroup_memory(const char *system)
{
    static const struct limit memory = {"memory", {memory_1, memory_2}};

    return least(system, &memory);
}
