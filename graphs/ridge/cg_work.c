#include <stdlib.h>

#include "cg_parts.h"
#include "combine.h"
#include "error.h"

struct tg_krylov_samples tg_cg_samples_of(struct tg_cg_work *work, size_t group)
{
    struct tg_cg *cg = work->cg;
    struct tg_cg_samples *own =
        work->solve->folds ? &cg->fold[group / work->lambdas] : &cg->all;

    return (struct tg_krylov_samples){tg_tile(&own->moments, 0, 0),
                                      tg_tile(&own->scale, 0, 0),
                                      tg_tile(&cg->all.scale, 0, 0)};
}

static int start(struct tg_cg_work *work)
{
    const struct tg_plan *plan = work->cg->plan;
    const struct tg_placement *to = &plan->placement;
    size_t d = plan->features, k = plan->classes, c = work->groups * k;

    TG_TRY(tg_tiles_init(&work->x, d, 2 * c, d, 2 * k, sizeof(double), to,
                         tg_owner_first, 0));
    TG_TRY(tg_tiles_init(&work->state, TG_KRYLOV_ROWS, c, TG_KRYLOV_ROWS, k,
                         sizeof(double), to, tg_owner_first, 0));
    TG_TRY(tg_tiles_init_one(&work->left, 1, 1, sizeof(double), to,
                             tg_owner_first, 0));
    for (int r = 0; r < to->ranks; r++)
        TG_TRY(tg_tiles_init_one(&work->token[r], 1, 1, sizeof(double), to,
                                 tg_owner_rank, (size_t)r));
    for (size_t g = 0; g < work->groups; g++) {
        struct tg_krylov_samples samples = tg_cg_samples_of(work, g);

        TG_TRY(tg_krylov_start_insert(&samples, tg_cg_part(&work->x, g),
                                      tg_cg_part(&work->state, g)));
    }
    return TG_OK;
}

int tg_cg_begin(struct tg_cg *cg, const struct tg_cg_solve *solve,
                struct tg_cg_work *work)
{
    size_t ranks = (size_t)cg->plan->placement.ranks;

    *work = (struct tg_cg_work){.cg = cg,
                                .solve = solve,
                                .lambdas = solve->lambdas->rows,
                                .groups = solve->lambdas->rows *
                                          (solve->folds ? solve->folds : 1),
                                .token = calloc(ranks, sizeof *work->token),
                                .lane = calloc(cg->plan->lanes,
                                               sizeof *work->lane)};
    if (!work->token || !work->lane)
        return tg_fail(TG_EMEMORY, "out of memory for lanes");
    return start(work);
}

void tg_cg_release(struct tg_cg_work *work)
{
    tg_tiles_release(&work->x);
    tg_tiles_release(&work->state);
    tg_tiles_release(&work->left);
    for (int r = 0; work->token && r < work->cg->plan->placement.ranks; r++)
        tg_tiles_release(&work->token[r]);
    for (size_t l = 0; work->lane && l < work->cg->plan->lanes; l++)
        tg_tiles_release(&work->lane[l]);
    free(work->token);
    free(work->lane);
}

int tg_cg_look(struct tg_cg_work *work)
{
    TG_TRY(tg_zero_insert(tg_tile(&work->left, 0, 0)));
    for (size_t g = 0; g < work->groups; g++)
        TG_TRY(tg_krylov_left_insert(tg_cg_part(&work->state, g),
                                     tg_tile(&work->left, 0, 0)));
    for (int r = 0; r < work->cg->plan->placement.ranks; r++)
        TG_TRY(tg_krylov_close_insert(work->cg->gate,
                                      tg_tile(&work->left, 0, 0),
                                      tg_tile(&work->token[r], 0, 0)));
    return TG_OK;
}

/* Weights of each fold's models. */
static int collect(struct tg_cg_work *work)
{
    const struct tg_plan *plan = work->cg->plan;
    size_t d = plan->features, k = plan->classes, m = work->lambdas;

    for (size_t g = 0; g < work->groups; g++) {
        struct tg_krylov_samples samples = tg_cg_samples_of(work, g);
        struct tg_tiles *v = &work->solve->v[g / m];

        if (g % m == 0) {
            TG_TRY(tg_tiles_init_one(v, d + 1, m * k, sizeof(double),
                                     &plan->placement, tg_owner_first, 0));
            TG_TRY(tg_zero_insert(tg_tile(v, 0, 0)));
        }
        TG_TRY(tg_krylov_collect_insert(g % m * k, work->cg->way->near,
                                        &samples, tg_cg_part(&work->x, g),
                                        tg_cg_part(&work->state, g),
                                        tg_tile(v, 0, 0)));
    }
    return TG_OK;
}

static int report(struct tg_cg_work *work, struct tg_fit *fit)
{
    const struct tg_placement *to = &work->cg->plan->placement;

    TG_TRY(tg_tiles_init_one(&fit->reached, 2, 1, sizeof(double), to,
                             tg_owner_first, 0));
    TG_TRY(tg_tiles_init_one(&fit->status, work->cg->plan->classes + 1, 1,
                             sizeof(double), to, tg_owner_first, 0));
    return tg_krylov_reached_insert(work->cg->way->near,
                                    tg_cg_part(&work->state, 0),
                                    tg_tile(&fit->reached, 0, 0),
                                    tg_tile(&fit->status, 0, 0));
}

int tg_cg_finish(struct tg_cg_work *work)
{
    work->cg->gate++;
    TG_TRY(collect(work));
    return work->solve->fit ? report(work, work->solve->fit) : TG_OK;
}
