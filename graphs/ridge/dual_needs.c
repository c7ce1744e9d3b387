/* What the dual form takes on this rank: see needs.c. */
#include <math.h>
#include <string.h>

#include "centred.h"
#include "dual_parts.h"
#include "gram.h"
#include "predict.h"

enum { DOUBLE = sizeof(double) };

enum { PRODUCTS, SYSTEMS, SUMS, WEIGHTS, CONFUSIONS };
enum { SAMPLES = CONFUSIONS + 1, LEARNING, SCRATCH, TASKS, PARTS };

static const struct tg_memory_need parts[PARTS] = {
    [PRODUCTS] = {"products of samples", 0,
                  "fewer samples, or --solver primal or cg"},
    [SYSTEMS] =
        {"systems being factorized", 0,
         "fewer samples, one value of --lambda, or --solver primal or cg"},
    [SUMS] = {"class sums of lanes", 0, "fewer --lanes"},
    [WEIGHTS] = {"weights of lanes", 0, "fewer --lanes, fewer classes"},
    [CONFUSIONS] = {"confusions", 0, "fewer --lanes, fewer classes"},
    [SAMPLES] = {"features of all samples", 0,
                 "fewer features, or --solver primal or cg"},
    [LEARNING] = {"what features are learnt from", 0,
                  "smaller patches (size=), or fewer terms of --features"},
    [SCRATCH] = {"workers' scratch", 0,
                 "fewer workers (STARPU_NCPU), more --tiles"},
    [TASKS] = {"submitted tasks", 0, "fewer --tiles"},
};

/* Row tiles, as blocks of the products. */
static double tiles_of(const struct tg_extent *extent)
{
    return ceil((double)extent->samples / (double)extent->tile_rows);
}

/* Lower blocks of so many tiles, those on the diagonal whole. */
static double triangle(const struct tg_plan *plan,
                       const struct tg_extent *extent, double tiles)
{
    double b = (double)extent->tile_rows;

    return tiles * (tiles + 1) / 2 * b * b * (double)plan->dual_element;
}

static double weight_bytes(const struct tg_plan *plan)
{
    return (double)(plan->features + 1) * (double)(plan->classes + 1) * DOUBLE;
}

/* Systems in flight, each over all ranks; none without validation. */
static double slots(const struct tg_plan *plan)
{
    return plan->folds > 1 ? (double)plan->slots : 0;
}

static double train_tiles(const struct tg_plan *plan,
                          const struct tg_extent *extent)
{
    return tiles_of(extent) * (1 - 1 / (double)plan->folds);
}

static double task_bytes(const struct tg_plan *plan,
                         const struct tg_extent *extent)
{
    double n = tiles_of(extent), m = train_tiles(plan, extent);
    double jobs = fmin(2 * slots(plan), (double)plan->placement.jobs);
    double held = n / (double)plan->folds;
    double last = n * (n + 1) * (n + 2) / 6 + n * (n + 4);
    double each = m * (m + 1) * (m + 2) / 6 + m * (m + held + 4);
    double blocks = n * (n + 1) / 2 + slots(plan) * m * (m + 1) / 2;

    return TG_MEMORY_TASK *
               fmax(last, fmin(jobs * each, TG_DUAL_AHEAD + each)) +
           TG_MEMORY_TILE * blocks;
}

/* Is a system of validation on one rank? */
static bool whole(const struct tg_plan *plan)
{
    return plan->dual_element == sizeof(double);
}

/* Products on a rank in validation, times its own: all of them, or those of
 * others that one system takes. */
static double copied(const struct tg_plan *plan)
{
    double ranks = plan->placement.ranks;

    if (plan->folds == 1)
        return 1;
    return whole(plan) ? ranks : fmin(2, ranks);
}

/* Features on a rank, as a share: its own, and those that its blocks of the
 * products take. */
