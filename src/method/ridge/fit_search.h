/* Which features a fit trains, where it is to find out: by graph after graph,
 * each a choice (trials.h). */
#ifndef TG_RIDGE_FIT_SEARCH_H
#define TG_RIDGE_FIT_SEARCH_H

#include "fit.h"

/* How choices follow one another. All of them set fit->choice. */
struct tg_search {
    int (*first)(struct tg_ridge_fit *fit); /* on all ranks, alike */
    int (*next)(struct tg_ridge_fit *fit);  /* rank 0, after a trial; or NULL */
};

extern const struct tg_search tg_search_auto; /* auto_search.c */

/* Choose the first graph, once data sets are open; and the next (tg_steps). */
int tg_fit_search_begin(struct tg_ridge_fit *fit);
int tg_ridge_fit_next(struct tg_job *job, struct tg_next *next);

#endif
