#include "trials.h"

size_t tg_trials_best(const struct tg_trials *trials)
{
    size_t best = trials->count;

    for (size_t t = 0; t < trials->count; t++) /* NaN does better than none */
        if (trials->trial[t].accuracy >= 0 &&
            (best == trials->count ||
             trials->trial[t].accuracy > trials->trial[best].accuracy))
            best = t;
    return best;
}
