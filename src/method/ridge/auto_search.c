/* --features auto: small maps are tried, one change at a time, on a part of the
 * samples; then the largest map of the best kind that the budget and the memory
 * have room for is trained on all. */
#include "fit_search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auto_maps.h"
#include "cost.h"
#include "error.h"
#include "ridge_method.h"

enum {
    FEATURES = 1152, /* of a trial, about */
    WIDER = 4,       /* times as many, of the trial that shows the slope */
    FIRST = 4000,    /* samples of the first trial, which tells the time */
    LEAST = 2000,    /* of the others */
    MOST = 20000,
    TRIALS = 12,            /* that share their part of the budget */
    DEARER = 4,             /* times the first map that one may be */
    FOLDS = 2,              /* of a trial: each sample is validated once */
    FEATURES_MAX = 1 << 20, /* of a map */
    COPIES = 2,             /* of the trial that shows what they gain */
};

static const double part = 0.25;        /* of the budget, for trials */
static const double used = 0.96;        /* ... that is planned with */
static const double spare = 0.75;       /* of the memory */
static const double least_slope = 0.05; /* few samples show less than many */
static const double margin = 0.5; /* standard errors that a change must gain */

struct tg_auto {
    struct tg_sketch best, now;
    struct tg_sketch queue[TG_ALTERNATIVES];
    size_t queued, step;
    size_t incumbent; /* best's trial */
    size_t wide;      /* the trial that shows the slope; 0: not yet */
    size_t copied;    /* ... the gain of copies; incumbent: none */
    size_t samples;   /* of a trial */
};

/* ---- Graphs ------------------------------------------------------------ */

static void choose(struct tg_ridge_fit *fit, const struct tg_sketch *s,
                   size_t features, size_t samples)
{
    fit->choice = (struct tg_choice){
        .mirror = s->mirror,
        .augment = s->copies,
        .samples = samples < fit->train->count ? samples : 0,
        .folds = FOLDS,
        .trial = true,
    };
    tg_sketch_spell(s, features, fit->choice.features);
}

/* The last graph, of all samples. */
static void choose_last(struct tg_ridge_fit *fit, const struct tg_sketch *s,
                        size_t features)
{
    choose(fit, s, features, fit->train->count);
    fit->choice.folds = 0;
    fit->choice.trial = false;
}

static int auto_first(struct tg_ridge_fit *fit)
{
    const struct tg_sketch s = tg_sketch_first(fit);

    fit->search = calloc(1, sizeof *fit->search);
    if (!fit->search)
        return tg_fail(TG_EMEMORY, "out of memory for trials");
    fit->search->best = fit->search->now = s;
    fit->search->samples = FIRST;
    fit->trials->budget = tg_fit_options_of(fit)->budget > 0
                              ? tg_fit_options_of(fit)->budget
                              : TG_BUDGET;
    if (s.linear && (s.mirror || s.copies))
        return tg_fail(TG_EUSAGE,
                       "--features auto: %s has no pictures of 8 bits; leave "
                       "--mirror and --augment out",
                       fit->train->spec);
    if (s.linear)
        choose_last(fit, &s, FEATURES);
    else
        choose(fit, &s, FEATURES, FIRST);
    return TG_OK;
}

/* Samples of which a trial takes its share of the budget, though what is found
 * may cost several times as much as the first map does. */
static void set_samples(struct tg_ridge_fit *fit)
{
    struct tg_auto *search = fit->search;
    const struct tg_trial *first = &fit->trials->trial[0];
    double each = (first->phase[TG_PHASE_LOAD] + first->mapping +
                   first->phase[TG_PHASE_GRAM]) /
                  first->extent.passed;
    double n = part / TRIALS * fit->trials->budget / (each * DEARER);

    search->samples = n < LEAST ? LEAST : n > MOST ? MOST : (size_t)n;
}

/* Is the trial that has just run better than the best, beyond chance? */
static void judge(struct tg_ridge_fit *fit)
{
    struct tg_auto *search = fit->search;
    const struct tg_trials *trials = fit->trials;
    const struct tg_trial *now = &trials->trial[trials->count - 1];
    const struct tg_trial *best = &trials->trial[search->incumbent];

    if (search->step == 1 || !(best->accuracy >= 0) ||
        now->accuracy > best->accuracy + margin * best->error) {
        search->best = search->now;
        search->incumbent = trials->count - 1;
    }
}

