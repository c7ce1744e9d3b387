#include "ridge.h"

#include "cholesky.h"
#include "error.h"

int tg_graph_cholesky(const struct tg_plan *plan, struct tg_system *system)
{
    struct tg_tiles *a = &system->a;
    starpu_data_handle_t status = tg_tile(&system->status, 0, 0);
    size_t n = plan->blocks;

    for (size_t p = 0; p < n; p++) {
        TG_TRY(tg_potrf_insert(p * plan->block, plan->features,
                               tg_tile(&system->diagonal, p, 0),
                               tg_tile(a, p, p), status));
        for (size_t i = p + 1; i < n; i++)
            TG_TRY(tg_trsm_right_insert(tg_tile(a, p, p), tg_tile(a, i, p)));
        for (size_t j = p + 1; j < n; j++) {
            TG_TRY(tg_syrk_insert(tg_tile(a, j, p), tg_tile(a, j, j)));
            for (size_t i = j + 1; i < n; i++)
                TG_TRY(tg_gemm_insert(tg_tile(a, i, p), tg_tile(a, j, p),
                                      tg_tile(a, i, j)));
        }
    }
    return TG_OK;
}
