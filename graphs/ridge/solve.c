#include "ridge.h"

#include "assemble.h"
#include "combine.h"
#include "dense.h"
#include "error.h"
#include "solve.h"

int tg_system_init(struct tg_system *system, const struct tg_plan *plan,
                   size_t element, tg_owner *owner, size_t index)
{
    const struct tg_placement *placement = &plan->placement;
    size_t d = plan->features, k = plan->classes, b = plan->block;

    TG_TRY(tg_tiles_init(&system->a, d, d, b, b, element, placement, owner,
                         index));
    TG_TRY(tg_tiles_init(&system->diagonal, d, 1, b, 1, sizeof(double),
                         placement, owner, index));
    TG_TRY(tg_tiles_init(&system->w, d, k, b, k, element, placement, owner,
                         index));
    TG_TRY(tg_tiles_init_one(&system->status, k + 1, 1, sizeof(double),
                             placement, owner, index));
    return tg_tiles_init_one(&system->lambda, 1, 1, sizeof(double), placement,
                             owner, index);
}

void tg_system_release(struct tg_system *system)
{
    tg_tiles_release(&system->a);
    tg_tiles_release(&system->diagonal);
    tg_tiles_release(&system->w);
    tg_tiles_release(&system->status);
    tg_tiles_release(&system->lambda);
}

static int assemble(const struct tg_plan *plan, struct tg_statistics *train,
                    struct tg_tiles *lambda, struct tg_system *system)
{
    struct tg_tile moments = tg_tile(&train->moments, 0, 0);
    size_t b = plan->block;

    TG_TRY(tg_zero_insert(tg_tile(&system->status, 0, 0)));
    for (size_t j = 0; j < plan->blocks; j++) {
        TG_TRY(tg_assemble_diagonal_insert(
            j * b, plan->units, plan->standardize, tg_tile(&train->gram, j, j),
            moments, tg_tile(lambda, 0, 0), tg_tile(&system->a, j, j),
            tg_tile(&system->diagonal, j, 0)));
        for (size_t i = j + 1; i < plan->blocks; i++)
            TG_TRY(tg_assemble_insert(i * b, j * b, tg_tile(&train->gram, i, j),
                                      moments, tg_tile(&system->a, i, j)));
        TG_TRY(tg_rhs_insert(j * b, moments, tg_tile(&system->w, j, 0)));
    }
    return TG_OK;
}

int tg_graph_factorize(const struct tg_plan *plan, struct tg_statistics *train,
                       struct tg_tiles *lambda, struct tg_system *system)
{
    TG_TRY(assemble(plan, train, lambda, system));
    return tg_graph_cholesky(&system->a, &system->diagonal, &system->status);
}

int tg_graph_solve(const struct tg_plan *plan, struct tg_statistics *train,
                   struct tg_tiles *lambda, size_t job,
                   struct tg_system *system, struct tg_tiles *v)
{
    struct tg_tile status = tg_tile(&system->status, 0, 0);

    TG_TRY(tg_graph_factorize(plan, train, lambda, system));
    TG_TRY(tg_graph_substitute(&system->a, &system->w));
    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_intercept_insert(i * plan->block,
                                   tg_tile(&train->moments, 0, 0),
                                   tg_tile(&system->w, i, 0), status));
    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_collect_insert(i * plan->block, job,
                                 tg_tile(&system->w, i, 0), status,
                                 tg_tile(v, 0, 0)));
    return TG_OK;
}
