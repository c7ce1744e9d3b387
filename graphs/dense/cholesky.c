#include "cholesky.h"

#include "dense.h"
#include "error.h"

/* One panel: its factor, and what that changes to the right of it. */
static int factor_panel(struct tg_tiles *a, size_t p)
{
    size_t n = a->row_tiles;

    for (size_t i = p + 1; i < n; i++)
        TG_TRY(tg_trsm_right_insert(p, tg_tile(a, p, p), tg_tile(a, i, p)));
    for (size_t j = p + 1; j < n; j++) {
        TG_TRY(tg_syrk_insert(j, tg_tile(a, j, p), tg_tile(a, j, j)));
        for (size_t i = j + 1; i < n; i++)
            TG_TRY(tg_gemm_insert(j, tg_tile(a, i, p), tg_tile(a, j, p),
                                  tg_tile(a, i, j)));
    }
    for (size_t i = p; i < n; i++)
        tg_tile_flush(tg_tile(a, i, p));
    return TG_OK;
}

int tg_graph_cholesky(struct tg_tiles *a, struct tg_tiles *diagonal,
                      struct tg_tiles *status)
{
    for (size_t p = 0; p < a->row_tiles; p++) {
        TG_TRY(tg_potrf_insert(p, p * a->block_rows, a->rows,
                               tg_tile(diagonal, p, 0), tg_tile(a, p, p),
                               tg_tile(status, 0, 0)));
        TG_TRY(factor_panel(a, p));
    }
    return TG_OK;
}

int tg_graph_substitute(struct tg_tiles *l, struct tg_tiles *w)
{
    size_t n = l->row_tiles;

    for (size_t p = 0; p < n; p++) {
        TG_TRY(tg_trsm_left_insert(false, tg_tile(l, p, p), tg_tile(w, p, 0)));
        for (size_t i = p + 1; i < n; i++)
            TG_TRY(tg_gemm_left_insert(false, tg_tile(l, i, p),
                                       tg_tile(w, p, 0), tg_tile(w, i, 0)));
    }
    for (size_t p = n; p-- > 0;) {
        TG_TRY(tg_trsm_left_insert(true, tg_tile(l, p, p), tg_tile(w, p, 0)));
        for (size_t i = 0; i < p; i++)
            TG_TRY(tg_gemm_left_insert(true, tg_tile(l, p, i), tg_tile(w, p, 0),
                                       tg_tile(w, i, 0)));
    }
    return TG_OK;
}
