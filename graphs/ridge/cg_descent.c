/* Block coordinate descent: Gauss-Seidel's iteration by blocks of features. */
#include <stdlib.h>

#include "cg_parts.h"
#include "combine.h"
#include "dense.h"
#include "descent.h"
#include "error.h"
#include "normal.h"

enum { BLOCK = TG_CENTRING_CHUNK };

/* ---- Blocks ------------------------------------------------------------ */

static int insert_diagonals(struct tg_cg *cg, struct tg_cg_pass *pass, size_t t,
                            size_t from, size_t to, struct tg_tile p,
                            struct tg_tile lane)
{
    (void)from, (void)to, (void)p;
    return tg_diagonals_insert(tg_rows_values(cg->rows, t),
                               tg_tile(&cg->all.scale, 0, 0),
                               tg_tile(&pass->scratch, 0, 0), lane);
}

/* The blocks are what the first lane becomes. */
static int sum_diagonals(struct tg_cg *cg, struct tg_tiles *lane)
{
    struct tg_cg_pass pass = {.p = &cg->all.scale,
                              .columns = 1,
                              .lane = lane,
                              .insert = insert_diagonals};

    TG_TRY(tg_cg_lanes(cg, BLOCK, cg->plan->features, lane));
    TG_TRY(
        tg_scratch_init(&pass.scratch, tg_normal_scratch(0), sizeof(double)));
    TG_TRY(tg_cg_run(cg, &pass));
    for (size_t l = 1; l < cg->plan->lanes; l++)
        tg_tiles_release(&lane[l]);
    tg_tiles_release(&pass.scratch);
    cg->basis = lane[0];
    return tg_graph_to_first(&cg->basis);
}

static int diagonals(struct tg_cg *cg)
{
    struct tg_tiles *lane = calloc(cg->plan->lanes, sizeof *lane);
    int err = lane ? sum_diagonals(cg, lane)
                   : tg_fail(TG_EMEMORY, "out of memory for lanes");

    free(lane);
    return err;
}

/* ---- Visits ------------------------------------------------------------ */

/* Beside what all ways have. */
struct descent {
    struct tg_cg_work work;
    struct tg_tiles delta;      /* BLOCK x c */
    struct tg_tiles *factor;    /* [lambdas] BLOCK x BLOCK */
    struct tg_tiles *predicted; /* [tiles] n x c: Z^T U */
    size_t before, first;       /* features of the visit, and of the last one */
};

static int init(struct descent *descent)
{
    struct tg_cg *cg = descent->work.cg;
    const struct tg_placement *to = &cg->plan->placement;
    size_t c = descent->work.groups * cg->plan->classes;

    TG_TRY(tg_tiles_init_one(&descent->delta, BLOCK, c, sizeof(double), to,
                             tg_owner_first, 0));
    TG_TRY(tg_zero_insert(tg_tile(&descent->delta, 0, 0)));
    for (size_t l = 0; l < descent->work.lambdas; l++)
        TG_TRY(tg_tiles_init_one(&descent->factor[l], BLOCK, BLOCK,
                                 sizeof(double), to, tg_owner_first, 0));
    for (size_t t = 0; t < cg->rows->split->tiles; t++) {
        TG_TRY(tg_tiles_init_one(&descent->predicted[t],
                                 tg_split_rows(cg->rows->split, t), c,
                                 sizeof(double), to, tg_owner_row_tile, t));
        TG_TRY(tg_zero_insert(tg_tile(&descent->predicted[t], 0, 0)));
    }
    return tg_cg_lanes(cg, BLOCK, c, descent->work.lane);
}

static int insert(struct tg_cg *cg, struct tg_cg_pass *pass, size_t t,
                  size_t from, size_t to, struct tg_tile p, struct tg_tile lane)
{
    struct descent *descent = pass->context;
    const struct tg_descend visit = {descent->before, descent->first, from, to};

    return tg_descend_insert(&visit, tg_rows_values(cg->rows, t),
                             tg_tile(&cg->all.scale, 0, 0), p,
                             tg_tile(&pass->scratch, 0, 0),
                             tg_tile(&descent->predicted[t], 0, 0), lane);
}

