/* Conjugate gradients, preconditioned by a sketch. */
#include <stdlib.h>

#include "cg_parts.h"
#include "combine.h"
#include "dense.h"
#include "error.h"
#include "normal.h"
#include "sketch.h"

size_t tg_cg_sketch(const struct tg_plan *plan)
{
    size_t most = plan->sketch ? plan->sketch : TG_CG_SKETCH;

    return most < plan->features ? most : plan->features;
}

/* ---- Product ----------------------------------------------------------- */

static int insert(struct tg_cg *cg, struct tg_cg_pass *pass, size_t t,
                  size_t from, size_t to, struct tg_tile p, struct tg_tile lane)
{
    return tg_normal_insert(from, to, tg_rows_values(cg->rows, t),
                            tg_tile(&cg->all.scale, 0, 0), p,
                            tg_tile(&pass->scratch, 0, 0), lane);
}

/* Z Z^T P of all samples, of each fold's columns without its own, into the
 * first lane. */
static int multiply(struct tg_cg *cg, struct tg_tiles *p, size_t fold_columns,
                    struct tg_tiles *lane)
{
    struct tg_cg_pass pass = {.p = p,
                              .fold_columns = fold_columns,
                              .columns = p->cols,
                              .lane = lane,
                              .insert = insert};

    TG_TRY(tg_scratch_init(&pass.scratch, tg_normal_scratch(p->cols),
                           sizeof(double)));
    TG_TRY(tg_cg_run(cg, &pass));
    tg_tiles_release(&pass.scratch);
    return TG_OK;
}

/* ---- Sketch ------------------------------------------------------------ */

/* The basis is what the first lane becomes. */
static int sketch_lanes(struct tg_cg *cg, struct tg_tiles *lane)
{
    const struct tg_plan *plan = cg->plan;
    size_t d = plan->features, r = tg_cg_sketch(plan);
    struct tg_tiles omega, scratch;

    TG_TRY(tg_tiles_init_one(&omega, d, r, sizeof(double), &plan->placement,
                             tg_owner_first, 0));
    TG_TRY(tg_tiles_init_one(&cg->values, r, 1, sizeof(double),
                             &plan->placement, tg_owner_first, 0));
    TG_TRY(tg_scratch_init(&scratch, tg_sketch_scratch(r), sizeof(double)));
    TG_TRY(tg_sketch_draw_insert(tg_tile(&omega, 0, 0)));
    TG_TRY(tg_cg_lanes(cg, d, r, lane));
    TG_TRY(multiply(cg, &omega, 0, lane));
    for (size_t l = 1; l < plan->lanes; l++)
        tg_tiles_release(&lane[l]);
    cg->basis = lane[0];
    TG_TRY(tg_graph_to_first(&cg->basis));
    TG_TRY(tg_sketch_factor_insert(tg_tile(&omega, 0, 0),
                                   tg_tile(&scratch, 0, 0),
                                   tg_tile(&cg->basis, 0, 0),
                                   tg_tile(&cg->values, 0, 0)));
    tg_tiles_release(&omega);
    tg_tiles_release(&scratch);
    return TG_OK;
}

static int sketch(struct tg_cg *cg)
{
    struct tg_tiles *lane = calloc(cg->plan->lanes, sizeof *lane);
    int err = lane ? sketch_lanes(cg, lane)
                   : tg_fail(TG_EMEMORY, "out of memory for lanes");

    free(lane);
    return err;
}

/* ---- Steps ------------------------------------------------------------- */

/* Beside what all ways have. */
struct vectors {
    struct tg_tiles z;       /* d x c, in tiles of k columns */
    struct tg_tiles p;       /* d x c, whole */
    struct tg_tiles scratch; /* of preconditioning */
};

static int init(struct tg_cg_work *work, struct vectors *v)
{
    const struct tg_plan *plan = work->cg->plan;
    const struct tg_placement *to = &plan->placement;
    size_t d = plan->features, k = plan->classes, c = work->groups * k;

    TG_TRY(tg_tiles_init(&v->z, d, c, d, k, sizeof(double), to, tg_owner_first,
                         0));
    TG_TRY(
        tg_tiles_init_one(&v->p, d, c, sizeof(double), to, tg_owner_first, 0));
    TG_TRY(tg_zero_insert(tg_tile(&v->p, 0, 0)));
    TG_TRY(
        tg_scratch_init(&v->scratch, tg_cg_sketch(plan) * k, sizeof(double)));
    return tg_cg_lanes(work->cg, d, c, work->lane);
}

static int direct(struct tg_cg_work *work, struct vectors *v, bool first)
{
    struct tg_cg *cg = work->cg;
    size_t k = cg->plan->classes;

    for (size_t g = 0; g < work->groups; g++) {
        TG_TRY(tg_krylov_precondition_insert(
            g % work->lambdas, tg_tile(&cg->basis, 0, 0),
            tg_tile(&cg->values, 0, 0), tg_tile(work->solve->lambdas, 0, 0),
            tg_cg_part(&work->x, g), tg_cg_part(&work->state, g),
            tg_tile(&v->scratch, 0, 0), tg_cg_part(&v->z, g)));
        TG_TRY(tg_krylov_direction_insert(first, g * k, tg_cg_part(&v->z, g),
                                          tg_cg_part(&work->x, g),
                                          tg_cg_part(&work->state, g),
                                          tg_tile(&v->p, 0, 0)));
    }
    return TG_OK;
}

static int step(struct tg_cg_work *work, struct vectors *v, bool first)
{
    const struct tg_cg_solve *solve = work->solve;
    size_t k = work->cg->plan->classes;

    TG_TRY(direct(work, v, first));
    TG_TRY(multiply(work->cg, &v->p, solve->folds ? work->lambdas * k : 0,
                    work->lane));
    for (size_t g = 0; g < work->groups; g++) {
        struct tg_krylov_samples samples = tg_cg_samples_of(work, g);

        TG_TRY(tg_krylov_step_insert(g % work->lambdas, g * k, solve->tolerance,
                                     &samples, tg_tile(solve->lambdas, 0, 0),
                                     tg_tile(&v->p, 0, 0),
                                     tg_tile(&work->lane[0], 0, 0),
                                     tg_cg_part(&work->x, g),
                                     tg_cg_part(&work->state, g)));
    }
    return tg_cg_look(work);
}

static int run(struct tg_cg_work *work)
{
    struct vectors v;
    int err = TG_OK;

    TG_TRY(init(work, &v));
    tg_task_gate(work->cg->gate);
    for (size_t s = 0; s < TG_CG_STEPS && !err; s++)
        err = step(work, &v, s == 0);
    tg_task_gate(NULL);
    tg_tiles_release(&v.z);
    tg_tiles_release(&v.p);
    tg_tiles_release(&v.scratch);
    return err ? err : tg_cg_finish(work);
}

static int solve(struct tg_cg *cg, const struct tg_cg_solve *systems)
{
    struct tg_cg_work work;
    int err = tg_cg_begin(cg, systems, &work);

    if (!err)
        err = run(&work);
    tg_cg_release(&work);
    return err;
}

const struct tg_cg_way tg_cg_krylov = {sketch, solve, TG_CG_ROUGH, TG_CG_FINE,
                                       TG_CG_NEAR};
