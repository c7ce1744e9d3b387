/* What the files of the dual form share; private to dual*.c. */
#ifndef TG_DUAL_PARTS_H
#define TG_DUAL_PARTS_H

#include "dual.h"

/* Tasks that may wait before another system is declared. */
enum { TG_DUAL_AHEAD = 100000 };

/* What one factorization works in. */
struct tg_dual_system {
    struct tg_tiles a, diagonal, y, status, sums, lambda;
};

/* A fit's products of samples. */
struct tg_dual {
    const struct tg_plan *plan;
    struct tg_rows *rows;
    size_t tiles;                /* T, of the samples */
    size_t block;                /* samples of the largest */
    bool in_place;               /* K becomes the system itself */
    struct tg_dual_system *slot; /* of validation, taking turns */
    struct tg_tiles scale, k, scratch;
};

/* Blocks of a system without a fold: as many as any fold leaves. */
size_t tg_dual_blocks(const struct tg_dual *dual);

/* The row tile of a system's block without one fold (of plan->folds: with all):
 * ascending, and T or more where the others have less tiles. */
size_t tg_dual_tile(const struct tg_plan *plan, size_t fold, size_t block);

/* Systems of validation: each on one rank, where it is small, or over all. */
bool tg_dual_spread(const struct tg_plan *plan);

int tg_dual_system_init(const struct tg_dual *dual, size_t blocks,
                        tg_owner *owner, size_t index,
                        struct tg_dual_system *system);
void tg_dual_system_release(struct tg_dual_system *system);

/* assemble -> cholesky -> solve: [V u] of all samples but a fold's, into y, and
 * the offsets, into the status. Shapes: lambda 1 x 1. */
int tg_dual_solve(struct tg_dual *dual, size_t fold, struct tg_tiles *lambda,
                  struct tg_dual_system *system);

/* Copies of a matrix' lower blocks on other ranks are of no use any more. */
void tg_dual_flush(struct tg_tiles *a);

/* The fit's lambdas, table and choice. */
int tg_dual_choose(struct tg_dual *dual, struct tg_fit *fit);

#endif
