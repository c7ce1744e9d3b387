/* Trials: graphs of a job that only validate, so that the last one trains what
 * did best.  --features with lists tries all that they spell; auto goes from
 * one trial to the next by what it has found, within --budget.
 */
#ifndef TG_RIDGE_TRIALS_H
#define TG_RIDGE_TRIALS_H

#include <stdbool.h>
#include <stddef.h>

enum { TG_CHOICE_TEXT = 1024, TG_TRIALS_MAX = 64 };

/* What a graph of a fit is for. All ranks hold the same. */
struct tg_choice {
    char features[TG_CHOICE_TEXT]; /* terms, or "pixels" */
    bool mirror;
    size_t augment; /* copies */
    size_t samples; /* that are used, of those to train on; 0: all */
    size_t folds;   /* all of which are validated; 0: as options say */
    bool trial;     /* validated, and nothing else */
};

/* The phases of a fit, in their order: see tg_ridge_phases. */
enum tg_phase {
    TG_PHASE_LOAD,
    TG_PHASE_FEATURES,
    TG_PHASE_GRAM,
    TG_PHASE_REDUCE,
    TG_PHASE_FACTORIZE,
    TG_PHASE_SOLVE,
    TG_PHASE_PREDICT,
    TG_PHASES
};

/* How large a graph is, in what its time goes by. */
struct tg_extent_of_fit {
    double rows;     /* samples whose Gram is made, copies among them */
    double passed;   /* samples that are mapped, those for testing, too */
    double scored;   /* samples x models */
    double features; /* d */
    double factors;  /* factorizations, in those of single precision */
    double folds;    /* validated */
};

struct tg_trial {
    struct tg_choice choice;
    struct tg_extent_of_fit extent;
    double lambda, accuracy, error; /* the best one's; its error by hits */
    double seconds;                 /* of the wall */
    double phase[TG_PHASES];        /* workers' mean */
    double mapping; /* of features, without what they are learnt by */
};

/* What a fit's trials have found; on rank 0. */
struct tg_trials {
    size_t count, chosen; /* chosen: count, before one is */
    struct tg_trial trial[TG_TRIALS_MAX];
    double budget;   /* seconds; 0: none */
    double expected; /* ... of the whole job, when the last graph began */
    double slope;    /* the error falls as features to the power of -slope, */
    double gain;     /* ... and as samples and copies to that of -gain */
    struct tg_choice last; /* what that is for */
    const char *limit;     /* why the last graph is no larger; NULL: budget */
};

/* The trial that did best; count: none has a result. */
size_t tg_trials_best(const struct tg_trials *trials);

#endif
