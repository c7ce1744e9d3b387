#include "combine.h"
#include "dense.h"
#include "dual_parts.h"
#include "dual_system.h"
#include "error.h"

size_t tg_dual_tile(const struct tg_plan *plan, size_t fold, size_t block)
{
    size_t others = plan->folds - 1;

    if (fold == plan->folds)
        return block;
    size_t at = block % others;
    return block / others * plan->folds + at + (at >= fold);
}

size_t tg_dual_blocks(const struct tg_dual *dual)
{
    return dual->tiles - dual->tiles / dual->plan->folds;
}

bool tg_dual_spread(const struct tg_plan *plan)
{
    return plan->dual_element == sizeof(float);
}

int tg_dual_system_init(const struct tg_dual *dual, size_t blocks,
                        tg_owner *owner, size_t index,
                        struct tg_dual_system *system)
{
    const struct tg_plan *plan = dual->plan;
    const struct tg_placement *to = &plan->placement;
    size_t k = plan->classes, b = dual->block, n = blocks * b;
    size_t element = plan->dual_element;

    if (!dual->in_place)
        TG_TRY(
            tg_tiles_init(&system->a, n, n, b, b, element, to, owner, index));
    TG_TRY(tg_tiles_init(&system->diagonal, n, 1, b, 1, sizeof(double), to,
                         owner, index));
    TG_TRY(tg_tiles_init(&system->y, n, k + 1, b, k + 1, element, to, owner,
                         index));
    TG_TRY(tg_tiles_init_one(&system->status, k + 1, 1, sizeof(double), to,
                             owner, index));
    TG_TRY(tg_tiles_init_one(&system->sums, k + 1, 1, sizeof(double), to, owner,
                             index));
    return tg_tiles_init_one(&system->lambda, 1, 1, sizeof(double), to, owner,
                             index);
}

void tg_dual_flush(struct tg_tiles *a)
{
    for (size_t j = 0; j < a->col_tiles; j++)
        for (size_t i = j; i < a->row_tiles; i++)
            tg_tile_flush(tg_tile(a, i, j));
}

void tg_dual_system_release(struct tg_dual_system *system)
{
    tg_tiles_release(&system->a);
    tg_tiles_release(&system->diagonal);
    tg_tiles_release(&system->y);
    tg_tiles_release(&system->status);
    tg_tiles_release(&system->sums);
    tg_tiles_release(&system->lambda);
}

/* A block of the system's matrix: of K; zeroes where there is no tile. */
static int take(struct tg_dual *dual, size_t ti, size_t tj, struct tg_tile a)
{
    if (dual->in_place)
        return TG_OK;
    if (ti >= dual->tiles)
        return tg_zero_insert(a);
    return tg_copy_insert(tg_tile(&dual->k, ti, tj), a);
}

/* K + lambda I, and the right-hand sides. */
static int assemble(struct tg_dual *dual, size_t fold, struct tg_tiles *lambda,
                    struct tg_dual_system *system)
{
    for (size_t j = 0; j < system->a.row_tiles; j++) {
        size_t tj = tg_dual_tile(dual->plan, fold, j);
        bool there = tj < dual->tiles;
        struct tg_tile y = tg_tile(&system->y, j, 0);

        for (size_t i = j; i < system->a.row_tiles; i++)
            TG_TRY(take(dual, tg_dual_tile(dual->plan, fold, i), tj,
                        tg_tile(&system->a, i, j)));
        TG_TRY(tg_dual_diagonal_insert(
            there ? tg_split_rows(dual->rows->split, tj) : 0,
            tg_tile(lambda, 0, 0), tg_tile(&system->a, j, j),
            tg_tile(&system->diagonal, j, 0)));
        TG_TRY(there ? tg_targets_insert(tg_rows_labels(dual->rows, tj), y)
                     : tg_zero_insert(y));
    }
    return TG_OK;
}

int tg_dual_solve(struct tg_dual *dual, size_t fold, struct tg_tiles *lambda,
                  struct tg_dual_system *system)
{
    struct tg_tile sums = tg_tile(&system->sums, 0, 0);
    struct tg_tile status = tg_tile(&system->status, 0, 0);

    TG_TRY(assemble(dual, fold, lambda, system));
    TG_TRY(tg_zero_insert(status));
    TG_TRY(tg_graph_cholesky(&system->a, &system->diagonal, &system->status));
    TG_TRY(tg_graph_substitute(&system->a, &system->y));
    tg_dual_flush(&system->a);
    TG_TRY(tg_zero_insert(sums));
    for (size_t j = 0; j < system->y.row_tiles; j++)
        TG_TRY(tg_dual_sums_insert(tg_tile(&system->y, j, 0), sums));
    return tg_dual_offset_insert(sums, status);
}
