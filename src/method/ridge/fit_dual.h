/* What a fit does otherwise where it is solved by the dual form. */
#ifndef TG_RIDGE_FIT_DUAL_H
#define TG_RIDGE_FIT_DUAL_H

#include "fit.h"
#include "tally.h"

/* Is it, with d features?  Not of its own accord where samples have
 * copies, which would be samples more, or are cut into very many tiles. */
bool tg_fit_is_dual(const struct tg_ridge_fit *fit, size_t d);

/* How far it is: a step's `progress`. */
void tg_fit_dual_progress(const struct tg_ridge_fit *fit,
                          const struct tg_tally *tally, double seconds,
                          struct tg_progress_state *state);

/* The products of a form, or of cg: what they count as, and their
 * multiplications and additions, N d^2 or N^2 d, or as counted. */
const struct tg_stage *tg_fit_gram_stage(const struct tg_ridge_fit *fit);
double tg_fit_gram_work(const struct tg_ridge_fit *fit);

#endif
