/* Which features a fit trains, where it is to find out: by graph after graph,
 * each a choice (trials.h). */
#ifndef TG_RIDGE_FIT_SEARCH_H
#define TG_RIDGE_FIT_SEARCH_H

#include "fit.h"

/* How choices follow one another. All of them set fit->choice. */
struct tg_search {
    const char *name;
    int (*first)(struct tg_ridge_fit *fit); /* on all ranks, alike */
    int (*next)(struct tg_ridge_fit *fit);  /* rank 0, after a trial */
};

/* What was asked for, in one graph; all that lists spell; auto. */
extern const struct tg_search tg_search_given, tg_search_lists, tg_search_auto;

/* The search that options ask for. */
const struct tg_search *tg_search_of(const struct tg_fit_options *options);

/* Set the choice to what options say, of no trial. */
void tg_choice_given(struct tg_ridge_fit *fit);

/* Choose the first graph, once data sets are open; and the next (tg_steps). */
int tg_fit_search_begin(struct tg_ridge_fit *fit);
int tg_ridge_fit_next(struct tg_job *job, struct tg_next *next);

#endif
