/* All lambdas of a fold from one factorization: what others take is conjugate
 * gradients, which the factor for one of them makes short. */
#include "ridge.h"

#include "assemble.h"
#include "combine.h"
#include "conjugate.h"
#include "dense.h"
#include "error.h"
#include "solve.h"
#include "task.h"

enum { STEPS = 10 }; /* to a thousandth where lambdas are 10 times apart */

/* What conjugate gradients work on, on the system's rank. */
struct vectors {
    struct tg_tiles x, r, p, q; /* d x c doubles, in blocks of rows */
    struct tg_tiles z;          /* the same as the factor's elements */
    struct tg_tiles penalty;    /* d x 1 */
    struct tg_tiles state;      /* TG_CONJUGATE_ROWS x c */
};

static int vectors_init(struct vectors *v, const struct tg_plan *plan,
                        const struct tg_system *system, size_t c)
{
    const struct tg_placement *placement = &plan->placement;
    size_t d = plan->features, b = plan->block, index = system->a.index;
    struct tg_tiles *doubles[] = {&v->x, &v->r, &v->p, &v->q};

    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
        TG_TRY(tg_tiles_init(doubles[i], d, c, b, c, sizeof(double), placement,
                             tg_owner_rank, index));
    TG_TRY(tg_tiles_init(&v->z, d, c, b, c, system->a.element, placement,
                         tg_owner_rank, index));
    TG_TRY(tg_tiles_init(&v->penalty, d, 1, b, 1, sizeof(double), placement,
                         tg_owner_rank, index));
    TG_TRY(tg_tiles_init_one(&v->state, TG_CONJUGATE_ROWS, c, sizeof(double),
                             placement, tg_owner_rank, index));
    return tg_zero_insert(tg_tile(&v->state, 0, 0));
}

static void vectors_release(struct vectors *v)
{
    tg_tiles_release(&v->x);
    tg_tiles_release(&v->r);
    tg_tiles_release(&v->p);
    tg_tiles_release(&v->q);
    tg_tiles_release(&v->z);
    tg_tiles_release(&v->penalty);
    tg_tiles_release(&v->state);
}

static int start(const struct tg_plan *plan, struct tg_statistics *train,
                 struct vectors *v)
{
    struct tg_tile moments = tg_tile(&train->moments, 0, 0);

    for (size_t i = 0; i < plan->blocks; i++) {
        TG_TRY(tg_zero_insert(tg_tile(&v->x, i, 0)));
        TG_TRY(tg_rhs_insert(i * plan->block, moments, tg_tile(&v->r, i, 0)));
        TG_TRY(tg_penalty_insert(i * plan->block, plan->units,
                                 plan->standardize, tg_tile(&train->gram, i, i),
                                 moments, tg_tile(&v->penalty, i, 0)));
    }
    return TG_OK;
}

/* P = Z + beta P, where Z is the residual, preconditioned. */
static int direct(const struct tg_plan *plan, bool first,
                  struct tg_statistics *train, struct tg_system *system,
                  struct vectors *v)
{
    struct tg_tile state = tg_tile(&v->state, 0, 0);

    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_conjugate_residual_insert(tg_tile(&v->r, i, 0),
                                            tg_tile(&v->z, i, 0)));
    TG_TRY(tg_graph_substitute(&system->a, &v->z));
    TG_TRY(tg_conjugate_begin_insert(state));
    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_conjugate_rz_insert(tg_tile(&v->r, i, 0),
                                      tg_tile(&v->z, i, 0), state));
    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_conjugate_direction_insert(first, i * plan->block,
                                             tg_tile(&v->z, i, 0),
                                             tg_tile(&train->moments, 0, 0),
                                             tg_tile(&v->p, i, 0), state));
    return TG_OK;
}

/* Q = A(lambda) P, each column by its lambda. */
static int multiply(const struct tg_plan *plan, struct tg_statistics *train,
                    struct tg_tiles *lambdas, struct vectors *v)
{
    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_conjugate_penalize_insert(
            i * plan->block, tg_tile(&train->moments, 0, 0),
            tg_tile(&v->penalty, i, 0), tg_tile(lambdas, 0, 0),
            tg_tile(&v->p, i, 0), tg_tile(&v->state, 0, 0),
            tg_tile(&v->q, i, 0)));
    for (size_t j = 0; j < plan->blocks; j++)
        for (size_t i = j; i < plan->blocks; i++) {
            struct tg_tile g = tg_tile(&train->gram, i, j);

            TG_TRY(tg_conjugate_multiply_insert(i == j, false, g,
                                                tg_tile(&v->p, j, 0),
                                                tg_tile(&v->q, i, 0)));
            if (i > j)
                TG_TRY(tg_conjugate_multiply_insert(false, true, g,
                                                    tg_tile(&v->p, i, 0),
                                                    tg_tile(&v->q, j, 0)));
        }
    return TG_OK;
}

static int step(const struct tg_plan *plan, struct vectors *v)
{
    struct tg_tile state = tg_tile(&v->state, 0, 0);

    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_conjugate_pq_insert(tg_tile(&v->p, i, 0),
                                      tg_tile(&v->q, i, 0), state));
    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_conjugate_step_insert(tg_tile(&v->p, i, 0),
                                        tg_tile(&v->q, i, 0), state,
                                        tg_tile(&v->x, i, 0),
                                        tg_tile(&v->r, i, 0)));
    return TG_OK;
}

static int collect(const struct tg_plan *plan, struct tg_statistics *train,
                   struct tg_system *system, struct vectors *v,
                   struct tg_tiles *models)
{
    struct tg_tile state = tg_tile(&v->state, 0, 0);

    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_conjugate_intercept_insert(i * plan->block,
                                             tg_tile(&train->moments, 0, 0),
                                             tg_tile(&v->x, i, 0), state));
    for (size_t i = 0; i < plan->blocks; i++)
        TG_TRY(tg_conjugate_collect_insert(i * plan->block,
                                           tg_tile(&v->x, i, 0), state,
                                           tg_tile(&system->status, 0, 0),
                                           tg_tile(models, 0, 0)));
    return TG_OK;
}

int tg_graph_lambdas(const struct tg_plan *plan, struct tg_statistics *train,
                     struct tg_tiles *lambdas, struct tg_system *system,
                     struct tg_tiles *models)
{
    size_t n = plan->blocks;
    struct vectors v;

    TG_TRY(vectors_init(&v, plan, system, models->cols));
    TG_TRY(start(plan, train, &v));
    for (size_t s = 0; s < STEPS; s++) {
        TG_TRY(direct(plan, s == 0, train, system, &v));
        TG_TRY(multiply(plan, train, lambdas, &v));
        TG_TRY(step(plan, &v));
        tg_throttle(4 * n * (n + 4));
    }
    TG_TRY(collect(plan, train, system, &v, models));
    vectors_release(&v);
    return TG_OK;
}
