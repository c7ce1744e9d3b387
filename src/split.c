#include "split.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

/* What the order of samples is made of. */
struct entry {
    uint64_t key;
    size_t row;
    uint16_t class;
};

uint64_t tg_hash(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static int by_class_key_row(const void *a, const void *b)
{
    const struct entry *p = a, *q = b;

    if (p->class != q->class)
        return p->class < q->class ? -1 : 1;
    if (p->key != q->key)
        return p->key < q->key ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row;
}

static int by_row(const void *a, const void *b)
{
    size_t p = *(const size_t *)a, q = *(const size_t *)b;

    return p < q ? -1 : p > q;
}

/* All samples in (class, key, row) order; NULL when memory is out. */
static struct entry *ordered(size_t count, const size_t *subset,
                             const uint16_t *labels, uint64_t seed)
{
    struct entry *order = malloc((count ? count : 1) * sizeof *order);
    uint64_t base = tg_hash(seed);

    for (size_t i = 0; order && i < count; i++) {
        size_t row = subset ? subset[i] : i;

        order[i] = (struct entry){tg_hash(base + row), row,
                                  labels ? labels[row] : 0};
    }
    if (order && labels)
        qsort(order, count, sizeof *order, by_class_key_row);
    return order;
}

int tg_split_holdout(size_t count, const uint16_t *labels, double fraction,
                     uint64_t seed, size_t **train, size_t *ntrain,
                     size_t **test, size_t *ntest)
{
    struct entry *order = ordered(count, NULL, labels, seed + 1);
    size_t *kept = malloc((count ? count : 1) * sizeof *kept);
    size_t *held = malloc((count ? count : 1) * sizeof *held);
    size_t nkept = 0, nheld = 0;

    if (!order || !kept || !held) {
        free(order), free(kept), free(held);
        return tg_fail(TG_EMEMORY, "out of memory for %zu sample indices",
                       count);
    }
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first; next < count; next++)
            if (order[next].class != order[first].class)
                break;
        size_t take = (size_t)(fraction * (double)(next - first) + 0.5);
        for (size_t i = first; i < next; i++) {
            if (i - first < take)
                held[nheld++] = order[i].row;
            else
                kept[nkept++] = order[i].row;
        }
    }
    free(order);
    if (!nkept || !nheld) {
        free(kept), free(held);
        return tg_fail(TG_EUSAGE,
                       "--holdout %g leaves no sample to %s; "
                       "choose another fraction of the %zu samples",
                       fraction, nkept ? "test on" : "train on", count);
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
    struct entry *order = ordered(split->count, subset, labels, seed);
    size_t *next = calloc(split->tiles, sizeof *next);

    if (order && next) {
        deal(split, order, NULL);
        for (size_t t = 0; t < split->tiles; t++)
            split->offsets[t + 1] += split->offsets[t];
        deal(split, order, next);
        for (size_t t = 0; t < split->tiles; t++)
            qsort(split->rows + split->offsets[t], tg_split_rows(split, t),
                  sizeof *split->rows, by_row);
    }
    free(next);
    free(order);
    return order && next ? TG_OK : TG_EMEMORY;
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
