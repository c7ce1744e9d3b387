/* Splits.  Folds; tiles; the fraction held out; the seed; then labels, one
 * byte each, or none: no classes. */
#include <stdlib.h>

#include "error.h"
#include "fuzz.h"
#include "split.h"

enum { SAMPLES = 256 };

/* Each of `subset`'s rows must lie in one tile, in ascending order there. */
static void check_rows(const struct tg_split *split, const size_t *subset)
{
    int seen[SAMPLES] = {0};

    fuzz_check(split->offsets[0] == 0);
    fuzz_check(split->offsets[split->tiles] == split->count);
    for (size_t i = 0; i < split->count; i++) {
        fuzz_check(split->rows[i] < SAMPLES);
        seen[split->rows[i]]++;
    }
    for (size_t i = 0; i < split->count; i++)
        fuzz_check(seen[subset ? subset[i] : i] == 1);
    for (size_t t = 0; t < split->tiles; t++)
        for (size_t i = split->offsets[t] + 1; i < split->offsets[t + 1]; i++)
            fuzz_check(split->rows[i] > split->rows[i - 1]);
}

/* The rows of a fold, and those of one class in it: all folds have as many, or
 * one more. */
static void check_folds(const struct tg_split *split, const uint16_t *labels)
{
    size_t counts[UINT8_MAX + 1] = {0}, of[UINT8_MAX + 1] = {0};

    for (size_t t = 0; t < split->tiles; t++) {
        fuzz_check(tg_split_rows(split, t) > 0);
        for (size_t i = split->offsets[t]; i < split->offsets[t + 1]; i++) {
            counts[t % split->folds]++;
            of[t % split->folds] += labels[split->rows[i]] == labels[0];
        }
    }
    for (size_t f = 0; f < split->folds; f++) {
        fuzz_check(counts[f] <= counts[0] && counts[f] + 1 >= counts[0]);
        fuzz_check(of[f] + 1 >= of[0] && of[f] <= of[0] + 1);
    }
}

static void split(size_t n, const size_t *subset, const uint16_t *labels,
                  size_t folds, size_t tiles, uint64_t seed)
{
    struct tg_split split;
    int error = tg_split_init(&split, n, subset, labels, folds, tiles, seed);

    if (error) {
        fuzz_check(n < tiles || tiles < folds);
        fuzz_refusal(error);
        return;
    }
    check_rows(&split, subset);
    if (labels)
        check_folds(&split, labels);
    tg_split_free(&split);
}

/* Each class keeps a sample to train on. */
static void check_kept(size_t n, const uint16_t *labels, size_t ntrain,
                       const size_t *train)
{
    bool kept[UINT8_MAX + 1] = {false};

    for (size_t i = 0; i < ntrain; i++)
        kept[labels[train[i]]] = true;
    for (size_t i = 0; i < n; i++)
        fuzz_check(kept[labels[i]]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes input = {data, size};
    const size_t folds = 1 + fuzz_byte(&input) % 8;
    const size_t tiles = 1 + fuzz_byte(&input);
    const double fraction = (1 + fuzz_byte(&input) % 254) / 255.0;
    const uint64_t seed = fuzz_byte(&input) * (UINT64_MAX / 255);
    uint16_t labels[SAMPLES] = {0};
    size_t *train, *test, ntrain, ntest, n = input.left;
    int error;

    if (!n || n > SAMPLES)
        return 0;
    for (size_t i = 0; i < n; i++)
        labels[i] = input.at[i];
    split(n, NULL, NULL, 1, tiles, seed);
    split(n, NULL, labels, folds, tiles, seed);
    error = tg_split_holdout(n, labels, fraction, seed, &train, &ntrain, &test,
                             &ntest);
    if (error) {
        fuzz_refusal(error);
        return 0;
    }
    fuzz_check(ntrain + ntest == n);
    check_kept(n, labels, ntrain, train);
    split(ntrain, train, labels, folds, tiles, seed);
    split(ntest, test, labels, 1, tiles, seed);
    free(train);
    free(test);
    return 0;
}
