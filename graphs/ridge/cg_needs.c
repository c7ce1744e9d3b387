/* What steps without a Gram take on this rank: see needs.c. */
#include <math.h>
#include <string.h>

#include "cg.h"
#include "gram.h"
#include "krylov.h"
#include "normal.h"
#include "predict.h"
#include "sketch.h"

enum { DOUBLE = sizeof(double) };

enum { SUMS, SKETCH, VECTORS, PREDICTED, MODELS };
enum { CONFUSIONS = MODELS + 1, SAMPLES, LEARNING, SCRATCH, TASKS, PARTS };

static const struct tg_memory_need parts[PARTS] = {
    [SUMS] = {"class sums of lanes and folds", 0,
              "fewer --lanes, fewer --folds"},
    [SKETCH] = {"sketches of lanes", 0, "fewer --lanes, fewer features"},
    [VECTORS] = {"vectors of lanes, folds and lambdas", 0,
                 "fewer --lanes, fewer values of --lambda, fewer folds to "
                 "--validate"},
    [PREDICTED] = {"predictions of all samples", 0,
                   "fewer values of --lambda, fewer folds to --validate, or "
                   "--solver cg"},
    [MODELS] = {"weights", 0, "fewer values of --lambda, fewer classes"},
    [CONFUSIONS] = {"confusions", 0, "fewer --lanes, fewer classes"},
    [SAMPLES] = {"samples", 0, "a smaller --cache, more --tiles"},
    [LEARNING] = {"what features are learnt from", 0,
                  "smaller patches (size=), or fewer terms of --features"},
    [SCRATCH] = {"workers' scratch", 0,
                 "fewer workers (STARPU_NCPU), more --tiles"},
    [TASKS] = {"submitted tasks", 0, "fewer --lanes"},
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

/* Columns of P when it has most. */
static double columns(const struct tg_plan *plan)
{
    double systems =
        plan->folds > 1 ? (double)(plan->validated * plan->lambdas) : 1;

    return systems * (double)plan->classes;
}

/* Bytes of so many vectors. */
static double vectors(const struct tg_plan *plan, double count)
{
    return (double)(plan->features + 1) * count * DOUBLE;
}

/* Lanes of this rank; but for the first, what they have been sent, too. */
static double lanes(const struct tg_plan *plan)
{
    double ranks = plan->placement.ranks;

    return ceil((double)plan->lanes / ranks) + (ranks > 1 ? 2 : 1);
}

static double samples(const struct tg_plan *plan,
                      const struct tg_extent *extent)
{
    double all = (double)(plan->features * plan->element) *
                 (double)extent->samples / plan->placement.ranks;
    double tiles = fmin((double)extent->workers + 1, (double)plan->window);
    double tile =
        (double)(plan->features * plan->element + plan->sample_bytes) *
        (double)extent->tile_rows;
    double kept = all * (double)plan->kept / (double)plan->folds;

    return kept + fmin(tiles * tile, all) + (double)plan->map_bytes;
}

/* A pass with P of so many columns. */
static double scratch(const struct tg_plan *plan,
                      const struct tg_extent *extent, double count)
{
    return (double)extent->workers *
           (DOUBLE * (double)tg_normal_scratch((size_t)count) +
            (double)plan->map_scratch);
}

static void count_sums(const struct tg_plan *plan,
                       const struct tg_extent *extent, struct moment *moment)
{
    double own = (double)(plan->classes + 1);

    moment->bytes[SUMS] = vectors(plan, lanes(plan) * own);
    moment->bytes[SCRATCH] =
        (double)extent->workers *
        (double)(sizeof(uint16_t) *
                     tg_moments_scratch(plan->features, plan->classes) +
                 plan->map_scratch);
}

/* The sketch, or the blocks: columns of d, of a lane. */
static double shared(const struct tg_plan *plan)
{
    return plan->descent ? TG_CENTRING_CHUNK : (double)tg_cg_sketch(plan);
}

static void count_sketch(const struct tg_plan *plan,
                         const struct tg_extent *extent, struct moment *moment)
{
    double r = shared(plan), beside = plan->descent ? 0 : r;

    moment->bytes[SKETCH] = vectors(plan, lanes(plan) * r + beside);
    moment->bytes[SCRATCH] = scratch(plan, extent, beside) +
                             DOUBLE * (double)tg_sketch_scratch((size_t)beside);
}

/* P, the solution, the residual, and that preconditioned; or lanes, and what is
 * added, of a block, its factors, and predictions. */
static void count_vectors(const struct tg_plan *plan,
                          const struct tg_extent *extent, struct moment *moment)
{
    const double b = TG_CENTRING_CHUNK;
    double c = columns(plan), own = plan->descent ? 2 : 4;
    bool first = plan->placement.rank == 0;

    moment->bytes[SKETCH] = first ? vectors(plan, shared(plan)) : 0;
    moment->bytes[VECTORS] = first ? vectors(plan, own * c) : 0;
    if (!plan->descent) {
        moment->bytes[VECTORS] +=
            vectors(plan, (lanes(plan) + (first ? 0 : 1)) * c);
        return;
    }
    moment->bytes[VECTORS] +=
        DOUBLE * b * ((lanes(plan) + 1) * c + b * (double)plan->lambdas);
    moment->bytes[PREDICTED] =
        DOUBLE * (double)extent->samples * c / plan->placement.ranks;
}

static void count_steps(const struct tg_plan *plan,
                        const struct tg_extent *extent, struct moment *moment)
{
    double c = columns(plan);

    count_vectors(plan, extent, moment);
    moment->bytes[MODELS] = vectors(plan, c);
    moment->bytes[SCRATCH] =
        fmax(scratch(plan, extent, plan->descent ? 0 : c),
             DOUBLE * (double)extent->workers *
                 (double)tg_predict_scratch(plan->features,
                                            plan->classes * plan->lambdas));
}

static void count_model(const struct tg_plan *plan,
                        const struct tg_extent *extent, struct moment *moment)
{
    double k = (double)plan->classes;
    double counts = k * k * DOUBLE;
    bool first = plan->placement.rank == 0;

    moment->bytes[MODELS] = vectors(plan, (first ? 4 : 2) * k);
    moment->bytes[CONFUSIONS] =
        counts *
        (ceil((double)tg_plan_confusions(plan) / plan->placement.ranks) +
         (first ? 2 : 0)) *
        (extent->tests ? 2 : 1);
    moment->bytes[SCRATCH] =
        (double)extent->workers *
        (DOUBLE * (double)tg_predict_scratch(plan->features, plan->classes) +
         (double)plan->map_scratch);
}

size_t tg_cg_needs(const struct tg_plan *plan, const struct tg_extent *extent,
                   struct tg_memory_need *needs)
{
    enum { LEARN, LOAD, DRAW, STEPS, MODEL, MOMENTS };
    struct moment moment[MOMENTS] = {0};
    const struct moment *largest = moment;
    double folds = plan->folds > 1 ? (double)plan->validated : 0;
    double sums = vectors(plan, (folds + 1) * (double)(plan->classes + 2));
    double groups = fmax(folds, 1) * (double)plan->lambdas;
    double tasks = 6 * groups + 2 * (double)plan->lanes +
                   8 * (double)plan->window + plan->placement.ranks;

    count_sums(plan, extent, &moment[LOAD]);
    count_sketch(plan, extent, &moment[DRAW]);
    count_steps(plan, extent, &moment[STEPS]);
    count_model(plan, extent, &moment[MODEL]);
    if (plan->placement.rank == 0)
        moment[LEARN].bytes[LEARNING] = (double)extent->learning;
    for (int m = LEARN; m < MOMENTS; m++) {
        if (plan->placement.rank == 0 || plan->placement.ranks > 1)
            moment[m].bytes[SUMS] += sums;
        moment[m].bytes[SAMPLES] = samples(plan, extent);
        moment[m].bytes[TASKS] = TG_MEMORY_TASK * 2 * tasks;
        if (sum(&moment[m]) > sum(largest))
            largest = &moment[m];
    }
    memcpy(needs, parts, sizeof parts);
    for (int p = 0; p < PARTS; p++)
        needs[p].bytes = largest->bytes[p];
    return PARTS;
}
