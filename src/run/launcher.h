/* Who started this process, and as one of how many, as the environment tells
 * before MPI runs.  A launcher that MPI does not understand starts many
 * processes that each take themselves for the only one. */
#ifndef TG_LAUNCHER_H
#define TG_LAUNCHER_H

#include <stdbool.h>

struct tg_launcher {
    const char *name;     /* NULL: none that is known */
    const char *variable; /* of the environment: how many it started */
    const char *remedy;
    bool openmpi; /* it is an OpenMPI's */
    int rank, ranks, local_ranks;
};

/* Without a launcher, and in a batch script that only has room for many tasks:
 * rank 0 of 1. */
struct tg_launcher tg_launcher_find(void);

/* MPI knows of no other process where the launcher started more: say so, and
 * what to type.  version: MPI's name. Value: TG_EUNAVAILABLE. */
int tg_launcher_refuse(const struct tg_launcher *launcher, const char *version);

#endif
