/* What the control groups that this process is in leave to it: versions 1 and
 * 2, groups within groups, in a name space of their own or not. */
#ifndef TG_CGROUP_H
#define TG_CGROUP_H

/* Processors' time, in processors; and memory, in bytes. The least of all
 * groups; INFINITY without a limit.
 * system: what stands for "/", under which proc/self and the mount points of
 * cgroups are: "", or a folder of a test. */
double tg_cgroup_cpus(const char *system);
double tg_cgroup_memory(const char *system);

#endif