static bool has_time(const struct tg_ridge_fit *fit, double share)
{
    return fit->job.run.total < share * part * fit->trials->budget &&
           fit->trials->count + 3 < TG_TRIALS_MAX;
}

/* The next change to try; false: all are, or the time is up. */
static bool next_change(struct tg_ridge_fit *fit)
{
    struct tg_auto *search = fit->search;

    while (search->step == 0 || has_time(fit, 0.7)) {
        if (!search->queued) {
            if (!tg_sketch_changes[search->step])
                return false;
            search->queued =
                tg_sketch_changes[search->step++](&search->best, search->queue);
            continue;
        }
        search->now = search->queue[--search->queued];
        if (!tg_sketch_width(fit, &search->now, FEATURES))
            continue;
        choose(fit, &search->now, FEATURES, search->samples);
        return true;
    }
    return false;
}

/* ---- The last graph ---------------------------------------------------- */

static double mistakes(const struct tg_trial *trial)
{
    return fmax(1 - trial->accuracy, 0.5 / trial->extent.rows);
}

/* How errors fall with features, and with copies. */
static void find_slopes(struct tg_ridge_fit *fit)
{
    const struct tg_auto *search = fit->search;
    struct tg_trials *trials = fit->trials;
    const struct tg_trial *narrow = &trials->trial[search->incumbent];
    const struct tg_trial *wide = &trials->trial[search->wide];
    const struct tg_trial *copied = &trials->trial[search->copied];

    trials->slope =
        fmax(log(mistakes(narrow) / mistakes(wide)) /
                 log(wide->extent.features / narrow->extent.features),
             least_slope);
    trials->gain =
        copied->accuracy > narrow->accuracy + margin * narrow->error
            ? log(mistakes(narrow) / mistakes(copied)) / log(COPIES + 1)
            : 0;
}

/* How large a fit of a map to all samples is. */
static void extent_of(const struct tg_ridge_fit *fit, const struct tg_sketch *s,
                      size_t features, struct tg_extent_of_fit *extent)
{
    const struct tg_fit_options *options = tg_fit_options_of(fit);
    const size_t folds = tg_fit_folds(options);
    const size_t validated = tg_fit_validated(options);
    struct tg_plan plan = fit->plan;
    double n = (double)fit->n_all, rows = n * (double)(s->copies + 1);
    double tests = fit->test ? (double)fit->test->count : 0;
    double held = n * (double)validated / (double)folds;

    plan.features = tg_sketch_width(fit, s, features);
    *extent = (struct tg_extent_of_fit){
        .rows = rows,
        .passed = rows + tests,
        .scored = held * (double)tg_plan_rounds(&plan) + tests,
        .features = (double)plan.features,
        .factors =
            TG_DOUBLE_FACTOR +
            (double)(validated *
                     (tg_plan_iterates(&plan) ? 1 : tg_plan_rounds(&plan))),
        .folds = (double)validated,
    };
}

static double cost(const struct tg_ridge_fit *fit, const struct tg_sketch *s,
                   size_t features)
{
    const struct tg_trial *trial = fit->trials->trial;
    struct tg_extent_of_fit extent;

    extent_of(fit, s, features, &extent);
    return tg_cost_seconds(&trial[fit->search->incumbent],
                           &trial[fit->search->wide], &extent);
}

/* Features beyond which there is nothing to learn from so many samples. */
static bool sensible(const struct tg_ridge_fit *fit, const struct tg_sketch *s,
                     size_t features)
{
    size_t rows = fit->n_all * (s->copies + 1);
    size_t most = 2 * rows > 2048 ? 2 * rows : 2048;
    size_t d = tg_sketch_width(fit, s, features);

    return d && d <= most;
}

