/* The trained model: one safetensors file, the same bytes for the same model.
 * Knows neither StarPU, MPI nor BLAS.
 *
 * File: tensors "weights" [classes, features] F64 and "intercept" [classes]
 * F64, row-major as safetensors demands (our column-major features x classes
 * is the same bytes); metadata: format "starpu_ridge", version "1", classes
 * (JSON list of names), lambda, n_train, feature description.  No time stamp.
 * Source: https://huggingface.co/docs/safetensors (format section).
 */
#ifndef TG_MODEL_H
#define TG_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "dataset.h"
#include "facts.h"

struct tg_model {
    size_t features;             /* d */
    int classes;                 /* k */
    char **class_names;          /* [classes] */
    double *weights;             /* d x k, column-major; of scaled features */
    double *intercept;           /* [k] */
    double scale;                /* feature = value * scale: 1/255 or 1 */
    enum tg_type type;           /* of the samples it was trained on */
    int width, height, channels; /* 0 for plain vectors */
    bool gray, binary;           /* how pictures were read */
    double threshold;
    double lambda; /* chosen regularisation */
    size_t n_train;
};

/* Allocate weights, intercept and class_names (names copied) of a model.
 * Errors: TG_EMEMORY. */
int tg_model_init(struct tg_model *model, size_t features, int classes,
                  char *const *class_names);

/* Write to a temporary name beside `path`, then rename.
 * Errors: TG_ECANTCREAT, TG_EIO. */
int tg_model_save(const struct tg_model *model, const char *path);

/* Read and check a model file; nothing to free on failure.
 * Errors: TG_ENOINPUT, TG_EIO, TG_EDATA (not safetensors, sizes that lie,
 * missing tensors or metadata, non-finite values). */
int tg_model_load(const char *path, struct tg_model *model);

/* The method that made it. */
const char *tg_model_method(const struct tg_model *model);

/* Note what all ranks must have alike of a model that each has loaded. */
void tg_model_note(const struct tg_model *model, struct tg_facts *facts);

void tg_model_free(struct tg_model *model);

#endif
