/* What the files of conjugate gradients share; private to cg*.c. */
#ifndef TG_CG_PARTS_H
#define TG_CG_PARTS_H

#include "cg.h"
#include "krylov.h"

/* What the training samples, or those of all folds but one, sum up to. */
struct tg_cg_samples {
    struct tg_tiles moments; /* (d+1) x k */
    struct tg_tiles scale;   /* d x 2: tg_scale_insert */
};

struct tg_cg;
struct tg_cg_solve;

/* One of the two ways: conjugate gradients, block coordinate descent. */
struct tg_cg_way {
    int (*prepare)(struct tg_cg *cg); /* what all solves share */
    int (*solve)(struct tg_cg *cg, const struct tg_cg_solve *solve);
    double rough, fine; /* relative residuals to go to: validation, model */
    double near;        /* ... beyond which there is no model */
};
extern const struct tg_cg_way tg_cg_krylov, tg_cg_descent;

struct tg_cg {
    const struct tg_plan *plan;
    const struct tg_cg_way *way;
    struct tg_rows *rows;
    struct tg_cg_samples all, *fold; /* fold[V]: without it */
    struct tg_tiles basis,
        values;           /* of the sketch; of descent, basis: blocks */
    bool *wanted;         /* [ranks] has row tiles */
    struct tg_gate *gate; /* of the next solve */
};

/* Systems that are solved together. */
struct tg_cg_solve {
    size_t folds;             /* columns of V folds; 0: of all samples */
    struct tg_tiles *lambdas; /* m x 1 */
    double tolerance;
    struct tg_tiles *v; /* [V], or [1]: (d+1) x (m k), described here */
    struct tg_fit *fit; /* NULL, or takes what was reached, and the status */
};

/* ---- Passes (cg_pass.c) -------------------------------------------------- */

/* A pass over the samples, whose tasks `insert` adds for each row tile t, and
 * copy of it, of the lane and with the copy of P that are its; columns [from,
 * to) are those of the tile's fold, which it has no part in. */
struct tg_cg_pass {
    struct tg_tiles *p;  /* what all tiles need */
    size_t fold_columns; /* so many are fold 0's, ...; 0: of all samples */
    size_t columns;      /* of all folds */
    struct tg_tiles scratch;
    struct tg_tiles *lane; /* [L] of what is summed up, the sum in the first */
    int (*insert)(struct tg_cg *cg, struct tg_cg_pass *pass, size_t t,
                  size_t from, size_t to, struct tg_tile p,
                  struct tg_tile lane);
    void *context;
};
int tg_cg_run(struct tg_cg *cg, struct tg_cg_pass *pass);

/* Lanes, which passes use in turn: those of the next wait until the last have
 * been read. Shapes: lane[L], rows x columns. */
int tg_cg_lanes(struct tg_cg *cg, size_t rows, size_t columns,
                struct tg_tiles *lane);

/* ---- Groups (cg_work.c) -------------------------------------------------- */

/* What a solve works on, on rank 0; a tile of the vectors is a group. */
struct tg_cg_work {
    struct tg_cg *cg;
    const struct tg_cg_solve *solve;
    size_t lambdas, groups;
    struct tg_tiles x;      /* d x 2c, in tiles of 2k columns */
    struct tg_tiles state;  /* TG_KRYLOV_ROWS x c, of k columns */
    struct tg_tiles left;   /* 1 x 1 */
    struct tg_tiles *token; /* [ranks] 1 x 1 */
    struct tg_tiles *lane;  /* [L], described by the way */
};

static inline struct tg_tile tg_cg_part(struct tg_tiles *tiles, size_t group)
{
    return tg_tile(tiles, 0, group);
}

/* Describe and start; then, when all steps are declared, the weights.
 * Errors: TG_EMEMORY. */
int tg_cg_begin(struct tg_cg *cg, const struct tg_cg_solve *solve,
                struct tg_cg_work *work);
int tg_cg_finish(struct tg_cg_work *work);
void tg_cg_release(struct tg_cg_work *work);

/* The samples of a group's system. */
struct tg_krylov_samples tg_cg_samples_of(struct tg_cg_work *work,
                                          size_t group);

/* Where no column is left to go on, every rank's gate shuts. */
int tg_cg_look(struct tg_cg_work *work);

#endif