/* The most features that `seconds` are enough for. */
static size_t affordable(const struct tg_ridge_fit *fit,
                         const struct tg_sketch *s, double seconds)
{
    size_t low = FEATURES / TG_SKETCH_STEP,
           high = FEATURES_MAX / TG_SKETCH_STEP;

    while (low + 1 < high) {
        size_t middle = (low + high) / 2, features = middle * TG_SKETCH_STEP;

        if (sensible(fit, s, features) && cost(fit, s, features) <= seconds)
            low = middle;
        else
            high = middle;
    }
    return low * TG_SKETCH_STEP;
}

/* Of copies, a logarithm: those beyond the ones that were tried gain half. */
static double worth(size_t copies)
{
    double all = log((double)(copies + 1)), tried = log(COPIES + 1);

    return all <= tried ? all : tried + (all - tried) / 2;
}

/* How many copies, and how many features, promise the fewest errors. */
static size_t balance(struct tg_ridge_fit *fit, double seconds)
{
    static const size_t copies[] = {0, 1, 2, 4, 6, 9, 14, 19};
    const struct tg_trials *trials = fit->trials;
    struct tg_sketch *s = &fit->search->best, best = *s;
    size_t features = 0, given = s->copies;
    double least = INFINITY;

    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        s->copies = given ? given : copies[i];
        size_t most = affordable(fit, s, seconds);
        double errors =
            -trials->slope * log((double)tg_sketch_width(fit, s, most)) -
            trials->gain * worth(s->copies);

        if (i && cost(fit, s, most) > seconds)
            break;
        if (errors < least) {
            least = errors;
            features = most;
            best = *s;
        }
        if (trials->gain <= 0 || given)
            break;
    }
    *s = best;
    return features;
}

/* Train on all samples, with fewer features where memory wants it. */
static int plan_last(struct tg_ridge_fit *fit, size_t features)
{
    const struct tg_steps *steps = &tg_ridge_fit_steps;
    struct tg_memory_need needs[TG_NEEDS_MAX];
    const struct tg_sketch *s = &fit->search->best;
    char what[256];

    for (;; features -= TG_SKETCH_STEP + features / 20) {
        double bytes = 0;

        choose_last(fit, s, features);
        TG_TRY(steps->plan(&fit->job));
        size_t n = steps->memory(&fit->job, needs, what, sizeof what);

        for (size_t i = 0; i < n; i++)
            bytes += needs[i].bytes;
        if (bytes <= spare * fit->job.memory || features <= FEATURES)
            return TG_OK;
        fit->trials->limit = "memory";
    }
}

static int last(struct tg_ridge_fit *fit)
{
    struct tg_trials *trials = fit->trials;
    struct tg_auto *search = fit->search;
    double elapsed = fit->job.run.total;
    double seconds = used * trials->budget - elapsed;

    find_slopes(fit);
    trials->chosen = search->incumbent;
    if (search->best.linear) {
        choose_last(fit, &search->best, FEATURES);
        return TG_OK;
    }
    size_t features = balance(fit, seconds);

    if (!sensible(fit, &search->best, features + TG_SKETCH_STEP))
        trials->limit = "the number of samples";
    TG_TRY(plan_last(fit, features));
    trials->expected = elapsed + cost(fit, &search->best, fit->plan.features);
    return TG_OK;
}

/* ---- Steps ------------------------------------------------------------- */

static int auto_next(struct tg_ridge_fit *fit)
{
    struct tg_auto *search = fit->search;
    struct tg_trials *trials = fit->trials;
    const bool patches = search->best.patches;

    if (search->step == 0)
        set_samples(fit);
    else if (!search->wide && !search->copied)
        judge(fit);
    if (!search->copied && !search->wide && next_change(fit))
        return TG_OK;
    if (!search->copied) {
        struct tg_sketch s = search->best;

        search->copied = search->incumbent;
        s.copies = COPIES;
        if (patches && !search->best.copies &&
            tg_sketch_width(fit, &s, FEATURES)) {
            search->copied = trials->count;
            choose(fit, &s, FEATURES, search->samples);
            return TG_OK;
        }
    }
    if (!search->wide && !search->best.linear) {
        search->wide = trials->count;
        choose(fit, &search->best, FEATURES * WIDER, search->samples);
        return TG_OK;
    }
    return last(fit);
}

const struct tg_search tg_search_auto = {auto_first, auto_next};
