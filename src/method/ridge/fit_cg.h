/* What a fit does otherwise where it is solved by steps, without a Gram. */
#ifndef TG_RIDGE_FIT_CG_H
#define TG_RIDGE_FIT_CG_H

#include "fit.h"
#include "tally.h"

/* Is it, or by block coordinate descent? */
bool tg_fit_is_cg(const struct tg_fit_options *options);

/* Bytes that may be kept between passes: what steps come back to are copies,
 * too, which never are, nor is then what they take the place of. */
size_t tg_fit_cg_cache(const struct tg_ridge_fit *fit);

/* How far it is, in passes over the samples, whose number nobody knows before:
 * a step's `progress`. */
void tg_fit_cg_progress(const struct tg_ridge_fit *fit,
                        const struct tg_tally *tally, double seconds,
                        struct tg_progress_state *state);

/* What was reached, once the graph has run. */
void tg_fit_cg_collect(struct tg_ridge_fit *fit);

/* Is it a solution? Errors: TG_EDATA, with remedies. */
int tg_fit_cg_check(const struct tg_ridge_fit *fit);

#endif
