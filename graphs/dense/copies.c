#include <stdlib.h>

#include "combine.h"
#include "dense.h"
#include "error.h"

/* Who gets the copy at a place of the tree: from the place without its highest
 * bit. */
static size_t parent(size_t place)
{
    size_t high = 1;

    while (high * 2 <= place)
        high *= 2;
    return place - high;
}

int tg_graph_copies(struct tg_tiles *x, const bool *wanted,
                    struct tg_tiles *copy)
{
    size_t ranks = (size_t)x->placement->ranks, n = 1;
    struct tg_tiles **tree = calloc(ranks + 1, sizeof *tree);
    int owner = tg_tile_owner(tg_tile(x, 0, 0)), err = TG_OK;

    if (!tree)
        return tg_fail(TG_EMEMORY, "out of memory for copies");
    tree[0] = x;
    for (size_t r = 0; r < ranks && !err; r++) {
        if (!wanted[r] || (int)r == owner)
            continue;
        err = tg_tiles_init_one(&copy[r], x->rows, x->cols, x->element,
                                x->placement, tg_owner_rank, r);
        if (!err)
            err = tg_copy_insert(tg_tile(tree[parent(n)], 0, 0),
                                 tg_tile(&copy[r], 0, 0));
        tree[n++] = &copy[r];
    }
    free(tree);
    return err;
}

struct tg_tile tg_copy_on(struct tg_tiles *x, struct tg_tiles *copy, int rank)
{
    return tg_tile(copy[rank].handles ? &copy[rank] : x, 0, 0);
}

int tg_graph_to_first(struct tg_tiles *x)
{
    struct tg_tiles there;

    if (tg_tile_owner(tg_tile(x, 0, 0)) == 0)
        return TG_OK;
    TG_TRY(tg_tiles_init_one(&there, x->rows, x->cols, x->element, x->placement,
                             tg_owner_first, 0));
    TG_TRY(tg_copy_insert(tg_tile(x, 0, 0), tg_tile(&there, 0, 0)));
    tg_tiles_release(x);
    *x = there;
    return TG_OK;
}
