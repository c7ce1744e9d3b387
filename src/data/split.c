#include "split.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "hash.h"

enum { CLASSES = 1 << 16 }; /* that labels can tell apart */

/* A sample of a class, and its place in the class' order. */
struct entry {
    uint64_t key;
    size_t row;
};

static int by_key(const void *a, const void *b)
{
    const struct entry *p = a, *q = b;

    if (p->key != q->key)
        return p->key < q->key ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row;
}

static int by_row(const void *a, const void *b)
{
    size_t p = *(const size_t *)a, q = *(const size_t *)b;

    return p < q ? -1 : p > q;
}

/* All samples in (class, key, row) order, and where classes begin: class c is
 * entries first[c] .. first[c + 1]. */
struct order {
    struct entry *entries; /* [count] */
    size_t *first;         /* [CLASSES + 1] */
};

static void order_free(struct order *order)
{
    free(order->entries);
    free(order->first);
}

static int order_init(struct order *order, size_t count, const size_t *subset,
                      const uint16_t *labels, uint64_t seed)
{
    uint64_t base = tg_hash(seed);
    size_t *next;

    order->entries = malloc((count ? count : 1) * sizeof *order->entries);
    order->first = calloc(CLASSES + 2, sizeof *order->first);
    if (!order->entries || !order->first) {
        order_free(order);
        return tg_fail(TG_EMEMORY, "out of memory for %zu sample indices",
                       count);
    }
    next = order->first + 1; /* becomes first[] once all are placed */
    for (size_t i = 0; i < count; i++)
        next[labels[subset ? subset[i] : i] + 1]++;
    for (size_t c = 0; c < CLASSES; c++)
        next[c + 1] += next[c];
    for (size_t i = 0; i < count; i++) {
        size_t row = subset ? subset[i] : i;

        order->entries[next[labels[row]]++] =
            (struct entry){tg_hash(base + row), row};
    }
    for (size_t c = 0; c < CLASSES; c++)
        qsort(order->entries + order->first[c],
              order->first[c + 1] - order->first[c], sizeof *order->entries,
              by_key);
    return TG_OK;
}

int tg_split_holdout(size_t count, const uint16_t *labels, double fraction,
                     uint64_t seed, size_t **train, size_t *ntrain,
                     size_t **test, size_t *ntest)
{
    struct order order;
    size_t *kept = malloc((count ? count : 1) * sizeof *kept);
    size_t *held = malloc((count ? count : 1) * sizeof *held);
    size_t nkept = 0, nheld = 0;

    if (!kept || !held || order_init(&order, count, NULL, labels, seed + 1)) {
        free(kept), free(held);
        return tg_fail(TG_EMEMORY, "out of memory for %zu sample indices",
                       count);
    }
    for (size_t c = 0; c < CLASSES; c++) {
        size_t size = order.first[c + 1] - order.first[c];
        size_t take = (size_t)(fraction * (double)size + 0.5);

        take = size && take >= size ? size - 1 : take;
        for (size_t i = 0; i < size; i++) {
            size_t row = order.entries[order.first[c] + i].row;

            if (i < take)
                held[nheld++] = row;
            else
                kept[nkept++] = row;
        }
    }
    order_free(&order);
    if (!nheld) {
        free(kept), free(held);
        return tg_fail(TG_EUSAGE,
                       "--holdout %g leaves no sample to test on; choose a "
                       "larger fraction of the %zu samples, or give classes "
                       "of two or more",
                       fraction, count);
    }
    qsort(kept, nkept, sizeof *kept, by_row);
    qsort(held, nheld, sizeof *held, by_row);
    *train = kept, *ntrain = nkept;
    *test = held, *ntest = nheld;
    return TG_OK;
}

/* Tile of position p: its fold is p mod folds; within the fold, positions go
 * around the fold's tiles, or, where order matters, fill one after another. */
static void deal(struct tg_split *split, const struct entry *order,
                 size_t *next)
{
    size_t folds = split->folds, tiles = split->tiles;

    for (size_t p = 0; p < split->count; p++) {
        size_t fold = p % folds;
        size_t own = (tiles - fold + folds - 1) / folds; /* tiles of the fold */
        size_t t = fold + folds * ((p / folds) % own);

        if (next)
            split->rows[split->offsets[t] + next[t]++] = order[p].row;
        else
            split->offsets[t + 1]++;
    }
}

static int deal_permuted(struct tg_split *split, const size_t *subset,
                         const uint16_t *labels, uint64_t seed)
{
    struct order order;
    size_t *next = calloc(split->tiles, sizeof *next);

    if (!next || order_init(&order, split->count, subset, labels, seed)) {
        free(next);
        return TG_EMEMORY;
    }
    deal(split, order.entries, NULL);
    for (size_t t = 0; t < split->tiles; t++)
        split->offsets[t + 1] += split->offsets[t];
    deal(split, order.entries, next);
    for (size_t t = 0; t < split->tiles; t++)
        qsort(split->rows + split->offsets[t], tg_split_rows(split, t),
              sizeof *split->rows, by_row);
    order_free(&order);
    free(next);
    return TG_OK;
}

int tg_split_init(struct tg_split *split, size_t count, const size_t *subset,
                  const uint16_t *labels, size_t folds, size_t tiles,
                  uint64_t seed)
{
    int err = TG_OK;

    *split = (struct tg_split){.count = count, .tiles = tiles, .folds = folds};
    if (tiles < folds)
        return tg_fail(TG_EUSAGE,
                       "--tiles %zu is less than --folds %zu: a tile lies in "
                       "one fold; give at least %zu tiles",
                       tiles, folds, folds);
    if (count < tiles)
        return tg_fail(TG_EUSAGE,
                       "--tiles %zu is more than the %zu samples; "
                       "give at most %zu tiles",
                       tiles, count, count);
    split->rows = malloc(count * sizeof *split->rows);
    split->offsets = calloc(tiles + 1, sizeof *split->offsets);
    if (!split->rows || !split->offsets) {
        err = TG_EMEMORY;
    } else if (labels) {
        err = deal_permuted(split, subset, labels, seed);
    } else {
        for (size_t t = 0; t <= tiles; t++)
            split->offsets[t] = count / tiles * t + count % tiles * t / tiles;
        for (size_t i = 0; i < count; i++)
            split->rows[i] = subset ? subset[i] : i;
    }
    if (err) {
        tg_split_free(split);
        return tg_fail(err, "out of memory for %zu sample indices", count);
    }
    return TG_OK;
}

void tg_split_free(struct tg_split *split)
{
    free(split->rows);
    free(split->offsets);
    *split = (struct tg_split){0};
}

size_t tg_split_rows(const struct tg_split *split, size_t t)
{
    return split->offsets[t + 1] - split->offsets[t];
}

size_t tg_split_max_rows(const struct tg_split *split)
{
    size_t max = 0;

    for (size_t t = 0; t < split->tiles; t++)
        if (tg_split_rows(split, t) > max)
            max = tg_split_rows(split, t);
    return max;
}

size_t tg_split_fold_rows(const struct tg_split *split, size_t fold)
{
    size_t rows = 0;

    for (size_t t = fold; t < split->tiles; t += split->folds)
        rows += tg_split_rows(split, t);
    return rows;
}
