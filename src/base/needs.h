/* What work needs and how far it is, in terms that those who do it and those
 * who watch it share. */
#ifndef TG_NEEDS_H
#define TG_NEEDS_H

/* A part of the memory that a run takes in this process. */
struct tg_memory_need {
    const char *what; /* in the plural: "weights of all folds" */
    double bytes;
    const char *remedy; /* what makes it less: "fewer --folds" */
};

/* What StarPU takes for itself, in bytes, about (measured): for a submitted
 * task of three tiles until it has run, and for a tile, beside its values. */
enum { TG_MEMORY_TASK = 2000, TG_MEMORY_TILE = 1700 };

/* How far the work is. */
struct tg_progress_state {
    double done, total; /* work, in any unit */
    char what[32];      /* what is going on, a word or two */
    double rate;        /* of `unit`s a second; 0: not shown */
    const char *unit;
};

#endif