/* What is left of the right-hand sides in a block, from all samples. */
static int look_at(struct descent *descent)
{
    struct tg_cg_work *work = &descent->work;
    size_t k = work->cg->plan->classes;
    struct tg_cg_pass pass = {.p = &descent->delta,
                              .fold_columns =
                                  work->solve->folds ? work->lambdas * k : 0,
                              .columns = work->groups * k,
                              .lane = work->lane,
                              .insert = insert,
                              .context = descent};

    TG_TRY(
        tg_scratch_init(&pass.scratch, tg_normal_scratch(0), sizeof(double)));
    TG_TRY(tg_cg_run(work->cg, &pass));
    tg_tiles_release(&pass.scratch);
    return TG_OK;
}

static int visit(struct descent *descent)
{
    struct tg_cg_work *work = &descent->work;
    struct tg_cg *cg = work->cg;
    struct tg_tile lambdas = tg_tile(work->solve->lambdas, 0, 0);

    TG_TRY(look_at(descent));
    for (size_t l = 0; l < work->lambdas; l++)
        TG_TRY(tg_descent_factor_insert(l, descent->first,
                                        tg_tile(&cg->basis, 0, 0), lambdas,
                                        tg_tile(&descent->factor[l], 0, 0)));
    for (size_t g = 0; g < work->groups; g++) {
        const struct tg_descent of = {g % work->lambdas, descent->first,
                                      g * cg->plan->classes,
                                      work->solve->tolerance};
        struct tg_krylov_samples samples = tg_cg_samples_of(work, g);

        TG_TRY(tg_descent_visit_insert(
            &of, tg_tile(&descent->factor[of.l], 0, 0), samples.own,
            samples.scale, lambdas, tg_tile(&work->lane[0], 0, 0),
            tg_cg_part(&work->x, g), tg_cg_part(&work->state, g),
            tg_tile(&descent->delta, 0, 0)));
    }
    descent->before = descent->first;
    return TG_OK;
}

static int visit_all(struct descent *descent)
{
    size_t d = descent->work.cg->plan->features;

    descent->before = d; /* none */
    for (size_t epoch = 0; epoch < TG_CG_EPOCHS; epoch++) {
        for (descent->first = 0; descent->first < d; descent->first += BLOCK)
            TG_TRY(visit(descent));
        TG_TRY(tg_cg_look(&descent->work));
    }
    return TG_OK;
}

static int run(struct descent *descent)
{
    struct tg_cg *cg = descent->work.cg;

    TG_TRY(init(descent));
    tg_task_gate(cg->gate);
    int err = visit_all(descent);

    tg_task_gate(NULL);
    tg_tiles_release(&descent->delta);
    for (size_t l = 0; l < descent->work.lambdas; l++)
        tg_tiles_release(&descent->factor[l]);
    for (size_t t = 0; t < cg->rows->split->tiles; t++)
        tg_tiles_release(&descent->predicted[t]);
    return err ? err : tg_cg_finish(&descent->work);
}

static int solve(struct tg_cg *cg, const struct tg_cg_solve *systems)
{
    size_t tiles = cg->rows->split->tiles;
    struct descent descent = {.factor = calloc(systems->lambdas->rows,
                                               sizeof *descent.factor),
                              .predicted =
                                  calloc(tiles, sizeof *descent.predicted)};
    int err = descent.factor && descent.predicted
                  ? tg_cg_begin(cg, systems, &descent.work)
                  : tg_fail(TG_EMEMORY, "out of memory for %zu tiles", tiles);

    if (!err)
        err = run(&descent);
    if (descent.work.cg)
        tg_cg_release(&descent.work);
    free(descent.factor);
    free(descent.predicted);
    return err;
}

const struct tg_cg_way tg_cg_descent = {diagonals, solve, TG_CG_ROUGH,
                                        TG_DESCENT_FINE, TG_DESCENT_NEAR};