static double received(const struct tg_plan *plan)
{
    double rows = plan->placement.grid_rows, cols = plan->placement.grid_cols;

    return rows * cols > 1 ? fmin(1, 1 / rows + 1 / cols) : 1;
}

/* The moment that takes most, as needs. */
static size_t choose(int moments, double bytes[][PARTS],
                     struct tg_memory_need *needs)
{
    double most = 0;
    int at = 0;

    for (int moment = 0; moment < moments; moment++) {
        double sum = 0;

        for (int p = 0; p < PARTS; p++)
            sum += bytes[moment][p];
        at = sum > most ? moment : at;
        most = fmax(sum, most);
    }
    memcpy(needs, parts, sizeof parts);
    for (int p = 0; p < PARTS; p++)
        needs[p].bytes = bytes[at][p];
    return PARTS;
}

size_t tg_dual_needs(const struct tg_plan *plan, const struct tg_extent *extent,
                     struct tg_memory_need *needs)
{
    enum { LEARN, LOAD, MULTIPLY, VALIDATE, MODEL, PREDICT, RESULTS, MOMENTS };
    double bytes[MOMENTS][PARTS] = {{0}};
    double ranks = plan->placement.ranks, lanes = (double)plan->lanes;
    double n = tiles_of(extent), m = train_tiles(plan, extent);
    double samples =
        (double)(plan->features * plan->element) * (double)extent->samples;
    double scratch =
        (double)extent->workers * DOUBLE *
        (double)tg_centred_scratch(extent->tile_rows, plan->classes + 1);
    double share = whole(plan) ? 1 : fmin(2 / ranks, 1);
    double k = (double)plan->classes;
    double counts = k * k * DOUBLE * (extent->tests ? 2 : 1);

    for (int moment = LOAD; moment < RESULTS; moment++) {
        bytes[moment][SAMPLES] = samples / ranks + (double)plan->map_bytes;
        bytes[moment][SCRATCH] = scratch;
        bytes[moment][PRODUCTS] = triangle(plan, extent, n) / ranks;
        bytes[moment][TASKS] = task_bytes(plan, extent);
        bytes[moment][CONFUSIONS] =
            counts * (double)tg_plan_confusions(plan) / ranks;
    }
    bytes[LEARN][LEARNING] =
        plan->placement.rank == 0 ? (double)extent->learning : 0;
    bytes[LEARN][TASKS] = task_bytes(plan, extent);
    bytes[LOAD][PRODUCTS] = 0;
    bytes[LOAD][SUMS] = lanes * weight_bytes(plan) / ranks;
    bytes[LOAD][SCRATCH] =
        (double)extent->workers *
        (double)(sizeof(uint16_t) *
                     tg_moments_scratch(plan->features, plan->classes) +
                 plan->map_scratch + plan->sample_bytes * extent->tile_rows);
    bytes[MULTIPLY][SAMPLES] = samples * received(plan);
    bytes[MULTIPLY][SUMS] = weight_bytes(plan);
    bytes[VALIDATE][SYSTEMS] = slots(plan) * triangle(plan, extent, m) * share;
    bytes[VALIDATE][PRODUCTS] *= copied(plan);
    bytes[MODEL][WEIGHTS] = (lanes / ranks + 2) * weight_bytes(plan);
    bytes[PREDICT][PRODUCTS] = 0;
    bytes[PREDICT][WEIGHTS] = 2 * weight_bytes(plan);
    bytes[PREDICT][SCRATCH] =
        (double)extent->workers * DOUBLE *
        (double)tg_predict_scratch(plan->features, plan->classes);
    if (plan->placement.rank == 0) {
        bytes[RESULTS][SAMPLES] = samples / ranks;
        bytes[RESULTS][WEIGHTS] = 3 * weight_bytes(plan);
        bytes[RESULTS][CONFUSIONS] = 2 * counts;
    }
    return choose(MOMENTS, bytes, needs);
}
