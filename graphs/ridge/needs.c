#include "gram.h"
#include "needs.h"
#include "ridge.h"
#include "select.h"

enum { DOUBLE = sizeof(double) };

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* Bytes of a lower triangle of blocks, those on the diagonal whole. */
static double triangle_bytes(const struct tg_plan *plan)
{
    double d = (double)plan->features;

    return d * (d + (double)plan->block) / 2 * DOUBLE;
}

/* Systems that a rank works on at a time, or its share of the last one. */
static double systems(const struct tg_plan *plan)
{
    double ranks = (double)plan->placement.ranks;
    double jobs = (double)plan->placement.jobs / ranks;

    if (plan->folds == 1)
        return 1 / ranks;
    return jobs < (double)plan->slots ? larger(jobs, 1) : (double)plan->slots;
}

/* Samples in memory, as loaded and as the Gram takes them. */
static double sample_bytes(const struct tg_plan *plan, size_t tile_rows,
                           size_t samples)
{
    double row = (double)(plan->features * plan->element);
    double flight = (double)(plan->window * tile_rows);
    double mine = (double)samples / (double)plan->placement.ranks;
    double loaded = plan->keep ? mine : flight;

    return row * (loaded < mine ? loaded : mine) +
           row * (flight < mine ? flight : mine);
}

static double task_bytes(const struct tg_plan *plan)
{
    double n = (double)plan->blocks;
    double rows = (double)plan->window * (2 + n + n * (n + 1) / 2);
    double system = n * (n + 1) * (n + 2) / 6 + 2 * n * (n + 1) + 3 * n;

    return TG_MEMORY_TASK * larger(rows, plan->folds > 1
                                             ? 2 * (double)plan->slots * system
                                             : system);
}

/* What a worker has for itself: the largest scratch of each kind. */
static double scratch_bytes(const struct tg_plan *plan, size_t workers)
{
    size_t k = plan->classes, columns = k * plan->lambdas;
    double bytes =
        2.0 * (double)tg_moments_scratch(plan->features, k) +
        4.0 * (double)tg_gram_scratch(plan->block, plan->element) +
        DOUBLE * (double)tg_predict_scratch(plan->features, columns) +
        (plan->folds > 1
             ? DOUBLE * (double)tg_residual_scratch(plan->block, columns)
             : 0);

    return bytes * (double)workers;
}

size_t tg_plan_needs(const struct tg_plan *plan, size_t tile_rows,
                     size_t samples, size_t workers,
                     struct tg_memory_need *needs)
{
    double d = (double)plan->features, k = (double)plan->classes;
    double folds = (double)plan->folds, m = (double)plan->lambdas;
    double ranks = (double)plan->placement.ranks;
    bool many = plan->folds > 1, first = plan->placement.rank == 0;
    double share = larger(1 / ranks, 1 / (double)plan->lanes);
    double grams = (double)plan->lanes;
    const struct tg_memory_need list[] = {
        {"Gram matrices of lanes and folds",
         larger(grams, many ? folds + 1 : 1) * triangle_bytes(plan) / ranks,
         "fewer --folds, fewer --lanes, smaller pictures (--image, --gray)"},
        {"systems being factorized", systems(plan) * triangle_bytes(plan),
         "smaller pictures (--image, --gray)"},
        {"class sums",
         (d + 1) * k * DOUBLE * ((double)plan->lanes * share + (many ? 1 : 0)),
         "fewer --lanes"},
        {"weights of all folds",
         many ? (d + 1) * k * m * DOUBLE * larger(folds / ranks, 1) : 0,
         "fewer values of --lambda"},
        {"weights", (d + 1) * k * DOUBLE * (first ? 3 : 1), "fewer classes"},
        {"confusions",
         k * k * DOUBLE *
             ((double)tg_plan_confusions(plan) * share + (first ? 3 : 0)),
         "fewer classes"},
        {"samples", sample_bytes(plan, tile_rows, samples),
         "a smaller --cache, more --tiles"},
        {"workers' scratch", scratch_bytes(plan, workers),
         "fewer workers (STARPU_NCPU), fewer values of --lambda"},
        {"submitted tasks", task_bytes(plan), "a larger --block"},
    };
    size_t n = sizeof list / sizeof *list;

    for (size_t i = 0; i < n; i++)
        needs[i] = list[i];
    return n;
}

size_t tg_plan_predict_needs(const struct tg_plan *plan, size_t tile_rows,
                             size_t samples, size_t workers,
                             struct tg_memory_need *needs)
{
    double d = (double)plan->features, k = (double)plan->classes;
    bool first = plan->placement.rank == 0;
    const struct tg_memory_need list[] = {
        {"weights", (d + 1) * k * DOUBLE * (first ? 2 : 1), "fewer classes"},
        {"samples", sample_bytes(plan, tile_rows, samples), "more --tiles"},
        {"scores", (double)(plan->window * tile_rows) * (k + 1) * DOUBLE,
         "more --tiles"},
        {"workers' scratch",
         DOUBLE * (double)(workers *
                           tg_predict_scratch(plan->features, plan->classes)),
         "fewer workers (STARPU_NCPU)"},
        {"submitted tasks", TG_MEMORY_TASK * 3.0 * (double)plan->window,
         "more --tiles"},
    };
    size_t n = sizeof list / sizeof *list;

    for (size_t i = 0; i < n; i++)
        needs[i] = list[i];
    return n;
}
