/* What every method can say of its run, and the sections that say it. */
#ifndef TG_REPORT_SECTIONS_H
#define TG_REPORT_SECTIONS_H

#include <stddef.h>

#include "report.h"

/* What a machine and its software are. */
struct tg_platform {
    int ranks, workers; /* workers: of all ranks */
    int cores;          /* of this node */
    char scheduler[32]; /* the StarPU policy that ran */
    char starpu[32], mpi[64], blas[96];
    char kernel[32]; /* the 8-bit Gram kernel in use */
};

/* Where one worker's time went between the first task and the last. */
struct tg_worker {
    int rank, worker;
    double busy, idle, overhead; /* seconds: in tasks, without any, the rest */
};

/* Seconds of a phase of the work, which has one plain word for a name. */
struct tg_time {
    const char *name;
    double seconds; /* workers' seconds / workers */
};

/* A run.  A result begins with one where it has these sections. */
struct tg_run {
    struct tg_platform platform;
    const struct tg_worker *worker; /* [platform.workers] by rank, or NULL */
    const struct tg_time *times;
    size_t ntimes;
    double total;        /* wall seconds since the program started */
    size_t uncalibrated; /* tasks that dm* schedulers placed without a model */
    int calibrations;    /* runs that --calibrate took; 0: not asked for */
    const char *command; /* as typed, quoted for a shell, or NULL */
};

/* Text: seconds of each phase.  Page: charts of phases and workers, and the
 * warning that tasks were not calibrated.
 * JSON: seconds{(phases) total}. */
extern const struct tg_section tg_section_times;

/* Text: workers' shares of busy, idle, overhead.
 * JSON: ranks workers worker_seconds[{rank worker busy idle overhead}]
 * scheduler versions{starpu_ridge starpu mpi blas gram_kernel}. */
extern const struct tg_section tg_section_workers;

/* Text: that tasks were not calibrated, or how often they were.
 * JSON: uncalibrated_tasks. */
extern const struct tg_section tg_section_calibration;

/* The page's part of tg_section_times, with a sentence of a method's own
 * behind the first, or "". Errors: those of tg_plot. */
int tg_section_times_page(FILE *page, const struct tg_run *run,
                          const char *sentence);

/* The line on ranks and workers; the command, and rows of the page's table on
 * machine and software. */
void tg_section_run_line(FILE *out, const struct tg_run *run, int color);
void tg_section_command(FILE *page, const struct tg_run *run);
void tg_section_machine(FILE *page, const struct tg_run *run);

#endif
