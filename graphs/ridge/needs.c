/* What a run takes on this rank.  Parts come and go, so each moment at which
 * much is there at once is counted, and the largest of them is what it takes.
 * tests/program/test_memory.py compares it with what runs take. */
#include <math.h>
#include <string.h>

#include "cg.h"
#include "dual.h"
#include "gram.h"
#include "select.h"

enum { DOUBLE = sizeof(double) };

enum { GRAMS, SYSTEMS, SUMS, MODELS, WEIGHTS };
enum { CONFUSIONS = WEIGHTS + 1, SAMPLES, LEARNING, SCORES, SCRATCH, TASKS };
enum { PARTS = TASKS + 1 };

static const struct tg_memory_need parts[PARTS] = {
    [GRAMS] = {"Gram matrices of lanes and folds", 0,
               "fewer --folds, fewer --lanes, smaller pictures (--image, "
               "--gray), or --solver cg"},
    [SYSTEMS] = {"systems being factorized", 0,
                 "fewer values of --lambda, smaller pictures (--image, "
                 "--gray), or --solver cg"},
    [SUMS] = {"class sums of lanes and folds", 0,
              "fewer --lanes, fewer --folds"},
    [MODELS] = {"weights of all folds", 0, "fewer values of --lambda"},
    [WEIGHTS] = {"weights", 0, "fewer classes"},
    [CONFUSIONS] = {"confusions", 0, "fewer --lanes, fewer classes"},
    [SAMPLES] = {"samples", 0, "a smaller --cache, more --tiles"},
    [LEARNING] = {"what features are learnt from", 0,
                  "smaller patches (size=), or fewer terms of --features"},
    [SCORES] = {"scores", 0, "more --tiles"},
    [SCRATCH] = {"workers' scratch", 0,
                 "fewer workers (STARPU_NCPU), fewer values of --lambda"},
    [TASKS] = {"submitted tasks", 0, "a larger --block"},
};

/* What is there at a moment, in bytes. */
struct moment {
    double bytes[PARTS];
};

static double sum(const struct moment *moment)
{
    double bytes = 0;

    for (int p = 0; p < PARTS; p++)
        bytes += moment->bytes[p];
    return bytes;
}

/* The largest of n moments, as needs. */
static size_t choose(const struct moment *moment, size_t n,
                     struct tg_memory_need *needs)
{
    const struct moment *largest = moment;

    for (size_t i = 1; i < n; i++)
        if (sum(&moment[i]) > sum(largest))
            largest = &moment[i];
    memcpy(needs, parts, sizeof parts);
    for (int p = 0; p < PARTS; p++)
        needs[p].bytes = largest->bytes[p];
    return PARTS;
}

/* Of which all row tiles, or the share of validated folds, stay. */
static double kept_share(const struct tg_plan *plan)
{
    return (double)plan->kept / (double)plan->folds;
}

/* Bytes of a lower triangle of blocks, those on the diagonal whole. */
static double triangle_bytes(const struct tg_plan *plan)
{
    double d = (double)plan->features;

    return d * (d + (double)plan->block) / 2 * DOUBLE;
}

/* Weights over intercepts, or class sums over counts. */
static double weight_bytes(const struct tg_plan *plan)
{
    return (double)(plan->features + 1) * (double)plan->classes * DOUBLE;
}

/* ... of all lambdas, for each fold; none without validation. */
static double model_bytes(const struct tg_plan *plan)
{
    double folds = (double)plan->validated / (double)plan->placement.ranks;

    return plan->folds > 1
               ? fmax(folds, 1) * (double)plan->lambdas * weight_bytes(plan)
               : 0;
}

/* This rank's samples, and those of the row tiles that are in work: loads come
 * last, so a worker has one. */
static double all_samples(const struct tg_plan *plan,
                          const struct tg_extent *extent)
{
    return (double)(plan->features * plan->element) * (double)extent->samples /
           (double)plan->placement.ranks;
}

static double in_work(const struct tg_plan *plan,
                      const struct tg_extent *extent)
{
    double tiles = fmin((double)extent->workers, (double)plan->window);
    double tile =
        (double)(plan->features * plan->element + plan->sample_bytes) *
        (double)extent->tile_rows;

    return fmin(tiles * tile, all_samples(plan, extent)) +
           (double)plan->map_bytes;
}

/* Row tiles while systems are solved: those kept, and, as features are made
 * where workers wait for a system, as many of those to be classified as are in
 * flight. */
static double beside_systems(const struct tg_plan *plan,
                             const struct tg_extent *extent)
{
    double kept = kept_share(plan), ranks = (double)plan->placement.ranks;
    double rows =
        fmax((1 - kept) * (double)extent->samples, (double)extent->tests) /
        ranks;
    double row = (double)(plan->features * plan->element + plan->sample_bytes);

    rows = plan->mapped ? fmin(rows, (double)(plan->window * extent->tile_rows))
                        : 0;
    return fmax(kept * all_samples(plan, extent) + rows * row,
                in_work(plan, extent));
}

