#include "combine.h"
#include "dense.h"
#include "error.h"

int tg_graph_zero(bool lower, struct tg_tiles *y)
{
    for (size_t j = 0; j < y->col_tiles; j++)
        for (size_t i = lower ? j : 0; i < y->row_tiles; i++)
            TG_TRY(tg_zero_insert(tg_tile(y, i, j)));
    return TG_OK;
}

int tg_graph_add(bool lower, double alpha, double beta, struct tg_tiles *x,
                 struct tg_tiles *y)
{
    for (size_t j = 0; j < x->col_tiles; j++)
        for (size_t i = lower ? j : 0; i < x->row_tiles; i++)
            TG_TRY(
                tg_add_insert(alpha, beta, tg_tile(x, i, j), tg_tile(y, i, j)));
    return TG_OK;
}

int tg_graph_sum_kept(struct tg_tiles *part, size_t n)
{
    for (size_t width = 1; width < n; width *= 2)
        for (size_t at = 0; at + width < n; at += 2 * width)
            TG_TRY(tg_graph_add(false, 1, 1, &part[at + width], &part[at]));
    return TG_OK;
}

int tg_graph_sum(struct tg_tiles *part, size_t n)
{
    TG_TRY(tg_graph_sum_kept(part, n));
    for (size_t p = 1; p < n; p++)
        tg_tiles_release(&part[p]);
    return TG_OK;
}
