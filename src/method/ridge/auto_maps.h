/* The maps that --features auto tries. */
#ifndef TG_RIDGE_AUTO_MAPS_H
#define TG_RIDGE_AUTO_MAPS_H

#include "fit.h"

enum { TG_SKETCH_STEP = 256 }; /* features that sizes of maps differ by */

/* A kind of map, of any number of features. */
struct tg_sketch {
    bool patches; /* else rff, or pixels */
    bool linear;  /* pixels */
    size_t maps;  /* patches; 2: of two sizes, 3: of the picture halved, too */
    bool unit, mirror;
    size_t size, grid, copies;
    double softness;
};

/* What a search begins with: patches of pictures, else Fourier features, else
 * the samples themselves. */
struct tg_sketch tg_sketch_first(const struct tg_ridge_fit *fit);

/* A map of about so many features, as --features takes it, so that kinds are
 * compared at equal cost of what follows.  Shapes: text[TG_CHOICE_TEXT]. */
void tg_sketch_spell(const struct tg_sketch *sketch, size_t features,
                     char *text);

/* The features that it has then; 0: these samples can have none such. */
size_t tg_sketch_width(const struct tg_ridge_fit *fit,
                       const struct tg_sketch *sketch, size_t features);

/* Alternatives to the best so far: changes, each of one thing.
 * Shapes: to[TG_ALTERNATIVES]. Value: how many. */
enum { TG_ALTERNATIVES = 2 };
typedef size_t tg_alternatives(const struct tg_sketch *best,
                               struct tg_sketch *to);

/* In the order in which they are tried; ended by NULL. */
extern tg_alternatives *const tg_sketch_changes[];

#endif
