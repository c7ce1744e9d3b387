#include "brightness.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"

enum { LOOKED_AT = 63 };

/* Inverted, the scores must be so many times as near to the classes' middle:
 * whatever was tried, upright data stay below 2.4, light strokes on dark and
 * their like reach 9 from a single picture. */
static const double nearer = 4;

/* The mean of some pictures, as features. Shapes: mean[features]. */
static int find_mean(const struct tg_dataset *dataset, double *mean)
{
    const size_t n = dataset->count < LOOKED_AT ? dataset->count : LOOKED_AT;
    uint8_t *sample = malloc(dataset->features);
    int error = sample ? TG_OK : tg_fail(TG_EMEMORY, "out of memory");

    for (size_t i = 0; i < n && !error; i++) {
        size_t row = i * dataset->count / n;

        error = tg_dataset_load(dataset, NULL, &row, 1, sample);
        for (size_t f = 0; f < dataset->features && !error; f++)
            mean[f] += sample[f] / (255.0 * (double)n);
    }
    free(sample);
    return error;
}

/* How far the scores of the mean, and of the mean inverted, are from the middle
 * of the targets, which are -1 and, of one class, 1. */
static void find_distances(size_t d, size_t k, const double *weights,
                           const double *intercept, const double *mean,
                           double *upright, double *inverted)
{
    const double middle = 2 / (double)k - 1;

    *upright = *inverted = 0;
    for (size_t c = 0; c < k; c++) {
        double score = intercept[c], other = intercept[c];

        for (size_t f = 0; f < d; f++) {
            score += weights[c * d + f] * mean[f];
            other += weights[c * d + f] * (1 - mean[f]);
        }
        *upright += pow(score - middle, 2);
        *inverted += pow(other - middle, 2);
    }
    *upright = sqrt(*upright);
    *inverted = sqrt(*inverted);
}

int tg_ridge_note_brightness(struct tg_dataset *dataset, size_t classes,
                             const double *weights, const double *intercept,
                             bool inverted)
{
    const size_t n = dataset->count < LOOKED_AT ? dataset->count : LOOKED_AT;
    /* the scores of one class, beyond which those of few samples may lie */
    const double corner = 2 * sqrt(1 - 1 / (double)classes);
    const double far = corner * (1 + 1 / (double)n);
    double *mean, upright, other;
    int error;

    if (dataset->type != TG_U8 || !dataset->width)
        return TG_OK;
    mean = calloc(dataset->features, sizeof *mean);
    error = mean ? find_mean(dataset, mean)
                 : tg_fail(TG_EMEMORY, "out of memory for a mean picture");
    if (!error) {
        find_distances(dataset->features, classes, weights, intercept, mean,
                       &upright, &other);
        if (upright > far && upright > nearer * other)
            error = tg_dataset_note(
                dataset,
                "warning: the pictures seem to be inverted against the "
                "training data, dark where those are light; %s",
                inverted ? "leave out --invert" : "--invert turns them");
    }
    free(mean);
    return error;
}
