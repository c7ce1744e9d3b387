/* Which sample goes where: the test hold-out, the folds and the row tiles.
 *
 * A pure function of sizes, labels and seed, so that every rank finds the same
 * answer by itself, and so that another program can: README shows it in four
 * lines of Python.  With key(i) = splitmix64(splitmix64(seed) + i), sort the
 * samples by (class, key, i); position p in that order goes to fold p mod K.
 * That is a seeded permutation, stratified by class, with folds whose sizes
 * differ by one at the most.
 */
#ifndef TG_SPLIT_H
#define TG_SPLIT_H

#include <stddef.h>
#include <stdint.h>

/* The rows of every tile.  Tile t lies in fold t mod folds. */
struct tg_split {
    size_t count;    /* rows dealt out */
    size_t tiles;    /* T */
    size_t folds;    /* F, 1 without validation */
    size_t *rows;    /* [count] data set rows; ascending within a tile */
    size_t *offsets; /* [tiles + 1]: tile t is rows[offsets[t]...] */
};

/* Take a stratified share of the samples away for testing: of each class the
 * first min(round(fraction * size), size - 1) in (key, i) order, with the keys
 * of seed + 1.  So a class keeps a sample to train on, if need be its only one.
 * Shapes: labels[count]; train and test receive allocated, ascending rows.
 * Errors: TG_EUSAGE (nothing to test on), TG_EMEMORY. */
int tg_split_holdout(size_t count, const uint16_t *labels, double fraction,
                     uint64_t seed, size_t **train, size_t *ntrain,
                     size_t **test, size_t *ntest);

/* Deal samples to folds and tiles.
 * Shapes: subset[count] rows of the data set, or NULL for 0..count-1;
 * labels is indexed by row, NULL: no classes, no permutation (rows stay in
 * order; folds must be 1).
 * Errors: TG_EUSAGE (fewer samples than tiles, fewer tiles than folds),
 * TG_EMEMORY. */
int tg_split_init(struct tg_split *split, size_t count, const size_t *subset,
                  const uint16_t *labels, size_t folds, size_t tiles,
                  uint64_t seed);

void tg_split_free(struct tg_split *split);

/* Rows of tile t, and of the largest tile. */
size_t tg_split_rows(const struct tg_split *split, size_t t);
size_t tg_split_max_rows(const struct tg_split *split);

/* Rows of a fold. */
size_t tg_split_fold_rows(const struct tg_split *split, size_t fold);

#endif
