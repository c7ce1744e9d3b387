#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "cores.h"

static char base[] = "/tmp/test_cgroup.XXXXXX", folder[64];

/* A file of a system of its own, and the folders that it is in. */
static void put(const char *name, const char *text)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void put_mount(const char *root, const char *point, const char *type,
                      const char *options)
{
    char line[512];

    snprintf(line, sizeof line,
             "23 28 0:21 / /sys rw shared:7 - sysfs sysfs rw\n"
             "31 23 0:28 %s %s rw,nosuid shared:9 - %s %s rw%s%s\n",
             root, point, type, type, *options ? "," : "", options);
    put("proc/self/mountinfo", line);
}

static int begin(void **state)
{
    static int count;

    (void)state;
    snprintf(folder, sizeof folder, "%s/%d", base, count++);
    return mkdir(folder, 0777);
}

static void test_none(void **state)
{
    (void)state;
    assert_true(isinf(tg_cgroup_cpus(folder)));
    assert_true(isinf(tg_cgroup_memory(folder)));
    put("proc/self/cgroup", "0::/\n");
    put_mount("/", "/sys/fs/cgroup", "cgroup2", "");
    assert_true(isinf(tg_cgroup_cpus(folder)));
    put("sys/fs/cgroup/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/memory.max", "max\n");
    assert_true(isinf(tg_cgroup_cpus(folder)));
    assert_true(isinf(tg_cgroup_memory(folder)));
}

/* The smallest of the groups up to the root counts, not those beside. */
static void test_version_2(void **state)
{
    (void)state;
    put("proc/self/cgroup", "1:name=systemd:/x\n0::/a/b/c\n");
    put_mount("/", "/sys/fs/cgroup", "cgroup2", "nsdelegate");
    put("sys/fs/cgroup/a/cpu.max", "150000 100000\n");
    put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/a/b/c/cpu.max", "400000 100000\n");
    put("sys/fs/cgroup/x/cpu.max", "1000 100000\n");
    put("sys/fs/cgroup/a/b/memory.max", "1000000\n");
    put("sys/fs/cgroup/a/b/c/memory.max", "2000000\n");
    assert_true(tg_cgroup_cpus(folder) == 1.5);
    assert_true(tg_cgroup_memory(folder) == 1000000);
    put("sys/fs/cgroup/a/b/c/cpu.max", "50000 100000\n");
    assert_true(tg_cgroup_cpus(folder) == 0.5);
}

/* In a name space of its own a container sees its group as the root. */
static void test_name_space(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/\n");
    put_mount("/", "/sys/fs/cgroup", "cgroup2", "");
    put("sys/fs/cgroup/cpu.max", "200000 50000\n");
    put("sys/fs/cgroup/memory.max", "67108864\n");
    assert_true(tg_cgroup_cpus(folder) == 4);
    assert_true(tg_cgroup_memory(folder) == 67108864);
}

/* Docker with version 1: the group is named as the host does, and bound. */
static void test_bound_root(void **state)
{
    (void)state;
    put("proc/self/cgroup",
        "4:cpu,cpuacct:/docker/0a1b\n3:memory:/docker/0a1b\n0::/\n");
    put_mount("/docker/0a1b", "/sys/fs/cgroup/cpu,cpuacct", "cgroup",
              "cpu,cpuacct");
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "250000\n");
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    assert_true(tg_cgroup_cpus(folder) == 2.5);
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    assert_true(isinf(tg_cgroup_cpus(folder)));
    put_mount("/docker/0a1b", "/sys/fs/cgroup/memory", "cgroup", "memory");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "33554432\n");
    assert_true(tg_cgroup_memory(folder) == 33554432);
    assert_true(isinf(tg_cgroup_cpus(folder))); /* not that mount's */
}

static void test_version_1(void **state)
{
    (void)state;
    put("proc/self/cgroup", "5:cpuset:/s\n2:cpuacct:/x\n1:cpu:/job/step\n");
    put_mount("/", "/somewhere/else", "cgroup", "cpu");
    put("somewhere/else/job/step/cpu.cfs_quota_us", "800000\n");
    put("somewhere/else/job/step/cpu.cfs_period_us", "100000\n");
    put("somewhere/else/job/cpu.cfs_quota_us", "300000\n");
    put("somewhere/else/job/cpu.cfs_period_us", "100000\n");
    put("somewhere/else/s/cpu.cfs_quota_us", "1\n");
    put("somewhere/else/s/cpu.cfs_period_us", "1\n");
    assert_true(tg_cgroup_cpus(folder) == 3);
}

static void test_rubbish(void **state)
{
    (void)state;
    put("proc/self/cgroup", "nothing\n::\n0::\n0::/a\n");
    put("proc/self/mountinfo", "\n - \nx - cgroup2\n"
                               "1 2 3 / /g rw - cgroup2 none rw\n");
    put("g/a/cpu.max", "many too\n");
    put("g/a/memory.max", "");
    assert_true(isinf(tg_cgroup_cpus(folder)));
    assert_true(isinf(tg_cgroup_memory(folder)));
    put("g/a/cpu.max", "100000 0\n");
    assert_true(isinf(tg_cgroup_cpus(folder)));
}

static void test_cores(void **state)
{
    (void)state;
    assert_int_equal(tg_cores_within(8, INFINITY), 8);
    assert_int_equal(tg_cores_within(8, 64), 8);
    assert_int_equal(tg_cores_within(8, 8), 8);
    assert_int_equal(tg_cores_within(8, 2.5), 3);
    assert_int_equal(tg_cores_within(8, 2.0004), 2);
    assert_int_equal(tg_cores_within(8, 0.1), 1);
    assert_int_equal(tg_cores_within(INT_MAX, INFINITY), INT_MAX);
}

static int end(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", base);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_none, begin),
        cmocka_unit_test_setup(test_version_2, begin),
        cmocka_unit_test_setup(test_name_space, begin),
        cmocka_unit_test_setup(test_bound_root, begin),
        cmocka_unit_test_setup(test_version_1, begin),
        cmocka_unit_test_setup(test_rubbish, begin),
        cmocka_unit_test(test_cores),
    };

    if (!mkdtemp(base))
        return 1;
    return cmocka_run_group_tests(tests, NULL, end);
}