/* While features are learnt: the first row tiles are there already. */
static void count_learning(const struct tg_plan *plan,
                           const struct tg_extent *extent,
                           struct moment *moment)
{
    double rows = fmin((double)(plan->window * extent->tile_rows),
                       (double)extent->samples);

    if (plan->placement.rank == 0)
        moment->bytes[LEARNING] = (double)extent->learning;
    moment->bytes[SAMPLES] =
        rows * (double)plan->sample_bytes + (double)plan->map_bytes;
}

/* Systems that have been begun, or a rank's share of the last one: a system
 * gives its slot to the next one, and only the last give it back. */
static double systems(const struct tg_plan *plan)
{
    double ranks = (double)plan->placement.ranks;

    if (plan->folds == 1)
        return 1 / ranks;
    return fmin(fmax((double)plan->placement.jobs / ranks, 1),
                (double)plan->slots);
}

/* Tasks of solving, those of row tiles, and tiles of blocks: as many as may
 * wait at once, which short tasks (--block 32) never do. */
static double task_bytes(const struct tg_plan *plan)
{
    double n = (double)plan->blocks, pairs = n * (n + 1) / 2;
    double rows = (double)plan->window * (2 + n + pairs);
    double system = pairs * (n + 2) / 3 + 4 * pairs + 3 * n;
    double jobs = (double)plan->placement.jobs;
    double solves =
        plan->folds > 1 ? fmin(2 * (double)plan->slots, jobs + 1) : 1;
    double grams = (double)plan->lanes + 1 + systems(plan);

    return TG_MEMORY_TASK * fmax(rows, solves * system) +
           TG_MEMORY_TILE * grams * pairs;
}

/* While lanes are summed.  Until the last tiles lanes grow no fewer; by then
 * all samples are there, and of a lane's tree a path. */
static void count_sums(const struct tg_plan *plan,
                       const struct tg_extent *extent, struct moment *begin,
                       struct moment *end)
{
    double ranks = (double)plan->placement.ranks, lanes = (double)plan->lanes;
    double tiles = fmax((double)extent->samples / (double)extent->tile_rows, 1);
    double last = fmin(1, fmin(lanes, (double)plan->window) / tiles);
    double left = (double)plan->placement.groups + (double)extent->workers;
    double scratch =
        sizeof(uint16_t) *
            (double)tg_moments_scratch(plan->features, plan->classes) +
        sizeof(float) * (double)tg_gram_scratch(plan->block, plan->element);
    double kept = kept_share(plan) * all_samples(plan, extent);
    double work = in_work(plan, extent);

    for (size_t l = plan->lanes / plan->placement.groups; l > 1; l /= 2)
        left++;
    left = fmin(left, lanes);
    begin->bytes[GRAMS] = lanes * triangle_bytes(plan) / ranks;
    begin->bytes[SUMS] = lanes * weight_bytes(plan) / ranks;
    begin->bytes[SAMPLES] = fmax(kept * (1 - last), work) + work;
    begin->bytes[SCRATCH] =
        (scratch + (double)plan->map_scratch) * (double)extent->workers;
    *end = *begin;
    end->bytes[GRAMS] = left * triangle_bytes(plan) / ranks;
    end->bytes[SUMS] = left * weight_bytes(plan) / ranks;
    end->bytes[SAMPLES] = fmax(kept, work) + work;
}

/* Vectors of conjugate gradients beside a system: lambdas.c. */
static double vector_bytes(const struct tg_plan *plan)
{
    double columns = (double)(plan->classes * plan->lambdas);
    double each = 4 * DOUBLE + (double)tg_plan_validation_element(plan);

    return plan->iterate ? columns * (double)plan->features * each : 0;
}

/* While all systems of cross-validation are there. */
static void count_validation(const struct tg_plan *plan,
                             const struct tg_extent *extent,
                             struct moment *moment)
{
    double ranks = (double)plan->placement.ranks;
    double folds = (double)plan->validated;
    size_t columns = plan->classes * plan->lambdas;
    double scratch = (double)(tg_predict_scratch(plan->features, columns) +
                              tg_residual_scratch(plan->block, columns));

    /* Its own, and what it has received of others': the total, its jobs'. */
    moment->bytes[GRAMS] =
        ((folds + 1) / ranks + (folds / ranks + 1) * (1 - 1 / ranks)) *
        triangle_bytes(plan);
    moment->bytes[SYSTEMS] =
        systems(plan) * (triangle_bytes(plan) + weight_bytes(plan)) *
            (double)tg_plan_validation_element(plan) / DOUBLE +
        systems(plan) * vector_bytes(plan);
    moment->bytes[SUMS] = (folds / ranks + 1) * weight_bytes(plan);
    moment->bytes[MODELS] = model_bytes(plan);
    moment->bytes[SAMPLES] = beside_systems(plan, extent);
    moment->bytes[SCRATCH] = DOUBLE * scratch * (double)extent->workers;
}

/* While the last model is found and used. */
static void count_model(const struct tg_plan *plan,
                        const struct tg_extent *extent, struct moment *moment)
{
    double ranks = (double)plan->placement.ranks;
    double scratch = (double)tg_predict_scratch(plan->features, plan->classes);

    /* The system takes the place of the Gram, block by block. */
    moment->bytes[SYSTEMS] = triangle_bytes(plan) / ranks;
    moment->bytes[SUMS] = weight_bytes(plan);
    moment->bytes[WEIGHTS] = 2 * weight_bytes(plan);
    moment->bytes[SAMPLES] = beside_systems(plan, extent);
    moment->bytes[SCRATCH] = DOUBLE * scratch * (double)extent->workers;
}

/* Rank 0's results, beside the tiles that they come from. */
static void count_results(const struct tg_plan *plan,
                          const struct tg_extent *extent, struct moment *moment)
{
    double k = (double)plan->classes;

    if (plan->placement.rank != 0)
        return;
    moment->bytes[SUMS] = weight_bytes(plan);
    moment->bytes[WEIGHTS] = 3 * weight_bytes(plan);
    moment->bytes[CONFUSIONS] = 2 * k * k * DOUBLE * (extent->tests ? 2 : 1);
    moment->bytes[SAMPLES] = kept_share(plan) * all_samples(plan, extent);
}

size_t tg_plan_needs(const struct tg_plan *plan, const struct tg_extent *extent,
                     struct tg_memory_need *needs)
{
    enum { LEARN, BEGIN, END, VALIDATION, MODEL, RESULTS, MOMENTS };
    struct moment moment[MOMENTS] = {0};
    bool many = plan->folds > 1;
    double k = (double)plan->classes;
    double share =
        fmax(1 / (double)plan->placement.ranks, 1 / (double)plan->lanes);
    double counts = k * k * DOUBLE * (double)tg_plan_confusions(plan) * share;

    if (plan->dual)
        return tg_dual_needs(plan, extent, needs);
    if (plan->cg)
        return tg_cg_needs(plan, extent, needs);
    if (extent->tests && plan->kept == plan->folds)
        counts *= 2;
    count_learning(plan, extent, &moment[LEARN]);
    count_sums(plan, extent, &moment[BEGIN], &moment[END]);
    moment[LEARN].bytes[MODELS] = model_bytes(plan); /* zeroed already */
    moment[BEGIN].bytes[MODELS] = model_bytes(plan);
    if (many)
        count_validation(plan, extent, &moment[VALIDATION]);
    count_model(plan, extent, &moment[MODEL]);
    count_results(plan, extent, &moment[RESULTS]);
    /* Tasks are submitted as far ahead as is not held back, and counts are
     * zeroed as soon as that is submitted. */
    for (int m = LEARN; m < RESULTS; m++) {
        moment[m].bytes[TASKS] = task_bytes(plan);
        if (m == MODEL || !many || plan->kept == plan->folds)
            moment[m].bytes[CONFUSIONS] = counts;
    }
    return choose(moment, MOMENTS, needs);
}

size_t tg_plan_predict_needs(const struct tg_plan *plan,
                             const struct tg_extent *extent,
                             struct tg_memory_need *needs)
{
    enum { LEARN, PREDICT, MOMENTS };
    struct moment moments[MOMENTS] = {0}, *moment = &moments[PREDICT];
    double k = (double)plan->classes;
    double tiles = fmin((double)extent->workers, (double)plan->window);
    double scratch = (double)tg_predict_scratch(plan->features, plan->classes);
    bool first = plan->placement.rank == 0;

    moment->bytes[WEIGHTS] = (first ? 2 : 1) * weight_bytes(plan);
    moment->bytes[SAMPLES] = in_work(plan, extent);
    moment->bytes[SCORES] =
        tiles * (double)extent->tile_rows * (k + 1) * DOUBLE;
    moment->bytes[SCRATCH] = (DOUBLE * scratch + (double)plan->map_scratch) *
                             (double)extent->workers;
    moment->bytes[TASKS] = TG_MEMORY_TASK * 3.0 * (double)plan->window;
    moments[LEARN].bytes[WEIGHTS] = moment->bytes[WEIGHTS];
    moments[LEARN].bytes[TASKS] = moment->bytes[TASKS];
    count_learning(plan, extent, &moments[LEARN]);
    return choose(moments, MOMENTS, needs);
}
